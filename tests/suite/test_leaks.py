"""A test that leaves something behind fails, and is told what it was; the processes among that are killed."""

from __future__ import annotations

import signal

import pytest
from resources import is_alive
from waiting import until

LEAKS = {
    "thread": ("threading.Thread(target=time.sleep, args=(4,), name='stays').start()", "thread 'stays'"),
    "file": ("kept.append(open('left', 'w'))", "file descriptor *left)"),
    "file_in_a_cycle": ("cycle = [open('left', 'w')]; cycle.append(cycle)", "*ResourceWarning: unclosed file*"),
    "socket": ("kept.append(socket.create_server(('127.0.0.1', 0)))", "file descriptor *socket:*)"),
    "process": ("kept.append(subprocess.Popen(['sleep', '60']))", "process *sleep 60)"),
    "process_of_a_process": ("subprocess.run(['sh', '-c', 'setsid sleep 61 &'])", "process *sleep 61)"),
    "task": ("asyncio.run(leave_task())", "task 'forgotten' (*sleep*)"),
}
HEAD = """
import asyncio, os, pathlib, socket, subprocess, threading, time

kept = []

async def leave_task():
    kept.append(asyncio.create_task(asyncio.sleep(60), name="forgotten"))

def test_before():
    pass
"""


def test_what_is_left_fails_its_test_and_no_other(suite: pytest.Pytester) -> None:
    tests = [
        f"def test_{name}():\n    {leak}\n\ndef test_after_{name}():\n    pass\n" for name, (leak, _) in LEAKS.items()
    ]
    tests.append("async def test_asynchronous():\n    await leave_task()\n")
    suite.makepyfile("\n".join([HEAD, *tests]))
    ran = suite.runpytest_subprocess("-p", "no:cacheprovider")
    ran.assert_outcomes(passed=2 * len(LEAKS) + 2, errors=len(LEAKS) + 1)
    for _, told in LEAKS.values():
        ran.stdout.fnmatch_lines([f"*{told}*"])
    failed = {line.split(" - ")[0].rpartition("::")[2] for line in ran.outlines if line.startswith("ERROR ")}
    assert failed == {"test_asynchronous", *(f"test_{name}" for name in LEAKS)}


def test_a_test_that_fails_leaves_no_process_running_however_it_was_started(suite: pytest.Pytester) -> None:
    program = "setsid sh -c 'echo $$ > first; sleep 62 & echo $! > second; wait' &"
    suite.makepyfile(f"""{HEAD}
def test_leak():
    subprocess.run(["sh", "-c", {program!r}])
    while not (pathlib.Path("second").exists() and pathlib.Path("second").read_text()):
        time.sleep(0.01)
    raise ValueError("as a test fails")
""")
    ran = suite.runpytest_subprocess("-p", "no:cacheprovider")
    ran.assert_outcomes(passed=1, failed=1, errors=1)
    assert [is_alive(int((suite.path / name).read_text())) for name in ("first", "second")] == [False, False]


def test_what_a_module_shares_and_leaves_is_found_at_the_end(suite: pytest.Pytester) -> None:
    suite.makepyfile(f"""{HEAD}
import pytest

@pytest.fixture(scope="module")
def server():
    return subprocess.Popen(["sleep", "63"])

def test_one(server):
    pass
""")
    ran = suite.runpytest_subprocess("-p", "no:cacheprovider")
    ran.assert_outcomes(passed=2, errors=1)
    ran.stdout.fnmatch_lines(["*left behind: process *sleep 63*"])


def test_nothing_outlives_a_run_that_is_killed(suite: pytest.Pytester) -> None:
    suite.makepyfile(f"""{HEAD}
def test_killed():
    started = subprocess.Popen(["setsid", "sleep", "65"])
    pathlib.Path("started").write_text(str(started.pid))
    os.kill(os.getpid(), 9)
""")
    ran = suite.runpytest_subprocess("-p", "no:cacheprovider")
    assert ran.ret == -signal.SIGKILL
    until(lambda: not is_alive(int((suite.path / "started").read_text())))
