from hypothesis import given
from hypothesis import strategies as st

from drivers.panel.debounce import Debouncer, Edge

QUIET_NS = 30


def test_a_chattering_press_is_one_edge_dated_to_its_first_contact() -> None:
    button = Debouncer(QUIET_NS, pressed=False)
    for pressed, at_ns in ((True, 100), (False, 104), (True, 109)):
        button.on_contact(pressed, at_ns)
    assert button.settled_edges(138) == []
    assert button.due_ns == 139
    assert button.settled_edges(139) == [Edge(True, 100)]
    assert button.due_ns is None


def test_a_spike_is_no_edge() -> None:
    button = Debouncer(QUIET_NS, pressed=False)
    button.on_contact(True, 100)
    button.on_contact(False, 105)
    assert button.settled_edges(200) == []


@given(
    moves=st.lists(st.tuples(st.booleans(), st.integers(1, 100)), max_size=40),
    often=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_edges_alternate_and_do_not_depend_on_when_one_asks(moves: list[tuple[bool, int]], often: list[bool]) -> None:
    button, asked_late = Debouncer(QUIET_NS, pressed=False), Debouncer(QUIET_NS, pressed=False)
    edges, now_ns, level = [], 0, False
    for (level, gap_ns), ask in zip(moves, often, strict=False):
        now_ns += gap_ns
        if ask:
            edges += button.settled_edges(now_ns)
        button.on_contact(level, now_ns)
        asked_late.on_contact(level, now_ns)
    edges += button.settled_edges(now_ns + QUIET_NS)
    assert edges == asked_late.settled_edges(now_ns + QUIET_NS)
    assert [edge.pressed for edge in edges] == [n % 2 == 0 for n in range(len(edges))]
    assert [edge.at_ns for edge in edges] == sorted(edge.at_ns for edge in edges)
    assert (len(edges) % 2 == 1) is level
