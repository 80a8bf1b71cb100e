"""Each import contract of pyproject.toml fails on an import that it forbids, planted into a copy of the packages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("drivers", "pipelines", "edge")

PLANTED = {
    "edge -> pipelines -> drivers, never back": ("drivers/samples.py", "pipelines.backoff"),
    "pipelines see drivers only through the shared vocabulary": ("pipelines/backoff.py", "drivers.registry"),
    "only the composition roots name a concrete driver": ("edge/cli/main.py", "drivers.panel.debounce"),
    "vendor libraries stay inside their adapters": ("pipelines/yuv_planes.py", "serial"),
    "edge: rooms stand on floors": ("edge/i18n/__init__.py", "edge.config.model"),
    "the processes do not know each other": ("edge/recorder/meters.py", "edge.controller.power_off"),
    "recorder: no web, no ledger, no network library": ("edge/recorder/process.py", "edge.ledger.database"),
    "controller: no codecs, nothing that records": ("edge/controller/power_off.py", "av"),
    "web: reads the spool and asks the controller, no more": ("edge/web/route.py", "edge.ledger.database"),
    "only web serves HTTP, and knows passwords": ("edge/link/page_requests.py", "jinja2"),
    "the rules of the classroom are pure": ("edge/classroom/lamps.py", "asyncio"),
    "the calibration alone measures rooms, and has the libraries for it": (
        "pipelines/capture/ring_buffer.py",
        "pipelines.measuring.estimate",
    ),
    "what checks and mends a lesson does not record it": ("pipelines/journal/entries.py", "pipelines.encoding.packets"),
}


def test_every_contract_fails_on_a_planted_import(tmp_path: Path) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(PLANTED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file, module in PLANTED.values():
        path = tmp_path / file
        path.write_text(path.read_text() + f"\nimport {module}\n")
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    for contract, (file, module) in PLANTED.items():
        told = re.search(
            rf"^{re.escape(contract)}\n-+\n(.*?)(?=^\S[^\n]*\n-+\n|\Z)", done.stdout, re.MULTILINE | re.DOTALL
        )
        importer = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        assert told is not None, f"{contract} is kept\n{done.stdout}"
        assert f"{importer} -> {module}" in told[1], told[0]


def test_a_controller_starts_without_the_clients_of_what_is_outside_the_room() -> None:
    listed = "import sys, edge.controller.process; print(*{'aiohttp', 'aiomqtt'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
