"""Words of gaps, ratios and parities: which groups are farthest apart, and by how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from fairview.audit.wording.context import Context, Words
from fairview.audit.wording.scale import DIFFERENCE, PERCENT, POINTS, QUOTIENT, Scale
from fairview.audit.wording.sentences import extremes
from fairview.measure import OVERALL, Measure
from fairview.measure.comparisons import EXTREMES, ComparisonMeasure, Contrast

_PAIR = re.compile(r"of (?P<one>.+?) \((?P<a>[-\d.e+]+)\) and (?P<other>.+?) \((?P<b>[-\d.e+]+)\)")
_PARITIES = {
    "DemographicParity": "Demographic parity",
    "EqualOpportunity": "Equal opportunity",
    "EqualisedOdds": "Equalised odds",
    "PredictiveParity": "Predictive parity",
}


class Pair(NamedTuple):
    """The two slices that an extreme comparison is about, with their figures."""

    one: str
    a: float
    other: str
    b: float


def pair_of(note: str) -> Pair | None:
    """Return the pair that a comparison's note names; None where it names none.

    Examples
    --------
    >>> pair_of("TPR of F (0.25) and M (0.5), of 2 slices")
    Pair(one='F', a=0.25, other='M', b=0.5)
    """
    found = _PAIR.search(note)
    if found is None:
        return None
    return Pair(found["one"], float(found["a"]), found["other"], float(found["b"]))


def comparison_words(measure: ComparisonMeasure, inner: Callable[[Measure], Words]) -> Words:
    """Return the words of a comparison, made of those of what it compares."""
    compared = [inner(each) for each in measure.compared()]
    is_gap = measure.contrast is Contrast.DIFFERENCE
    scale = QUOTIENT
    if is_gap:
        scale = POINTS if compared[0].scale in (PERCENT, POINTS) else DIFFERENCE
    parity = _PARITIES.get(type(measure).__name__)
    what = " or ".join(_lower(each.title) for each in compared)
    kind = "gap" if is_gap else "ratio"
    title = (
        f"{parity}, {kind}" if parity else f"{kind.capitalize()} {'in' if is_gap else 'of'} {what}"
    )
    meaning = _meaning(measure, what, is_gap)
    return Words(title, meaning, scale, _sentence(title, what, compared[0].scale, is_gap))


def _meaning(measure: ComparisonMeasure, what: str, is_gap: bool) -> str:
    if measure.reference == EXTREMES:
        against = f"The highest group’s {what} minus the lowest’s"
        if not is_gap:
            against = f"The lowest group’s {what} over the highest’s"
    else:
        to = (
            "that of all together"
            if measure.reference == OVERALL
            else f"that of {measure.reference}"
        )
        against = f"Each group’s {what} {'minus' if is_gap else 'over'} {to}"
    return f"{against}; {'0' if is_gap else '1'} is no difference."


def _sentence(title: str, what: str, scale: Scale, is_gap: bool) -> Callable[[Context], str]:
    def sentence(c: Context) -> str:
        found = c.figures.get(OVERALL)
        if found is None:
            return extremes(f"The {_lower(title)}")(c)
        pair = pair_of(found.note)
        if pair is None:
            return f"The {_lower(title)} is {c.say(found)}."
        (high, top), (low, foot) = _ordered(pair)
        names = [c.plainly(replace(found, slice=name)) for name in (high, low)]
        if is_gap:
            return (
                f"The largest gap in {what} is {c.say(found)}: {scale.number(top)} for {names[0]} "
                f"and {scale.number(foot)} for {names[1]}."
            )
        return (
            f"The smallest ratio of {what} is {c.say(found)}: {scale.number(foot)} for {names[1]} "
            f"against {scale.number(top)} for {names[0]}."
        )

    return sentence


def _ordered(pair: Pair) -> tuple[tuple[str, float], tuple[str, float]]:
    one, other = (pair.one, pair.a), (pair.other, pair.b)
    return (one, other) if pair.a >= pair.b else (other, one)


def _lower(title: str) -> str:
    """Return a title within a sentence; an abbreviation keeps its capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]
