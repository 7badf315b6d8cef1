"""The figures of the report: one section per definition, one block per what it is sliced by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from fairview.audit.corrections import correction_sentence
from fairview.audit.power import power_sentence
from fairview.audit.report.curves import Curve, curve_down_the_page, curve_over_bands
from fairview.audit.report.differences import change_row
from fairview.audit.report.forest import Forest, forest_of, interval_words
from fairview.audit.report.heatmap import Heat, heat_of
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of, inner_of
from fairview.audit.wording import SUPPLY, attribute_words, sentence_of, slice_words, words_of
from fairview.measure import OVERALL, Change, Estimate, Measure, Status
from fairview.measure.comparisons import EXTREMES, ComparisonMeasure, Contrast


@dataclass(frozen=True)
class CorrectedTable:
    """Corrected figures beside the raw ones: a sentence, and rows of text."""

    sentence: str
    is_corrected: bool
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Block:
    """One measure in the report, or one figure at several cut-offs.

    `measures` are those that it shows; the last of them leads.
    """

    anchor: str
    measures: tuple[Measure, ...]
    heading: str
    sentence: str
    power: str
    forest: Forest | None
    heat: Heat | None
    rows: tuple[tuple[str, ...], ...]
    changes: tuple[dict[str, str], ...]
    corrected: CorrectedTable | None = None


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
    given = [
        f"{f.name}={getattr(measure, f.name)!r}"
        for f in fields(measure)
        if f.name not in ("by", "at", "unit", "requests_by")
        and getattr(measure, f.name) != f.default
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
    curves: list[Curve | None] = []
    blocks: list[Block] = []
    for number, cut in enumerate(_together(measures)):
        key = f"{anchor}-{number + 1}"
        if inner_of(cut[0]) is None:
            first = estimates[cut[0].identity]
            curves.append(curve_down_the_page(cut, estimates, f"{key}c"))
            curves.append(curve_over_bands(cut[0], first, result.spec, f"{key}b"))
        if len(cut) > 1 and all(_has_one_figure(estimates[m.identity]) for m in cut):
            blocks.append(_joint_block(result, cut, key, estimates, changes))
            continue
        for m in reversed(cut):
            mine, moved = estimates[m.identity], changes.get(m.identity, [])
            here = key if m is cut[-1] else f"{key}at{getattr(m, 'at', 0)}"
            blocks.append(_block(result, m, here, mine, moved, drawn=m is cut[-1]))
    found = tuple(c for c in curves if c is not None)
    return Section(anchor, words.title, words.meaning, found, tuple(blocks))


def _together(measures: Sequence[Measure]) -> list[list[Measure]]:
    """Return measures that stand in one block, put together.

    Those are measures that differ in their cut-off alone, and comparisons of extremes that differ
    in what is sliced by alone.
    """
    found: dict[str, list[Measure]] = {}
    for m in measures:
        found.setdefault(_block_key(m), []).append(m)
    return [sorted(cut, key=lambda m: int(getattr(m, "at", 0) or 0)) for cut in found.values()]


def _block_key(measure: Measure) -> str:
    if isinstance(measure, ComparisonMeasure) and measure.reference == EXTREMES:
        return f"{type(measure).__name__} {measure.contrast.value}"
    return measure.identity.rpartition("@")[0] or measure.identity


def _has_one_figure(estimates: Sequence[Estimate]) -> bool:
    return {e.slice for e in estimates} <= {OVERALL, SUPPLY}


def _block(
    result: AuditResult,
    measure: Measure,
    anchor: str,
    estimates: list[Estimate],
    changes: list[Change],
    *,
    drawn: bool,
) -> Block:
    if all(c.difference == 0 and c.method == "census" for c in changes):
        changes = []
    gates = [g for g in result.spec.gates if g.measure == measure.identity]
    spec = result.spec
    heat = heat_of(measure, estimates) if drawn else None
    shown = [e for e in estimates if e.slice != SUPPLY or e.n]
    return Block(
        anchor=anchor,
        measures=(measure,),
        heading=_heading(measure),
        sentence=sentence_of(measure, estimates, spec.requests_are, spec.items_are),
        power=power_sentence(measure, estimates),
        forest=forest_of(measure, shown, gates, changes) if drawn else None,
        heat=heat,
        rows=tuple(_row(measure, e) for e in estimates),
        changes=tuple(change_row(measure, c) for c in changes),
        corrected=_corrected(result, measure),
    )


def _corrected(result: AuditResult, measure: Measure) -> CorrectedTable | None:
    """Return the corrected figures of a measure; None where it has none."""
    found = next((c for c in result.corrections if c.measure == measure.identity), None)
    if found is None:
        return None
    scale = words_of(measure).scale

    def pair(low: float | None, high: float | None) -> str:
        return "–" if low is None or high is None else f"{scale.bare(low)} to {scale.bare(high)}"

    rows = tuple(
        (
            slice_words(found.attribute, each.group),
            "–" if each.raw is None else scale.number(each.raw),
            "–" if each.value is None else scale.number(each.value),
            pair(each.low, each.high),
            pair(each.band_low, each.band_high),
        )
        for each in found.figures
    )
    return CorrectedTable(correction_sentence(found), found.status is Status.OK, rows)


def _joint_block(
    result: AuditResult,
    together: Sequence[Measure],
    anchor: str,
    estimates: dict[str, list[Estimate]],
    changes: dict[str, list[Change]],
) -> Block:
    """Return the block of one figure at several cut-offs, or of several comparisons."""
    lead, names = together[-1], {m.identity for m in together}
    if isinstance(lead, ComparisonMeasure):
        lead = max(together, key=lambda m: _size(estimates[m.identity]))
    figures = [_named(m, e) for m in together for e in estimates[m.identity] if e.slice == OVERALL]
    moved = [
        _moved_at(m, c)
        for m in together
        for c in changes.get(m.identity, [])
        if c.after.slice == OVERALL
    ]
    gates = [g for g in result.spec.gates if g.measure in names]
    spec = result.spec
    return Block(
        anchor=anchor,
        measures=tuple(together),
        heading=_joint_heading(lead),
        sentence=sentence_of(lead, estimates[lead.identity], spec.requests_are, spec.items_are),
        power=" ".join(_joint_power(m, estimates[m.identity]) for m in together).strip(),
        forest=forest_of(lead, figures, gates, moved),
        heat=None,
        rows=tuple(_row(m, _named(m, e)) for m in together for e in estimates[m.identity]),
        changes=tuple(change_row(lead, c) for c in moved),
    )


def _joint_heading(measure: Measure) -> str:
    if isinstance(measure, ComparisonMeasure):
        is_gap = measure.contrast is Contrast.DIFFERENCE
        return "gap, highest minus lowest" if is_gap else "ratio, lowest over highest"
    attribute = attribute_of(measure)
    return f"by {attribute_words(attribute)}" if attribute else "all together"


def _joint_power(measure: Measure, estimates: Sequence[Estimate]) -> str:
    """Return what a comparison could have found, with what it is sliced by before it."""
    said = power_sentence(measure, estimates)
    if not said or not isinstance(measure, ComparisonMeasure):
        return said
    return f"By {attribute_words(attribute_of(measure))}: {said[:1].lower()}{said[1:]}"


def _size(estimates: Sequence[Estimate]) -> float:
    """Return how large a comparison is, whichever way it is made."""
    value = estimates[0].value
    if value is None:
        return -1.0
    is_ratio = estimates[0].measure.startswith("Ratio")
    return 1 - value if is_ratio else value


def _named(measure: Measure, e: Estimate) -> Estimate:
    """Return a figure that is named by its measure's cut-off, or by what it is sliced by."""
    attribute = attribute_of(measure)
    if isinstance(measure, ComparisonMeasure):
        return replace(e, slice=attribute_words(attribute))
    more = "" if e.slice == OVERALL else f", {slice_words(attribute, e.slice)}"
    return replace(e, slice=f"first {getattr(measure, 'at', '')}{more}")


def _moved_at(measure: Measure, c: Change) -> Change:
    after = _named(measure, c.after)
    return replace(c, slice=after.slice, before=_named(measure, c.before), after=after)


def _heading(measure: Measure) -> str:
    inner = inner_of(measure)
    if inner is not None:
        to = str(getattr(measure, "to", "extremes"))
        against = {"extremes": "highest against lowest", "overall": "against all together"}
        return f"{type(measure).__name__} {_heading(inner)}, {against.get(to, f'against {to}')}"
    attribute, at = attribute_of(measure), getattr(measure, "at", None)
    words = f"by {attribute_words(attribute)}" if attribute else "all together"
    requests = getattr(measure, "requests_by", None)
    if requests:
        words += f", requests by {attribute_words(str(requests))}"
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
