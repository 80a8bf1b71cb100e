from hypothesis import given
from hypothesis import strategies as st

from drivers.panel.blink_patterns import APPEARANCES, BlinkSchedule, Rhythm
from drivers.samples import Pattern

times = st.integers(1, 10**10)


def test_every_pattern_has_a_look() -> None:
    assert set(APPEARANCES) == set(Pattern)


@given(on_ns=times, off_ns=times, since_ns=times, begins_lit=st.booleans(), later_ns=st.integers(0, 10**14))
def test_changes_lie_on_the_grid_that_began_with_the_pattern(
    on_ns: int, off_ns: int, since_ns: int, begins_lit: bool, later_ns: int
) -> None:
    blinking = BlinkSchedule(Rhythm(on_ns, off_ns), since_ns, begins_lit)
    now_ns = since_ns + later_ns
    lit, due_ns = blinking.state_at(now_ns)
    assert blinking.state_at(since_ns)[0] is begins_lit
    assert now_ns < due_ns <= now_ns + max(on_ns, off_ns)
    assert blinking.state_at(due_ns - 1)[0] is lit
    assert blinking.state_at(due_ns) == (not lit, due_ns + (off_ns if lit else on_ns))
