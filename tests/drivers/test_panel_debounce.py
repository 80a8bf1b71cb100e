from hypothesis import given
from hypothesis import strategies as st

from drivers.panel.debounce import Debouncer, Edge

QUIET_NS = 30


def test_a_chattering_press_is_one_edge_dated_to_its_first_contact() -> None:
    button = Debouncer(QUIET_NS, pressed=False)
    for pressed, at_ns in ((True, 100), (False, 104), (True, 109)):
        button.move(pressed, at_ns)
    assert button.settle(138) is None
    assert button.due_ns == 139
    assert button.settle(139) == Edge(True, 100)
    assert button.due_ns is None


def test_a_spike_is_no_edge() -> None:
    button = Debouncer(QUIET_NS, pressed=False)
    button.move(True, 100)
    button.move(False, 105)
    assert button.settle(200) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 100)), max_size=40))
def test_edges_alternate_in_order_and_end_at_the_level_that_stayed(moves: list[tuple[bool, int]]) -> None:
    button = Debouncer(QUIET_NS, pressed=False)
    edges, now_ns, level = [], 0, False
    for level, gap_ns in moves:
        now_ns += gap_ns
        edges.append(button.settle(now_ns))
        button.move(level, now_ns)
    edges.append(button.settle(now_ns + QUIET_NS))
    seen = [edge for edge in edges if edge is not None]
    assert [edge.pressed for edge in seen] == [n % 2 == 0 for n in range(len(seen))]
    assert [edge.at_ns for edge in seen] == sorted(edge.at_ns for edge in seen)
    assert (len(seen) % 2 == 1) is level
