"""Encode frames with libx264 at a constant QP in each lesson second: rate control of our own."""

from __future__ import annotations

import math
from dataclasses import replace

import av

from drivers.h264_annexb import join_nal_units, parameter_sets, split_access_unit
from pipelines.encoding.key_refinement import KeyRefinement
from pipelines.encoding.packets import VIDEO_TIMESCALE, EncodedPacket, EncodedSecond
from pipelines.encoding.rate_controller import FINEST_QP, Action, RateController, Step, first_qp
from pipelines.encoding.x264_encoder import H264Settings, X264Encoder
from pipelines.yuv_planes import planes_of


class ConstantQpEncoder:
    """A ``VideoEncoder`` by libx264, which never fails; ``RateController`` says at which QP.

    libx264's own rate control costs 1.5-3 ms a picture of 1080p for an estimate of each picture that a recorder of
    standing cameras does not need. An open encoder cannot be given another QP, so another one takes its place at a key
    picture, opened before the old one is closed: else the allocator gives its memory back and takes it again.
    """

    name = X264Encoder.name
    keeps_rate = True

    def __init__(self, settings: H264Settings) -> None:
        self._settings = settings
        self._configured_kbps = settings.bitrate_kbps
        pixels_a_second = float(settings.width * settings.height * settings.fps)
        self._rate = RateController(settings.bitrate_kbps, first_qp(settings.bitrate_kbps, pixels_a_second))
        self._refinement = KeyRefinement()
        self._encoder: X264Encoder | None = None
        self._opened = settings
        self._is_fresh = True
        # idr_pic_id of the key picture that was kept last, and that of the open encoder's next one.
        self._last_id, self._next_id = 1, 0
        self._second = EncodedSecond(-1, 0, 0)
        self.last_second: EncodedSecond | None = None

    def follow(self, settings: H264Settings) -> bool:
        """Encode by these settings from the next key picture on; they may differ in preset and bit rate.

        Where the rate is reduced the finest QP becomes coarser by as much, so that an easy scene costs less, too.
        """
        if settings != self._settings:
            self._settings = settings
            steps = round(6 * math.log2(self._configured_kbps / settings.bitrate_kbps))
            self._rate.retarget(settings.bitrate_kbps, FINEST_QP + max(0, steps))
        return True

    def spend(self, start: int, octets: int) -> None:
        """Leave so much less for its own pictures."""
        self._rate.spend(start, octets)

    def encode(self, frame: av.VideoFrame, start: int, *, key: bool) -> list[EncodedPacket]:
        """Return the access unit of ``frame`` at ``start`` (1/90000 s); none where the rate has no room for it."""
        step: Step | None = self._rate.plan(start, key=key)
        while step is not None and step.action is not Action.LEAVE_OUT:
            packet = self._encode(frame, start, step)
            step = self._rate.review(len(packet.data))
            if step is None:
                self._refinement.look(frame, key=packet.key)
                self._count(packet)
                if packet.key:
                    self._last_id, self._next_id = self._next_id, 1 - self._next_id
                return [packet]
            # What is encoded next must not refer to what was thrown away.
            self._is_fresh = True
        return []

    def _count(self, packet: EncodedPacket) -> None:
        second, before = packet.start // VIDEO_TIMESCALE, self._second
        if second != before.second:
            self.last_second = before if before.octets else None
            before = EncodedSecond(second, 0, 0)
        self._second = EncodedSecond(second, self._rate.qp, before.octets + len(packet.data))

    def close(self) -> list[EncodedPacket]:
        """Return what is still inside: nothing. Idempotent."""
        encoder, self._encoder = self._encoder, None
        return [] if encoder is None else encoder.close()

    def _encode(self, frame: av.VideoFrame, start: int, step: Step) -> EncodedPacket:
        is_key = step.action is Action.KEY
        encoder = self._encoder
        if encoder is None or (is_key and (self._is_fresh or self._wanted(step.qp) != self._opened)):
            return self._reopen(frame, start, step.qp)
        (packet,) = encoder.encode(frame, start, key=is_key)
        return packet

    def _wanted(self, qp: int) -> H264Settings:
        # At a constant QP the bit rate is of no account.
        kbps = self._opened.bitrate_kbps
        return replace(self._settings, qp=qp, key_steps=self._refinement.choose(qp), bitrate_kbps=kbps)

    def _reopen(self, frame: av.VideoFrame, start: int, qp: int) -> EncodedPacket:
        """Encode a key picture with a new encoder.

        Its first idr_pic_id is 0, but that of two key pictures in a row must differ (ITU-T H.264, 7.4.3): where the
        last one's was 0 a blank picture comes first and is thrown away.
        """
        settings = self._wanted(qp)
        encoder = X264Encoder(settings)
        self._next_id = 0
        if self._last_id == 0:
            encoder.encode(_blank(settings), start - 1, key=True)
            self._next_id = 1
        (packet,) = encoder.encode(frame, start, key=True)
        self.close()
        self._encoder, self._opened, self._is_fresh = encoder, settings, False
        return packet._replace(data=_without_sei(packet.data))


def _blank(settings: H264Settings) -> av.VideoFrame:
    frame = av.VideoFrame(settings.width, settings.height, "yuv420p")
    for plane in planes_of(frame):
        plane[:] = 128
    return frame


def _without_sei(data: bytes) -> bytes:
    """A key picture without the text in which a new encoder says how it is set."""
    return join_nal_units(parameter_sets(data)) + data[split_access_unit(data)[1] :]
