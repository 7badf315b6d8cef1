"""What DTR and DIR share: what each group's items got for what they are worth, against others."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.core.errors import DataError
from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Better, Floats, ratio
from fairview.measure.representation import TINY, BandMeasure

REST = "rest"
"""The reference that stands for all the other groups together."""


@dataclass(frozen=True)
class DisparateMeasure(BandMeasure):
    """A ratio of what a group's items got per unit of utility to that of a reference.

    Parameters
    ----------
    relevance
        The column of utilities, at least 0.
    to
        The reference: a group, or ``rest`` for all the others together.
    """

    abstract: ClassVar[bool] = True
    better: ClassVar[Better] = Better.NEAR_ONE
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    relevance: str = "relevance"
    to: str = REST

    @abstractmethod
    def given(self, batch: RankedBatch) -> Floats:
        """Return what each row got (n)."""

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return what each group got and is worth, and the same of its reference."""
        if self.to != REST and self.to not in groups:
            raise DataError(
                f"{self} compares with the group {self.to!r}, and {self.by!r} has "
                f"{', '.join(groups)}."
            )
        kinds = ("utility", "reference", "reference utility")
        return (*groups, *(f"{kind} {group}" for kind in kinds for group in groups))

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 4K sums; NaN where a utility or what was given isn't known."""
        utility, given = batch.numbers(self.relevance), self.given(batch)
        lacking = np.isnan(utility) | np.isnan(given)
        own = [batch.sum_by_group(np.nan_to_num(x))[:, :-1] for x in (given, utility)]
        if self.to == REST:
            other = [x.sum(axis=1, keepdims=True) - x for x in own]
        else:
            at = batch.groups.index(self.to)
            other = [np.broadcast_to(x[:, at, None], x.shape) for x in own]
        both = np.concatenate([*own, *other], axis=1)
        both[batch.sum_by_request(lacking) > 0] = np.nan
        return both

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the groups."""
        return components[: len(components) // 4]

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return each group's ratio (... x K)."""
        got, utility, other, other_utility = np.split(np.where(totals > TINY, totals, 0.0), 4, -1)
        return ratio(ratio(got, utility), ratio(other, other_utility))
