"""The capture gain of the card behind a ``portaudio`` microphone: found by the microphone's options, read and set."""

from __future__ import annotations

from drivers.microphone import alsa_cards
from drivers.microphone.alsa_mixer import AlsaMixer
from drivers.microphone.portaudio_microphone import PortAudioOptions
from drivers.protocols import CaptureGain


class AlsaCaptureGain:
    """See ``drivers.protocols.CaptureGain``."""

    def __init__(self, mixer: AlsaMixer, low_db: float, high_db: float, step_db: float) -> None:
        self._mixer = mixer
        self.low_db = low_db
        self.high_db = high_db
        self.step_db = step_db

    def read_db(self) -> float:
        gain_db = self._mixer.gain_db()
        return self.low_db if gain_db is None else gain_db

    def set_db(self, wanted_db: float) -> float:
        # Its own automatic gain would undo it.
        if self._mixer.auto_gain():
            self._mixer.set_auto_gain(False)
        return self._mixer.set_gain_db(wanted_db)

    def close(self) -> None:
        self._mixer.close()


def open_capture_gain(role: str, options: PortAudioOptions) -> CaptureGain | None:
    """Open the mixer of the microphone's card; None where it is no card's, or has no gain in dB.

    Raises:
        DeviceMissing: The card is not there.
        DeviceMisconfigured: Several are meant, or this user may not open it.
        DeviceLost, DeviceRefused: The card does not answer.
    """
    identity = options.card_identity()
    if not identity:
        return None
    mixer = AlsaMixer.open(role, alsa_cards.find_card_number(role, identity))
    volume = mixer.capture_volume()
    if volume is None or volume.low_db is None or volume.high_db is None or volume.step_db is None:
        mixer.close()
        return None
    return AlsaCaptureGain(mixer, volume.low_db, volume.high_db, volume.step_db)
