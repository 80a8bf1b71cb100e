"""How the suite is run: in several processes with few real-time tests at once, and what is flaky is listed."""

from __future__ import annotations

import os

import pytest

REALTIME = "import pytest, time\npytestmark = pytest.mark.realtime\n"
LOGS = """
import os, pathlib, time

def logged(name):
    begun = time.monotonic()
    time.sleep(0.2)
    nice = os.getpriority(os.PRIO_PROCESS, 0)
    with pathlib.Path(os.environ["LOG"]).open("a") as log:
        log.write(f"{name} {begun} {time.monotonic()} {nice}\\n")
"""


def test_at_most_two_real_time_tests_run_at_once_and_the_others_give_way(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG", str(suite.path / "log"))
    suite.makepyfile(logs=LOGS)
    body = "from logs import logged\ndef test_one(): logged('{kind}')\ndef test_two(): logged('{kind}')\n"
    suite.makepyfile(**{f"test_real_{n}": REALTIME + body.format(kind="real") for n in range(3)})
    suite.makepyfile(**{f"test_other_{n}": body.format(kind="other") for n in range(2)})
    ran = suite.runpytest_subprocess("-n", "3", "--no-loadscope-reorder")
    ran.assert_outcomes(passed=10)
    lines = [line.split() for line in (suite.path / "log").read_text().splitlines()]
    spans = [(float(begun), float(ended)) for kind, begun, ended, _ in lines if kind == "real"]
    at_once = [sum(begun <= at < ended for begun, ended in spans) for at, _ in spans]
    assert max(at_once) == 2
    nice = {kind: int(nice) for kind, _, _, nice in lines}
    assert nice["other"] == 10
    assert nice["real"] == -15 or os.getuid() != 0


def test_a_test_that_passes_only_when_it_is_run_again_is_listed(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
import pathlib

def test_flaky():
    tried = pathlib.Path("tried")
    before = tried.exists()
    tried.touch()
    assert before

def test_broken():
    assert False

def test_good():
    pass
""")
    ran = suite.runpytest_subprocess("--reruns", "1", "-p", "no:cacheprovider")
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(["*= flaky: passed only when run again =*", "*::test_flaky", "*= short test summary*"])


def test_a_test_that_its_time_limit_cannot_end_is_told_and_the_others_run(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
import ctypes
import pytest

def test_before():
    pass

@pytest.mark.timeout(0.2)
def test_hangs():
    mutex = ctypes.create_string_buffer(64)
    for _ in range(2):
        ctypes.CDLL(None).pthread_mutex_lock(mutex)

def test_after():
    pass
""")
    ran = suite.runpytest_subprocess("-n", "2", "--no-loadscope-reorder", "--reruns", "1", "-o", "hang_grace=0.5")
    ran.assert_outcomes(passed=2, failed=1)
    ran.stdout.fnmatch_lines(["*worker 'gw?' crashed while running '*::test_hangs'*"])
    ran.stderr.fnmatch_lines(["Timeout (0:00:00.7*)!", "*in test_hangs"])
