"""The result of an audit as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fairview.audit.advice import advice
from fairview.audit.findings import Finding, cell_text
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of
from fairview.audit.wording import slice_words, words_of
from fairview.measure import Change, Estimate, parse_measure

_MARK = {"pass": "✅ pass", "fail": "❌ fail", "insufficient evidence": "❔ insufficient evidence"}

_CHANGE_HEAD = ("figure", "slice", "before", "now", "change")
_FIGURE_HEAD = ("figure", "slice", "value", "interval", "n", "status")


def markdown(result: AuditResult) -> str:
    """Return the verdict, the gates, every figure, and the changes where there are any."""
    parts = [f"## {_cell(result.spec.title)}: {_MARK[result.verdict.outcome.value]}"]
    if result.synthetic:
        parts.append("> **Synthetic data.** No figure here is about real pictures or real people.")
    rule = "" if result.verdict.rule == "every gate" else f"{_cell(result.verdict.rule)}. "
    parts.append(rule + _cell(result.verdict.reason))
    if result.spec.gates:
        rows = [
            (gate.name, gate.condition, _MARK[verdict.outcome.value], verdict.reason)
            for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True)
        ]
        parts.append(_table(("gate", "asks for", "verdict", "because"), rows))
    parts.append("### What to do\n\n" + "\n".join(f"- {_cell(each)}" for each in advice(result)))
    if result.changes:
        table = _table(_CHANGE_HEAD, map(_change_row, result.changes))
        parts.append("### Before and after\n\n" + table)
    parts.append("### Figures\n\n" + _table(_FIGURE_HEAD, map(_figure_row, result.estimates)))
    if result.findings:
        parts.append("### What nobody asked about")
        parts += [_finding(each) for each in result.findings]
    said = [*result.missing, *result.notes]
    if said:
        parts.append("### To know\n\n" + "\n".join(f"- {_cell(each)}" for each in said))
    record = result.run_record
    parts.append(
        f"Run {record.digest} · revision {record.revision} · data {record.data_digest[:12]} · "
        f"seed {record.seed} · {record.made_at}"
    )
    return "\n\n".join(parts) + "\n"


def _finding(finding: Finding) -> str:
    text = f"**{_cell(finding.title)}.** {_cell(finding.sentence)}"
    if finding.rows:
        rows = [[cell_text(cell) for cell in row] for row in finding.rows]
        text += "\n\n" + _table(finding.columns, rows)
    return text + (f"\n\n{_cell(finding.method)}" if finding.method else "")


def _figure_row(e: Estimate) -> Sequence[str]:
    scale = words_of(parse_measure(e.measure)).scale
    value = "–" if e.value is None else scale.number(e.value)
    return (
        f"`{e.measure}`", _slice(e), value, scale.between(e).strip(" ()"), f"{e.n:,}",
        e.status.value + (f": {e.note}" if e.note else ""),
    )  # fmt: skip


def _change_row(c: Change) -> Sequence[str]:
    scale = words_of(parse_measure(c.measure)).scale
    before, after = (
        "–" if e.value is None else scale.number(e.value) + scale.between(e)
        for e in (c.before, c.after)
    )
    return f"`{c.measure}`", _slice(c.after), before, after, change_in_words(c)


def change_in_words(c: Change) -> str:
    """Return a difference with its interval, in the measure's own unit, and what it shows."""
    if c.difference is None:
        return c.note or c.status.value
    text = f"{c.difference:+.3g}"
    if c.low is None or c.high is None:
        return text
    return f"{text} ({c.low:+.3g} to {c.high:+.3g}), {'' if c.is_shown else 'not '}shown to differ"


def _slice(e: Estimate) -> str:
    return slice_words(attribute_of(parse_measure(e.measure)), e.slice)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
