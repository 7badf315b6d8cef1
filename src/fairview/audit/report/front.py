"""The first page: what was checked, what was found, how sure that is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairview.audit.advising import advice
from fairview.audit.gate import Gate
from fairview.audit.power import no_gaps, power_sentence
from fairview.audit.report.differences import change_row
from fairview.audit.report.sections import Section
from fairview.audit.result import AuditResult
from fairview.audit.spec import attribute_of, inner_of
from fairview.audit.wording import attribute_words, gate_words, sentence_of, words_of
from fairview.core import Outcome, Verdict
from fairview.measure import OVERALL, Estimate, Measure, SamplingUnit, Status

MOST_FOUND = 7
"""More sentences than this aren't read on a first page."""

HEADLINE = {
    Outcome.PASS: "Every gate passes.",
    Outcome.FAIL: "At least one gate fails.",
    Outcome.INSUFFICIENT: "There is not enough evidence to decide.",
}
NO_GATE = "Nothing had to be decided."
_UNITS = {
    SamplingUnit.PERSON: "people",
    SamplingUnit.REQUEST: "requests",
    SamplingUnit.ITEM: "items",
    SamplingUnit.BOTH: "people and items",
    SamplingUnit.CENSUS: "nothing, since everything was counted",
}
_FAMILY = {
    "none": "Each gate is decided on its own; of 20 gates decided so, one may come out wrongly.",
    "holm": "The gates are decided together (Holm), so that the chance of any wrong decision among "
    "them all is at most {error:g} %.",
    "benjamini-hochberg": "The gates are decided together (Benjamini-Hochberg), so that at most "
    "{error:g} % of the decisions are expected to be wrong.",
}


@dataclass(frozen=True)
class Found:
    """One sentence of the first page: which figures it is about, and how its gates came out."""

    anchor: str
    title: str
    sentence: str
    mark: str


@dataclass(frozen=True)
class GateRow:
    """One gate in the report: what it asks for and what came of it, in words."""

    gate: Gate
    verdict: Verdict
    asks: str
    because: str


@dataclass(frozen=True)
class Front:
    """The first page."""

    headline: str
    outcome: str
    deciding: str
    tally: tuple[tuple[str, int, str], ...]
    checked: tuple[str, ...]
    found: tuple[Found, ...]
    more: int
    changed: tuple[tuple[str, str], ...]
    sure: tuple[str, ...]
    todo: tuple[str, ...]
    gates: tuple[GateRow, ...]


def front_of(result: AuditResult, sections: Sequence[Section]) -> Front:
    """Return the first page of a result."""
    gates = gate_rows(result)
    found = _found(result, sections)
    return Front(
        headline=HEADLINE[result.verdict.outcome] if result.verdicts else NO_GATE,
        outcome=result.verdict.outcome.name.lower(),
        deciding=_deciding(result, gates),
        tally=_tally(result.verdicts),
        checked=_checked(result),
        found=tuple(found[:MOST_FOUND]),
        more=max(len(found) - MOST_FOUND, 0),
        changed=tuple(_changed(result)),
        sure=tuple(_sure(result)),
        todo=tuple(advice(result)),
        gates=tuple(gates),
    )


def gate_rows(result: AuditResult) -> list[GateRow]:
    """Return the gates of a result with their verdicts, in words."""
    rows = zip(result.spec.gates, result.verdicts, strict=True)
    return [GateRow(g, v, *gate_words(g, v, result.estimates)) for g, v in rows]


def _deciding(result: AuditResult, gates: list[GateRow]) -> str:
    """Return the gate that decided and why, in words; the verdict's own where all passed."""
    for row in gates:
        if row.verdict == result.verdict:
            return f"“{row.gate.name}” asks for {row.asks}. {row.because}"
    return result.verdict.reason


def _tally(verdicts: Sequence[Verdict]) -> tuple[tuple[str, int, str], ...]:
    words = {
        Outcome.FAIL: ("fails", "fail"),
        Outcome.INSUFFICIENT: ("is undecided", "are undecided"),
        Outcome.PASS: ("passes", "pass"),
    }
    counted = {o: sum(v.outcome is o for v in verdicts) for o in words}
    return tuple((o.name.lower(), n, words[o][n != 1]) for o, n in counted.items() if n)


def _checked(result: AuditResult) -> tuple[str, ...]:
    """Return what was looked at: rows and requests, definitions, and what they were sliced by."""
    said = [
        f"{count:,} {_counted(words, count)}" for words, count in result.counts.items() if count
    ]
    parsed = result.spec.parsed
    titles = list(dict.fromkeys(words_of(m).title for m in parsed if inner_of(m) is None))
    slices = len({(e.measure, e.slice) for e in result.estimates})
    said.append(
        f"{len(titles)} {'definition' if len(titles) == 1 else 'definitions'}, {slices:,} "
        f"{'figure' if slices == 1 else 'figures'} in all"
    )
    by = list(
        dict.fromkeys(attribute_words(a) for a in result.spec.slices or result.spec.attributes)
    )
    if by:
        said.append(f"split {_listed([f'by {each}' for each in by])}")
    return tuple(said)


def _counted(words: str, count: int) -> str:
    """Return what is counted, such as ``requests left out``, in the singular where it is one."""
    first, space, rest = words.partition(" ")
    return f"{first.removesuffix('s')}{space}{rest}" if count == 1 else words


def _listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    if len(words) < 3:
        return " and ".join(words)
    return f"{', '.join(words[:-1])}, and {words[-1]}"


