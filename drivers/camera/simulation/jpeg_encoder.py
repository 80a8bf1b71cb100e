"""JPEG from planes of 4:2:0 or 4:2:2, by libjpeg-turbo: no colour conversion, so that the planes are kept as drawn.

The calls are those of the TurboJPEG 2.1 C API (turbojpeg.h).
"""

from __future__ import annotations

import ctypes
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

_SUBSAMPLING: Final = {"422": 1, "420": 2}
_ROW_BYTES_MULTIPLE: Final = 4
_NO_REALLOC: Final = 1024


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libturbojpeg.so.0")
    integer, pointer = ctypes.c_int, ctypes.c_void_p
    library.tjInitCompress.restype = pointer
    library.tjDestroy.argtypes = [pointer]
    library.tjBufSize.restype = library.tjBufSizeYUV2.restype = ctypes.c_ulong
    library.tjGetErrorStr2.restype = ctypes.c_char_p
    library.tjGetErrorStr2.argtypes = [pointer]
    size = ctypes.POINTER(ctypes.c_ulong)
    library.tjCompressFromYUV.argtypes = [
        pointer, pointer, integer, integer, integer, integer, ctypes.POINTER(pointer), size, integer, integer,
    ]  # fmt: skip
    return library


class JpegEncoder:
    """Encodes pictures of one size. Used by one thread; holds a library handle until it is collected."""

    def __init__(self, width: int, height: int, subsampling: Literal["420", "422"], quality: int) -> None:
        """``width`` and ``height`` in pixels, both even; ``quality`` from 1 to 100. MemoryError."""
        self._library = _library()
        self._handle = self._library.tjInitCompress()
        if not self._handle:
            raise MemoryError("libjpeg-turbo gave no encoder")
        self._width, self._height, self._quality = width, height, quality
        self._subsampling = _SUBSAMPLING[subsampling]
        self._packed_bytes = self._library.tjBufSizeYUV2(width, _ROW_BYTES_MULTIPLE, height, self._subsampling)
        self._room = ctypes.create_string_buffer(self._library.tjBufSize(width, height, self._subsampling))

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._library.tjDestroy(self._handle)

    def encode(self, planes: NDArray[np.uint8]) -> bytes:
        """The JPEG picture of Y, U and V, packed one after the other, each row padded to four bytes.

        Raises:
            ValueError: ``planes`` hold fewer bytes than the size asks for, or are not contiguous.
            RuntimeError: libjpeg-turbo refuses; the message is the library's.
        """
        if planes.nbytes < self._packed_bytes or not planes.flags.c_contiguous:
            raise ValueError(f"{planes.nbytes} bytes are no {self._width}x{self._height} picture")
        data, size = ctypes.c_void_p(ctypes.addressof(self._room)), ctypes.c_ulong(len(self._room))
        failed = self._library.tjCompressFromYUV(
            self._handle,
            planes.ctypes.data,
            self._width,
            _ROW_BYTES_MULTIPLE,
            self._height,
            self._subsampling,
            ctypes.byref(data),
            ctypes.byref(size),
            self._quality,
            _NO_REALLOC,
        )
        if failed:
            raise RuntimeError(self._library.tjGetErrorStr2(self._handle).decode(errors="replace"))
        return ctypes.string_at(self._room, size.value)
