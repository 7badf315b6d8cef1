"""The result of an audit as Markdown, for a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from fairview.audit.advising import advice
from fairview.audit.findings import Finding, cell_text
from fairview.audit.markdown_text import bullets, line, table
from fairview.audit.power import power_sentence
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of
from fairview.audit.wording import slice_words, words_of
from fairview.measure import Change, Estimate, parse_measure

if TYPE_CHECKING:
    from fairview.audit.comparison import Comparison

_MARK = {"pass": "✅ pass", "fail": "❌ fail", "insufficient evidence": "❔ insufficient evidence"}

_CHANGE_HEAD = ("figure", "slice", "before", "now", "change")
_FIGURE_HEAD = ("figure", "slice", "value", "interval", "n", "status")
FOLDED = 40
"""More figures than this are folded away."""
MOST_ROWS = 400
"""More rows than this make a summary that no page shows; the rest stands in the report."""


def markdown(result: AuditResult) -> str:
    """Return the verdict, the gates, every figure, and the changes where there are any."""
    parts = [f"## {line(result.spec.title)}: {_MARK[result.verdict.outcome.value]}"]
    if result.synthetic:
        parts.append("> **Synthetic data.** No figure here is about real pictures or real people.")
    rule = "" if result.verdict.rule == "every gate" else f"{line(result.verdict.rule)}. "
    parts.append(rule + line(result.verdict.reason))
    if result.spec.gates:
        rows = [
            (gate.name, gate.condition, _MARK[verdict.outcome.value], verdict.reason)
            for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True)
        ]
        parts.append(table(("gate", "asks for", "verdict", "because"), rows))
    parts.append("### What to do\n\n" + bullets(advice(result)))
    if result.changes:
        moved = map(_change_row, result.changes[:MOST_ROWS])
        parts.append("### Before and after\n\n" + table(_CHANGE_HEAD, moved))
    parts += _no_gap_found(result)
    parts += _figures(result)
    if result.findings:
        parts.append("### What nobody asked about")
        parts += [_finding(each) for each in result.findings]
    said = [*result.missing, *result.notes]
    if said:
        parts.append("### To know\n\n" + bullets(said))
    record = result.run_record
    parts.append(
        f"Run {record.digest} · revision {record.revision} · data {record.data_digest[:12]} · "
        f"seed {record.seed} · {record.made_at}"
    )
    return "\n\n".join(parts) + "\n"


def _no_gap_found(result: AuditResult) -> list[str]:
    """Return what could have been found where no gap was."""
    said = [(m, power_sentence(m, result.of(m.identity))) for m in result.spec.parsed]
    lines = [f"- `{m}`: {line(sentence)}" for m, sentence in said if sentence]
    return ["### No gap found\n\n" + "\n".join(lines)] if lines else []


def _figures(result: AuditResult) -> list[str]:
    """Return every figure, folded away where they are many."""
    shown = result.estimates[:MOST_ROWS]
    figures = table(_FIGURE_HEAD, map(_figure_row, shown))
    left = len(result.estimates) - len(shown)
    if left:
        figures += f"\n\n{left:,} more figures stand in the report."
    if len(shown) <= FOLDED:
        return ["### Figures\n\n" + figures]
    summary = f"<summary>All {len(result.estimates):,} figures</summary>"
    return ["### Figures", f"<details>{summary}\n\n{figures}\n\n</details>"]


def comparison_markdown(comparison: Comparison) -> str:
    """Return what changed between two audits, and whether it is more than noise."""
    verdict = comparison.verdict
    title = comparison.after.spec.title
    parts = [
        f"## {line(title)}, before and after: {_MARK[verdict.outcome.value]}",
        f"{line(verdict.rule)}. {line(verdict.reason)}",
    ]
    if comparison.gates:
        rows = [
            (name, _MARK[one.outcome.value], _MARK[two.outcome.value])
            for name, (one, two) in comparison.gates.items()
        ]
        parts.append(table(("gate", "before", "now"), rows))
    shown = comparison.shown
    level = f"{100 * comparison.level:g} %"
    if shown:
        moved = [_change_row(c) for c in shown[:MOST_ROWS]]
        parts.append(
            f"### More than noise\n\n{len(shown)} of {len(comparison.changes)} figures changed by "
            f"more than noise, all of them together at {level} (Holm).\n\n"
            + table(_CHANGE_HEAD, moved)
        )
    else:
        parts.append(
            f"None of {len(comparison.changes)} figures changed by more than noise, all of them "
            f"together at {level} (Holm)."
        )
    rest = [c for c in comparison.changes if c not in shown]
    if rest:
        noise = [_change_row(c) for c in rest[:MOST_ROWS]]
        summary = f"<summary>{len(rest):,} changes that could be chance</summary>"
        parts.append(f"<details>{summary}\n\n{table(_CHANGE_HEAD, noise)}\n\n</details>")
    for what, names in (("before", comparison.only_before), ("now", comparison.only_after)):
        if names:
            more = f", and {len(names) - 10} more" if len(names) > 10 else ""
            listed = ", ".join(f"`{name}`" for name in names[:10])
            parts.append(f"Only {what}: {listed}{more}.")
    if comparison.notes:
        parts.append(bullets(comparison.notes))
    return "\n\n".join(parts) + "\n"


def _finding(finding: Finding) -> str:
    text = f"**{line(finding.title)}.** {line(finding.sentence)}"
    if finding.rows:
        rows = [[cell_text(cell) for cell in row] for row in finding.rows]
        text += "\n\n" + table(finding.columns, rows)
    return text + (f"\n\n{line(finding.method)}" if finding.method else "")


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
