"""The PulseAudio source that this process records from: a sound server moves a stream when its source goes.

A minimal binding of libpulse's asynchronous API (PulseAudio documentation, "Introspection and Server Query"); PipeWire
answers it too. It is only there where a stream of this process goes through it.
"""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any, Self

LIBRARY = "libpulse.so.0"
TIMEOUT_S = 1.0

_READY = 4
_NO_AUTOSPAWN = 1
_PROCESS_ID = b"application.process.id"
_CHANNELS_MAX = 32
_POINTERS = (
    "pa_mainloop_new",
    "pa_mainloop_get_api",
    "pa_context_new",
    "pa_context_get_source_output_info_list",
    "pa_context_get_source_info_by_index",
)


class _SampleSpec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _ChannelMap(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("map", ctypes.c_int * _CHANNELS_MAX))


class _SourceOutputInfo(ctypes.Structure):
    """The beginning of pa_source_output_info."""

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("name", ctypes.c_char_p),
        ("owner_module", ctypes.c_uint32),
        ("client", ctypes.c_uint32),
        ("source", ctypes.c_uint32),
        ("sample_spec", _SampleSpec),
        ("channel_map", _ChannelMap),
        ("buffer_usec", ctypes.c_uint64),
        ("source_usec", ctypes.c_uint64),
        ("resample_method", ctypes.c_char_p),
        ("driver", ctypes.c_char_p),
        ("proplist", ctypes.c_void_p),
    )


class _SourceInfo(ctypes.Structure):
    """The beginning of pa_source_info."""

    _fields_ = (("name", ctypes.c_char_p), ("index", ctypes.c_uint32))


_OnOutput = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_SourceOutputInfo), ctypes.c_int, ctypes.c_void_p)
_OnSource = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_SourceInfo), ctypes.c_int, ctypes.c_void_p)


class PulseSourceWatch:
    """Asks the sound server, over a connection of its own, where this process's recording comes from."""

    def __init__(self, library: Any) -> None:
        self._library = library
        for name in _POINTERS:
            getattr(library, name).restype = ctypes.c_void_p
        library.pa_proplist_gets.restype = ctypes.c_char_p
        self._loop = ctypes.c_void_p(library.pa_mainloop_new())
        api = ctypes.c_void_p(library.pa_mainloop_get_api(self._loop))
        self._context = ctypes.c_void_p(library.pa_context_new(api, b"classroom-edge: which source"))
        library.pa_context_connect(self._context, None, _NO_AUTOSPAWN, None)

    @classmethod
    def of_this_process(cls) -> Self | None:
        """Return a watch, or None where nothing of this process goes through a sound server."""
        try:
            return cls(ctypes.CDLL(LIBRARY, mode=os.RTLD_NOLOAD | os.RTLD_NOW))
        except OSError:
            return None

    def source_name(self) -> str | None:
        """Return the name of the source that is recorded; None where the server does not tell."""
        if not self._run_until_state_is_known():
            return None
        sources: list[int] = []

        def on_output(_context: Any, info: Any, _is_end: int, _data: Any) -> None:
            if info and self._is_ours(info.contents.proplist):
                sources.append(info.contents.source)

        self._ask(self._library.pa_context_get_source_output_info_list, _OnOutput, on_output)
        names: list[bytes] = []

        def on_source(_context: Any, info: Any, _is_end: int, _data: Any) -> None:
            if info:
                names.append(info.contents.name)

        for source in sources[:1]:
            self._ask(self._library.pa_context_get_source_info_by_index, _OnSource, on_source, ctypes.c_uint32(source))
        return names[0].decode(errors="replace") if names else None

    def _is_ours(self, properties: int) -> bool:
        pid = self._library.pa_proplist_gets(ctypes.c_void_p(properties), _PROCESS_ID)
        return pid is not None and bytes(pid) == str(os.getpid()).encode()

    def _run_until_state_is_known(self) -> bool:
        deadline = time.monotonic() + TIMEOUT_S
        while (state := self._library.pa_context_get_state(self._context)) < _READY and time.monotonic() < deadline:
            self._iterate()
        return bool(state == _READY)

    def _ask(self, query: Any, kind: Any, answer: Any, *arguments: Any) -> None:
        """Send a query and run the loop until its last answer came, or for ``TIMEOUT_S``."""
        ended: list[bool] = []

        def on_answer(context: Any, info: Any, is_end: int, data: Any) -> None:
            answer(context, info, is_end, data)
            if is_end:
                ended.append(True)

        callback = kind(on_answer)
        operation = ctypes.c_void_p(query(self._context, *arguments, callback, None))
        deadline = time.monotonic() + TIMEOUT_S
        while not ended and time.monotonic() < deadline:
            self._iterate()
        if operation:
            # A late answer must not reach a callback that is gone.
            self._library.pa_operation_cancel(operation)
            self._library.pa_operation_unref(operation)

    def _iterate(self) -> None:
        self._library.pa_mainloop_prepare(self._loop, 100_000)
        self._library.pa_mainloop_poll(self._loop)
        self._library.pa_mainloop_dispatch(self._loop)
