"""The figures of the report: one section per definition, one block per what it is sliced by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from fairview.audit.power import power_sentence
from fairview.audit.report.curves import Curve, curve_down_the_page, curve_over_bands
from fairview.audit.report.differences import change_row
from fairview.audit.report.forest import MOST_ROWS, Forest, forest_of, interval_words
from fairview.audit.report.heatmap import Heat, heat_of
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of, inner_of
from fairview.audit.wording import attribute_words, sentence_of, slice_words, words_of
from fairview.measure import Change, Estimate, Measure, Status


@dataclass(frozen=True)
class Block:
    """One measure in the report."""

    anchor: str
    identity: str
    heading: str
    sentence: str
    power: str
    forest: Forest | None
    heat: Heat | None
    rows: tuple[tuple[str, ...], ...]
    changes: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Section:
    """Measures of one definition: their title, what they mean, their curves and their blocks."""

    anchor: str
    title: str
    meaning: str
    curves: tuple[Curve, ...]
    blocks: tuple[Block, ...]


def sections_of(result: AuditResult) -> list[Section]:
    """Return the sections of a result, in the order of its spec."""
    together: dict[str, list[Measure]] = {}
    estimates: dict[str, list[Estimate]] = {}
    for e in result.estimates:
        estimates.setdefault(e.measure, []).append(e)
    changes: dict[str, list[Change]] = {}
    for c in result.changes:
        changes.setdefault(c.measure, []).append(c)
    for measure in result.spec.parsed:
        if measure.identity in estimates:
            together.setdefault(definition_of(measure), []).append(measure)
    return [
        _section(result, measures, f"s{number}", estimates, changes)
        for number, measures in enumerate(together.values(), start=1)
    ]


def definition_of(measure: Measure) -> str:
    """Return what a measure defines, whatever it is sliced by and cut at.

    Examples
    --------
    >>> from fairview.measure import parse_measure
    >>> definition_of(parse_measure("Skew(by='sex', target='uniform')@5"))
    "Skew target='uniform'"
    """
    inner = inner_of(measure)
    if inner is not None:
        return definition_of(inner)
    left_out = ("by", "at", "unit")
    given = [
        f"{f.name}={getattr(measure, f.name)!r}" for f in fields(measure) if f.name not in left_out
    ]
    return " ".join([type(measure).__name__, *given])


def _section(
    result: AuditResult,
    measures: Sequence[Measure],
    anchor: str,
    estimates: dict[str, list[Estimate]],
    changes: dict[str, list[Change]],
) -> Section:
    lead = next((m for m in measures if inner_of(m) is None), measures[0])
    words = words_of(lead)
    curves = []
    by_slice: dict[str, list[Measure]] = {}
    for m in measures:
        if inner_of(m) is None:
            by_slice.setdefault(attribute_of(m) or "", []).append(m)
    for number, cut in enumerate(by_slice.values()):
        curves.append(curve_down_the_page(cut, estimates, f"{anchor}c{number}"))
        curves.append(
            curve_over_bands(cut[0], estimates[cut[0].identity], result.spec, f"{anchor}b{number}")
        )
    blocks = tuple(
        _block(result, m, f"{anchor}-{i}", estimates[m.identity], changes.get(m.identity, []))
        for i, m in enumerate(measures, start=1)
    )
    return Section(
        anchor, words.title, words.meaning, tuple(c for c in curves if c is not None), blocks
    )


def _block(
    result: AuditResult,
    measure: Measure,
    anchor: str,
    estimates: list[Estimate],
    changes: list[Change],
) -> Block:
    if all(c.difference == 0 and c.method == "census" for c in changes):
        changes = []
    gates = [g for g in result.spec.gates if g.measure == measure.identity]
    spec = result.spec
    heat = heat_of(measure, estimates) if len(estimates) > MOST_ROWS // 2 else None
    return Block(
        anchor=anchor,
        identity=measure.identity,
        heading=_heading(measure),
        sentence=sentence_of(measure, estimates, spec.requests_are, spec.items_are),
        power=power_sentence(measure, estimates),
        forest=forest_of(measure, estimates, gates, changes),
        heat=heat,
        rows=tuple(_row(measure, e) for e in estimates),
        changes=tuple(change_row(measure, c) for c in changes),
    )


def _heading(measure: Measure) -> str:
    inner = inner_of(measure)
    if inner is not None:
        to = str(getattr(measure, "to", "extremes"))
        against = {"extremes": "highest against lowest", "overall": "against all together"}
        return f"{type(measure).__name__} {_heading(inner)}, {against.get(to, f'against {to}')}"
    attribute, at = attribute_of(measure), getattr(measure, "at", None)
    words = f"by {attribute_words(attribute)}" if attribute else "all together"
    return words + (f", first {at}" if at else "")


def _row(measure: Measure, e: Estimate) -> tuple[str, ...]:
    scale = words_of(measure).scale
    note = "" if e.status is Status.OK else f" {e.status.value}{': ' if e.note else ''}{e.note}"
    return (
        slice_words(attribute_of(measure), e.slice),
        "–" if e.value is None else scale.number(e.value),
        interval_words(scale, e) or "–",
        f"{e.n:,}",
        f"{e.effective_n:,.0f}",
        f"{e.excluded:,}",
        (e.method if e.method != "none" else "") + note,
    )
