"""The calibration's page in a real browser, as a technician on a ladder reads it."""

from __future__ import annotations

import base64
import os

import cv2
import numpy as np
import pytest
from browsing import SIZES, Trouble, log_in, overflows, serious_findings, window
from playwright.async_api import Browser, expect

from edge.link.calibration_messages import CalibrationView, LiveFigure
from edge.link.control_messages import CalibrationReply
from tests.web_site import Site

VIEW = CalibrationView(
    step="picture",
    title="Picture",
    request="Turn the focus ring slowly and follow the hint below.",
    figures=(
        LiveFigure(name="Focus: wrong way, turn back", device="Teacher's camera", text="63 %", verdict="bad"),
        LiveFigure(name="Mean brightness", device="Teacher's camera", text="44 %", verdict="good"),
        LiveFigure(name="Flicker of the light", device="Teacher's camera", text="2.1 ± 0.3 %", verdict="acceptable"),
    ),
)


def _jpeg(level: int) -> str:
    return base64.b64encode(cv2.imencode(".jpg", np.full((270, 480, 3), level, np.uint8))[1].tobytes()).decode()


def _show(site: Site, view: CalibrationView | None) -> None:
    site.controller.reply = lambda _: CalibrationReply(ok=True, status=site.controller.now, view=view)


@pytest.mark.parametrize("size", SIZES)
async def test_figures_and_picture_are_shown_and_fit(site: Site, browser: Browser, trouble: Trouble, size: str) -> None:
    _show(site, VIEW.model_copy(update={"picture": _jpeg(90)}))
    async with window(browser, size, trouble) as page:
        await log_in(page, site, "technician", "/calibration")
        await expect(page.locator("#title")).to_have_text("Picture")
        await expect(page.locator("#picture")).to_be_visible()
        await expect(page.locator("#figures tr")).to_have_count(3)
        await expect(page.locator("#figures tr.bad td")).to_have_text("✗ 63 %")
        if folder := os.environ.get("SCREENSHOTS"):
            await page.screenshot(path=f"{folder}/calibration-{size}.png", full_page=True)
        assert not await overflows(page)
        assert await serious_findings(page) == []
        assert trouble == []


async def test_what_is_shown_follows_the_calibration_and_its_end(
    site: Site, browser: Browser, trouble: Trouble
) -> None:
    _show(site, None)
    async with window(browser, "phone", trouble) as page:
        await log_in(page, site, "technician", "/calibration")
        await expect(page.locator("#none")).to_be_visible()
        _show(site, VIEW.model_copy(update={"picture": _jpeg(200)}))
        await expect(page.locator("#picture")).to_be_visible()
        await expect(page.locator("#none")).to_be_hidden()
        # A picture that does not come any more is none of now.
        await site.kill_controller()
        await expect(page.locator("#away")).to_be_visible()
        await expect(page.locator("#picture")).to_be_hidden()
        site.start_controller()
        _show(site, None)
        await expect(page.locator("#none")).to_be_visible()
        await expect(page.locator("#away")).to_be_hidden()


async def test_it_is_the_technicians_alone(site: Site, browser: Browser, trouble: Trouble) -> None:
    _show(site, VIEW)
    async with window(browser, "phone", trouble) as page:
        await log_in(page, site, "teacher", "/console")
        answer = await page.goto(f"{site.https}/calibration")
        assert answer is not None
        assert answer.status == 403
        answer = await page.goto(f"{site.https}/calibration/view")
        assert answer is not None
        assert answer.status == 403
