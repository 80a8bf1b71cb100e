"""The OpenAPI document agrees with what the pages answer, whatever they are asked (schemathesis)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import web_site
from hypothesis import settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from edge.web import tls
from edge.web.access.roles import Role
from edge.web.openapi import openapi_document
from edge.web.routes import ALL_ROUTES
from tests.waiting import until

DOCUMENT = openapi_document(ALL_ROUTES)
# A stream never ends, and a session would.
LEFT_OUT = r"(events|/logout)$"
CHECKED = [not_a_server_error, status_code_conformance]
EXAMPLES = 4
TIMEOUT_S = 30.0

api = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex=LEFT_OUT)


class Pages(threading.Thread):
    """The pages, served by a loop of their own; ``cookie`` and ``csrf`` are a technician's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="pages")
        self.cookie = self.csrf = self.https = ""
        self.certificate = Path()
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self.is_ready = False

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self.join()

    async def _serve(self) -> None:
        async with web_site.running(self._folder) as site:
            client = await site.client(Role.TECHNICIAN)
            self.https, self.csrf = site.https, client.csrf
            self.cookie = "; ".join(f"{one.key}={one.value}" for one in client.session.cookie_jar)
            self.certificate = site.config.web.state / tls.FOLDER / tls.CERTIFICATE
            self.is_ready = True
            await self._over.wait()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    served = Pages(tmp_path_factory.mktemp("pages"))
    served.start()
    until(lambda: served.is_ready)
    yield served
    served.stop()


def test_the_document_has_every_route() -> None:
    operations = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert len(operations) == len(ALL_ROUTES)


@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_request_is_answered_otherwise_than_it_says(case: Case, pages: Pages) -> None:
    for headers in ({}, {"Cookie": pages.cookie, "Origin": pages.https, "X-CSRF-Token": pages.csrf}):
        answer: Any = case.call(
            base_url=pages.https,
            headers=headers,
            verify=str(pages.certificate),
            allow_redirects=False,
            timeout=TIMEOUT_S,
        )
        case.validate_response(answer, checks=CHECKED)
