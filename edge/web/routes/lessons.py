"""The recordings: a list with receipts, a player, files with ranges, one MP4 to take away, and deletion."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web

from edge.classroom.actor import Actor
from edge.i18n import Language, lazy_message, translate, translate_code
from edge.i18n.receipt import MESSAGES as RECEIPT
from edge.link.control_messages import Status
from edge.link.control_requests import EraseLesson
from edge.link.merge_patch import JsonObject
from edge.player.manifest import PlayerManifest
from edge.web.access.roles import TEACHER_OR_TECHNICIAN, Role
from edge.web.app_keys import CONFIG, DOWNLOADS, EVENTS, LESSONS, OWNERS, PAGES, ROOM
from edge.web.console_view import role_name
from edge.web.lesson_download import Busy
from edge.web.lesson_shelf import LessonCard
from edge.web.request_keys import ACTOR, LANGUAGE
from edge.web.route import Route
from pipelines.files.lesson_layout import PLAYER_JSON

PATH = "/lessons"
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".jpg": "image/jpeg",
}
_MOST_FINDINGS = 20
# The joined file lies on the disk that lessons are recorded to.
_HOURS_KEPT_FREE = 2.0


def owner_of(request: web.Request, card: LessonCard) -> str:
    """Whose lesson it is: the account's that began it, else the teacher's whom the timetable names; empty: nobody's."""
    return request.app[OWNERS].owner(card.id) or card.teacher


def may_see(request: web.Request, card: LessonCard) -> bool:
    """A technician every lesson; a teacher their own, and those that are nobody's."""
    actor = request[ACTOR]
    return actor.role == Role.TECHNICIAN or owner_of(request, card) in ("", actor.name)


def may_delete(request: web.Request, card: LessonCard) -> bool:
    """A technician every lesson; a teacher their own alone."""
    actor: Actor = request[ACTOR]
    return actor.role == Role.TECHNICIAN or owner_of(request, card) == actor.name


async def show_lessons(request: web.Request) -> web.Response:
    """The list: what may be seen of it."""
    try:
        cards = await asyncio.to_thread(request.app[LESSONS].cards)
    except OSError:
        cards = []
    language = request[LANGUAGE]
    rows = [_row(request, card, language) for card in cards if may_see(request, card)]
    return request.app[PAGES].page(request, "lessons.html", rows=rows)


def list_view(status: Status) -> JsonObject:
    """What the open list follows: it asks for the page again when this is another number."""
    return {"version": status.lessons_version}


async def list_events(request: web.Request) -> web.StreamResponse:
    """Whether the list has changed."""
    return await request.app[EVENTS].serve(request, list_view)


async def show_lesson(request: web.Request) -> web.Response:
    """The player of one lesson, and its receipt."""
    card = await _card(request)
    language = request[LANGUAGE]
    manifest = await _manifest(request, card)
    return request.app[PAGES].page(
        request,
        "lesson.html",
        manifest=manifest.model_dump(),
        row=_row(request, card, language),
        findings=_findings(card, language),
    )


async def lesson_file(request: web.Request) -> web.StreamResponse:
    """A file of a lesson, or a range of it."""
    card = await _card(request)
    if request.match_info["path"] == PLAYER_JSON:
        # Made anew: lessons of earlier versions have none.
        manifest = await _manifest(request, card)
        return web.json_response(manifest.model_dump(), headers={hdrs.CACHE_CONTROL: "no-store"})
    found = await asyncio.to_thread(request.app[LESSONS].file, card.id, request.match_info["path"])
    if found is None:
        raise web.HTTPNotFound
    headers = {hdrs.CONTENT_TYPE: _TYPES.get(found.suffix, "application/octet-stream"), hdrs.CACHE_CONTROL: "no-store"}
    return web.FileResponse(found, headers=headers)


async def join(request: web.Request) -> web.Response:
    """Begin to make one MP4 file of a lesson; refused where the disk has to keep its room for lessons."""
    card = await _card(request)
    status = request.app[ROOM].status
    hours = card.length_s / 3600
    if status is None or status.disk is None or status.disk.hours_left - hours < _HOURS_KEPT_FREE:
        return _refused(request, "no-room")
    try:
        request.app[DOWNLOADS].join(card.id, request.app[LESSONS].folder(card.id))
    except Busy:
        return _refused(request, "busy")
    return web.json_response({})


async def join_state(request: web.Request) -> web.Response:
    """How far it is."""
    card, downloads = await _card(request), request.app[DOWNLOADS]
    share = await asyncio.to_thread(downloads.share, card.id)
    return web.json_response({"state": downloads.state(card.id), "share": round(share, 3)})


