"""The web process: started by systemd, by the demo, or by hand; it serves the pages until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import datetime, tzinfo
from functools import partial

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from edge.config.model import Config
from edge.i18n import Language, translate
from edge.service.sd_notify import notify
from edge.service.stop_signals import cancel_by
from edge.web import discovery, listener, tls
from edge.web.app import make_app
from edge.web.app_keys import DOWNLOADS, ONLOOKERS, SESSIONS
from edge.web.listener import Sockets
from edge.web.room_client import RoomClient
from edge.web.routes import ALL_ROUTES

log = logging.getLogger(__name__)

_WATCHDOG_S = 2.0
_STOP_S = 3.0


async def serve(config: Config, sockets: Sockets) -> None:
    """Serve the pages on these sockets until cancelled; they are closed then.

    Raises:
        OSError: The folder of the state cannot be used.
    """
    with contextlib.closing(sockets):
        certificate = await asyncio.to_thread(tls.server_context, config)
        room = RoomClient(config.paths.run)
        show_code = partial(_show_code, config.room.language)
        now = partial(_now, config.timetable.zone)
        app = make_app(config, room, ALL_ROUTES, sockets.https.getsockname()[1], show_code, now)
        runner = web.AppRunner(
            app,
            access_log=None,
            logger=_server_log(),
            handle_signals=False,
            shutdown_timeout=_STOP_S,
            **listener.PROTOCOL_LIMITS,
        )
        await runner.setup()
        assert runner.server is not None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(room.run())
                group.create_task(app[SESSIONS].run())
                group.create_task(app[ONLOOKERS].run())
                group.create_task(app[DOWNLOADS].run())
                group.create_task(listener.accept(sockets.https, runner.server, certificate))
                group.create_task(listener.accept(sockets.http, runner.server, None))
                group.create_task(_feed_watchdog())
                if config.web.mdns:
                    group.create_task(discovery.announce(config))
                notify("READY=1")
        finally:
            notify("STOPPING=1")
            await runner.cleanup()


def _server_log() -> logging.Logger:
    """The log of aiohttp's server, without the requests that are none or that end half-way: a flood would write it."""
    server_log = logging.getLogger("aiohttp.server")
    server_log.addFilter(_is_no_bad_request)
    return server_log


def _is_no_bad_request(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError | ConnectionError))


async def _feed_watchdog() -> None:
    while True:
        notify("WATCHDOG=1")
        await asyncio.sleep(_WATCHDOG_S)


def _show_code(language: Language, code: str) -> None:
    """Tell whoever stands before the box: standard output goes to its screen and its journal."""
    print(translate("web.code-shown", language, code=code), flush=True)


def _now(zone: tzinfo) -> datetime:
    return datetime.now(zone)


async def run(config: Config) -> None:
    """Run the web process until SIGTERM or SIGINT.

    Raises:
        OSError: A port is taken, or the folder of the state cannot be used (alone or in an ExceptionGroup).
    """
    cancel_by()
    try:
        await serve(config, listener.sockets(config.web.https_port, config.web.http_port))
    except asyncio.CancelledError:
        log.info("the web process stops")
