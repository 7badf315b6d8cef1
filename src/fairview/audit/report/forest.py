"""Forest plots: one row per figure, its interval drawn between its name and its number.

The plot is a column of a table, so whoever doesn't see it reads the same figures in the same rows.
Places are in per cent and marks in pixels, so it keeps its type size at any width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fairview.audit.gate import Gate
from fairview.audit.report.axis import Axis, tick_text
from fairview.audit.spec import attribute_of
from fairview.audit.wording import SUPPLY, Scale, is_group, slice_words, words_of
from fairview.measure import OVERALL, Change, Estimate, Measure, Status

MOST_ROWS = 14
"""With more figures than this only the extremes are drawn; the rest stands in the table."""
LABEL_WIDTH = 40.0
"""How much of a plot's width a gate's label may need, in per cent."""
_STATUS = {
    Status.SUPPRESSED: "withheld",
    Status.UNDEFINED: "undefined",
    Status.INSUFFICIENT: "no believable interval",
}


@dataclass(frozen=True)
class ForestRow:
    """One figure: its name, its drawing, and its numbers."""

    label: str
    kind: str
    plot: Markup
    value: str
    interval: str
    before: str
    n: str
    note: str
    reason: str


@dataclass(frozen=True)
class Forest:
    """A plot: rows from top to bottom, the axis under them, and what was left out of it."""

    rows: tuple[ForestRow, ...]
    axis: Markup
    left_out: int
    compared: bool


def forest_of(
    measure: Measure,
    estimates: Sequence[Estimate],
    gates: Sequence[Gate] = (),
    changes: Sequence[Change] = (),
) -> Forest | None:
    """Return the plot of a measure's figures; None where none has a value."""
    scale = words_of(measure).scale
    earlier = {c.slice: c.before for c in changes}
    chosen = extremes_of(estimates)
    drawn = [e for e in (*chosen, *earlier.values()) if e.value is not None]
    if not any(e.value is not None for e in chosen):
        return None
    bounds = _bounds(gates, scale)
    ends = [scale.shown(end) for e in drawn for end in _ends(e)]
    ends += [scale.neutral] if scale.neutral is not None else []
    axis = Axis.around([*ends, *(bound for bound, _ in bounds), *_room(measure, drawn)])
    rows = tuple(_row(measure, e, earlier.get(e.slice), axis, bounds) for e in chosen)
    left_out = sum(e.n > 0 for e in estimates) - sum(e.n > 0 for e in chosen)
    return Forest(rows, _axis(axis, scale, bounds), left_out, bool(changes))


def extremes_of(estimates: Sequence[Estimate], most: int = MOST_ROWS) -> list[Estimate]:
    """Return the figures to draw: all where they are few, else overall and those farthest apart.

    A slice without any case isn't drawn.
    """
    estimates = [e for e in estimates if e.n or e.slice == OVERALL]
    if len(estimates) <= most:
        return list(estimates)
    groups = [e for e in estimates if is_group(e.slice) and e.value is not None]
    groups.sort(key=lambda e: e.value or 0.0)
    half = (most - 1) // 2
    shown = {id(e) for e in [*groups[:half], *groups[-half:]]}
    shown |= {id(e) for e in estimates if e.slice in (OVERALL, SUPPLY)}
    picked = [e for e in estimates if id(e) in shown]
    return sorted(picked, key=lambda e: (e.slice in (OVERALL, SUPPLY), -(e.value or 0.0)))


def _room(measure: Measure, drawn: Sequence[Estimate]) -> list[float]:
    """Return ends that leave room around the widest interval, so that no narrow one looks wide."""
    widest = max(drawn, key=lambda e: (e.high or 0.0) - (e.low or 0.0))
    if widest.low is None or widest.high is None:
        return []
    scale, (least, most) = words_of(measure).scale, measure.bounds
    if scale.neutral is not None and all(
        scale.shown(min(_ends(e))) >= scale.neutral for e in drawn
    ):
        least = max(least, min(min(_ends(e)) for e in drawn), 0.0)
    reach = 0.75 * (widest.high - widest.low)
    return [
        scale.shown(max(widest.low - reach, least)),
        scale.shown(min(widest.high + reach, most)),
    ]


def _ends(e: Estimate) -> list[float]:
    value = 0.0 if e.value is None else e.value
    return [value] if e.low is None or e.high is None else [e.low, value, e.high]


