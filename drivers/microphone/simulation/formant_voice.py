"""A synthetic voice: syllables of vowels and consonants by harmonics under moving formants; no words, but speech.

Vowels are told apart by their formants, and a syllable of Mandarin has one of four tones. Sources: D. H. Klatt,
"Software for a cascade/parallel formant synthesizer", JASA 67, 1980 (harmonics under resonances, noise for consonants);
E. Zee and W.-S. Lee, "An acoustical analysis of the vowels in Beijing Mandarin", Eurospeech 2001 (formants, rounded).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]

LOOP_S = 8
_RATE_HZ, _FRAME = 16_000, 80
_FRAMES = LOOP_S * _RATE_HZ // _FRAME
_FRAME_S = _FRAME / _RATE_HZ
_HIGHEST_HZ = 4600.0
_FORMANTS_HZ = {
    "a": (850.0, 1250.0, 2600.0),
    "e": (500.0, 1150.0, 2600.0),
    "i": (300.0, 2300.0, 3050.0),
    "o": (520.0, 850.0, 2500.0),
    "u": (340.0, 680.0, 2450.0),
    "y": (300.0, 2050.0, 2500.0),
}
_GLIDES = ("a", "e", "i", "u", "ai", "ao", "ou", "ei", "ia", "ie", "ua", "uo", "iu", "ya")
_BANDWIDTHS_HZ = (80.0, 110.0, 170.0)
_GAINS = (1.0, 0.55, 0.28)
_TONES = ((1.18, 1.18), (0.88, 1.2), (0.9, 0.78), (1.25, 0.75))
"""Pitch at begin and end of a syllable, against the voice's own: high, rising, low, falling."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: pitch, how much higher the formants are than a man's, and a seed for what is said."""

    pitch_hz: float
    formants: float
    seed: int


class _Track:
    """What a voice does in each frame of 5 ms."""

    def __init__(self) -> None:
        self.pitch = np.zeros(_FRAMES)
        self.formants = np.ones((3, _FRAMES)) * 500.0
        self.voiced = np.zeros(_FRAMES)
        self.hissed = np.zeros(_FRAMES)


def voice_loop(voice: Voice, rate_hz: int) -> Sound:
    """LOOP_S seconds of a voice that may be repeated end to end, with an RMS of 1 while it speaks."""
    random = np.random.default_rng(voice.seed)
    track = _speak(voice, random)
    sound = _harmonics(track) + _hiss(track, random)
    spoken = np.repeat((track.voiced + track.hissed) > 0.05, _FRAME)
    sound /= np.sqrt(np.square(sound[spoken]).mean())
    count = LOOP_S * rate_hz
    # The loop is periodic, so more zeros in its spectrum are an exact change of rate.
    made: Sound = np.fft.irfft(np.fft.rfft(sound)[: count // 2 + 1], count) * (count / len(sound))
    return made


def _speak(voice: Voice, random: np.random.Generator) -> _Track:
    """Syllables one after the other; the loop begins and ends in a pause."""
    track = _Track()
    at = 4
    while at < _FRAMES - 70:
        begin, phrase_end = at, at + int(random.integers(180, 420))
        while at < min(phrase_end, _FRAMES - 60):
            tone = 1.08 - 0.22 * (at - begin) / 420
            at = _syllable(track, at, voice, tone, random)
        at += int(random.integers(12, 40))
    return track


def _syllable(track: _Track, at: int, voice: Voice, tone: float, random: np.random.Generator) -> int:
    consonant = int(random.integers(6, 16))
    kind = random.integers(4)
    if kind == 0:
        track.hissed[at + consonant // 2 : at + consonant] = 0.5
    elif kind == 1:
        track.hissed[at : at + consonant] = 0.6 * np.hanning(consonant)
    elif kind == 2:
        track.voiced[at : at + consonant] = 0.3
    vowel = int(random.integers(22, 42))
    span = slice(at + consonant, at + consonant + vowel)
    share = np.linspace(0, 1, vowel)
    glide = _GLIDES[random.integers(len(_GLIDES))]
    one, other = (np.array(_FORMANTS_HZ[letter]) * voice.formants for letter in (glide[0], glide[-1]))
    moved = share * share * (3 - 2 * share)
    track.formants[:, span] = one[:, None] + (other - one)[:, None] * moved
    track.formants[:, at : at + consonant] = one[:, None]
    low, high = _TONES[random.integers(len(_TONES))]
    pitch = voice.pitch_hz * tone * (low + (high - low) * share) * (1 + 0.01 * random.standard_normal())
    track.pitch[span] = pitch
    track.pitch[at : at + consonant] = pitch[0]
    track.voiced[span] = random.uniform(0.7, 1.0) * np.minimum(1, np.minimum(share * 8, (1 - share) * 4 + 0.12))
    return at + consonant + vowel


def _harmonics(track: _Track) -> Sound:
    count = _FRAMES * _FRAME
    samples, frames = np.arange(count), np.arange(_FRAMES) * _FRAME + _FRAME / 2
    pitch = np.interp(samples, frames, np.where(track.pitch > 0, track.pitch, 150.0))
    turn = np.exp(2j * np.pi * np.cumsum(pitch) / _RATE_HZ)
    phase, sound = np.ones(count, np.complex128), np.zeros(count)
    lowest = track.pitch[track.pitch > 0].min()
    for number in range(1, int(_HIGHEST_HZ / lowest)):
        phase *= turn
        level = track.voiced * _resonance(number * track.pitch, track.formants) / number**0.7
        level[number * track.pitch > _HIGHEST_HZ] = 0.0
        sound += np.interp(samples, frames, level) * phase.imag
    return sound


def _resonance(frequency: Sound, formants: Sound) -> Sound:
    """How much three resonances let through, in each frame."""
    passed = np.zeros(_FRAMES)
    for formant, bandwidth, gain in zip(formants, _BANDWIDTHS_HZ, _GAINS, strict=True):
        passed += gain / np.sqrt(1 + np.square((frequency - formant) / (bandwidth / 2)))
    return passed


def _hiss(track: _Track, random: np.random.Generator) -> Sound:
    """Consonants, and the breath in vowels."""
    count = _FRAMES * _FRAME
    high, breath = _band(random, count, 2500, 7500), _band(random, count, 1500, 7800)
    levels: Sequence[Sound] = (0.12 * track.hissed, 0.02 * track.voiced)
    made: Sound = high * np.repeat(levels[0], _FRAME) + breath * np.repeat(levels[1], _FRAME)
    return made


def _band(random: np.random.Generator, count: int, low_hz: float, high_hz: float) -> Sound:
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / _RATE_HZ)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    noise = np.fft.irfft(spectrum, count)
    made: Sound = noise / noise.std()
    return made
