"""A scale for charts: which part is shown, where its ticks stand, and where a value stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fairview.audit.wording import Scale

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
SMALLEST_SPAN = 1e-9
"""Values that differ by less are drawn as equal."""


@dataclass(frozen=True)
class Axis:
    """The part of a scale that a chart shows, in the numbers that are written.

    Parameters
    ----------
    low, high
        Its ends.
    ticks
        Where it is labelled, in order.
    """

    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def around(cls, values: Sequence[float], most_ticks: int = 5) -> Axis:
        """Return an axis with round ticks that holds every finite value.

        Examples
        --------
        >>> Axis.around([12.0, 61.0]).ticks
        (0.0, 20.0, 40.0, 60.0, 80.0)
        """
        finite = [value for value in values if math.isfinite(value)] or [0.0]
        low, high = min(finite), max(finite)
        span = high - low
        if span < SMALLEST_SPAN:
            span = abs(high) or 1.0
            low, high = (min(low, 0.0), max(high, 0.0)) if high else (0.0, 1.0)
        elif 0 < low < 0.6 * span:
            low = 0.0
        step = _step((high - low) or span, most_ticks)
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last == first:
            last += 1
        ticks = tuple(round(step * n, 10) + 0.0 for n in range(first, last + 1))
        return cls(ticks[0], ticks[-1], ticks)

    def place(self, value: float) -> float:
        """Return where a value stands, from 0 to 100, held within the axis."""
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)


def tick_text(tick: float, scale: Scale) -> str:
    """Return a tick as it is written.

    Examples
    --------
    >>> from fairview.audit.wording import PERCENT, POINTS
    >>> tick_text(20.0, PERCENT), tick_text(-2.5, POINTS)
    ('20 %', '−2.5')
    """
    unit = {" %": " %", " times": "×"}.get(scale.suffix, "")
    return f"{tick:,.10g}{unit}".replace("-", "\N{MINUS SIGN}")


def _step(span: float, most: int) -> float:
    rough = span / most
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * step for step in _STEPS if size * step >= rough - 1e-12)
