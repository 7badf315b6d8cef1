"""The answer of a gate: pass, fail, or not enough evidence, naming the rule that decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from fairview.core.errors import EXIT_FAIL, EXIT_INSUFFICIENT, EXIT_PASS


class Outcome(Enum):
    """The three answers; lack of evidence is never a pass."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INSUFFICIENT = "insufficient evidence"


_EXIT = {
    Outcome.PASS: EXIT_PASS,
    Outcome.FAIL: EXIT_FAIL,
    Outcome.INSUFFICIENT: EXIT_INSUFFICIENT,
}


@dataclass(frozen=True)
class Verdict:
    """One gate's answer.

    Parameters
    ----------
    outcome
        What was decided.
    rule
        The rule that decided, as it stands in the gate file.
    reason
        One sentence with the figure and its interval.

    Examples
    --------
    >>> worst = Verdict.combine([
    ...     Verdict(Outcome.PASS, "Div >= 0.5", "0.7 [0.6, 0.8]"),
    ...     Verdict(Outcome.INSUFFICIENT, "NDKL <= 0.2", "12 requests"),
    ... ])
    >>> worst.rule, worst.exit_code
    ('NDKL <= 0.2', 3)
    """

    outcome: Outcome
    rule: str
    reason: str

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 insufficient evidence."""
        return _EXIT[self.outcome]

    @classmethod
    def combine(cls, verdicts: Sequence[Verdict]) -> Verdict:
        """Return the verdict that decides: the first failure, else the first lack of evidence."""
        for outcome in (Outcome.FAIL, Outcome.INSUFFICIENT):
            for verdict in verdicts:
                if verdict.outcome is outcome:
                    return verdict
        if not verdicts:
            return cls(
                Outcome.INSUFFICIENT, "no gate", "No gate was given, so nothing was decided."
            )
        said = f"All {len(verdicts)} gates pass." if len(verdicts) > 1 else verdicts[0].reason
        return cls(Outcome.PASS, "every gate", said)
