"""A site with a room's config, whose controller says what a test says, and a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from browsing import Trouble, browsing
from playwright.async_api import Browser

from tests import web_site
from tests.web_site import Site

CONFIG = """
[cameras.teacher]
driver = "simulated"
[cameras.students]
driver = "simulated"
[cameras.screen]
driver = "simulated"
[microphones.ceiling]
driver = "simulated"
[microphones.lapel]
driver = "simulated"
[clickers]
driver = "simulated"
[ptz.teacher]
driver = "simulated"
presets = {board = 1, desk = 2, wide = 3}
"""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """The pages of a room with three cameras, two microphones, clickers and a head."""
    async with web_site.running(tmp_path, config=CONFIG) as site:
        yield site


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as browser:
        yield browser


@pytest.fixture
def trouble() -> Trouble:
    """What any page complained about; a test that expects none asserts that it is empty."""
    return Trouble()
