"""Decode JPEG straight into given YUV planes by libjpeg-turbo: no BGR, no second copy.

Source: the TurboJPEG 2.1 C API (turbojpeg.h), called by ctypes; its Python wrappers return new arrays, which would
cost a copy of every picture.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

_SUBSAMPLING_422: Final = 1
_SUBSAMPLING_420: Final = 2
_ERROR_FATAL: Final = 1
# Parts of the warnings of libjpeg (jerror.h) after which parts of the picture are missing or wrong.
_DAMAGE: Final = ("premature end", "bad huffman code", "instead of rst")
# OpenCV rounds a half to the even neighbour, which would darken a plane by a quarter of a level.
_HALVES_UP: Final = 0.1


class InvalidJpeg(ValueError):
    """The bytes are not a JPEG of the expected size; the message is the library's."""


class UnsupportedSubsampling(InvalidJpeg):
    """A valid JPEG whose chroma subsampling is neither 4:2:0 nor 4:2:2."""


def _library() -> ctypes.CDLL:
    name = ctypes.util.find_library("turbojpeg") or "libturbojpeg.so.0"
    library = ctypes.CDLL(name)
    library.tjInitDecompress.restype = ctypes.c_void_p
    library.tjGetErrorStr2.restype = ctypes.c_char_p
    library.tjGetErrorStr2.argtypes = [ctypes.c_void_p]
    library.tjGetErrorCode.argtypes = [ctypes.c_void_p]
    library.tjDestroy.argtypes = [ctypes.c_void_p]
    integer = ctypes.POINTER(ctypes.c_int)
    jpeg: list[Any] = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ulong]
    library.tjDecompressHeader3.argtypes = [*jpeg, integer, integer, integer, integer]
    planes: list[Any] = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, integer, ctypes.c_int, ctypes.c_int]
    library.tjDecompressToYUVPlanes.argtypes = [*jpeg, *planes]
    return library


class JpegDecoder:
    """A TurboJPEG decompressor; owned by one thread, its library handle is freed with it."""

    def __init__(self) -> None:
        self._library = _library()
        self._handle = self._new_handle()
        self._chroma_422: tuple[Plane, Plane] | None = None

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._library.tjDestroy(self._handle)

    def _new_handle(self) -> int:
        handle: int | None = self._library.tjInitDecompress()
        if not handle:
            raise MemoryError("libjpeg-turbo gave no decoder")
        return handle

    def read_size(self, data: bytes) -> tuple[int, int]:
        """Width and height in pixels.

        Raises:
            InvalidJpeg: The header cannot be read.
        """
        return self._header(data)[:2]

    def decode(self, data: bytes, planes: Sequence[Plane]) -> str:
        """Decode a JPEG into the planes Y (h, w), U and V (h/2, w/2), which have exactly its size.

        Rows may be padded (strided views). 4:2:2 chroma is averaged over pairs of rows. Return what the library says
        of a picture that is damaged, mostly grey from there on; empty for a whole one.

        Raises:
            InvalidJpeg: It is broken, or of another size.
            UnsupportedSubsampling: Its chroma is neither 4:2:0 nor 4:2:2.
        """
        width, height, subsampling = self._header(data)
        luma, u, v = planes
        if luma.shape != (height, width):
            raise InvalidJpeg(f"a picture of {width}x{height} where {luma.shape[1]}x{luma.shape[0]} was promised")
        if subsampling == _SUBSAMPLING_420:
            warning = self._decompress(data, width, height, planes)
        elif subsampling == _SUBSAMPLING_422:
            full_height = self._chroma_buffers(width // 2, height)
            warning = self._decompress(data, width, height, (luma, *full_height))
            for full, half in zip(full_height, (u, v), strict=True):
                cv2.addWeighted(full[::2], 0.5, full[1::2], 0.5, _HALVES_UP, dst=half)
        else:
            raise UnsupportedSubsampling(f"chroma subsampling {subsampling}")
        return warning

    def _chroma_buffers(self, width: int, height: int) -> tuple[Plane, Plane]:
        if self._chroma_422 is None or self._chroma_422[0].shape != (height, width):
            self._chroma_422 = (np.empty((height, width), np.uint8), np.empty((height, width), np.uint8))
        return self._chroma_422

    def _header(self, data: bytes) -> tuple[int, int, int]:
        width, height, subsampling, space = (ctypes.c_int() for _ in range(4))
        self._check(
            self._library.tjDecompressHeader3(
                self._handle, data, len(data), *map(ctypes.byref, (width, height, subsampling, space))
            )
        )
        return width.value, height.value, subsampling.value

    def _decompress(self, data: bytes, width: int, height: int, planes: Sequence[Plane]) -> str:
        pointers = (ctypes.c_void_p * 3)(*(plane.ctypes.data for plane in planes))
        strides = (ctypes.c_int * 3)(*(plane.strides[0] for plane in planes))
        return self._check(
            self._library.tjDecompressToYUVPlanes(self._handle, data, len(data), pointers, width, strides, height, 0)
        )

    def _check(self, result: int) -> str:
        """The library's warning of damage; empty if there is none. Raises InvalidJpeg for what gave no picture."""
        if result == 0:
            return ""
        why: str = self._library.tjGetErrorStr2(self._handle).decode(errors="replace")
        if self._library.tjGetErrorCode(self._handle) != _ERROR_FATAL:
            # Others, such as bytes between markers, which cheap cameras send, harm nothing.
            return why if any(damage in why.lower() for damage in _DAMAGE) else ""
        # A decoder that failed in a header stays inside it and would spoil the next picture too.
        self._library.tjDestroy(self._handle)
        self._handle = self._new_handle()
        raise InvalidJpeg(why)