def _found(result: AuditResult, sections: Sequence[Section]) -> list[Found]:
    """Return what was found: what gates are about first, then gaps, then one per definition."""
    ranked: list[tuple[tuple[int, int], Found]] = []
    outcome = _outcomes(result)
    for section in sections:
        shown = [(block, m) for block in section.blocks for m in block.measures]
        ranks = {m.identity: _rank(m, outcome.get(m.identity, ""), result) for _, m in shown}
        lead = section.blocks[0].measures[-1].identity
        only_plain = min(ranks.values()) == _PLAIN
        gaps = 0
        for block, m in shown:
            rank = ranks[m.identity]
            gaps += rank == _GAP
            if (rank == _PLAIN and not (only_plain and m.identity == lead)) or (
                rank == _GAP and gaps > 1
            ):
                continue
            estimates, spec = result.of(m.identity), result.spec
            sentence = sentence_of(m, estimates, spec.requests_are, spec.items_are)
            text = _with_power(sentence, power_sentence(m, estimates))
            mark = outcome.get(m.identity, "")
            ranked.append(((rank, len(ranked)), Found(block.anchor, _title(m), text, mark)))
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])]


def _title(measure: Measure) -> str:
    """Return what a sentence is about; of a comparison, between which groups too."""
    title, attribute = words_of(measure).title, attribute_of(measure)
    if inner_of(measure) is None or not attribute:
        return title
    return f"{title} by {attribute_words(attribute)}"


_GAP, _PLAIN = 2, 4


def _rank(measure: Measure, mark: str, result: AuditResult) -> int:
    """Return how early a measure stands on the first page; 0 is first."""
    if mark:
        return {"fail": 0, "insufficient": 1, "pass": 3}[mark]
    return _GAP if _differs(measure, result.of(measure.identity)) else _PLAIN


def _with_power(sentence: str, power: str) -> str:
    return f"{sentence} {power}" if power else sentence


def _differs(measure: Measure, estimates: Sequence[Estimate]) -> bool:
    """Whether a comparison found a gap."""
    if inner_of(measure) is None:
        return False
    there = [e for e in estimates if e.status is Status.OK and e.low is not None]
    return len(no_gaps(measure, estimates)) < len(there)


def _outcomes(result: AuditResult) -> dict[str, str]:
    """Return how each measure's gates came out: the worst of them."""
    order = ["pass", "insufficient", "fail"]
    found: dict[str, str] = {}
    for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True):
        name = verdict.outcome.name.lower()
        before = found.get(gate.measure, "pass")
        found[gate.measure] = max(before, name, key=order.index)
    return found


def _changed(result: AuditResult) -> list[tuple[str, str]]:
    """Return the title and the change of every overall figure that is shown to differ."""
    said = []
    for measure in result.spec.parsed:
        for c in result.changes:
            if c.measure == measure.identity and c.is_shown and c.after.slice == OVERALL:
                row = change_row(measure, c)
                text = f"from {row['before']} to {row['after']}; the change is {row['difference']}"
                said.append((words_of(measure).title, text))
    return said


def _sure(result: AuditResult) -> list[str]:
    level = level_of(result)
    units = [_UNITS.get(u, "rows") for u in dict.fromkeys(e.unit for e in result.estimates)]
    said = []
    if any(e.low is not None for e in result.estimates):
        said.append(
            f"Numbers in brackets are {level} % intervals: repeated with other "
            f"{_listed([u for u in units if not u.startswith('nothing')]) or 'data'}, an audit’s "
            f"intervals hold the true figure about {level} times in 100. A gate passes or fails "
            f"only where the whole interval agrees."
        )
    elif result.estimates:
        said.append("Everything was counted, so the figures have no interval.")
    if len(result.spec.gates) > 1:
        error = 100 - float(level)
        said.append(_FAMILY[result.spec.family].format(error=round(error, 6)))
    gaps = [n for m in result.spec.parsed for n in no_gaps(m, result.of(m.identity))]
    if gaps:
        said.append(
            f"In {len(gaps):,} {'comparison' if len(gaps) == 1 else 'comparisons'} no gap was "
            f"found. That isn’t proof of none: beside each stands the smallest gap that this audit "
            f"would have found."
        )
    said += _corrected(result)
    withheld = sum(e.status is Status.SUPPRESSED for e in result.estimates)
    unsure = sum(e.status in (Status.INSUFFICIENT, Status.UNDEFINED) for e in result.estimates)
    if withheld:
        said.append(
            f"{withheld:,} {'figure rests' if withheld == 1 else 'figures rest'} on too few cases "
            f"and {'is' if withheld == 1 else 'are'} withheld."
        )
    if unsure:
        said.append(
            f"{unsure:,} {'figure has' if unsure == 1 else 'figures have'} no believable interval "
            f"or no value; that is written beside {'it' if unsure == 1 else 'each'}."
        )
    return said


def _corrected(result: AuditResult) -> list[str]:
    """Return what is known of inferred attributes, in a sentence each."""
    said = []
    for status in (Status.OK, Status.INSUFFICIENT):
        names = list(
            dict.fromkeys(attribute_words(c.attribute) for c in result.corrections
                          if c.status is status)
        )  # fmt: skip
        if names and status is Status.OK:
            said.append(
                f"Readings of {_listed(names)} are sometimes wrong; figures corrected for that "
                f"stand beside those as read."
            )
        elif names:
            said.append(
                f"Readings of {_listed(names)} are sometimes wrong, and how often isn’t known for "
                f"data like this; beside the figures stands what other errors would give."
            )
    return said


def level_of(result: AuditResult) -> str:
    """Return the level of a result's intervals, in per cent."""
    return f"{100 * (result.estimates[0].level if result.estimates else 0.95):g}"
