"""Requests of ``controller.sock``, which the command line uses: those of pages, and what a terminal alone may ask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from edge.link.control_requests import (
    BindClicker,
    ImportClasses,
    ImportTimetable,
    ListenForClickers,
    ShowDay,
    ShowRoster,
    StorePreset,
    UseClass,
)
from edge.link.page_requests import PageRequest

Request = Annotated[
    PageRequest
    | ShowRoster
    | ImportClasses
    | UseClass
    | ListenForClickers
    | BindClicker
    | ShowDay
    | ImportTimetable
    | StorePreset,
    Field(discriminator="act"),
]

REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
