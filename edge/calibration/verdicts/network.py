"""Network and store against what the room's lessons need: the verdicts."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from scipy.stats import t as student_t

from edge.calibration.finding_makers import advice, at_least, at_most, fact, figure, unmeasured
from edge.calibration.probes.routes import DefaultRoute
from edge.calibration.probes.upload_rate import UploadedFile, UploadTrial
from edge.calibration.results import Curve, Finding, Verdict
from edge.config.store_trial import StoreReport
from pipelines.measuring.estimate import Estimate

LOOKUP_MS = at_most(500, 3000)
LINK_MBPS = at_least(100, 10)
# A store that takes 1.2 times what a lesson makes has it soon after the bell. One that takes 0.4 times as much still
# has a day of eight hours before the next morning (8 / 24 × 1.2).
_IN_TIME, _BY_MORNING = 1.2, 0.4
_FEWEST_FILES = 3


def judge_route(route: DefaultRoute | None) -> list[Finding]:
    """The findings about address, gateway and cable."""
    if route is None:
        return [fact("network-address", "", Verdict.BAD, advice("network-none"))]
    findings = [
        fact("network-address", f"{route.interface} {route.address}")
        if route.address
        else fact("network-address", route.interface, Verdict.BAD, advice("network-no-address")),
        fact("network-gateway", route.gateway),
    ]
    if route.speed_mbps is not None:
        slow = advice("network-slow-link")
        findings.append(figure("network-link", route.speed_mbps, LINK_MBPS, slow, unit="Mbit/s"))
    if route.is_half_duplex:
        findings.append(fact("network-duplex", "", Verdict.BAD, advice("network-half-duplex")))
    return findings


def judge_lookups(times_ms: Mapping[str, float | None]) -> list[Finding]:
    """The findings about the names of the configured services."""
    return [
        fact("name-lookup", "", Verdict.BAD, advice("name-not-found", host=host), host)
        if took_ms is None
        else figure("name-lookup", round(took_ms, 1), LOOKUP_MS, advice("name-slow"), unit="ms", device=host)
        for host, took_ms in times_ms.items()
    ]


def judge_store(report: StoreReport, *, keeps_copies: bool) -> list[Finding]:
    """The findings about the store as it answers; ``keeps_copies``: lessons are to leave this box some day."""
    if report.fault:
        return [fact("store", report.url, Verdict.BAD, advice(f"store-{report.fault}", reason=report.reason))]
    findings = [fact("store", report.url)]
    if not report.mark:
        findings.append(fact("store-mark", "", Verdict.ACCEPTABLE, advice("store-unmarked")))
    if report.checks_sha256 is not None:
        code = "store-checks" if report.checks_sha256 else "store-reads-back"
        slow = None if report.checks_sha256 else advice("store-reads-back")
        findings.append(fact(code, "", Verdict.GOOD if slow is None else Verdict.ACCEPTABLE, slow))
    if keeps_copies and not report.makes_room:
        findings.append(fact("store-apart", "", Verdict.ACCEPTABLE, advice("store-same-disk")))
    return findings


def sustained_rate(files: Sequence[UploadedFile]) -> Estimate | None:
    """The mean rate in bits a second and its 95 % interval (Student's t); None with fewer than three files."""
    if len(files) < _FEWEST_FILES:
        return None
    rates = [file.bits_per_second for file in files]
    quantile = float(student_t.ppf(0.975, len(rates) - 1))
    return Estimate(statistics.mean(rates), quantile * statistics.stdev(rates) / len(rates) ** 0.5)


def judge_upload(trial: UploadTrial, lesson_bps: float) -> list[Finding]:
    """The findings about the trial upload, where a lesson makes ``lesson_bps`` while it is recorded."""
    rate = sustained_rate(trial.files)
    findings: list[Finding] = []
    if trial.fault:
        again = advice(f"store-{trial.fault}", reason=trial.reason)
        findings.append(fact("store-upload", "", Verdict.BAD, again))
    elif rate is None:
        # A file of a few MB took longer than the whole trial may.
        slow = advice("store-slow", needed_mbps=_mbps(lesson_bps))
        findings.append(fact("store-upload", "", Verdict.BAD, slow))
    if rate is not None:
        tolerance = at_least(_mbps(lesson_bps * _IN_TIME), _mbps(lesson_bps * _BY_MORNING))
        findings.append(
            figure(
                "store-rate",
                _mbps(rate.value),
                tolerance,
                advice("store-slow", needed_mbps=_mbps(lesson_bps)),
                unit="Mbit/s",
                half_width=_mbps(rate.half_width),
            )
        )
    if trial.files and not trial.is_deleted:
        findings.append(fact("store-delete", "", Verdict.ACCEPTABLE, advice("store-keeps")))
    return findings


def upload_curve(trial: UploadTrial, lesson_bps: float) -> list[Curve]:
    """The plot of the upload: seconds, megabits a second, and what keeps up with a lesson."""
    if not trial.files:
        return []
    rates = [_mbps(file.bits_per_second) for file in trial.files]
    times = [round(file.at_s, 3) for file in trial.files]
    return [Curve(kind="upload-rate", device="store", x=times, y=rates, rows=[[_mbps(lesson_bps)]])]


def judge_broker(url: str, reason: str) -> Finding:
    """The finding about the board's broker."""
    if reason:
        return fact("broker", url, Verdict.BAD, advice("broker-away", reason=reason))
    return fact("broker", url)


def judge_lrs(url: str, status: int, *, is_lrs: bool, reason: str) -> Finding:
    """The finding about the learning record store, which was sent an empty list of statements."""
    if reason:
        return fact("lrs", url, Verdict.BAD, advice("lrs-away", reason=reason))
    if is_lrs and (200 <= status < 300 or status == HTTPStatus.BAD_REQUEST):
        return fact("lrs", url)
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            code = "lrs-refuses"
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            code = "lrs-fails"
        case _:
            code = "lrs-is-none"
    return fact("lrs", url, Verdict.BAD, advice(code, status=status))


def no_store() -> Finding:
    """The finding in a room from which nothing is copied."""
    return unmeasured("store", advice("store-none"))


def _mbps(bits_per_second: float) -> float:
    return round(bits_per_second / 1e6, 3)
