"""The ranges of numbers in files and messages: what SQLite, a float of seconds and any reader can hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Int64 = Annotated[int, Field(ge=-(1 << 63), lt=1 << 63)]
Int128 = Annotated[int, Field(ge=-(1 << 127), lt=1 << 127)]
"""Sums and products of such numbers, as receipts have them; a float still holds their magnitude."""

UInt32 = Annotated[int, Field(ge=0, lt=1 << 32)]
Positive = Annotated[int, Field(gt=0, lt=1 << 63)]

FiniteFloat = Annotated[float, Field(ge=-1e15, le=1e15)]
"""Neither infinite nor NaN, and as nanoseconds still finite."""
