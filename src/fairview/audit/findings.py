"""What nobody asked about: findings that an audit adds to the figures that were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from fairview.core import UsageError

Cell: TypeAlias = str | int | float | None
"""One cell of a finding's table; None is shown as a dash."""


@dataclass(frozen=True)
class Finding:
    """One thing that an audit found beside what it was asked: a sentence, and what shows it.

    Parameters
    ----------
    title
        A heading.
    sentence
        What was found, in plain words, with its size and how sure it is.
    columns
        The headings of the table; empty where the sentence says it all.
    rows
        One tuple of cells per row, as many as there are headings.
    method
        How it was found and what stands for its truth, in a sentence or two.

    Raises
    ------
    UsageError
        Where a row doesn't have a cell per heading.
    """

    title: str
    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    method: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise UsageError(
                f"Finding {self.title!r} has a row without a cell for each of its "
                f"{len(self.columns)} columns; give every row as many cells."
            )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {
            "title": self.title,
            "sentence": self.sentence,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "method": self.method,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """Return the finding that `to_dict` gave."""
        return cls(
            data["title"],
            data["sentence"],
            tuple(data["columns"]),
            tuple(tuple(row) for row in data["rows"]),
            data["method"],
        )


def cell_text(cell: Cell) -> str:
    """Return a cell as it is printed.

    Examples
    --------
    >>> [cell_text(cell) for cell in ("a", 1200, 0.12345, None)]
    ['a', '1,200', '0.123', '–']
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:.3g}".replace("-", "\N{MINUS SIGN}")
