"""Planted tilts of a camera that also looks down and sideways."""

from __future__ import annotations

import time

import numpy as np
import pytest
from planted_pictures import blurred, captured, classroom, texture, with_person

from pipelines.measuring.estimate import Unmeasurable
from pipelines.measuring.horizon import horizon

SIZE = (1280, 720)


@pytest.mark.parametrize(
    ("tilt_deg", "pitch_deg", "yaw_deg", "focal_widths"),
    [
        (0.0, 0.0, 0.0, 0.8),
        (1.5, 8.0, 0.0, 0.8),
        (-3.0, 12.0, 18.0, 0.8),
        (4.0, 15.0, -25.0, 0.6),
        (-0.7, 5.0, -12.0, 1.2),
        (8.0, 10.0, 8.0, 0.8),
    ],
)
def test_the_tilt_is_found_in_any_perspective(
    tilt_deg: float, pitch_deg: float, yaw_deg: float, focal_widths: float
) -> None:
    rng = np.random.default_rng(71)
    room = classroom(SIZE, tilt_deg=tilt_deg, pitch_deg=pitch_deg, yaw_deg=yaw_deg, focal_widths=focal_widths)
    found = horizon(captured(rng, with_person(blurred(room, 1.0), 0.6, stripes=4), 3.0))
    error = found.tilt_deg.value - tilt_deg
    print(f"tilt {tilt_deg}: error {error:+.3f} (bound 0.4 degrees), {found}")
    assert abs(error) < 0.4
    assert found.tilt_deg.holds(tilt_deg)
    assert found.tilt_deg.half_width < 1.0


def test_the_interval_holds_in_rooms_at_random_with_somebody_in_them() -> None:
    errors, held = [], 0
    for seed in range(16):
        rng = np.random.default_rng(7100 + seed)
        tilt_deg, pitch_deg, yaw_deg = rng.uniform((-6.0, 0.0, -25.0), (6.0, 15.0, 25.0))
        focal_widths = float(rng.uniform(0.6, 1.1))
        room = classroom(SIZE, tilt_deg=tilt_deg, pitch_deg=pitch_deg, yaw_deg=yaw_deg, focal_widths=focal_widths)
        seen = with_person(blurred(room, 1.0), float(rng.uniform(0.1, 0.9)), stripes=4)
        found = horizon(captured(rng, seen, 3.0))
        errors.append(abs(found.tilt_deg.value - tilt_deg))
        held += found.tilt_deg.holds(tilt_deg)
    print(f"median {np.median(errors):.3f} (bound 0.15), worst {max(errors):.2f} degrees, held {held} of 16 (bound 14)")
    assert np.median(errors) < 0.15
    assert held >= 14


def test_a_room_in_full_size_is_measured_while_one_waits() -> None:
    room = captured(np.random.default_rng(72), classroom(tilt_deg=2.0), 2.0)
    begin = time.process_time()
    found = horizon(room)
    seconds = time.process_time() - begin
    print(f"{1e3 * seconds:.0f} ms, {found}")
    assert abs(found.tilt_deg.value - 2.0) < 0.4
    assert seconds < 0.6


def test_a_wall_and_a_heap_of_things_have_no_horizon() -> None:
    rng = np.random.default_rng(73)
    with pytest.raises(Unmeasurable, match="no-lines"):
        horizon(captured(rng, np.full(SIZE[::-1], 120, np.float32), 3.0))
    with pytest.raises(Unmeasurable, match="no-lines"):
        horizon(captured(rng, texture(rng, SIZE, 400), 2.0))
