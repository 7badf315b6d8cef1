"""Expected exposure: what a stochastic ranker gives each item of a query, against what is due.

The rankings of one query are draws of one policy, so the lists of a batch are queries here, each
of which puts its rankings together. The measures that come of it are one file each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError, UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import SamplingUnit
from fairview.measure.measure import Better, Floats, RequestMeasure, ratio

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ExpectedExposureMeasure(RequestMeasure):
    """A figure of the exposure that a query's items, or their groups, are expected to get.

    Parameters
    ----------
    by
        The attribute whose groups' exposures are compared; None for those of single items.
    relevance
        The column of grades, at least 0.
    query
        The column that names the query whose rankings are draws of one policy.
    patience
        gamma, above 0 and below 1: who looks at a rank goes on to the next one with it.
    unbiased
        Whether the squares of an exposure known from few rankings are corrected for chance, which
        takes at least two rankings of a query; without, they are too large.
    """

    abstract: ClassVar[bool] = True
    better: ClassVar[Better] = Better.LOWER
    bounds: ClassVar[tuple[float, float]] = (0.0, np.inf)
    by: str | None = None
    relevance: str = "relevance"
    query: str = "query"
    patience: float = 0.5
    unbiased: bool = False
    unit: SamplingUnit = field(default=SamplingUnit.REQUEST, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.patience < 1:
            raise UsageError(
                f"{type(self).__name__} has the patience {self.patience!r}; use a number between 0 "
                f"and 1."
            )

    @property
    def attribute(self) -> str | None:
        """The attribute whose memberships are read."""
        return self.by

    @property
    def together(self) -> str:
        """The column of the query."""
        return self.query

    @property
    def columns(self) -> tuple[str, ...]:
        """The item, its relevance, and the query."""
        return ("item_id", self.relevance, self.query)

    def exposures(self, batch: RankedBatch) -> Exposures:
        """Return the exposures of a batch's queries."""
        key = ("exposures", self.by is None, self.relevance, self.patience)
        return batch.once_of(key, lambda: exposures_of(batch, self))


@dataclass(frozen=True)
class Exposures:
    """Sums over each query's things (items or groups), R floats each.

    Parameters
    ----------
    square
        Sum of squared expected exposures, from the mean over rankings.
    apart
        The same from products of different rankings alone; NaN for a query with one ranking.
    due
        Sum of products of expected exposure and the exposure that is due.
    ideal
        Sum of squares of the exposure that is due.
    """

    square: Floats
    apart: Floats
    due: Floats
    ideal: Floats

    def disparity(self, unbiased: bool) -> Floats:
        """Return the R sums of squares."""
        return self.apart if unbiased else self.square


def exposures_of(batch: RankedBatch, measure: ExpectedExposureMeasure) -> Exposures:
    """Return the exposures of each query; NaN for one in which a relevance isn't known.

    Raises
    ------
    DataError
        Where an item of a query has two relevances, or stands twice in one ranking.
    """
    import pandas as pd

    if batch.rankings is None:
        raise DataError(f"{measure} needs the rankings of each query to be put together.")
    grade = batch.numbers(measure.relevance)
    given = measure.patience ** (batch.rank - 1.0)
    item = pd.factorize(batch.columns["item_id"])[0]
    things, thing = np.unique(
        np.column_stack([batch.request_of, item]), axis=0, return_inverse=True
    )
    query = things[:, 0]
    worth = _one_grade(measure, thing, grade, len(things))
    rankings = np.zeros(len(batch))
    _, starts = np.unique(batch.rankings, return_index=True)
    np.add.at(rankings, batch.request_of[starts], 1.0)
    wanted = due_exposure(query, worth, measure.patience)
    cells, cell = np.unique(np.column_stack([batch.rankings, thing]), axis=0, return_inverse=True)
    if len(cells) < len(thing):
        raise DataError(f"{measure} reads rankings in which an item stands twice; mend the log.")
    each = np.zeros((len(cells), 1))
    each[cell, 0] = given
    expected = np.bincount(thing, given, len(things)) / rankings[query]
    one, all_ = each**2, expected[:, None]
    of_each, wanted = batch.request_of[_first(cell, len(cells))], wanted[:, None]
    if measure.by is not None:
        member = np.zeros((len(things), len(batch.groups)))
        member[thing] = batch.membership[:, :-1]
        all_ = _by_query(query, member * all_, len(batch))
        wanted = _by_query(query, member * wanted, len(batch))
        number, ranking = np.unique(cells[:, 0], return_inverse=True)
        summed = _by_query(ranking, member[cells[:, 1]] * each, len(number))
        one, query = summed**2, np.arange(len(batch))
        of_each = batch.request_of[starts]
    square = _by_query(query, all_**2, len(batch)).sum(axis=1)
    within = _by_query(of_each, one, len(batch)).sum(axis=1)
    apart = ratio(rankings**2 * square - within, rankings * (rankings - 1))
    unclear = batch.sum_by_request(np.isnan(grade)) > 0
    parts = (
        square,
        apart,
        _by_query(query, all_ * wanted, len(batch)).sum(axis=1),
        _by_query(query, wanted**2, len(batch)).sum(axis=1),
    )
    return Exposures(*(np.where(unclear, np.nan, part) for part in parts))


def due_exposure(query: Places, worth: Floats, patience: float) -> Floats:
    r"""Return the exposure that is due to each item of a query, from its grade alone.

    .. math:: \epsilon^* = \frac{\gamma^{n_d} - \gamma^{n_d + m}}{m (1 - \gamma)}

    for a grade with m items under n_d of a higher one: what an ideal policy gives, which shuffles
    items of the same grade.

    Examples
    --------
    One good item and two bad ones at a patience of a half: 1, and (1/2 + 1/4) / 2 each.

    >>> due_exposure(np.zeros(3, np.int64), np.array([1.0, 0.0, 0.0]), 0.5).tolist()
    [1.0, 0.375, 0.375]
    """
    order = np.lexsort((-worth, query))
    q, w = query[order], worth[order]
    new_query = np.concatenate([[True], q[1:] != q[:-1]])
    new_grade = new_query | np.concatenate([[True], w[1:] != w[:-1]])
    first_of_query = np.flatnonzero(new_query)[np.cumsum(new_query) - 1]
    grades = np.flatnonzero(new_grade)
    size = np.diff(np.concatenate([grades, [len(q)]]))
    above = grades - first_of_query[grades]
    share = (patience**above - patience ** (above + size)) / (size * (1 - patience))
    due = np.empty(len(q))
    due[order] = np.repeat(share, size)
    return due


def _one_grade(
    measure: ExpectedExposureMeasure, thing: Places, grade: Floats, things: int
) -> Floats:
    known = np.nan_to_num(grade)
    low, high = np.full(things, np.inf), np.full(things, -np.inf)
    np.minimum.at(low, thing, known)
    np.maximum.at(high, thing, known)
    if (low < high).any():
        raise DataError(
            f"{measure} reads {int((low < high).sum())} items with two values of "
            f"{measure.relevance!r} for the same query; an item has one."
        )
    return low


def _by_query(query: Places, values: Floats, queries: int) -> Floats:
    sums = [np.bincount(query, values[:, i], queries) for i in range(values.shape[1])]
    return np.column_stack(sums).astype(np.float64)


def _first(cell: Any, cells: int) -> Places:
    """Return the row of each cell; each has one."""
    rows = np.empty(cells, np.int64)
    rows[cell] = np.arange(len(cell))
    return rows
