"""What measures of representation share: counts of groups in the first ranks, and their target.

Items of unknown membership are left out of both sides of a share; how many there are is a
figure of `ExposureShare`. A soft membership counts as the part that it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, RequestMeasure, ratio

TINY = 1e-9
"""Sums of memberships below this are rounding, not membership."""


@dataclass(frozen=True)
class AttributeMeasure(RequestMeasure):
    """A ranking measure over the first `at` ranks and the groups of the attribute `by`."""

    abstract: ClassVar[bool] = True
    by: str = "skin_tone"
    at: int = 24

    @property
    def attribute(self) -> str:
        """The attribute whose memberships are read."""
        return self.by


@dataclass(frozen=True)
class BandMeasure(AttributeMeasure):
    """An `AttributeMeasure` of a band of ranks, from `start` to `at`.

    Parameters
    ----------
    start
        The first rank that counts; ``Skew(start=5)@10`` is about the ranks 5 to 10.
    """

    abstract: ClassVar[bool] = True
    start: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.start, int) or not 1 <= self.start <= self.at:
            raise UsageError(
                f"{type(self).__name__} counts from rank start = {self.start!r} to k = {self.at}; "
                f"use 1 <= start <= k."
            )


@dataclass(frozen=True)
class TargetMeasure(AttributeMeasure):
    """An `AttributeMeasure` that compares with the target of a name.

    Attributes
    ----------
    must_smooth
        Whether its `smoothing` has to be above 0.
    """

    abstract: ClassVar[bool] = True
    must_smooth: ClassVar[bool] = False
    target: str = "qualified"

    def __post_init__(self) -> None:
        super().__post_init__()
        smoothing = getattr(self, "smoothing", None)
        if smoothing is None:
            return
        if not 0 <= smoothing < np.inf or (self.must_smooth and not smoothing):
            least = "above 0" if self.must_smooth else "at least 0"
            raise UsageError(
                f"{type(self).__name__} has smoothing = {smoothing!r}; use a number {least}."
            )

    @property
    def targets(self) -> tuple[str, ...]:
        """The target's name."""
        return (self.target,)


def pooled_names(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the 2K components of `pooled`."""
    return (*groups, *(f"target {group}" for group in groups))


def pooled(batch: RankedBatch, discount: str, at: int, target: str, start: int = 1) -> Floats:
    """Return R x 2K: what each group got, and what it would have got on target.

    Parameters
    ----------
    batch
        The requests.
    discount, at, start
        The attention of each rank, as in `RankedBatch.attention`.
    target
        The target's name.

    Returns
    -------
    array
        NaN in the row of a request whose target isn't known, or that shows no known group;
        read-only, because measures share it.
    """

    def make() -> Floats:
        got = batch.received(discount, at, start)[:, :-1]
        got = np.where(got > TINY, got, 0.0)
        known = got.sum(axis=1, keepdims=True)
        shares = batch.target(target)
        both = np.concatenate([got, known * shares], axis=1)
        both[(known[:, 0] <= 0) | np.isnan(shares).any(axis=1)] = np.nan
        return both

    return batch.once(("pooled", discount, at, target, start), make)


def pooled_shares(totals: Floats, smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """Return the K shares and the K target shares of pooled sums (... x 2K)."""
    got, wanted = np.split(totals, 2, axis=-1)
    groups = got.shape[-1]
    n = got.sum(axis=-1, keepdims=True)
    return (
        ratio(got + smoothing * (n > 0), n + smoothing * groups),
        ratio(wanted, wanted.sum(axis=-1, keepdims=True)),
    )


def log_ratio(share: Floats, target: Floats) -> Floats:
    """Return ln(share / target): NaN where the target is 0, minus infinity where the share is."""
    quotient = ratio(share, target)
    result: Floats = np.log(
        quotient, out=np.where(quotient == 0, -np.inf, np.nan), where=quotient > 0
    )
    return result
