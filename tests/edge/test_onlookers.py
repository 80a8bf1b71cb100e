"""Who looks is counted for as long as somebody says so, and the recorder is told."""

from __future__ import annotations

from edge.classroom.recorder_messages import Look
from edge.controller.onlookers import Onlookers

SECOND_NS = 1_000_000_000


def test_the_count_has_a_lease() -> None:
    now_ns = 100 * SECOND_NS
    sent: list[Look] = []

    def send(look: Look) -> bool:
        sent.append(look)
        return True

    onlookers = Onlookers(send, lambda: now_ns)
    assert onlookers.count == 0
    onlookers.look(3)
    assert onlookers.count == 3
    assert sent == [Look(until_ns=now_ns + 5 * SECOND_NS)]
    now_ns += 5 * SECOND_NS
    assert onlookers.count == 0
    onlookers.look(1)
    onlookers.look(0)
    assert onlookers.count == 0
    assert sent[-1] == Look(until_ns=now_ns)
