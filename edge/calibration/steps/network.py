"""Network: the way out, names, time, the store with a trial upload, the board's broker and the learning record store.

All of it is asked from this process, with the config's credentials, which are never shown.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from urllib.request import getproxies, proxy_bypass

from drivers.address import Address, mask_addresses
from edge.calibration.finding_makers import fact
from edge.calibration.probes.clock import read_clock
from edge.calibration.probes.name_lookup import lookup_times_ms
from edge.calibration.probes.peers import try_broker, try_lrs
from edge.calibration.probes.routes import default_route
from edge.calibration.probes.upload_rate import try_upload
from edge.calibration.results import Curve, Finding, StepResult
from edge.calibration.step import Step, StepContext
from edge.calibration.verdicts.network import (
    judge_broker,
    judge_lookups,
    judge_lrs,
    judge_route,
    judge_store,
    judge_upload,
    no_store,
    upload_curve,
)
from edge.calibration.verdicts.timetable import judge_clock
from edge.config.board_settings import SCHEMES as BROKERS
from edge.config.model import Config
from edge.config.storage_demand import storage_demand
from edge.config.store import configured_store
from edge.config.store_trial import ask_store
from edge.i18n import lazy_message

NAME = "network"

_UPLOAD_S, _CHECK_UPLOAD_S = 10.0, 3.0
_WEB = ("https", "http")


def run(context: StepContext) -> StepResult:
    """Look at the network, and at every service that the config names."""
    config, technician = context.room.config, context.technician
    with technician.progress(lazy_message("calibration_services.network-asks"), 10.0):
        findings = judge_route(default_route())
        findings += [fact("proxy", f"{scheme}: {mask_addresses(url)}") for scheme, url in sorted(_proxies().items())]
        findings += judge_lookups(lookup_times_ms(_hosts(config)))
        clock = read_clock()
        trusted = config.timetable.trust_clock
        findings += judge_clock(clock.server, clock.offset, is_synchronised=clock.is_synchronised, is_trusted=trusted)
    stored, curves = _try_store(context)
    findings += stored
    with technician.progress(lazy_message("calibration_services.network-peers"), 5.0):
        findings += _try_peers(config)
    return StepResult(step=NAME, findings=findings, curves=curves)


def _proxies() -> dict[str, str]:
    return {scheme: url for scheme, url in getproxies().items() if scheme in (*_WEB, "all")}


def _hosts(config: Config) -> list[str]:
    """The hosts whose names this box itself has to look up: those behind a proxy are the proxy's to find."""
    web = [url for url in (config.store.endpoint, config.lrs.url, config.timetable.url) if url]
    addresses = [Address.parse(url, _WEB) for url in web]
    hosts = [one.host for one in addresses if one.scheme not in getproxies() or proxy_bypass(one.host)]
    if config.board.mqtt_url:
        hosts.append(Address.parse(config.board.mqtt_url, BROKERS).host)
    return [host for host in dict.fromkeys(hosts) if not _is_number(host)]


def _is_number(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _try_store(context: StepContext) -> tuple[list[Finding], list[Curve]]:
    config, technician = context.room.config, context.technician
    with technician.progress(lazy_message("calibration_services.network-store"), 5.0):
        report = ask_store(config, must_mark=False)
    if report is None:
        return [no_store()], []
    findings = judge_store(report, keeps_copies=config.storage.keep_days > 0)
    store = None if report.fault else configured_store(config.store)
    if store is None:
        return findings, []
    seconds = _CHECK_UPLOAD_S if context.is_check else _UPLOAD_S
    with technician.progress(lazy_message("calibration_services.network-upload"), seconds):
        trial = asyncio.run(try_upload(store, f"{config.room.school}/{config.room.room}", seconds))
    lesson_bps = storage_demand(config).bits_per_second
    return [*findings, *judge_upload(trial, lesson_bps)], upload_curve(trial, lesson_bps)


def _try_peers(config: Config) -> list[Finding]:
    findings = []
    if config.board.mqtt_url:
        findings.append(judge_broker(config.board.mqtt_url, asyncio.run(try_broker(config.board))))
    if config.lrs.url:
        status, is_lrs, reason = asyncio.run(try_lrs(config.lrs))
        findings.append(judge_lrs(config.lrs.url, status, is_lrs=is_lrs, reason=reason))
    return findings


STEP = Step(NAME, run, needs="nothing", in_check=True)
