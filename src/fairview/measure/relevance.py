"""What measures of usefulness share: which of the first items are relevant, and what is unclear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import Better, Floats, RequestMeasure

TOTAL_COLUMN = "relevant_total"
"""The column that says how many relevant items a request has in all, shown or not."""


@dataclass(frozen=True)
class RelevanceMeasure(RequestMeasure):
    """A measure of which of the first `at` items are relevant.

    Parameters
    ----------
    relevance
        The column of grades, at least 0.
    relevant_from
        The smallest grade that counts as relevant.
    at
        k, at least 1.
    """

    abstract: ClassVar[bool] = True
    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    relevance: str = "relevance"
    relevant_from: float = 1.0
    at: int = 24
    unit: SamplingUnit = field(default=SamplingUnit.PERSON, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.relevant_from > 0:
            raise UsageError(
                f"{type(self).__name__} counts grades from {self.relevant_from!r} as relevant; use "
                f"a number above 0."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The column of grades."""
        return (self.relevance,)

    def hits(self, batch: RankedBatch) -> Floats:
        """Return n floats: 1 for a relevant item among the first k, 0 for any other."""
        grade = batch.numbers(self.relevance)
        return np.asarray(((grade >= self.relevant_from) & (batch.rank <= self.at)).astype(float))

    def unclear(self, batch: RankedBatch) -> npt.NDArray[np.bool_]:
        """Return R booleans: whether one of the first k items has no grade."""
        lacking = np.isnan(batch.numbers(self.relevance)) & (batch.rank <= self.at)
        return batch.sum_by_request(lacking) > 0
