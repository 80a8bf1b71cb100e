"""Sender of the class board's view to an MQTT broker, as a retained message, for boards of other vendors.

The topic is ``classroom-edge/<school>/<room>/board``, JSON as ``edge.link.board_view`` makes it, with ``at``, the
school's time; no names of students: who is on duty is left out. ``…/online`` is ``1``, or ``0`` once the broker misses
the box (its last will, MQTT 5.0, 3.1.2.5). Both are retained: who subscribes later gets the last of each.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo

import aiomqtt

from drivers.address import Address
from edge.config.board_settings import SCHEMES, BoardConfig
from edge.config.model import RoomConfig
from edge.link.merge_patch import JsonObject
from pipelines.backoff import BackOff

log = logging.getLogger(__name__)

_PORTS = {"mqtts": 8883, "mqtt": 1883}
_PERIOD_S = 1.0
_KEEP_ALIVE_S = 30
_TIMEOUT_S = 10.0
_AT_LEAST_ONCE = 1
_LEFT_OUT = ("duty", "question")


class BoardTopic:
    """Publishes ``view()`` whenever it has changed; ``fault`` is why the broker does not get it, empty while it does.

    ``view`` is asked once in ``period_s``. A broker that is away is tried again with back-off, for ever.
    """

    def __init__(
        self,
        config: BoardConfig,
        room: RoomConfig,
        view: Callable[[], JsonObject],
        zone: tzinfo,
        period_s: float = _PERIOD_S,
    ) -> None:
        self.fault = ""
        self.topic = f"classroom-edge/{room.school}/{room.room}/board"
        self._config = config
        self._address = Address.parse(config.mqtt_url, SCHEMES)
        self._view = view
        self._zone = zone
        self._period_s = period_s
        self._backoff = BackOff(initial_s=period_s, max_s=60.0)

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            try:
                will = aiomqtt.Will(f"{self.topic}/online", "0", qos=_AT_LEAST_ONCE, retain=True)
                async with broker_client(self._config, will) as client:
                    await self._publish_changes(client)
            except* (aiomqtt.MqttError, OSError) as errors:
                self._on_failure(str(errors.exceptions[0]))
            await asyncio.sleep(self._backoff.next_delay_s())

    async def _publish_changes(self, client: aiomqtt.Client) -> None:
        await client.publish(f"{self.topic}/online", "1", qos=_AT_LEAST_ONCE, retain=True)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(client))
                group.create_task(_until_lost(client))
        finally:
            # A box that is stopped says so itself; the will is for one that is cut off.
            with suppress(aiomqtt.MqttError):
                await client.publish(f"{self.topic}/online", "0", qos=_AT_LEAST_ONCE, retain=True)

    async def _follow(self, client: aiomqtt.Client) -> None:
        published: JsonObject | None = None
        while True:
            view = {key: value for key, value in self._view().items() if key not in _LEFT_OUT}
            if view != published:
                at = datetime.now(self._zone).isoformat(timespec="seconds")
                body = json.dumps({**view, "at": at}, ensure_ascii=False)
                await client.publish(self.topic, body, qos=_AT_LEAST_ONCE, retain=True)
                published = view
                self._on_success()
            await asyncio.sleep(self._period_s)

    def _on_success(self) -> None:
        if self.fault:
            log.info("the class board goes to %s again", self._address)
        self.fault = ""
        self._backoff.reset()

    def _on_failure(self, problem: str) -> None:
        level = logging.WARNING if problem != self.fault else logging.DEBUG
        log.log(level, "the class board does not go to %s: %s", self._address, problem)
        self.fault = problem


def broker_client(config: BoardConfig, will: aiomqtt.Will | None = None) -> aiomqtt.Client:
    """A client of the configured broker, not connected yet."""
    address = Address.parse(config.mqtt_url, SCHEMES)
    return aiomqtt.Client(
        address.host,
        address.port or _PORTS[address.scheme],
        username=config.mqtt_user or None,
        password=config.mqtt_password.get_secret_value() or None,
        tls_context=ssl.create_default_context() if address.scheme == "mqtts" else None,
        will=will,
        keepalive=_KEEP_ALIVE_S,
        timeout=_TIMEOUT_S,
    )


async def _until_lost(client: aiomqtt.Client) -> None:
    """Raise MqttError when the connection is lost, which a client that only publishes may not notice for long."""
    async for _ in client.messages:
        pass
