"""Heat maps of intersections, as tables whose cells are tinted by how far they are from all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairview.audit.spec import attribute_of
from fairview.audit.wording import attribute_words, slice_words, words_of
from fairview.audit.wording.context import JOIN
from fairview.measure import OVERALL, Estimate, Measure

MOST_CELLS = 400
"""A larger map can't be read."""
STEPS = 4
"""Tints on either side of what is found all together."""


@dataclass(frozen=True)
class HeatCell:
    """One cell: its number, its tint from -4 to 4, and what a reader has to know."""

    value: str
    tint: int
    note: str


@dataclass(frozen=True)
class Heat:
    """A map: the groups of one attribute down, those of the other across."""

    down: str
    across: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]
    low: str
    middle: str
    high: str


def heat_of(measure: Measure, estimates: Sequence[Estimate]) -> Heat | None:
    """Return the map of a measure by two attributes; None for any other measure."""
    attribute = attribute_of(measure) or ""
    parts = attribute.split("*")
    cells = {tuple(e.slice.split(JOIN)): e for e in estimates if e.slice.count(JOIN) == 1}
    if len(parts) != 2 or not 4 <= len(cells) <= MOST_CELLS:
        return None
    down = list(dict.fromkeys(key[0] for key in cells))
    across = list(dict.fromkeys(key[1] for key in cells))
    known = [e.value for e in cells.values() if e.value is not None]
    if len(known) < 2:
        return None
    scale = words_of(measure).scale
    overall = next((e.value for e in estimates if e.slice == OVERALL and e.value is not None), None)
    middle = sum(known) / len(known) if overall is None else overall
    reach = max(abs(value - middle) for value in known) or 1.0

    def cell(key: tuple[str, str]) -> HeatCell:
        e = cells.get(key)
        if e is None:
            return HeatCell("", 0, "nobody")
        if e.value is None:
            return HeatCell("–", 0, f"{e.status.value}, n = {e.n:,}")
        tint = round(STEPS * (e.value - middle) / reach)
        note = f"{scale.between(e).strip(' ()') or 'no interval'}, n = {e.n:,}"
        return HeatCell(scale.number(e.value), tint, note)

    return Heat(
        down=attribute_words(parts[0]),
        across=attribute_words(parts[1]),
        columns=tuple(slice_words(parts[1], name) for name in across),
        rows=tuple(
            (slice_words(parts[0], one), tuple(cell((one, other)) for other in across))
            for one in down
        ),
        low=scale.number(min(known)),
        middle=scale.number(middle),
        high=scale.number(max(known)),
    )
