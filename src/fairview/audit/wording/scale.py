"""How a figure is written: per cent, points, times, or as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scale:
    """How a measure's figures are written.

    Parameters
    ----------
    shown
        A figure to the number that is written.
    suffix
        What stands behind it.
    decimals
        How many.
    neutral
        The written number that says "no difference", where there is one.
    """

    shown: Callable[[float], float] = lambda value: value
    suffix: str = ""
    decimals: int = 3
    neutral: float | None = None

    def number(self, value: float) -> str:
        """Return one figure, such as ``62 %``."""
        return f"{self.bare(value)}{self.suffix}"

    def bare(self, value: float) -> str:
        """Return one figure without what stands behind it."""
        value = self.shown(value)
        text = f"{value:,.{self.decimals}f}"
        zero = not float(text.replace(",", ""))
        return f"{0:.{self.decimals}f}" if zero else text.replace("-", "\N{MINUS SIGN}")

    def bound(self, value: float) -> str:
        """Return a number that was chosen, such as ``50 %``: without zeros that say nothing."""
        return f"{self.shown(value):.4g}{self.suffix}".replace("-", "\N{MINUS SIGN}")

    def between(self, estimate: Any) -> str:
        """Return an interval in brackets, empty where there is none."""
        if estimate.low is None or estimate.high is None:
            return ""
        return f" ({self.bare(estimate.low)} to {self.bare(estimate.high)})"


def _hundredfold(value: float) -> float:
    return 100 * value


def _exponential(value: float) -> float:
    return math.exp(min(value, 700.0))


PERCENT = Scale(_hundredfold, " %", 1)
POINTS = Scale(_hundredfold, " points", 1, 0.0)
PLAIN = Scale()
DIFFERENCE = Scale(neutral=0.0)
TIMES = Scale(_exponential, " times", 2, 1.0)
"""Of a natural logarithm of a ratio."""
RATIO = Scale(suffix=" times", decimals=2, neutral=1.0)
QUOTIENT = Scale(decimals=2, neutral=1.0)
"""Of a ratio that stands as a bare number."""
