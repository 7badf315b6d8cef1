"""Cards in Markdown: what was audited, for what use, with which figures and limits.

A model card follows Mitchell et al. (2019); a signal card starts from the signal's contract. Both
come out of an audit's result, so their figures are those of the report.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairview.audit.advising import advice
from fairview.audit.corrections import correction_sentence
from fairview.audit.markdown_text import bullets, line, table
from fairview.audit.power import power_sentence
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of
from fairview.audit.wording import gate_words, sentence_of, slice_words, words_of
from fairview.core import Contract
from fairview.measure import OVERALL, Estimate, Measure, Status

MOST_ROWS = 24
"""More groups than this of one measure aren't listed one by one on a card."""


def model_card(
    result: AuditResult,
    *,
    name: str = "",
    describes: str = "",
    intended_use: Sequence[str] = (),
    prohibited_use: Sequence[str] = (),
    owner: str = "",
) -> str:
    """Return the card of the model or system whose log was audited.

    What isn't given is written as not stated: a card with a gap in it says so.

    Parameters
    ----------
    result
        The audit.
    name, describes
        What the model is called, and what it does.
    intended_use, prohibited_use
        What it is for, and what it must not be used for.
    owner
        Who answers for it.
    """
    parts = [
        f"# {line(name or result.spec.title)}",
        *_synthetic(result),
        "## What it is",
        table(
            ("", ""),
            [
                ("Describes", describes or "not stated"),
                ("Intended use", "; ".join(intended_use) or "not stated"),
                ("Not to be used for", "; ".join(prohibited_use) or "not stated"),
                ("Owner", owner or "not stated"),
            ],
        ),
        *_audited(result),
    ]
    return "\n\n".join(parts) + "\n"


def signal_card(contract: Contract, result: AuditResult) -> str:
    """Return the card of a signal: what its contract promises, and what the audit found."""
    rows = [
        ("Describes", contract.describes),
        ("Value", contract.value + (f" of {contract.ranges}" if contract.ranges else "")),
        ("Status", contract.status),
        ("Intended use", ", ".join(contract.intended_use)),
        ("Not to be used for", ", ".join(contract.prohibited_use).replace("_", " ")),
        ("Coverage promised", f"{contract.coverage:.1%}"),
        ("Calibration", contract.calibration),
        ("Freshness", contract.freshness),
        ("Owner", contract.owner),
        ("Read by", ", ".join(contract.consumers)),
    ]
    parts = [
        f"# Signal {contract.name}, version {contract.version}",
        *_synthetic(result),
        "## What it promises",
        table(("", ""), rows),
    ]
    for quality, value in contract.quality.items():
        parts.append(f"- {quality.replace('_', ' ')}: {value:g}")
    for each in contract.confusion:
        head = ("true \\ read", *each.groups, "abstained")
        counted = [(g, *map(str, row)) for g, row in zip(each.groups, each.counts, strict=True)]
        parts += [
            f"### How often readings are wrong: {line(each.condition)}",
            f"Measured on {line(each.domain)}; it corrects nothing outside of that.",
            table(head, counted),
        ]
    return "\n\n".join([*parts, *_audited(result)]) + "\n"


def _synthetic(result: AuditResult) -> list[str]:
    said = "> **Synthetic data.** No figure here is about real pictures or real people."
    return [said] if result.synthetic else []


def _audited(result: AuditResult) -> list[str]:
    """Return what the audit adds to any card: data, figures, gates, limits, how to repeat it."""
    counts = [(words, f"{count:,}") for words, count in result.counts.items()]
    parts = ["## What was looked at"]
    if counts:
        parts.append(table(("", ""), counts))
    parts.append("## Figures")
    for measure in result.spec.parsed:
        estimates = result.of(measure.identity)
        if estimates:
            parts += _figures(result, measure, estimates)
    if result.spec.gates:
        rows = [
            (g.name, gate_words(g, v, result.estimates)[0], v.outcome.value)
            for g, v in zip(result.spec.gates, result.verdicts, strict=True)
        ]
        parts += ["## Gates", table(("gate", "asks for", "verdict"), rows)]
    for found in result.corrections:
        parts.append(f"`{found.measure}`: {line(correction_sentence(found))}")
    for finding in result.findings:
        parts.append(f"**{line(finding.title)}.** {line(finding.sentence)}")
    parts += ["## Limits", bullets([*result.missing, *result.notes]) or "None is known."]
    parts += ["## What to do", bullets(advice(result))]
    record = result.run_record
    recipe = (
        f"Run `{record.digest}` of {record.made_at}: code {record.revision}, data "
        f"`{record.data_digest or 'without a digest'}`, seed {record.seed}."
    )
    return [*parts, "## How to make it again", recipe]


def _figures(result: AuditResult, measure: Measure, estimates: Sequence[Estimate]) -> list[str]:
    words, spec = words_of(measure), result.spec
    said = sentence_of(measure, estimates, spec.requests_are, spec.items_are)
    power = power_sentence(measure, estimates)
    parts = [f"### {words.title}: `{measure.identity}`", line(f"{said} {power}".strip())]
    shown = [e for e in estimates if e.n or e.slice == OVERALL]
    if 1 < len(shown) <= MOST_ROWS:
        rows = [
            (
                slice_words(attribute_of(measure), e.slice),
                "–" if e.value is None else words.scale.number(e.value),
                words.scale.between(e).strip(" ()"),
                f"{e.n:,}",
                "" if e.status is Status.OK else e.status.value,
            )
            for e in shown
        ]
        parts.append(table(("slice", "figure", "interval", "n", ""), rows))
    elif len(shown) > MOST_ROWS:
        parts.append(f"All {len(shown):,} slices stand in the report.")
    return parts