def _bounds(gates: Sequence[Gate], scale: Scale) -> list[tuple[float, str]]:
    """Return the finite bounds of gates as they are drawn, and what each asks for."""
    signs = ("\N{GREATER-THAN OR EQUAL TO}", "\N{LESS-THAN OR EQUAL TO}")
    found = {
        scale.shown(bound): f"{sign} {scale.bound(bound)}"
        for gate in gates
        for bound, sign in zip(gate.allowed, signs, strict=True)
        if math.isfinite(bound)
    }
    return sorted(found.items())


def _row(
    measure: Measure,
    e: Estimate,
    before: Estimate | None,
    axis: Axis,
    bounds: list[tuple[float, str]],
) -> ForestRow:
    scale = words_of(measure).scale
    lines = [_line("b", axis.place(at)) for at, _ in bounds]
    if scale.neutral is not None:
        lines.insert(0, _line("z", axis.place(scale.neutral)))
    marks = [_mark(axis, scale, before, "w", 68)] if before is not None else []
    marks.append(_mark(axis, scale, e, "", 32 if marks else 50))
    kind = "all" if e.slice in (OVERALL, SUPPLY) else "" if is_group(e.slice) else "dim"
    return ForestRow(
        label=capital(slice_words(attribute_of(measure), e.slice)),
        kind=kind,
        plot=Markup('<svg class="fp" aria-hidden="true">{}</svg>').format(
            Markup("").join([*lines, *marks])
        ),
        value="–" if e.value is None else scale.number(e.value),
        interval=interval_words(scale, e),
        before="" if before is None or before.value is None else scale.number(before.value),
        n=f"{e.n:,}",
        note="" if e.status is Status.OK else _STATUS[e.status],
        reason=e.note if e.status is not Status.OK else "",
    )


def interval_words(scale: Scale, e: Estimate) -> str:
    """Return an interval without brackets, or why there is none."""
    between = (
        scale.between(e).strip(" ()").replace(" to ", "–" if scale.neutral is None else " to ")
    )
    return between or {"census": "all counted"}.get(e.method, "")


def capital(text: str) -> str:
    """Return a text that starts with a capital letter."""
    return text[:1].upper() + text[1:]


def _mark(axis: Axis, scale: Scale, e: Estimate, kind: str, y: int) -> Markup:
    if e.value is None:
        return Markup("")
    value = axis.place(scale.shown(e.value))
    dot = Markup('<circle class="d{}" cx="{}%" cy="{}%" r="4.5"/>').format(kind, value, y)
    if e.low is None or e.high is None:
        return dot
    low, high = axis.place(scale.shown(e.low)), axis.place(scale.shown(e.high))
    line = Markup('<line class="i{}" x1="{}%" x2="{}%" y1="{}%" y2="{}%"/>')
    return line.format(kind, low, high, y, y) + dot


def _line(kind: str, at: float) -> Markup:
    return Markup('<line class="{}" x1="{}%" x2="{}%" y1="0" y2="100%"/>').format(kind, at, at)


def _labels(bounds: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the labels of bounds and where they stand; those too near each other become one.

    Examples
    --------
    >>> _labels([(4.0, "≤ 2 points"), (10.0, "≤ 5 points"), (90.0, "≤ 45 points")])
    [(4.0, '≤ 2 points, ≤ 5 points'), (90.0, '≤ 45 points')]
    """
    found: list[tuple[float, str]] = []
    last = -math.inf
    for place, asks in bounds:
        if place - last < LABEL_WIDTH:
            found[-1] = (found[-1][0], f"{found[-1][1]}, {asks}")
        else:
            found.append((place, asks))
        last = place
    return found


def _axis(axis: Axis, scale: Scale, bounds: list[tuple[float, str]]) -> Markup:
    parts = []
    for tick in axis.ticks:
        at = axis.place(tick)
        anchor = "start" if at < 1 else "end" if at > 99 else "middle"
        parts.append(
            Markup('<text x="{}%" y="12" text-anchor="{}">{}</text>').format(
                at, anchor, tick_text(tick, scale)
            )
        )
    for place, asks in _labels([(axis.place(at), asks) for at, asks in bounds]):
        anchor = "start" if place < 12 else "end" if place > 88 else "middle"
        parts.append(
            Markup('<text class="asks" x="{}%" y="28" text-anchor="{}">{}</text>').format(
                place, anchor, f"gate {asks}"
            )
        )
    return Markup('<svg class="fa{}" aria-hidden="true">{}</svg>').format(
        " two" if bounds else "", Markup("").join(parts)
    )
