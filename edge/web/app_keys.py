"""What handlers find in the application, by typed keys: ``request.app[ROOM]``."""

from __future__ import annotations

from aiohttp import web

from edge.config.model import Config
from edge.web.access.accounts import AccountFile
from edge.web.access.sessions import Sessions
from edge.web.event_stream import EventStreams
from edge.web.onlookers import Onlookers
from edge.web.pages import Pages
from edge.web.room_client import RoomClient

CONFIG = web.AppKey("config", Config)
ROOM = web.AppKey("room", RoomClient)
ONLOOKERS = web.AppKey("onlookers", Onlookers)
EVENTS = web.AppKey("events", EventStreams)
PAGES = web.AppKey("pages", Pages)
ACCOUNTS = web.AppKey("accounts", AccountFile)
SESSIONS = web.AppKey("sessions", Sessions)
