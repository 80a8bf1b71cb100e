"""A real browser for tests of pages: Debian's Chromium, driven by Playwright, with axe for accessibility."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.web_site import PASSWORD

CHROMIUM = "/usr/bin/chromium"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "screen": (1920, 1080)}
_PATIENCE_MS = 30_000
OFFSETS = "Object.values(document.getElementById('player').playback.offsets)"
"""How far each picture of the lesson player is ahead of its sound, in seconds."""


class Trouble(list[str]):
    """What the browser complained about: errors of scripts, and what the pages' policy refused."""


@contextlib.asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser, until the block is left."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@contextlib.asynccontextmanager
async def window(browser: Browser, size: str, trouble: Trouble) -> AsyncIterator[Page]:
    """A window of its own, without anybody's cookies; ``trouble`` collects what goes wrong in it."""
    width, height = SIZES[size]
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height}, ignore_https_errors=True
    )
    context.set_default_timeout(_PATIENCE_MS)
    page = await context.new_page()
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    try:
        yield page
    finally:
        await context.close()


class Pages(Protocol):
    """Whatever serves the pages: ``https`` is their address."""

    @property
    def https(self) -> str: ...


async def log_in(page: Page, site: Pages, role: str, path: str, language: str = "en") -> None:
    """Log in with the role's account, and go to a page."""
    await page.goto(f"{site.https}/login?next={path}&lang={language}")
    await page.fill("[name=name]", role)
    await page.fill("[name=password]", PASSWORD)
    await page.click("button.main")
    await page.wait_for_url(f"**{path}")


async def serious_findings(page: Page) -> list[str]:
    """What axe finds that is serious or critical, by the rules of WCAG 2.2 A and AA."""
    # Not as a script of the page: its policy allows none that is not the box's own.
    await page.evaluate(AXE)
    found: dict[str, Any] = await page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]


async def until(page: Page, expression: str, seconds: float = 30.0) -> None:
    """Wait until an expression is true; Playwright's own waiting evaluates text, which the pages' policy forbids."""
    deadline_s = time.monotonic() + seconds
    while not await page.evaluate(expression):
        assert time.monotonic() < deadline_s, f"not so after {seconds} s: {expression}"
        await asyncio.sleep(0.05)


async def overflows(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))
