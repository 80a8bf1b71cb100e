"""Messages of a sound card's process: any pieces of the stream, and corrupted ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.microphone.portaudio_process_messages import (
    EndReason,
    GarbledMessage,
    MessageDecoder,
    SampleBlock,
    StreamEnded,
    StreamMessage,
    StreamStarted,
    encode,
)

NAMES = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=20)
STARTED = st.builds(
    StreamStarted, rate_hz=st.integers(1, 2**32 - 1), channels=st.integers(1, 255), source=st.text(max_size=20)
)
BLOCKS = st.builds(SampleBlock, captured_ns=st.integers(-(2**63), 2**63 - 1), samples=st.binary(max_size=300))
ENDED = st.builds(StreamEnded, cause=st.sampled_from(EndReason), reason=st.text(max_size=80))
MESSAGES = st.lists(st.one_of(STARTED, BLOCKS, ENDED), max_size=8)


@given(messages=MESSAGES, cuts=st.lists(st.integers(0, 3000), max_size=12))
def test_messages_come_back_however_the_bytes_are_cut(messages: list[StreamMessage], cuts: list[int]) -> None:
    data = b"".join(map(encode, messages))
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    decoder = MessageDecoder()
    back = [message for a, b in pairwise(edges) for message in decoder.push_bytes(data[a:b])]
    assert back == messages


@given(noise=st.binary(min_size=1, max_size=60))
def test_noise_gives_messages_or_garbled_and_nothing_else(noise: bytes) -> None:
    try:
        messages = MessageDecoder().push_bytes(noise)
    except GarbledMessage:
        return
    whole = sum(len(encode(message)) for message in messages)
    assert whole <= len(noise)


@pytest.mark.parametrize(
    "data", [b"X\x00\x00\x00\x00", b"S\x01\x00\x00\x00x", b"B\xff\xff\xff\xff", b"E\x03\x00\x00\x00odd"]
)
def test_what_no_child_would_write_is_garbled(data: bytes) -> None:
    with pytest.raises(GarbledMessage):
        MessageDecoder().push_bytes(data)
