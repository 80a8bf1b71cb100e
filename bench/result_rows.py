"""A figure's rows: what was measured, what was to be reached, and the table and the file they become."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One comparison. ``reached`` is the number that ``to_reach`` bounds, from above unless ``at_least``."""

    figure: str
    ours: float
    peer: float | None
    against: str
    unit: str
    reached: float
    to_reach: float
    at_least: bool = False
    how: str = ""

    @property
    def met(self) -> bool:
        """Whether it is good enough."""
        return self.reached >= self.to_reach if self.at_least else self.reached <= self.to_reach


def ratio(figure: str, ours: float, peer: float, against: str, unit: str, to_reach: float, how: str = "") -> ResultRow:
    """Ours as a part of the peer's."""
    return ResultRow(figure, ours, peer, against, unit, ours / peer, to_reach, how=how)


def difference(
    figure: str, ours: float, peer: float, against: str, unit: str, to_reach: float, how: str = ""
) -> ResultRow:
    """Ours less the peer's, which must not fall below ``to_reach``."""
    return ResultRow(figure, ours, peer, against, unit, ours - peer, to_reach, at_least=True, how=how)


def bound(figure: str, ours: float, unit: str, most: float, how: str = "") -> ResultRow:
    """A number that has no peer but a limit."""
    return ResultRow(figure, ours, None, "a limit", unit, ours, most, how=how)


def print_table(console: Console, rows: Sequence[ResultRow]) -> None:
    """Print them as a table."""
    table = Table(title="make bench", title_justify="left")
    for heading in ("figure", "ours", "peer", "against", "reached", "to reach", "", "how"):
        table.add_column(heading, justify="right" if heading in {"ours", "peer", "reached", "to reach"} else "left")
    for row in rows:
        table.add_row(
            row.figure,
            f"{row.ours:.3g} {row.unit}",
            "" if row.peer is None else f"{row.peer:.3g} {row.unit}",
            row.against,
            f"{row.reached:.3g}",
            f"{'≥' if row.at_least else '≤'} {row.to_reach:g}",
            "[green]met[/]" if row.met else "[red]missed[/]",
            row.how,
        )
    console.print(table)


def write_json(path: Path, rows: Sequence[ResultRow], machine: dict[str, object]) -> None:
    """Keep them as JSON."""
    table = [{**asdict(row), "met": row.met} for row in rows]
    path.write_text(json.dumps({"machine": machine, "rows": table}, indent=1, ensure_ascii=False) + "\n")
