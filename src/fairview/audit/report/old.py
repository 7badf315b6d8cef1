"""The report: one HTML page that stands alone, opens offline and prints well."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from fairview.audit.advice import advice
from fairview.audit.charts import interval_chart, keys
from fairview.audit.findings import cell_text
from fairview.audit.result import AuditResult
from fairview.audit.spec import Gate, attribute_of
from fairview.audit.wording import (
    PERCENT,
    POINTS,
    TIMES,
    gate_words,
    sentence_of,
    slice_words,
    words_of,
)
from fairview.core import Outcome, Verdict
from fairview.measure import OVERALL, Change, Estimate, Measure

_HEADLINE = {
    Outcome.PASS: "Every gate passes.",
    Outcome.FAIL: "At least one gate fails.",
    Outcome.INSUFFICIENT: "There is not enough evidence to decide.",
}


_WITHOUT = {"census": "all counted"}
"""What stands in place of an interval, by method."""


@dataclass(frozen=True)
class Section:
    """One measure in the report."""

    measure: Measure
    title: str
    meaning: str
    sentence: str
    chart: str
    rows: list[dict[str, str]]
    changes: list[dict[str, str]]


@dataclass(frozen=True)
class GateRow:
    """One gate in the report: what it asks for and what came of it, in words."""

    gate: Gate
    verdict: Verdict
    asks: str
    because: str


def html(result: AuditResult) -> str:
    """Return the report of a result."""
    sections = _sections(result)
    return str(
        _template().render(
            result=result,
            spec=result.spec,
            headline=_HEADLINE[result.verdict.outcome],
            outcome=result.verdict.outcome.name.lower(),
            gates=_gates(result),
            deciding=_deciding(result),
            sections=sections,
            changed=_changed(result),
            advice=advice(result),
            level=f"{100 * _level(result):g}",
            estimates=result.estimates,
            record=result.run_record,
            parameters=json.dumps(result.run_record.parameters, indent=1, ensure_ascii=False),
        )
    )


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fairview.audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = _unbroken
    environment.filters["cell"] = cell_text
    return environment.get_template("report.html")


def _gates(result: AuditResult) -> list[GateRow]:
    rows = zip(result.spec.gates, result.verdicts, strict=True)
    return [GateRow(g, v, *gate_words(g, v, result.estimates)) for g, v in rows]


def _deciding(result: AuditResult) -> str:
    """Return the gate that decided and why, in words; the verdict's own where all passed."""
    for row in _gates(result):
        if row.verdict == result.verdict:
            return f"“{row.gate.name}” asks for {row.asks}. {row.because}"
    return result.verdict.reason


def _sections(result: AuditResult) -> list[Section]:
    source = keys()
    sections = []
    for measure in result.spec.parsed:
        estimates = result.of(measure.identity)
        if not estimates:
            continue
        words = words_of(measure)
        changes = [c for c in result.changes if c.measure == measure.identity]
        if all(c.difference == 0 and c.method == "census" for c in changes):
            changes = []
        sections.append(
            Section(
                measure=measure,
                title=words.title,
                meaning=words.meaning,
                sentence=sentence_of(
                    measure, estimates, result.spec.requests_are, result.spec.items_are
                ),
                chart=interval_chart(
                    measure,
                    estimates,
                    gates=[g for g in result.spec.gates if g.measure == measure.identity],
                    changes=changes,
                    key=next(source),
                ),
                rows=[_row(measure, e) for e in estimates],
                changes=[_change(measure, c) for c in changes],
            )
        )
    return sections


def _changed(result: AuditResult) -> list[tuple[str, str]]:
    """Return the title and the change of every overall figure that is shown to differ."""
    said = []
    for measure in result.spec.parsed:
        for c in result.changes:
            if c.measure == measure.identity and c.is_shown and c.after.slice == OVERALL:
                words, row = words_of(measure), _change(measure, c)
                text = f"from {row['before']} to {row['after']}; the change is {row['difference']}"
                said.append((words.title, text))
    return said


def _row(measure: Measure, e: Estimate) -> dict[str, str]:
    scale = words_of(measure).scale
    return {
        "slice": slice_words(attribute_of(measure), e.slice),
        "value": "–" if e.value is None else scale.number(e.value),
        "interval": scale.between(e).strip(" ()") or _WITHOUT.get(e.method, "–"),
        "n": f"{e.n:,}",
        "excluded": f"{e.excluded:,}",
        "status": "" if e.status.value == "ok" else e.status.value,
        "note": e.note,
    }


def _change(measure: Measure, c: Change) -> dict[str, str]:
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


def difference_in_words(measure: Measure, c: Change) -> str:
    """Return a difference with its interval: percentage points, or a factor of a log ratio."""
    if c.difference is None:
        return c.note or c.status.value
    scale = words_of(measure).scale
    if scale in (PERCENT, POINTS):
        unit, factor, form = " points", 100.0, "+.1f"
    elif scale is TIMES:
        return _factor(c)
    else:
        unit, factor, form = "", 1.0, "+.3f"
    text = f"{factor * c.difference:{form}}{unit}"
    if c.low is not None and c.high is not None:
        text += f" ({factor * c.low:{form}} to {factor * c.high:{form}})"
    return text.replace("-", "\N{MINUS SIGN}")


def _factor(c: Change) -> str:
    """Return the change of a log ratio as a factor."""
    text = f"{math.exp(c.difference or 0.0):.2f} times as much"
    if c.low is not None and c.high is not None:
        text += f" ({math.exp(c.low):.2f} to {math.exp(c.high):.2f})"
    return text


def _unbroken(text: str) -> str:
    """Return a text whose ranges, such as Monk 8–10, aren't broken over lines."""
    joiner = "\N{WORD JOINER}"
    return text.replace("\N{EN DASH}", f"{joiner}\N{EN DASH}{joiner}").replace("Monk ", "Monk\xa0")


def _level(result: AuditResult) -> float:
    return result.estimates[0].level if result.estimates else 0.95
