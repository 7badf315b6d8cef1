"""Figures in plain words. They speak of pictures and of what was shown, never of who people are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairview.audit.spec import Gate, attribute_of
from fairview.core import UNKNOWN, Outcome, Verdict
from fairview.measure import OVERALL, Estimate, Measure, Status, parse_measure

_GROUP_WORDS = {"skin_tone": "skin tone range", "body_type": "body type range"}
_PREFIX = {"skin_tone": "Monk ", "body_type": "silhouette "}


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
    """

    shown: Callable[[float], float] = lambda value: value
    suffix: str = ""
    decimals: int = 3

    def number(self, value: float) -> str:
        """Return one figure, such as ``62 %``."""
        return f"{self.bare(value)}{self.suffix}"

    def bare(self, value: float) -> str:
        """Return one figure without what stands behind it."""
        value = self.shown(value)
        text = f"{value:.{self.decimals}f}"
        return text.replace("-", "\N{MINUS SIGN}") if float(text) else f"{0:.{self.decimals}f}"

    def bound(self, value: float) -> str:
        """Return a number that was chosen, such as ``50 %``: without zeros that say nothing."""
        return f"{self.shown(value):.4g}{self.suffix}".replace("-", "\N{MINUS SIGN}")

    def between(self, estimate: Any) -> str:
        """Return an interval in brackets, empty where there is none."""
        if estimate.low is None or estimate.high is None:
            return ""
        return f" ({self.bare(estimate.low)} to {self.bare(estimate.high)})"


PERCENT = Scale(lambda value: 100 * value, " %", 1)
POINTS = Scale(lambda value: 100 * value, " points", 1)
PLAIN = Scale()
TIMES = Scale(math.exp, " times", 2)


@dataclass(frozen=True)
class Words:
    """What a report says of one measure.

    Parameters
    ----------
    title
        A heading.
    meaning
        One sentence that says what the figure is and which way is good.
    scale
        How figures are written.
    sentence
        From the context to what was found, one sentence; it may assume that ``overall`` or any
        group has a value.
    """

    title: str
    meaning: str
    scale: Scale
    sentence: Callable[[Context], str]


@dataclass(frozen=True)
class Context:
    """A measure's figures that have a value, by slice, and the words of its attribute."""

    measure: Measure
    scale: Scale
    figures: Mapping[str, Estimate]
    requests: str
    items: str

    @property
    def attribute(self) -> str:
        """The attribute in words."""
        return attribute_words(attribute_of(self.measure))

    @property
    def group(self) -> str:
        """The word for one group of the attribute."""
        return group_word(attribute_of(self.measure))

    @property
    def at(self) -> int:
        """The measure's cut-off."""
        return int(getattr(self.measure, "at", 0))

    def known(self) -> list[Estimate]:
        """Return the groups' figures, smallest first."""
        groups = [e for n, e in self.figures.items() if n not in (OVERALL, UNKNOWN, "supply")]
        return sorted(groups, key=lambda e: e.value or 0.0)

    def label(self, estimate: Estimate) -> str:
        """Return a group in words."""
        return slice_words(attribute_of(self.measure), estimate.slice)

    def name(self, estimate: Estimate) -> str:
        """Return a group in words that follow the attribute's: ``Monk 8–10``, ``“x”``."""
        label = self.label(estimate)
        return label if attribute_of(self.measure) in _PREFIX else f"“{label}”"

    def phrase(self, estimate: Estimate) -> str:
        """Return a group in words that stand in a sentence: ``Monk 8–10``, ``artist gender x``."""
        label = self.label(estimate)
        attribute = attribute_of(self.measure)
        return label if attribute in _PREFIX else f"{self.attribute} {label}"

    def say(self, estimate: Estimate) -> str:
        """Return a figure with its interval."""
        return self.scale.number(estimate.value or 0.0) + self.scale.between(estimate)

    @property
    def overall(self) -> str:
        """The overall figure with its interval."""
        return self.say(self.figures[OVERALL])


def attribute_words(attribute: str | None) -> str:
    """Return an attribute in words.

    Examples
    --------
    >>> attribute_words("skin_tone")
    'skin tone'
    """
    return (attribute or "item").replace("_", " ")


def group_word(attribute: str | None) -> str:
    """Return the word for one group of an attribute.

    Examples
    --------
    >>> group_word("skin_tone"), group_word("provider_gender")
    ('skin tone range', 'provider gender')
    """
    return _GROUP_WORDS.get(attribute or "", attribute_words(attribute))


