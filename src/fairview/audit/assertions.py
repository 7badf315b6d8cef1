"""Assertions for tests: an audit's gate holds, or no gap is larger than what is allowed."""

from __future__ import annotations

from fairview.audit.gate import Gate
from fairview.audit.gates import decide
from fairview.audit.names import identity_of
from fairview.audit.power import power_sentence
from fairview.audit.result import AuditResult
from fairview.core import Outcome, UsageError, Verdict
from fairview.measure import parse_measure


def assert_gate(result: AuditResult, name: str, *, undecided_is_failure: bool = True) -> None:
    """Raise an `AssertionError` unless a gate of an audit passes.

    Parameters
    ----------
    result
        The audit.
    name
        The gate's name in the audit file.
    undecided_is_failure
        Whether lack of evidence fails too, as it should where a release depends on it.

    Raises
    ------
    AssertionError
        Where the gate doesn't pass; its message is the verdict with the deciding rule.
    UsageError
        Where the audit has no gate of this name.
    """
    __tracebackhide__ = True
    verdicts = {g.name: v for g, v in zip(result.spec.gates, result.verdicts, strict=True)}
    if name not in verdicts:
        known = ", ".join(verdicts) or "none"
        raise UsageError(f"The audit has no gate {name!r}; it has {known}.")
    _raise_unless_passed(verdicts[name], undecided_is_failure)


def assert_no_gap(
    result: AuditResult,
    measure: str,
    *,
    at_most: float,
    group: str = "overall",
    undecided_is_failure: bool = True,
) -> None:
    """Raise an `AssertionError` unless the whole interval of a gap lies within what is allowed.

    Parameters
    ----------
    result
        The audit; it has the measure.
    measure
        A gap, such as ``EqualOpportunity(by='sex')``, or any measure for which 0 is best.
    at_most
        The largest gap that is allowed, either way.
    group
        Which of its figures: a slice's label.
    undecided_is_failure
        As in `assert_gate`.

    Raises
    ------
    AssertionError
        Where the gap is larger, or could be; the message says how small a gap could have been
        found.
    UsageError
        Where the audit doesn't have the measure, or `at_most` is negative.
    """
    __tracebackhide__ = True
    if at_most < 0:
        raise UsageError(f"at_most is {at_most}; give the largest gap that is allowed, at least 0.")
    try:
        identity = identity_of(measure)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if not result.of(identity):
        known = ", ".join(result.spec.measures)
        raise UsageError(f"The audit doesn't have {identity}; it has {known}.")
    gate = Gate(name="no gap", measure=identity, slice=group, within=(-at_most, at_most))
    verdict = decide(gate, result.of(identity))
    could = power_sentence(parse_measure(identity), result.of(identity))
    _raise_unless_passed(verdict, undecided_is_failure, could)


def _raise_unless_passed(verdict: Verdict, undecided_is_failure: bool, more: str = "") -> None:
    __tracebackhide__ = True
    if verdict.outcome is Outcome.PASS:
        return
    if verdict.outcome is Outcome.INSUFFICIENT and not undecided_is_failure:
        return
    said = f"{verdict.outcome.value}: {verdict.rule}. {verdict.reason} {more}".strip()
    raise AssertionError(said)
