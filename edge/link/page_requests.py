"""Requests of ``pages.sock``, which the web process alone may open: the part of them that pages need.

Each says in ``actor`` for whom it is made, so that the controller's log tells who did what.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from edge.link.control_requests import (
    AnswerByPhone,
    AwardPoints,
    ChooseDirectorMode,
    ClosePoll,
    CutToCamera,
    DriveHead,
    EraseLesson,
    FreePhones,
    GetStatus,
    JoinByPhone,
    LookAtRoom,
    MarkLesson,
    OpenPoll,
    PauseLesson,
    RecallPreset,
    ResumeLesson,
    SetDuty,
    SetEmergency,
    SetExam,
    SetNotices,
    ShowBoard,
    ShowCalibration,
    ShowPhone,
    ShowPoll,
    ShowSeats,
    StartLesson,
    StopHead,
    StopLesson,
    WatchStatus,
)

PageRequest = (
    GetStatus
    | WatchStatus
    | StartLesson
    | StopLesson
    | PauseLesson
    | ResumeLesson
    | MarkLesson
    | RecallPreset
    | DriveHead
    | StopHead
    | ChooseDirectorMode
    | CutToCamera
    | OpenPoll
    | ClosePoll
    | ShowPoll
    | AwardPoints
    | LookAtRoom
    | EraseLesson
    | ShowPhone
    | JoinByPhone
    | AnswerByPhone
    | ShowSeats
    | FreePhones
    | ShowBoard
    | SetNotices
    | SetDuty
    | SetEmergency
    | SetExam
    | ShowCalibration
)
"""What a page may ask for. A new one is a model with an ``act`` of its own, a line here, and a case in the handler."""


def _has_an_actor(request: PageRequest) -> PageRequest:
    if request.actor is None and not isinstance(request, GetStatus | WatchStatus | LookAtRoom | ShowCalibration):
        raise PydanticCustomError("no-actor", "a request of a page says whose it is")
    return request


PAGE_REQUEST: TypeAdapter[PageRequest] = TypeAdapter(
    Annotated[PageRequest, Field(discriminator="act"), AfterValidator(_has_an_actor)]
)
