"""An audit's result as the page shows it: what matters first, each figure with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fairview.audit import AuditResult, advice, sentence_of
from fairview.audit.report import difference_in_words
from fairview.audit.spec import Gate, attribute_of
from fairview.audit.wording import Scale, Words, slice_words, words_of
from fairview.core import RANGES, UNKNOWN, Outcome, Verdict
from fairview.measure import OVERALL, Change, Estimate, Measure
from fairview.serving.interval_svg import Mark, Row, interval_svg
from fairview.serving.palettes import swatches_of

HEADLINES = {
    Outcome.PASS: "Every gate passes",
    Outcome.FAIL: "At least one gate fails",
    Outcome.INSUFFICIENT: "There isn\u2019t enough evidence to decide",
}
MOST_TILES = 3


@dataclass(frozen=True)
class Line:
    """One figure in words: its label, its colours, and the figure before and now."""

    label: str
    swatches: tuple[str, ...]
    now: str
    before: str
    change: str
    shown: bool | None
    n: int
    status: str


@dataclass(frozen=True)
class Section:
    """One measure: its heading, what was found and meant, its chart and its figures."""

    anchor: str
    title: str
    meaning: str
    sentence: str
    chart: Markup | None
    lines: tuple[Line, ...]
    compared: bool


@dataclass(frozen=True)
class Tile:
    """One headline figure, before and now."""

    anchor: str
    title: str
    before: str
    now: str
    interval: str
    change: str
    shown: bool


@dataclass(frozen=True)
class AuditView:
    """Everything that the audit page shows."""

    result: AuditResult
    headline: str
    outcome: str
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    gates: tuple[tuple[Gate, Verdict], ...]
    advice: tuple[str, ...]
    level: str


def audit_view(result: AuditResult) -> AuditView:
    """Return a result as the page shows it."""
    sections = []
    for number, measure in enumerate(result.spec.parsed, start=1):
        if result.of(measure.identity):
            sections.append(_section(result, measure, f"figure-{number}"))
    level = result.estimates[0].level if result.estimates else 0.95
    return AuditView(
        result=result,
        headline=HEADLINES[result.verdict.outcome],
        outcome=result.verdict.outcome.name.lower(),
        tiles=_tiles(result),
        sections=tuple(sections),
        gates=tuple(zip(result.spec.gates, result.verdicts, strict=True)),
        advice=tuple(advice(result)),
        level=f"{100 * level:g}",
    )


def _tiles(result: AuditResult) -> tuple[Tile, ...]:
    tiles = []
    for number, measure in enumerate(result.spec.parsed, start=1):
        for change in result.changes:
            about = change.measure == measure.identity and change.slice == OVERALL
            if about and change.difference is not None:
                tiles.append(_tile(measure, change, f"figure-{number}"))
    return tuple(sorted(tiles, key=lambda tile: not tile.shown)[:MOST_TILES])


def _tile(measure: Measure, change: Change, anchor: str) -> Tile:
    words = words_of(measure)
    return Tile(
        anchor,
        words.title,
        _number(words.scale, change.before),
        _number(words.scale, change.after),
        words.scale.between(change.after).strip(" ()"),
        difference_in_words(measure, change),
        change.is_shown,
    )


def _section(result: AuditResult, measure: Measure, anchor: str) -> Section:
    words, attribute = words_of(measure), attribute_of(measure)
    estimates = result.of(measure.identity)
    changes = {c.slice: c for c in result.changes if c.measure == measure.identity and _moves(c)}
    sentence = sentence_of(measure, estimates, result.spec.requests_are)
    lines = tuple(_line(measure, words, e, changes.get(e.slice)) for e in estimates)
    bounds = [
        words.scale.shown(bound)
        for gate in result.spec.gates
        if gate.measure == measure.identity
        for bound in gate.allowed
        if math.isfinite(bound)
    ]
    rows = [_row(words.scale, e, changes.get(e.slice)) for e in estimates]
    drawn = any(row.now or row.before for row in rows)
    described = "; ".join(
        f"{slice_words(attribute, e.slice)}: {line.before + ' before, ' if line.before else ''}"
        f"{line.now} now" if line.before else f"{slice_words(attribute, e.slice)}: {line.now}"
        for e, line in zip(estimates, lines, strict=True)
    )  # fmt: skip
    chart = interval_svg(
        rows, title=words.title, description=described, bounds=bounds, suffix=_unit(words.scale)
    )
    return Section(
        anchor, words.title, words.meaning, sentence, chart if drawn else None, lines, bool(changes)
    )


def _moves(change: Change) -> bool:
    """Whether the figure could have changed; what the catalogue holds is the same both times."""
    return change.low is not None or change.before.value != change.after.value


def _line(measure: Measure, words: Words, e: Estimate, change: Change | None) -> Line:
    attribute = attribute_of(measure)
    known = attribute in RANGES and e.slice in RANGES[str(attribute)].names
    status = "" if e.status.value == "ok" else f"{e.status.value}{': ' if e.note else ''}{e.note}"
    return Line(
        label=_label(attribute, e.slice),
        swatches=swatches_of(str(attribute), e.slice) if known else (),
        now=_figure(words.scale, e),
        before=_figure(words.scale, change.before) if change else "",
        change=difference_in_words(measure, change) if change else "",
        shown=change.is_shown if change else None,
        n=e.n,
        status=status,
    )


def _label(attribute: str | None, name: str) -> str:
    if name == OVERALL:
        return "All together"
    if name == UNKNOWN:
        return "Not known"
    text = slice_words(attribute, name)
    return text[:1].upper() + text[1:]


def _row(scale: Scale, e: Estimate, change: Change | None) -> Row:
    return Row(_mark(scale, e), _mark(scale, change.before) if change else None)


def _mark(scale: Scale, e: Estimate) -> Mark | None:
    if e.value is None:
        return None
    ends: Sequence[float] = (
        (e.value, e.value) if e.low is None or e.high is None else (e.low, e.high)
    )
    low, high = (scale.shown(end) for end in ends)
    return Mark(scale.shown(e.value), low, high, _figure(scale, e))


def _number(scale: Scale, e: Estimate) -> str:
    return "\N{EN DASH}" if e.value is None else scale.number(e.value)


def _figure(scale: Scale, e: Estimate) -> str:
    return "\N{EN DASH}" if e.value is None else scale.number(e.value) + scale.between(e)


def _unit(scale: Scale) -> str:
    return {" %": "%", " times": "\N{MULTIPLICATION SIGN}"}.get(scale.suffix, "")
