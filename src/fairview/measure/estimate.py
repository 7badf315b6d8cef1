"""Estimates: a value with its interval, its n and a status. Undefined is a status, never 0."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

OVERALL = "overall"


class Status(Enum):
    """Whether an estimate can be read, and why not."""

    OK = "ok"
    UNDEFINED = "undefined"
    """The definition gives no value here: nothing to divide by, a target of 0."""
    SUPPRESSED = "suppressed"
    """Fewer observations than the minimum cell; the value is withheld."""
    INSUFFICIENT = "insufficient"
    """A value without a believable interval: too few independent units."""


class SamplingUnit(Enum):
    """What an interval is about: what would be drawn again if the audit were repeated."""

    PERSON = "person"
    REQUEST = "request"
    ITEM = "item"
    BOTH = "both"
    """People and items at once: rows that share either of them aren't independent."""
    ROW = "row"
    """Each row stands for itself: rows are independent of each other."""
    CENSUS = "census"
    """Everything was looked at: nothing is sampled, so there is no interval."""


@dataclass(frozen=True)
class Estimate:
    """One figure of an audit.

    Parameters
    ----------
    measure
        The measure's identity, such as ``Div(by='hair_pattern')@24``.
    slice
        What it is about: ``overall``, a group, an intersection such as ``Female & Black``, or, for
        a measure of several figures, ``slice: figure``.
    value
        The figure, None unless the status is ``ok`` or ``insufficient``.
    low, high
        The interval's ends, None where there is none.
    level
        The interval's confidence.
    n
        Observations: rows, requests or entities, as the measure counts.
    effective_n
        (sum of n_b)^2 / (sum of n_b^2) over the resampled buckets: how many equal units carry it.
    excluded
        Observations for which the measure is undefined; they are counted here, not dropped.
    unit, method
        The sampling unit, and how the interval was made.
    note
        What a reader has to know, in a sentence; empty where there is nothing.
    """

    measure: str
    slice: str
    value: float | None
    low: float | None
    high: float | None
    level: float
    n: int
    effective_n: float
    excluded: int
    status: Status
    unit: SamplingUnit
    method: str
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {**asdict(self), "status": self.status.value, "unit": self.unit.value}

    def __str__(self) -> str:
        if self.value is None:
            return f"{self.measure} [{self.slice}]: {self.status.value}"
        if self.low is None or self.high is None:
            return f"{self.measure} [{self.slice}]: {self.value:.4g}"
        return f"{self.measure} [{self.slice}]: {self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"
