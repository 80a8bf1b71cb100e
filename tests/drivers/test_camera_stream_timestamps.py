"""Timestamps of streams and files, whatever the network and the source's clock do."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.camera.stream_timestamps import FileTimestamps, LiveTimestamps

MS, SECOND = 1_000_000, 1_000_000_000
PERIOD = 40 * MS
START = 5_000 * SECOND

delays = st.lists(st.integers(0, 200 * MS), min_size=2, max_size=100)


@given(delays=delays, camera_started_ns=st.integers(-(2**60), 2**60))
def test_captures_increase_and_are_never_later_than_they_arrive(delays: list[int], camera_started_ns: int) -> None:
    live, arrived_ns, captured = LiveTimestamps(), START, []
    for number, delay_ns in enumerate(delays):
        arrived_ns = max(arrived_ns + 1, START + number * PERIOD + delay_ns)
        captured.append(live.captured_ns(camera_started_ns + number * PERIOD, arrived_ns))
        assert captured[-1] <= arrived_ns
    assert all(earlier < later for earlier, later in itertools.pairwise(captured))


def test_a_late_picture_keeps_its_place() -> None:
    live = LiveTimestamps()
    first_ns = live.captured_ns(0, START)
    late_ns = live.captured_ns(PERIOD, START + PERIOD + 100 * MS)
    assert late_ns - first_ns == pytest.approx(PERIOD, abs=MS)


def test_an_early_picture_shows_how_late_the_first_was() -> None:
    live = LiveTimestamps()
    live.captured_ns(0, START + 100 * MS)
    assert live.captured_ns(PERIOD, START + PERIOD) == START + PERIOD
    assert live.captured_ns(2 * PERIOD, START + 2 * PERIOD + 50 * MS) == pytest.approx(START + 2 * PERIOD, abs=MS)


@pytest.mark.parametrize("ppm", [-300, 300])
def test_a_camera_whose_clock_is_off_is_followed_for_an_hour(ppm: int) -> None:
    live, worst_ns = LiveTimestamps(), 0
    for number in range(3600 * 25):
        arrived_ns = START + number * PERIOD + (number * 7919 % 20) * MS
        captured_ns = live.captured_ns(round(number * PERIOD * (1 + ppm / 1e6)), arrived_ns)
        worst_ns = max(worst_ns, abs(captured_ns - (START + number * PERIOD)))
    assert worst_ns < 20 * MS


@pytest.mark.parametrize("jump_ns", [-(2**33) * 11_111, 10 * SECOND])
def test_a_jump_of_the_cameras_clock_begins_anew_at_the_arrival(jump_ns: int) -> None:
    live = LiveTimestamps()
    live.captured_ns(0, START)
    assert live.captured_ns(jump_ns, START + PERIOD) == START + PERIOD
    assert live.captured_ns(jump_ns + PERIOD, START + 2 * PERIOD) == START + 2 * PERIOD


@pytest.mark.parametrize(("step_ms", "fps"), [(-300, 30), (-300, 2), (-120, 5), (300, 30)])
def test_a_clock_that_steps_is_followed_within_two_seconds_and_told(step_ms: int, fps: int) -> None:
    live, steps, off = LiveTimestamps(), [], []
    latest_ns = 0
    for number in range(20 * fps):
        taken_ns = START + number * SECOND // fps
        arrived_ns = taken_ns + (number * 7919 % 20) * MS
        pts_ns = taken_ns + (step_ms * MS if number >= 10 * fps else 0)
        captured_ns = live.captured_ns(pts_ns, arrived_ns)
        steps.append(live.pop_step_ns())
        assert captured_ns > latest_ns, "no picture has to be left out"
        latest_ns = captured_ns
        if number >= 12 * fps:
            off.append(abs(captured_ns - taken_ns))
    assert max(off) < 40 * MS
    assert sum(steps) == pytest.approx(step_ms * MS, abs=40 * MS)


def test_a_network_that_holds_pictures_up_for_a_moment_is_no_step() -> None:
    live = LiveTimestamps()
    for number in range(200):
        # What was sent in these 0.44 s comes at once.
        arrived_ns = START + (110 * PERIOD + number * MS if 100 <= number < 111 else number * PERIOD)
        captured_ns = live.captured_ns(number * PERIOD, arrived_ns)
        assert captured_ns == pytest.approx(START + number * PERIOD, abs=20 * MS)
    assert live.pop_step_ns() == 0


def test_a_picture_without_a_time_is_as_old_as_its_arrival() -> None:
    assert LiveTimestamps().captured_ns(None, START) == START


@given(
    first_ns=st.integers(-SECOND, SECOND),
    pictures=st.integers(1, 20),
    rounds=st.integers(2, 4),
    timed=st.booleans(),
)
def test_a_file_goes_round_without_a_seam(first_ns: int, pictures: int, rounds: int, timed: bool) -> None:
    file_time, due = FileTimestamps(START, PERIOD), []
    for _ in range(rounds):
        for number in range(pictures):
            pts_ns = first_ns + number * PERIOD if timed else None
            due.append(file_time.due_ns(pts_ns, due[-1] if due else START))
        file_time.restart()
    assert due == [START + number * PERIOD for number in range(pictures * rounds)]


def test_a_player_half_a_second_behind_goes_on_from_now() -> None:
    file_time = FileTimestamps(START, PERIOD)
    file_time.due_ns(0, START)
    assert file_time.due_ns(PERIOD, START + 400 * MS) == START + PERIOD
    assert file_time.due_ns(2 * PERIOD, START + 3 * SECOND) == START + 3 * SECOND
    assert file_time.due_ns(3 * PERIOD, START + 3 * SECOND) == START + 3 * SECOND + PERIOD
