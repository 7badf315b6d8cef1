"""Interval charts as SVG that keep their type size at any width.

Places are in per cent, marks in pixels. Before is a hollow diamond, now is a filled dot, so that no
colour has to be told apart. Colours come from the style sheet and follow the person's choice of
light or dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

ROW = 44
AXIS = 28
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TICKS = 4
SMALLEST_SPAN = 1e-6
"""Figures that differ by less are drawn as equal."""


@dataclass(frozen=True)
class Mark:
    """One figure with its interval on the chart's scale; without an interval, low is high."""

    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Row:
    """One line of a chart: now, and before where there is one; None where there is no figure."""

    now: Mark | None
    before: Mark | None = None


@dataclass(frozen=True)
class Domain:
    """The part of a scale that a chart shows, and where its ticks stand."""

    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def around(cls, values: Sequence[float]) -> Domain:
        """Return a domain with round ticks that holds 0 and every finite value.

        Examples
        --------
        >>> Domain.around([12.0, 61.0]).ticks
        (0.0, 20.0, 40.0, 60.0, 80.0)
        """
        finite = [value for value in values if math.isfinite(value)]
        low, high = min([0.0, *finite]), max([0.0, *finite])
        step = _step(high - low if high - low > SMALLEST_SPAN else 1.0)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last == first:
            last += 1
        ticks = tuple(round(step * n, 10) for n in range(first, last + 1))
        return cls(ticks[0], ticks[-1], ticks)

    def place(self, value: float) -> float:
        """Return where a value stands, in per cent of the width, held within the chart."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)


def interval_svg(
    rows: Sequence[Row],
    *,
    title: str,
    description: str,
    suffix: str = "",
    bounds: Sequence[float] = (),
) -> Markup:
    """Return a chart with one row per figure, `ROW` pixels high, and an axis below.

    Parameters
    ----------
    rows
        What is drawn, top to bottom.
    title, description
        What stands for the chart where it can't be seen.
    suffix
        The unit behind the axis' numbers.
    bounds
        Bounds of gates, drawn as dashed lines.
    """
    marks = [mark for row in rows for mark in (row.now, row.before) if mark is not None]
    ends = [end for mark in marks for end in (mark.low, mark.high, mark.value)]
    domain = Domain.around([*ends, *bounds])
    height = ROW * len(rows)
    parts = [_grid(domain, height, suffix)]
    parts += [_line("chart-bound", domain.place(bound), 0, height) for bound in bounds]
    for number, row in enumerate(rows):
        middle = ROW * number + ROW // 2
        both = row.now is not None and row.before is not None
        if row.now is None and row.before is None:
            parts.append(
                Markup('<text class="chart-tick" x="8" y="{}">no figure</text>').format(middle + 4)
            )
        if row.before is not None:
            parts.append(_mark(domain, row.before, middle - 9 * both, "before"))
        if row.now is not None:
            parts.append(_mark(domain, row.now, middle + 8 * both, "now"))
    return Markup(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
    ).format(height + AXIS, f"{title}. {description}", Markup("").join(parts))


def _grid(domain: Domain, height: int, suffix: str) -> Markup:
    parts = []
    for tick in domain.ticks:
        at = domain.place(tick)
        anchor = "start" if at < 1 else "end" if at > 99 else "middle"
        kind = "chart-zero" if tick == 0 else "chart-grid"
        parts.append(_line(kind, at, 0, height))
        text = f"{tick:g}{suffix}".replace("-", "\N{MINUS SIGN}")
        parts.append(
            Markup('<text class="chart-tick" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
                at, height + 20, anchor, text
            )
        )
    return Markup("").join(parts)


def _line(kind: str, at: float, top: int, bottom: int) -> Markup:
    return Markup('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(
        kind, at, at, top, bottom
    )


def _mark(domain: Domain, mark: Mark, y: int, when: str) -> Markup:
    low, high, at = (domain.place(each) for each in (mark.low, mark.high, mark.value))
    line = Markup('<line class="chart-{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>').format(
        when, low, high, y, y
    )
    # A nested picture stands at a per cent and is drawn in pixels around it.
    shape = (
        Markup('<circle class="chart-dot" r="6"/>')
        if when == "now"
        else Markup('<path class="chart-diamond" d="M0 -6 6 0 0 6 -6 0Z"/>')
    )
    title = Markup("<title>{}</title>").format(f"{escape(when)}: {mark.text}")
    place = Markup('<svg x="{}%" y="{}" overflow="visible">{}{}</svg>').format(at, y, title, shape)
    return line + place


def _step(span: float) -> float:
    rough = span / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * step for step in _STEPS if size * step >= rough - 1e-12)