def slice_words(attribute: str | None, name: str) -> str:
    """Return a slice in words, such as ``Monk 8–10``."""
    if name == UNKNOWN:
        return "not known"
    if name in (OVERALL, "supply"):
        return {OVERALL: "all together", "supply": "the candidates allow"}[name]
    prefix = _PREFIX.get(attribute or "", "")
    return prefix + (name.replace("-", "–") if prefix else name)


def words_of(measure: Measure) -> Words:
    """Return the words of a measure; plain ones for a measure that has none of its own."""
    found = _WORDS.get(type(measure).__name__)
    if found is not None:
        return found
    first = (type(measure).__doc__ or "").strip().splitlines()
    return Words(type(measure).__name__, first[0] if first else "", PLAIN, _any)


def sentence_of(
    measure: Measure,
    estimates: Sequence[Estimate],
    requests: str = "searches",
    items: str = "pictures",
) -> str:
    """Return what was found of one measure, in one sentence."""
    words = words_of(measure)
    figures = {e.slice: e for e in estimates if e.value is not None}
    context = Context(measure, words.scale, figures, requests, items)
    if not context.known() and OVERALL not in figures:
        notes = sorted({e.note for e in estimates if e.note})
        return f"There is no figure to show: {'; '.join(notes) or 'nothing was observed'}."
    try:
        return words.sentence(context)
    except KeyError:
        return _any(context)


def _any(c: Context) -> str:
    if OVERALL in c.figures:
        return f"{c.measure} is {c.overall}."
    return f"{c.measure} is " + "; ".join(f"{c.say(e)} for {c.label(e)}" for e in c.known()) + "."


def _div(c: Context) -> str:
    e = c.figures[OVERALL]
    text = (
        f"In {_of_100(e.value)} of 100 {c.requests}, the first {c.at} {c.items} showed "
        f"every {c.group}"
    )
    if e.low is not None and e.high is not None:
        text += f" (between {_of_100(e.low)} and {_of_100(e.high)})"
    supply = c.figures.get("supply")
    if supply is not None:
        text += f"; the candidates would have allowed it in {_of_100(supply.value)}"
    return text + "."


def _of_100(share: float | None) -> str:
    """Return a share as a count of 100; only all and none are 100 and 0."""
    count = round(100 * (share or 0.0))
    if share and not count:
        return "fewer than 1"
    return "99" if count == 100 and share != 1 else str(count)


def _exposure(c: Context) -> str:
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Of the attention given to {c.items} whose {c.attribute} is known, {c.name(most)} got "
        f"{c.say(most)} and {c.name(least)} got {c.say(least)}."
    )


def _supply(c: Context) -> str:
    least, most = c.known()[0], c.known()[-1]
    text = (
        f"Of the catalogue's {c.items} whose {c.attribute} is known, {c.say(most)} are "
        f"{c.name(most)} and {c.say(least)} are {c.name(least)}"
    )
    unknown = c.figures.get(UNKNOWN)
    if unknown is not None:
        text += f"; it isn't known of {c.scale.number(unknown.value or 0.0)} of all {c.items}"
    return text + "."


def _skew(c: Context) -> str:
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Compared with its target, {c.phrase(least)} is shown {c.say(least)} as often, and "
        f"{c.phrase(most)} {c.say(most)} as often."
    )


def _rate(c: Context) -> str:
    action = getattr(c.measure, "action", "click")
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Shown {c.items} of {c.phrase(most)} had a {action} {PERCENT.bare(most.value or 0.0)} "
        f"times in 100{PERCENT.between(most)}, and those of {c.phrase(least)} "
        f"{PERCENT.bare(least.value or 0.0)}{PERCENT.between(least)}."
    )


def _only(text: str) -> Callable[[Context], str]:
    """Return a sentence about the overall figure; ``{figure}`` and others are filled in."""

    def sentence(c: Context) -> str:
        return text.format(
            figure=c.overall, group=c.group, attribute=c.attribute, at=c.at, items=c.items
        )

    return sentence