async def download(request: web.Request) -> web.StreamResponse:
    """The MP4 file, once it is ready."""
    card = await _card(request)
    found = request.app[DOWNLOADS].file(card.id)
    if found is None:
        raise web.HTTPNotFound
    name = quote(f"{_title(request, card)}.mp4".replace("/", "-"))
    headers = {
        hdrs.CONTENT_TYPE: "video/mp4",
        hdrs.CACHE_CONTROL: "no-store",
        hdrs.CONTENT_DISPOSITION: f"attachment; filename*=UTF-8''{name}",
    }
    return web.FileResponse(found, headers=headers)


async def erase(request: web.Request) -> web.Response:
    """Delete a lesson for good, its copy in the store too."""
    card = await _card(request)
    if not may_delete(request, card):
        raise web.HTTPForbidden(text="403")
    # Whatever comes of it: what takes longer is erased after the answer.
    await request.app[DOWNLOADS].remove(card.id)
    reply = await request.app[ROOM].ask(EraseLesson(actor=request[ACTOR], lesson=card.id))
    if not reply.ok:
        language = request[LANGUAGE]
        reason = translate_code("room.fault", language, translate_code("room.reason", language, reply.reason))
        return web.json_response({"reason": reason}, status=409)
    return web.json_response({})


def _refused(request: web.Request, problem: str) -> web.Response:
    return web.json_response({"reason": translate(f"pages_lessons.join-{problem}", request[LANGUAGE])}, status=409)


async def _card(request: web.Request) -> LessonCard:
    """The lesson of the address.

    Raises:
        web.HTTPNotFound: There is none, or none for who asks: the two are not told apart.
    """
    card = await asyncio.to_thread(request.app[LESSONS].card, request.match_info["lesson"])
    if card is None or not may_see(request, card):
        raise web.HTTPNotFound
    return card


async def _manifest(request: web.Request, card: LessonCard) -> PlayerManifest:
    """What the player is told of a lesson; one without a title is called by its time.

    Raises:
        web.HTTPNotFound: It has just been deleted.
    """
    try:
        manifest = await asyncio.to_thread(request.app[LESSONS].manifest, card.id)
    except (OSError, ValueError) as error:
        raise web.HTTPNotFound from error
    return manifest.model_copy(update={"title": _title(request, card)})


def _title(request: web.Request, card: LessonCard) -> str:
    return card.title or translate("pages_lessons.untitled", request[LANGUAGE], when=_when(request, card) or card.id)


def _when(request: web.Request, card: LessonCard) -> str:
    """The school's time."""
    zone = request.app[CONFIG].timetable.zone
    try:
        return datetime.fromisoformat(card.began).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return ""


def _row(request: web.Request, card: LessonCard, language: Language) -> dict[str, object]:
    minutes, seconds = divmod(round(card.length_s), 60)
    return {
        "id": card.id,
        "title": _title(request, card),
        "when": _when(request, card),
        "length": translate("pages_lessons.length", language, minutes=minutes, seconds=seconds),
        "owner": owner_of(request, card),
        "recording": card.recording,
        "stored": card.stored,
        "may_delete": may_delete(request, card),
    }


def _findings(card: LessonCard, language: Language) -> list[dict[str, object]]:
    shown = sorted(card.findings, key=lambda one: one.get("severity") != "bad")[:_MOST_FINDINGS]
    return [{"bad": one.get("severity") == "bad", "text": _finding(one, language)} for one in shown]


def _finding(finding: Mapping[str, Any], language: Language) -> str:
    """A finding as a sentence, with its track; as its code where another version wrote it."""
    values = {
        key: lazy_message(f"receipt.{key}-{value}") if f"{key}-{value}" in RECEIPT else value
        for key, value in (finding.get("values") or {}).items()
    }
    try:
        text = translate(f"receipt.{finding['code']}", language, **values)
    except (KeyError, ValueError):
        text = str(finding.get("code", ""))
    track = finding.get("track")
    return (
        translate("pages_console.warning-of", language, name=role_name(track, language), text=text) if track else text
    )


ROUTES = (
    Route("GET", PATH, show_lessons, TEACHER_OR_TECHNICIAN),
    Route("GET", f"{PATH}/events", list_events, TEACHER_OR_TECHNICIAN),
    Route("GET", f"{PATH}/{{lesson}}", show_lesson, TEACHER_OR_TECHNICIAN, logged=True),
    Route("GET", f"{PATH}/{{lesson}}/join", join_state, TEACHER_OR_TECHNICIAN),
    Route("POST", f"{PATH}/{{lesson}}/join", join, TEACHER_OR_TECHNICIAN),
    Route("GET", f"{PATH}/{{lesson}}/download", download, TEACHER_OR_TECHNICIAN, logged=True),
    Route("POST", f"{PATH}/{{lesson}}/erase", erase, TEACHER_OR_TECHNICIAN),
    Route("GET", f"{PATH}/{{lesson}}/files/{{path:.+}}", lesson_file, TEACHER_OR_TECHNICIAN),
)
