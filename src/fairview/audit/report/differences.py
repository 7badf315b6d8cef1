"""Differences in words: percentage points, or a factor where the figure is a logarithm."""

from __future__ import annotations

import math

from fairview.audit.spec import attribute_of
from fairview.audit.wording import PERCENT, POINTS, TIMES, slice_words, words_of
from fairview.measure import Change, Measure


def difference_in_words(measure: Measure, c: Change) -> str:
    """Return a difference with its interval: percentage points, or a factor of a log ratio."""
    if c.difference is None:
        return c.note or c.status.value
    scale = words_of(measure).scale
    if scale is TIMES:
        return _factor(c)
    unit, factor, form = "", 1.0, "+.3f"
    if scale in (PERCENT, POINTS):
        unit, factor, form = " points", 100.0, "+.1f"
    text = f"{factor * c.difference:{form}}{unit}"
    if c.low is not None and c.high is not None:
        text += f" ({factor * c.low:{form}} to {factor * c.high:{form}})"
    return text.replace("-", "\N{MINUS SIGN}")


def change_row(measure: Measure, c: Change) -> dict[str, str]:
    """Return one change as the cells of a table."""
    scale = words_of(measure).scale
    before, after = (
        "–" if e.value is None else scale.number(e.value) + scale.between(e)
        for e in (c.before, c.after)
    )
    return {
        "slice": slice_words(attribute_of(measure), c.after.slice),
        "before": before,
        "after": after,
        "difference": difference_in_words(measure, c),
        "shown": "yes" if c.is_shown else ("–" if c.low is None else "no"),
    }


def _factor(c: Change) -> str:
    """Return the change of a log ratio as a factor."""
    text = f"{math.exp(c.difference or 0.0):.2f} times as much"
    if c.low is not None and c.high is not None:
        text += f" ({math.exp(c.low):.2f} to {math.exp(c.high):.2f})"
    return text
