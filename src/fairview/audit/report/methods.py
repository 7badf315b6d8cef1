"""Methods for the auditor: each definition with its formula and source, and its intervals."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fairview.audit.report.sections import definition_of
from fairview.audit.result import AuditResult
from fairview.audit.wording import words_of
from fairview.measure import Better, Measure

_BETTER = {
    Better.HIGHER: "more is better",
    Better.LOWER: "less is better",
    Better.NEAR_ZERO: "0 is best",
    Better.NEAR_ONE: "1 is best",
    Better.NEITHER: "no direction is better in itself",
}


@dataclass(frozen=True)
class Definition:
    """One definition as its own documentation gives it."""

    title: str
    name: str
    text: tuple[str, ...]
    formula: str
    source: str
    facts: tuple[tuple[str, str], ...]


def definitions_of(result: AuditResult) -> list[Definition]:
    """Return every definition of an audit once, in the order of its spec."""
    found: dict[str, list[Measure]] = {}
    for measure in result.spec.parsed:
        found.setdefault(f"{type(measure).__name__} {definition_of(measure)}", []).append(measure)
    return [_definition(result, measures) for measures in found.values()]


def _definition(result: AuditResult, measures: Sequence[Measure]) -> Definition:
    measure = measures[0]
    text, formula, source = read_docstring(inspect.getdoc(type(measure)) or "")
    estimates = [e for m in measures for e in result.of(m.identity)]
    methods = Counter(e.method for e in estimates if e.method != "none")
    low, high = measure.bounds
    facts = [
        ("Range", f"{low:g} to {high:g}".replace("inf", "∞").replace("-", "−")),
        ("Reading", _BETTER[measure.better]),
        ("Sampling unit", ", ".join(dict.fromkeys(e.unit.value for e in estimates)) or "none"),
        (
            "Intervals",
            "; ".join(f"{method} ({count:,})" for method, count in methods.most_common()) or "none",
        ),
        ("Measured as", ", ".join(m.identity for m in measures)),
    ]
    return Definition(
        words_of(measure).title, type(measure).__name__, text, formula, source, tuple(facts)
    )


def read_docstring(doc: str) -> tuple[tuple[str, ...], str, str]:
    r"""Return a docstring's opening paragraphs, its formula and its source.

    What follows the first heading (parameters, examples) is left out.

    Examples
    --------
    >>> read_docstring("Depth: how full.\n\n.. math:: n / k\n\nSource: nobody (1900).")
    (('Depth: how full.',), 'n / k', 'nobody (1900).')
    """
    head = re.split(r"\n[A-Z][A-Za-z ]+\n-{3,}", doc)[0]
    formula = ""
    found = re.search(r"\.\. math::(.*?)(?:\n\n(?=\S)|\Z)", head, re.DOTALL)
    if found:
        formula = " ".join(found.group(1).split())
        head = head[: found.start()] + head[found.end() :]
    paragraphs = [" ".join(part.split()) for part in head.split("\n\n") if part.strip()]
    text, source = [], ""
    for paragraph in paragraphs:
        before, marked, after = paragraph.partition("Source: ")
        if marked:
            source, rest = _first_sentence(after)
            paragraph = f"{before}{rest}".strip()
        if paragraph:
            text.append(_plain(paragraph))
    return tuple(text), formula, _plain(source)


def _first_sentence(text: str) -> tuple[str, str]:
    """Return a text's first sentence and the rest; the stop of ``et al.`` ends none."""
    found = re.search(r"(?<!al)(?<!\b[A-Z])(?<!\bch)(?<!\bpp)\.\s+(?=[A-Z])", text)
    return (text[: found.start() + 1], text[found.end() :]) if found else (text, "")


def _plain(text: str) -> str:
    return re.sub(r":\w+:`([^`]*)`|``([^`]*)``|`([^`]*)`", _inner, text)


def _inner(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group), "")
