"""What an audit could have found: beside every "no gap found", the smallest gap it would have."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from fairview.audit.spec import attribute_of
from fairview.audit.wording import Scale, slice_words, words_of
from fairview.measure import Better, Estimate, Measure, SamplingUnit, Status
from fairview.measure.comparisons import ComparisonMeasure, Contrast
from fairview.measure.statistics import smallest_gap

POWER = 0.8
"""The chance with which a gap of that size would have been found."""


@dataclass(frozen=True)
class NoGap:
    """A comparison in which no gap was found, and the smallest that would have been.

    Parameters
    ----------
    estimate
        The gap, with an interval that holds "no difference".
    smallest
        The smallest true gap that is found four times in five, on the figure's own scale.
    """

    estimate: Estimate
    smallest: float


def compares(measure: Measure) -> float | None:
    """Return the figure that says "no difference"; None for a measure that compares nothing."""
    if isinstance(measure, ComparisonMeasure):
        return 1.0 if measure.contrast is Contrast.RATIO else 0.0
    return {Better.NEAR_ZERO: 0.0, Better.NEAR_ONE: 1.0}.get(measure.better)


def no_gaps(measure: Measure, estimates: Sequence[Estimate]) -> list[NoGap]:
    """Return the comparisons of a measure in which no gap was found.

    A ratio's smallest gap is found on its logarithm, and given as the ratio that is nearest to 1
    from below.
    """
    neutral = compares(measure)
    if neutral is None:
        return []
    return [
        NoGap(e, _smallest(e, neutral))
        for e in estimates
        if e.status is Status.OK
        and e.unit is not SamplingUnit.CENSUS
        and e.low is not None
        and e.high is not None
        and e.low <= neutral <= e.high
    ]


def power_sentence(measure: Measure, estimates: Sequence[Estimate]) -> str:
    """Return what to print beside a measure's comparisons; empty where each found a gap."""
    found = no_gaps(measure, estimates)
    if not found:
        return ""
    scale, neutral = words_of(measure).scale, compares(measure) or 0.0
    attribute = attribute_of(measure)
    if len(estimates) == 1:
        size = _size(scale, found[0], neutral)
        return f"No gap found; the smallest gap this could have found is {size}."
    if len(found) == 1:
        label = slice_words(attribute, found[0].estimate.slice)
        return (
            f"No gap found for {label}; the smallest gap this could have found there is "
            f"{_size(scale, found[0], neutral)}."
        )
    worst = max(found, key=lambda each: abs(math.log(each.smallest)) if _is_ratio(measure)
                and each.smallest > 0 else abs(each.smallest))  # fmt: skip
    best = min(found, key=lambda each: abs(math.log(each.smallest)) if _is_ratio(measure)
               and each.smallest > 0 else abs(each.smallest))  # fmt: skip
    ends = [
        f"{_size(scale, each, neutral)} ({slice_words(attribute, each.estimate.slice)})"
        for each in (best, worst)
    ]
    return (
        f"No gap found for {len(found)} of {len(estimates)}: the smallest that could have been "
        f"found lies between {ends[0]} and {ends[1]}."
    )


def _is_ratio(measure: Measure) -> bool:
    return compares(measure) == 1.0


def _size(scale: Scale, found: NoGap, neutral: float) -> str:
    """Return a gap in words, with as many decimals as tell it from no gap at all."""
    text = scale.number(found.smallest)
    if text != scale.number(neutral):
        return text
    shown, none = scale.shown(found.smallest), scale.shown(neutral)
    for decimals in range(2, 8):
        if f"{shown:.{decimals}f}" != f"{none:.{decimals}f}":
            return f"{shown:.{decimals}f}{scale.suffix}"
    return text


_STATED = re.compile(r"a gap of ([-\d.e+]+) would be found")


def _smallest(e: Estimate, neutral: float) -> float:
    stated = _STATED.search(e.note)
    if stated is not None:
        return float(stated[1])
    low, high, value = e.low or 0.0, e.high or 0.0, e.value or 0.0
    z = float(special.ndtri((1 + e.level) / 2))
    if neutral == 1.0:
        reach = math.log(high / value) if value > 0 and low <= 0 else math.log(high / low) / 2
        return math.exp(-float(smallest_gap(reach / z, e.level, POWER)))
    return float(smallest_gap((high - low) / 2 / z, e.level, POWER))
