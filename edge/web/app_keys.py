"""What handlers find in the application, by typed keys: ``request.app[ROOM]``."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.config.model import Config
from edge.web.access.accounts import AccountFile
from edge.web.access.first_use import FirstUse
from edge.web.access.login_limits import LoginLimits
from edge.web.access.phone_limits import PhoneLimits
from edge.web.access.sessions import Sessions
from edge.web.event_stream import EventStreams
from edge.web.lesson_download import LessonDownloads
from edge.web.lesson_owners import LessonOwners
from edge.web.lesson_shelf import LessonShelf
from edge.web.onlookers import Onlookers
from edge.web.pages import Pages
from edge.web.room_client import RoomClient

API = web.AppKey("api", dict[str, Any])
CONFIG = web.AppKey("config", Config)
ROOM = web.AppKey("room", RoomClient)
LESSONS = web.AppKey("lessons", LessonShelf)
DOWNLOADS = web.AppKey("downloads", LessonDownloads)
OWNERS = web.AppKey("owners", LessonOwners)
ONLOOKERS = web.AppKey("onlookers", Onlookers)
EVENTS = web.AppKey("events", EventStreams)
PAGES = web.AppKey("pages", Pages)
ACCOUNTS = web.AppKey("accounts", AccountFile)
FIRST_USE_CODE = web.AppKey("first_use", FirstUse)
LOGIN_LIMITS = web.AppKey("login_limits", LoginLimits)
SESSIONS = web.AppKey("sessions", Sessions)
PHONE_LIMITS = web.AppKey("phone_limits", PhoneLimits)
