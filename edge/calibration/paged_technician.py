"""The technician's dialog shown on the room's page as well, for whoever stands on the ladder with a phone."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.calibration.result_lines import figure_text, finding_title, step_title
from edge.calibration.results import Finding, Results, StepResult
from edge.calibration.technician import Technician
from edge.calibration.walkthrough import Screen
from edge.i18n import Language, LazyMessage
from edge.link.calibration_messages import LARGEST_PICTURE, MOST_FIGURES, CalibrationView, LiveFigure

_PICTURE_EVERY_S = 1.0
_PICTURE_LINES = 480
_QUALITY = 70
_LONGEST_REQUEST = 1000


class PagedTechnician:
    """A technician and a screen in one, which passes everything on and hands the page's view to ``show_page``.

    Requests and steps are shown at once, live figures and their picture once a second.
    """

    def __init__(
        self,
        technician: Technician,
        screen: Screen,
        show_page: Callable[[CalibrationView], None],
        language: Language,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._technician = technician
        self._screen = screen
        self._show_page = show_page
        self._language: Language = language
        self._clock_s = clock_s
        self._view = CalibrationView()
        self._shown_at_s = -_PICTURE_EVERY_S

    def tell(self, message: LazyMessage) -> None:
        """See ``Technician``."""
        self._request(message)
        self._technician.tell(message)

    def confirm(self, name: str, question: LazyMessage, *, default: bool) -> bool:
        """See ``Technician``."""
        self._request(question)
        return self._technician.confirm(name, question, default=default)

    def choose(self, name: str, question: LazyMessage, options: Sequence[tuple[str, LazyMessage]]) -> str:
        """See ``Technician``."""
        self._request(question)
        return self._technician.choose(name, question, options)

    def number(self, name: str, question: LazyMessage, *, default: float, low: float, high: float) -> float:
        """See ``Technician``."""
        self._request(question)
        return self._technician.number(name, question, default=default, low=low, high=high)

    def text(self, name: str, question: LazyMessage, *, default: str) -> str:
        """See ``Technician``."""
        self._request(question)
        return self._technician.text(name, question, default=default)

    def ready(self, name: str, request: LazyMessage) -> None:
        """See ``Technician``."""
        self._request(request)
        self._technician.ready(name, request)

    def progress(self, what: LazyMessage, seconds: float) -> AbstractContextManager[None]:
        """See ``Technician``."""
        self._request(what)
        return self._technician.progress(what, seconds)

    def show(self, findings: Sequence[Finding], picture: NDArray[np.uint8] | None = None) -> None:
        """See ``Technician``."""
        self._technician.show(findings, picture)
        now_s = self._clock_s()
        if now_s - self._shown_at_s < _PICTURE_EVERY_S:
            return
        self._shown_at_s = now_s
        self._put(figures=self._figures(findings), picture="" if picture is None else _jpeg(picture))

    def wants_to_go_on(self) -> bool:
        """See ``Technician``."""
        return self._technician.wants_to_go_on()

    def begin(self, step: str, number: int, count: int) -> None:
        """See ``Screen``."""
        self._view = CalibrationView(step=step, title=step_title(step, self._language))
        self._put()
        self._screen.begin(step, number, count)

    def result(self, result: StepResult) -> None:
        """See ``Screen``."""
        self._put(request="", figures=self._figures(result.findings), picture="")
        self._screen.result(result)

    def summary(self, results: Results) -> None:
        """See ``Screen``."""
        self._screen.summary(results)

    def _request(self, message: LazyMessage) -> None:
        self._put(request=message.text(self._language)[:_LONGEST_REQUEST])

    def _figures(self, findings: Sequence[Finding]) -> tuple[LiveFigure, ...]:
        return tuple(
            LiveFigure(
                name=finding_title(finding, self._language)[:80],
                device=finding.device[:80],
                text=figure_text(finding)[:200],
                verdict=finding.verdict,
            )
            for finding in findings[:MOST_FIGURES]
        )

    def _put(self, **changed: object) -> None:
        self._view = self._view.model_copy(update=changed)
        self._show_page(self._view)


def _jpeg(picture: NDArray[np.uint8]) -> str:
    """A picture (height, width, 3) in BGR as a JPEG of at most 480 lines in base64; empty where it is too large."""
    height, width = picture.shape[:2]
    if height > _PICTURE_LINES:
        size = round(width * _PICTURE_LINES / height), _PICTURE_LINES
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    text = base64.b64encode(coded.tobytes()).decode("ascii")
    return text if len(text) <= LARGEST_PICTURE else ""
