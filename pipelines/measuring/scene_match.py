"""Whether two pictures show the same scene from the same place: in other light, with people moved, months apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipelines.measuring.edge_field import agreement_of_blocks, edge_field
from pipelines.measuring.scene_keypoints import Keypoints, find_keypoints, view_change

# Shares of the blocks with structure that lie where they lay, beyond those that do by chance. Two views of the same
# kind of room have up to a twentieth; a view that is half full of people who have moved keeps a tenth.
_SAME_FROM = 0.1
_OTHER_UP_TO = 0.06
# A share of fewer blocks says nothing.
_FEWEST_BLOCKS = 10
_FEWEST_AGREEING = 5
# Without one of either neither is there enough in the picture to say that it shows something else.
_FEWEST_KEYPOINTS = 40
# A camera that was touched moves its picture; one that was turned shows something else at its edges.
_STILL_SAME_SHARE = 0.05


class Sameness(StrEnum):
    """What two pictures have in common; ``TURNED`` is the same scene, from another place or in another direction."""

    SAME = "same"
    TURNED = "turned"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SceneMatch:
    """``shift_share`` is how far the picture moved, at the corner that moved most, as a share of its width.

    ``share`` is that of the blocks with structure that lie in both pictures at the same place, less what chance does.
    ``keypoints`` is the number of keypoints by which a view was recognised, 0 where blocks were enough.
    """

    sameness: Sameness
    shift_share: float
    share: float
    keypoints: int = 0


@dataclass(frozen=True, slots=True)
class RoleView:
    """What the camera of a role sees now: the view that ``role`` had then, and whether it was turned since.

    ``role`` is empty where the view is nobody's of then, or cannot be told; ``match`` says which of the two.
    """

    role: str
    match: SceneMatch


class _Prepared:
    """A picture with what is compared of it; its keypoints are found when they are first needed."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.luma = _luma(picture)
        self.field = edge_field(self.luma)
        self._keypoints: Keypoints | None = None

    @property
    def keypoints(self) -> Keypoints:
        if self._keypoints is None:
            self._keypoints = find_keypoints(self.luma)
        return self._keypoints


def match_scenes(now: NDArray[np.uint8], then: NDArray[np.uint8]) -> SceneMatch:
    """Compare two pictures, each uint8, BGR (height, width, 3) or luma (height, width), of any size.

    Edges are compared by their direction, whatever their contrast: blocks of one picture are sought in the other at
    nearly the same place, and vote for a common shift (a contrario, after Desolneux, Moisan and Morel: From Gestalt
    Theory to Image Analysis, 2008). Where few agree, SIFT keypoints (Lowe, Distinctive Image Features from
    Scale-Invariant Keypoints, 2004) that agree on a shift, roll and zoom tell a turned view from another one.
    """
    return _match(_Prepared(now), _Prepared(then))


def best_assignment(now: Mapping[str, NDArray[np.uint8]], then: Mapping[str, NDArray[np.uint8]]) -> dict[str, RoleView]:
    """Tell for each role that has a picture now and had one then whose view of then it sees now; as ``match_scenes``.

    A view that fits its own role is never a swap, whatever else it resembles; one that fits two others is unknown.
    """
    roles = [role for role in now if role in then]
    new = {role: _Prepared(now[role]) for role in roles}
    old = {role: _Prepared(then[role]) for role in roles}
    edges = {(role, other): _match_edges(new[role], old[other]) for role in roles for other in roles}
    # A role whose view is known to be where it was cannot have gone elsewhere.
    free = [role for role in roles if edges[role, role].sameness is not Sameness.SAME]
    views = {role: _whose(role, new, old, edges, free) for role in roles}
    taken = {view.role for view in views.values()}
    unknown = [role for role in free if not views[role].role]
    left = [role for role in free if role not in taken]
    if len(unknown) == len(left) == 1 and unknown != left and edges[unknown[0], left[0]].share > _OTHER_UP_TO:
        # Of a swap of two, the one that many people hide is what is left.
        views[unknown[0]] = RoleView(left[0], edges[unknown[0], left[0]])
    return views


def _whose(
    role: str,
    new: Mapping[str, _Prepared],
    old: Mapping[str, _Prepared],
    edges: Mapping[tuple[str, str], SceneMatch],
    free: list[str],
) -> RoleView:
    own = edges[role, role]
    if own.sameness is Sameness.SAME:
        return RoleView(role, own)
    # Before a view counts as another's its own is looked for with all there is.
    own = _by_keypoints(own, new[role], old[role])
    if own.sameness in (Sameness.SAME, Sameness.TURNED):
        return RoleView(role, own)
    others = {other: edges[role, other] for other in free if other != role}
    if not any(match.sameness is Sameness.SAME for match in others.values()):
        others = {other: _by_keypoints(match, new[role], old[other]) for other, match in others.items()}
    fitting = [other for other, match in others.items() if match.sameness is Sameness.SAME]
    if len(fitting) == 1:
        return RoleView(fitting[0], others[fitting[0]])
    return RoleView("", _unknown(own) if fitting else own)


def _match(now: _Prepared, then: _Prepared) -> SceneMatch:
    return _by_keypoints(_match_edges(now, then), now, then)


def _by_keypoints(by_edges: SceneMatch, now: _Prepared, then: _Prepared) -> SceneMatch:
    """What keypoints add where edges do not show the same view."""
    if by_edges.sameness is Sameness.SAME:
        return by_edges
    change = view_change(now.keypoints, then.keypoints)
    if change is not None:
        is_same = change.shift_share <= _STILL_SAME_SHARE
        sameness = Sameness.SAME if is_same else Sameness.TURNED
        return SceneMatch(sameness, change.shift_share, by_edges.share, change.keypoints)
    if min(len(now.keypoints), len(then.keypoints)) < _FEWEST_KEYPOINTS:
        return _unknown(by_edges)
    return by_edges


def _match_edges(now: _Prepared, then: _Prepared) -> SceneMatch:
    found = agreement_of_blocks(now.field, then.field)
    share = max(found.agreeing - found.by_chance, 0) / max(found.compared, 1)
    if found.compared < _FEWEST_BLOCKS:
        sameness = Sameness.UNKNOWN
    elif share >= _SAME_FROM and found.agreeing >= _FEWEST_AGREEING:
        sameness = Sameness.SAME
    else:
        sameness = Sameness.OTHER if share <= _OTHER_UP_TO else Sameness.UNKNOWN
    return SceneMatch(sameness, found.shift_share, share)


def _unknown(match: SceneMatch) -> SceneMatch:
    return SceneMatch(Sameness.UNKNOWN, 0.0, match.share, match.keypoints)


def _luma(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return picture if picture.ndim == 2 else cast("NDArray[np.uint8]", cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
