"""The OpenAPI document agrees with what the pages answer, whatever they are asked (schemathesis)."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from edge.web import tls
from edge.web.access.roles import Role
from edge.web.openapi import openapi_document
from edge.web.routes import ALL_ROUTES
from tests import web_site
from tests.waiting import until

DOCUMENT = openapi_document(ALL_ROUTES)
# A stream never ends, and a session would.
LEFT_OUT = r"(events|/logout)$"
CHECKED = [not_a_server_error, status_code_conformance]
EXAMPLES = 2
TIMEOUT_S = 30.0

api = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex=LEFT_OUT)


class Pages(threading.Thread):
    """The pages, served by a loop of their own; ``headers`` are those of a technician who has logged in."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="pages")
        self.https = ""
        self.headers: dict[str, str] = {}
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
            self.https = site.https
            cookie = "; ".join(f"{one.key}={one.value}" for one in client.session.cookie_jar)
            self.headers = {"Cookie": cookie, "Origin": site.https, "X-CSRF-Token": client.csrf}
            self.certificate = site.config.web.state / tls.FOLDER / tls.CERTIFICATE
            self.is_ready = True
            await self._over.wait()


def test_the_document_has_every_route() -> None:
    operations = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
    assert len(operations) == len(ALL_ROUTES)


def test_what_an_act_takes_is_said_and_nothing_that_the_box_adds_itself() -> None:
    body = DOCUMENT["paths"]["/room/poll/open"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schemas = DOCUMENT["components"]["schemas"]
    fields = schemas[body["$ref"].rpartition("/")[2]]["properties"]
    assert fields.keys() == {"poll"}
    assert "kind" in schemas["PollQuestion"]["properties"]


@pytest.mark.timeout(600)
def test_no_request_is_answered_otherwise_than_it_says(tmp_path: Path) -> None:
    """Of nobody, and of a technician; the failure names the request."""
    pages = Pages(tmp_path)
    pages.start()
    try:
        until(lambda: pages.is_ready)
        for operation in api.get_all_operations():

            @settings(max_examples=EXAMPLES, deadline=None, database=None)
            @given(case=operation.ok().as_strategy())
            def ask(case: Case) -> None:
                for headers in ({}, pages.headers):
                    answer = case.call(
                        base_url=pages.https,
                        headers=headers,
                        verify=str(pages.certificate),
                        allow_redirects=False,
                        timeout=TIMEOUT_S,
                    )
                    case.validate_response(answer, checks=CHECKED)

            ask()
    finally:
        pages.stop()
