from drivers.panel.beep_patterns import TONES_MS, BeepSchedule
from drivers.samples import Beep

MS = 1_000_000


def changes(beep: Beep) -> list[tuple[int, bool]]:
    schedule, at_ns, seen = BeepSchedule(beep, 0), 0, []
    while True:
        is_on, due_ns = schedule.state_at(at_ns)
        seen.append((at_ns // MS, is_on))
        if due_ns is None:
            return seen
        at_ns = due_ns


def test_a_double_beep_is_two_tones_and_its_changes_do_not_drift() -> None:
    assert changes(Beep.DOUBLE) == [(0, True), (120, False), (240, True), (360, False)]
    assert BeepSchedule(Beep.DOUBLE, 0).state_at(250 * MS) == (True, 360 * MS)


def test_every_beep_ends_and_sounds_like_no_other() -> None:
    heard = {beep: tuple(changes(beep)) for beep in Beep}
    assert len(set(heard.values())) == len(Beep) == len(TONES_MS)
    assert all(seen[-1][1] is False for seen in heard.values())
