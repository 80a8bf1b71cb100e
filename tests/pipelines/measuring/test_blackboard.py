"""The blackboard's corners against planted ones in rendered rooms; its aspect ratio, and the straightened still."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from draws import draws
from rendered_blackboard import Room, render_room

from pipelines.measuring.blackboard import find_blackboard
from pipelines.measuring.blackboard_edges import refine_outline
from pipelines.measuring.blackboard_perspective import board_shape, straighten
from pipelines.measuring.estimate import Estimate, Unmeasurable

_SEEDS = [*range(23), 117]


@cache
def _room(seed: int) -> Room:
    return render_room(seed)


@pytest.mark.parametrize("seed", _SEEDS[: draws(len(_SEEDS), part=3)])
def test_the_corners_of_the_board_are_found_within_3_px(seed: int) -> None:
    room = _room(seed)
    board = find_blackboard(room.picture)
    errors = np.linalg.norm(board.outline.corners_px - room.corners_px, axis=1)
    print(f"errors {errors.round(2)} px, bound 3 px; stated {board.outline.error_px:.2f}")
    assert errors.max() < 3
    assert board.is_dark == room.is_dark


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_corners_set_by_hand_are_moved_to_the_edges(seed: int) -> None:
    room = _room(seed)
    rough = room.corners_px + np.random.default_rng(seed).uniform(-12, 12, (4, 2))
    outline = refine_outline(room.picture, rough)
    errors = np.linalg.norm(outline.corners_px - room.corners_px, axis=1)
    print(f"errors {errors.round(2)} px of corners that were up to 17 px wrong, bound 1.5 px")
    assert errors.max() < 1.5
    assert outline.sides_seen.min() > 0.3


def test_a_wall_without_a_board_has_none() -> None:
    random = np.random.default_rng(7)
    light = np.linspace(140, 210, 1920)[None, :, None]
    wall = np.clip(light + random.normal(0, 3, (1080, 1920, 3)), 0, 255).astype(np.uint8)
    cv2.line(wall, (0, 200), (1919, 260), (90, 90, 90), 6)
    with pytest.raises(Unmeasurable, match="no-board"):
        find_blackboard(wall)
    with pytest.raises(Unmeasurable, match="no-edges"):
        refine_outline(
            np.full((1080, 1920), 128, np.uint8), np.array([[500, 300], [1400, 300], [1400, 700], [500, 700]])
        )
    with pytest.raises(ValueError, match="clockwise"):
        refine_outline(wall, np.array([[500, 300], [500, 700], [1400, 700], [1400, 300]]))


def test_the_aspect_ratio_lies_within_its_interval_with_and_without_a_focal_length() -> None:
    random = np.random.default_rng(11)
    held: dict[str, list[bool]] = {"known": [], "unknown": []}
    widths: dict[str, list[float]] = {"known": [], "unknown": []}
    for _ in range(200):
        focal, aspect = random.uniform(1000, 1800), random.uniform(2.0, 4.0)
        turn = np.radians([random.uniform(-15, 15), random.uniform(-35, 35), random.uniform(-3, 3)])
        rectangle = np.array([[-aspect, -1, 0], [aspect, -1, 0], [aspect, 1, 0], [-aspect, 1, 0]]) / 2
        placed = rectangle @ cv2.Rodrigues(turn)[0].T + (0, -0.2, aspect * random.uniform(1.0, 1.8))
        corners = placed[:, :2] / placed[:, 2:] * focal + (959.5, 539.5) + random.normal(0, 0.5, (4, 2))
        for name, known in (("known", Estimate(focal, 0.01 * focal)), ("unknown", None)):
            # An error of 0.5 px for each coordinate is one of 0.98 px, 95 %.
            shape = board_shape(corners, 1920, 1080, error_px=0.98, focal_px=known)
            held[name].append(shape.aspect.holds(aspect))
            widths[name].append(shape.aspect.half_width / aspect)
    for name in held:
        print(
            f"{name} focal length: {np.mean(held[name]):.0%} hold, bound 93 %; +-{100 * np.median(widths[name]):.1f} %"
        )
        assert np.mean(held[name]) > 0.93
    assert np.median(widths["known"]) < 0.02
    assert np.median(widths["unknown"]) < 0.2


def test_the_straightened_board_is_what_was_on_it() -> None:
    board = np.full((480, 1200, 3), 60, np.uint8)
    for column in range(0, 1200, 120):
        cv2.rectangle(board, (column, 60 + column // 4), (column + 60, 130 + column // 4), (200, 220, 90), -1)
    corners = np.array([[420.0, 260.0], [1500.0, 330.0], [1460.0, 800.0], [400.0, 700.0]])
    source = np.array([[0, 0], [1200, 0], [1200, 480], [0, 480]], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    picture = np.asarray(cv2.warpPerspective(board, matrix, (1920, 1080), flags=cv2.INTER_CUBIC), np.uint8)
    still = straighten(picture, corners, 2.5)
    assert still.shape[1] / still.shape[0] == pytest.approx(2.5, abs=0.01)
    same_size = cv2.resize(still, (1200, 480), interpolation=cv2.INTER_AREA)
    difference = float(np.abs(same_size.astype(int) - board)[8:-8, 8:-8].mean())
    print(f"mean difference {difference:.2f}, bound 3")
    assert difference < 3