_WORDS: Mapping[str, Words] = {
    "Div": Words(
        "Pages that show every group",
        "The share of pages whose first items hold every group at least once; more is better.",
        PERCENT,
        _div,
    ),
    "ExposureShare": Words(
        "Who gets the attention",
        "The share of attention that each group gets; the top of the page counts more.",
        PERCENT,
        _exposure,
    ),
    "ExposureGap": Words(
        "Farthest from the target",
        "The largest difference between a group's share of attention and its target, in "
        "percentage points; 0 is on target.",
        POINTS,
        _only("The {group} that is farthest from its share of attention is off by {figure}."),
    ),
    "ExposureParity": Words(
        "Least against most shown",
        "The attention per target share of the least shown group over that of the most shown; 1 "
        "is equal.",
        Scale(decimals=2, suffix=" times"),
        _only(
            "Relative to its target, the least shown {group} gets {figure} the attention of the "
            "most shown one."
        ),
    ),
    "Skew": Words(
        "Shown against target, group by group",
        "How many times as often as its target each group is among the first items; 1 is on "
        "target.",
        TIMES,
        _skew,
    ),
    "MinSkew": Words(
        "The group that falls shortest",
        "How many times as often as its target the group that falls shortest is shown; 1 is on "
        "target.",
        TIMES,
        _only("The {group} that falls shortest is shown {figure} as often as its target asks."),
    ),
    "MaxSkew": Words(
        "The group that is favoured most",
        "How many times as often as its target the most favoured group is shown; 1 is on target.",
        TIMES,
        _only("The most favoured {group} is shown {figure} as often as its target asks."),
    ),
    "MeanMinSkew": Words(
        "The group that falls shortest on one page",
        "As for all pages together, but page by page: a typical page's worst group; 1 is on "
        "target.",
        TIMES,
        _only(
            "On a typical page, the {group} that falls shortest is shown {figure} as often as "
            "its target asks."
        ),
    ),
    "MeanMaxSkew": Words(
        "The group that is favoured most on one page",
        "As for all pages together, but page by page: a typical page's most favoured group; 1 is "
        "on target.",
        TIMES,
        _only(
            "On a typical page, the most favoured {group} is shown {figure} as often as its "
            "target asks."
        ),
    ),
    "NDKL": Words(
        "Distance from the target down the page",
        "How far the mix of groups is from its target at every depth of the page (NDKL); 0 is on "
        "target, and even a fair page is a little above it.",
        PLAIN,
        _only("Down the page, the mix is {figure} away from its target, where 0 is on target."),
    ),
    "AWRF": Words(
        "Closeness of attention to the target",
        "One minus the distance between attention and target (AWRF); 1 is on target.",
        PLAIN,
        _only("Attention is on average {figure} close to its target, where 1 is on target."),
    ),
    "NDCG": Words(
        "How well results are ordered",
        "The usefulness of the page's order against the best possible one (NDCG); 1 is best.",
        PLAIN,
        _only("The order of results is worth {figure} of the best possible one (NDCG)."),
    ),
    "ActionRate": Words(
        "What people did with what they saw",
        "How often something that was shown was acted on, group by group; position and taste "
        "play into it, so a difference isn't proof of a cause.",
        PERCENT,
        _rate,
    ),
    "GroupShare": Words(
        "What the catalogue holds",
        "The share of the catalogue's items in each group: what there is to show.",
        PERCENT,
        _supply,
    ),
    "SampledGroupShare": Words(
        "What is supplied",
        "The share of items in each group, as a sample of all that could be supplied.",
        PERCENT,
        _supply,
    ),
    "Gini": Words(
        "How unevenly attention is spread over items",
        "Between 0, where every item gets the same attention, and 1, where one gets all of it.",
        PLAIN,
        _only(
            "Attention is spread over single {items} with a Gini coefficient of {figure}; 0 would "
            "be the same for each."
        ),
    ),
}


def gate_words(gate: Gate, verdict: Verdict, estimates: Sequence[Estimate]) -> tuple[str, str]:
    """Return what a gate asks for, and why it came out as it did, in the measure's own unit.

    Parameters
    ----------
    gate, verdict
        The gate and its verdict.
    estimates
        The audit's estimates.
    """
    scale = words_of(parse_measure(gate.measure)).scale
    low, high = gate.within or (gate.at_least, gate.at_most)
    if gate.within is not None:
        asks = f"from {scale.bound(gate.within[0])} to {scale.bound(gate.within[1])}"
    elif low is not None:
        asks = f"at least {scale.bound(low)}"
    else:
        asks = f"at most {scale.bound(high or 0.0)}"
    if gate.tolerance:
        asks += f", with a tolerance of {gate.tolerance:g}"
    found = next((e for e in estimates if (e.measure, e.slice) == (gate.measure, gate.slice)), None)
    if found is None or found.value is None or found.status is not Status.OK:
        return asks, verdict.reason
    figure = f"It is {scale.number(found.value)}{scale.between(found)}"
    return asks, figure + _BECAUSE[verdict.outcome]


_BECAUSE = {
    Outcome.PASS: ", all of which is allowed.",
    Outcome.FAIL: ", none of which is allowed.",
    Outcome.INSUFFICIENT: ", only part of which is allowed.",
}
