"""Sentences that several measures share: of one figure, of the extremes, of shares."""

from __future__ import annotations

from collections.abc import Callable

from fairview.audit.wording.context import SUPPLY, Context
from fairview.audit.wording.scale import PERCENT
from fairview.core import UNKNOWN
from fairview.measure import OVERALL

Sentence = Callable[[Context], str]


def plain(c: Context) -> str:
    """Say the overall figure, and the extremes where there are groups."""
    known = c.known()
    if not known and OVERALL in c.figures:
        return f"{c.measure} is {c.overall}."
    if len(known) < 2:
        return f"{c.measure} is " + "; ".join(f"{c.say(e)} for {c.label(e)}" for e in known) + "."
    return extremes(str(c.measure))(c)


def extremes(what: str) -> Sentence:
    """Return a sentence that says for whom a figure is highest and lowest, and overall."""

    def sentence(c: Context) -> str:
        known = c.known()
        if not known:
            return f"{what} is {c.overall}."
        least, most = known[0], known[-1]
        if len(known) == 1:
            text = f"{what} is {c.say(least)} for {c.plainly(least)}"
        else:
            text = (
                f"{what} is highest for {c.plainly(most)}, {c.say(most)}, and lowest for "
                f"{c.plainly(least)}, {c.say(least)}"
            )
        if OVERALL in c.figures:
            text += f"; all together it is {c.scale.number(c.figures[OVERALL].value or 0.0)}"
        return text + "."

    return sentence


def only(text: str) -> Sentence:
    """Return a sentence about the overall figure; ``{figure}`` and others are filled in."""

    def sentence(c: Context) -> str:
        return text.format(
            figure=c.overall, group=c.group, attribute=c.attribute, at=c.at, items=c.items
        )

    return sentence


def div(c: Context) -> str:
    """Say in how many of 100 requests every group was shown."""
    e = c.figures[OVERALL]
    text = (
        f"In {of_100(e.value)} of 100 {c.requests}, the first {c.at} {c.items} showed "
        f"every {c.group}"
    )
    if e.low is not None and e.high is not None:
        text += f" (between {of_100(e.low)} and {of_100(e.high)})"
    supply = c.figures.get(SUPPLY)
    if supply is not None:
        text += f"; the candidates would have allowed it in {of_100(supply.value)}"
    return text + "."


def of_100(share: float | None) -> str:
    """Return a share as a count of 100; only all and none are 100 and 0.

    Examples
    --------
    >>> of_100(0.621), of_100(0.001), of_100(0.999), of_100(1.0)
    ('62', 'fewer than 1', '99', '100')
    """
    count = round(100 * (share or 0.0))
    if share and not count:
        return "fewer than 1"
    return "99" if count == 100 and share != 1 else str(count)


def exposure(c: Context) -> str:
    """Say who got most and least of the attention."""
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Of the attention given to {c.items} whose {c.attribute} is known, {c.name(most)} got "
        f"{c.say(most)} and {c.name(least)} got {c.say(least)}."
    )


def supply_shares(c: Context) -> str:
    """Say what the catalogue holds most and least of."""
    least, most = c.known()[0], c.known()[-1]
    text = (
        f"Of the catalogue's {c.items} whose {c.attribute} is known, {c.say(most)} are "
        f"{c.name(most)} and {c.say(least)} are {c.name(least)}"
    )
    unknown = c.figures.get(UNKNOWN)
    if unknown is not None:
        text += f"; it isn't known of {c.scale.number(unknown.value or 0.0)} of all {c.items}"
    return text + "."


def skew(c: Context) -> str:
    """Say who is shown least and most often, compared with the target."""
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Compared with its target, {c.phrase(least)} is shown {c.say(least)} as often, and "
        f"{c.phrase(most)} {c.say(most)} as often."
    )


def rate(c: Context) -> str:
    """Say how often shown items of the extremes were acted on."""
    action = getattr(c.measure, "action", "click")
    least, most = c.known()[0], c.known()[-1]
    return (
        f"Shown {c.items} of {c.phrase(most)} had a {action} {PERCENT.bare(most.value or 0.0)} "
        f"times in 100{PERCENT.between(most)}, and those of {c.phrase(least)} "
        f"{PERCENT.bare(least.value or 0.0)}{PERCENT.between(least)}."
    )
