"""The director: observations in, cuts at whole lesson seconds out."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.directing.camera_roles import SCREEN, STUDENTS, TEACHER
from pipelines.directing.decisions import CutReason, CutTo, Decision, Proposed
from pipelines.directing.director_rules import DirectorRules
from pipelines.directing.head_plan import HeadPlan
from pipelines.directing.observations import (
    CameraLook,
    CameraTrust,
    DirectorMode,
    HeadMoved,
    Marked,
    ModeChosen,
    Observation,
    PersonCut,
    PollChanged,
    SpeechHeard,
)
from pipelines.directing.rule_asked_for import AskedForRule
from pipelines.directing.rule_long_shot import LongShotRule
from pipelines.directing.rule_screen_changes import ScreenChangesRule
from pipelines.directing.rule_students_speak import StudentsSpeakRule
from pipelines.directing.rule_teacher import TeacherRule
from pipelines.directing.scene import Rule, Scene, Wish
from pipelines.directing.shot_keeper import ShotKeeper
from pipelines.directing.speech import SpeakerEstimate
from pipelines.directing.students_activity import StudentsActivity
from pipelines.directing.teacher_activity import TeacherActivity
from pipelines.directing.usable_cameras import UsableCameras

_SECOND_NS = 1_000_000_000


class Director:
    """Decides which of ``roles`` is on air, from lesson time ``start_ns`` on.

    ``push`` takes observations in the order in which they come, ``tick`` is called a few times a second and returns
    what is decided. Rules are asked in a fixed order, and the first wish counts; the shot keeper says whether it may
    be fulfilled already. So the parts of a camera team are apart, as in Lampi, Kopf, Effelsberg, "An automatic
    cameraman in a lecture recording system" (EMME 2007) and "A virtual camera team for lecture recording" (IEEE
    MultiMedia 2008). The same observations and ticks give the same decisions.

    In automatic mode the director cuts, and holds what a person cuts to for ``hold_s``. In semi-automatic mode it
    proposes; in manual mode it says nothing. A camera that is lost gives way in automatic mode alone: in the others a
    person is there to see it.
    """

    def __init__(self, rules: DirectorRules, roles: Sequence[str], start_ns: int = 0) -> None:
        if not roles:
            raise ValueError("a director needs at least one camera")
        self._rules = rules
        self._roles = tuple(roles)
        self._now_ns = start_ns
        self._mode = DirectorMode.AUTO
        # What the programme shows where nobody has cut.
        self._on_air = TEACHER if TEACHER in self._roles else self._roles[0]
        self._was_on_air = self._on_air
        self._why: CutReason | None = None
        self._since_ns = start_ns
        self._cut_ns: int | None = None
        self._held_until_ns = start_ns
        self._told: Wish | None = None
        self._person: PersonCut | None = None
        self._cameras = UsableCameras(rules, self._roles)
        self._heads = HeadPlan(rules, self._roles)
        self._shots = ShotKeeper(rules)
        self._speaker = SpeakerEstimate(rules.teacher_microphones, rules.louder_db)
        self._teacher = TeacherActivity(rules)
        self._students = StudentsActivity(rules)
        self._asked_for = AskedForRule(rules, self._roles)
        self._screen = ScreenChangesRule(rules)
        self._rules_in_order: tuple[Rule, ...] = (
            self._asked_for,
            LongShotRule(rules),
            StudentsSpeakRule(rules),
            self._screen,
            TeacherRule(rules),
        )
        self._looked_ns: dict[str, int] = {}

    @property
    def mode(self) -> DirectorMode:
        """Who cuts."""
        return self._mode

    @property
    def on_air(self) -> str:
        """The role that is on air once the last decision has taken effect."""
        return self._on_air

    @property
    def proposal(self) -> str:
        """The role that is proposed in semi-automatic mode; empty where nothing else is."""
        return "" if self._told is None else self._told.role

    def push(self, observation: Observation) -> None:
        """Take what was observed."""
        match observation:
            case CameraLook():
                self._look(observation)
            case SpeechHeard():
                stirred = self._students.stirred(observation.lesson_ns)
                self._speaker.push(observation, students_stir=stirred, teacher_walks=self._teacher.walks)
            case CameraTrust():
                self._cameras.push_trust(observation)
                self._forget_motion(observation.role)
            case HeadMoved():
                self._cameras.push_head(observation)
                self._heads.push(observation)
                self._forget_motion(observation.role)
            case Marked():
                self._asked_for.push_mark(observation)
            case PollChanged():
                self._asked_for.push_poll(observation)
            case PersonCut():
                if not observation.role or observation.role in self._roles:
                    self._person = observation
            case ModeChosen():
                self._mode = observation.mode
                self._held_until_ns = self._now_ns

    def tick(self, lesson_ns: int) -> list[Decision]:
        """What is decided at this lesson time, which does not go backwards."""
        self._now_ns = max(self._now_ns, lesson_ns)
        at_ns = -(-self._now_ns // _SECOND_NS) * _SECOND_NS
        scene = self._scene()
        # Rules follow what is on air, so they are asked whoever cuts.
        wish = self._wish(scene)
        decisions: list[Decision] = []
        if self._cut_ns is None or at_ns > self._cut_ns:
            cut = self._person_cuts(at_ns) or (self._cut(at_ns, scene, wish) if self._is_auto() else None)
            if cut is not None:
                decisions.append(cut)
        decisions += self._propose(at_ns, scene, wish)
        decisions += self._turn_heads()
        return decisions

    def _is_auto(self) -> bool:
        return self._mode is DirectorMode.AUTO

    def _look(self, look: CameraLook) -> None:
        """Pictures that are not true, come late, or are taken while the head turns say nothing."""
        if look.lesson_ns <= self._looked_ns.get(look.role, -1):
            return
        self._looked_ns[look.role] = look.lesson_ns
        if not self._cameras.is_true(look.role) or self._cameras.is_turning(look.role, look.lesson_ns):
            return
        if look.role == TEACHER:
            self._teacher.push(look)
        elif look.role == STUDENTS:
            self._students.push(look)
        elif look.role == SCREEN:
            self._screen.push(look)

    def _forget_motion(self, role: str) -> None:
        if role == TEACHER:
            self._teacher.forget()
        elif role == STUDENTS:
            self._students.forget()

    def _scene(self) -> Scene:
        now_ns = self._now_ns
        return Scene(
            now_ns=now_ns,
            on_air=self._on_air,
            since_ns=self._since_ns,
            why=self._why,
            usable=tuple(self._cameras.usable(now_ns)),
            speaker=self._speaker.speaker(now_ns),
            spoken_s=self._speaker.spoken_s,
            quiet_s=self._speaker.quiet_s(now_ns),
            teacher_moves=self._teacher.moves,
            students_are_seen=not self._students.is_empty(now_ns),
            reframing=self._heads.reframing(now_ns, teacher_moves=self._teacher.moves),
        )

    def _wish(self, scene: Scene) -> Wish | None:
        """The first wish; every rule is asked, since some count time."""
        wishes = [rule.wish(scene) for rule in self._rules_in_order]
        return next((wish for wish in wishes if wish is not None and wish.role in scene.usable), None)

    def _person_cuts(self, at_ns: int) -> CutTo | None:
        """A person's cut counts at once; in automatic mode no slate is put on air while there is another picture."""
        person, self._person = self._person, None
        if person is None:
            return None
        role, reason = person.role, CutReason.PERSON
        if not role:
            if self._told is None:
                return None
            role, reason = self._told.role, self._told.reason
        if self._is_auto():
            if not self._cameras.is_true(role) and any(map(self._cameras.is_true, self._roles)):
                return None
            self._held_until_ns = at_ns + round(self._rules.hold_s * _SECOND_NS)
        return None if role == self._on_air and self._cut_ns is not None else self._put_on_air(at_ns, role, reason)

    def _cut(self, at_ns: int, scene: Scene, wish: Wish | None) -> CutTo | None:
        if self._cut_ns is None:
            return self._put_on_air(at_ns, self._first(scene), CutReason.START)
        forced = self._forced(scene, wish)
        if forced is not None:
            self._held_until_ns = self._now_ns
            return self._put_on_air(at_ns, forced.role, forced.reason)
        if wish is None or wish.role == self._on_air or self._now_ns < self._held_until_ns:
            return None
        if not self._shots.allows(at_ns, self._since_ns, wish):
            return None
        return self._put_on_air(at_ns, wish.role, wish.reason)

    def _first(self, scene: Scene) -> str:
        """A lesson opens with the wide shot of the teacher, which shows the room ("establishing shot")."""
        return next(iter(scene.usable), self._on_air)

    def _forced(self, scene: Scene, wish: Wish | None) -> Wish | None:
        """Away from a camera that is lost or turns, at once; to what is wished, else to the best that is left."""
        others = [role for role in scene.usable if role != self._on_air]
        if not others:
            return None
        if not self._cameras.is_true(self._on_air):
            reason = CutReason.CAMERA_LOST
        elif self._cameras.is_turning(self._on_air, self._now_ns) and self._on_air not in scene.usable:
            reason = CutReason.HEAD_TURNS
        else:
            return None
        return Wish(wish.role if wish is not None and wish.role in others else others[0], reason)

    def _put_on_air(self, at_ns: int, role: str, reason: CutReason) -> CutTo:
        if role != self._on_air:
            self._shots.record(at_ns, self._on_air)
        self._was_on_air, self._on_air = self._on_air, role
        self._why, self._since_ns, self._cut_ns = reason, at_ns, at_ns
        return CutTo(at_ns, role, reason)

    def _propose(self, at_ns: int, scene: Scene, wish: Wish | None) -> list[Decision]:
        """What has changed of what is proposed: a camera that is lost is the most urgent."""
        proposal: Wish | None = None
        if self._mode is DirectorMode.SEMI:
            proposal = self._forced(scene, wish) or wish
        if proposal is not None and proposal.role == self._on_air:
            proposal = None
        told, self._told = self._told, proposal
        if (told and told.role) == (proposal and proposal.role):
            return []
        return [Proposed(at_ns, "") if proposal is None else Proposed(at_ns, proposal.role, proposal.reason)]

    def _turn_heads(self) -> list[Decision]:
        """Heads of cameras off air; the one that a cut takes off is on until the cut takes effect."""
        if self._mode is DirectorMode.MANUAL:
            return []
        now_ns = self._now_ns
        seen = {self._on_air} if now_ns >= self._since_ns else {self._on_air, self._was_on_air}
        turns = self._heads.turn(
            now_ns, [role for role in self._roles if role not in seen], teacher_moves=self._teacher.moves
        )
        for one in turns:
            self._cameras.push_head(HeadMoved(one.role, now_ns, is_turning=True, preset=one.preset))
        return [*turns]
