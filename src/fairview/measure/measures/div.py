"""Div@k: the share of requests whose first k items hold every group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import OVERALL
from fairview.measure.measure import Better, Floats, RequestMeasure


@dataclass(frozen=True)
class Div(RequestMeasure):
    r"""Share of requests whose first k items hold every group of the attribute.

    .. math:: \frac{1}{|Q|} \sum_q \prod_{d} 1[\exists\, r \le k : d \in G(\pi_q(r))]

    An item of unknown membership satisfies no group; an item that shows several people
    satisfies each of theirs. Range [0, 1], higher is more diverse. Source: Silva et al.,
    "Representation Online Matters", FAccT 2023. ``supply`` is the share of requests whose
    candidates could have satisfied it, where the log says what the candidates were.

    Parameters
    ----------
    by
        The attribute whose groups must all be there.
    at
        k, at least 1.

    Examples
    --------
    Two requests at k=2 over groups a and b: the first shows a and b, the second a and a.

    >>> batch = RankedBatch(
    ...     offsets=np.array([0, 2, 4]), buckets=np.array([0, 1], np.int16), groups=("a", "b"),
    ...     contains=np.array([[1, 0], [0, 1], [1, 0], [1, 0]], bool))
    >>> Div(at=2, by="x").reduce(batch)[:, 0].tolist()
    [1.0, 0.0]
    """

    better: ClassVar[Better] = Better.HIGHER
    bounds: ClassVar[tuple[float, float]] = (0.0, 1.0)
    proportion: ClassVar[bool] = True
    by: str = "skin_tone"
    at: int = 24

    @property
    def attribute(self) -> str:
        """The attribute whose memberships are read."""
        return self.by

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return ``overall`` and ``supply``."""
        return (OVERALL, "supply")

    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x 2: 1 where every group is there (and where it could be), else 0."""
        counted = batch.contains & (batch.rank <= self.at)[:, None]
        shown = (batch.sum_by_request(counted) > 0).all(axis=1)
        supply = np.full(len(batch), np.nan)
        if batch.supply is not None:
            supply = batch.supply.all(axis=1).astype(float)
        if batch.has_candidates is not None:
            supply[~batch.has_candidates] = np.nan
        return np.column_stack([shown.astype(float), supply])
