"""The pigeonhole bootstrap: rows that share people and share items, both drawn again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fairview.core.errors import DataError
from fairview.measure.statistics.cluster_bootstrap import cluster_weights

Floats = npt.NDArray[np.float64]


def pigeonhole(
    people: npt.ArrayLike,
    items: npt.ArrayLike,
    totals: npt.ArrayLike,
    counts: npt.ArrayLike,
    figures: Callable[[Floats, Floats], Floats],
    replicates: int,
    rng: np.random.Generator,
) -> Floats:
    r"""Return B x f figures where people and items are drawn again, independently.

    A row of person i and item j gets the weight u_i v_j, with u and v multinomial. Source: Owen
    (2007), after McCullagh (2000): no bootstrap is exact for crossed units; this one's variance
    is never too small in expectation and at most three times too large (where rows share
    nothing), so its intervals are conservative. Use it where an audit is to hold for other
    people *and* other items.

    Parameters
    ----------
    people, items
        n numbers or buckets, from 0: whose row it is, and of which item.
    totals, counts
        n x m sums and counts; rows of one person and item may be added up beforehand.
    figures
        From (... x m) sums and counts to (... x f) figures.
    replicates, rng
        How often to draw, and where chance comes from.

    Raises
    ------
    DataError
        Where lengths differ or a number is negative.

    Examples
    --------
    >>> drawn = pigeonhole([0, 0, 1, 2], [0, 1, 1, 0], [[1.0], [0], [1], [0]], np.ones((4, 1)),
    ...                    np.divide, 8, np.random.default_rng(1))
    >>> drawn.shape
    (8, 1)
    """
    person, item = np.asarray(people, np.int64), np.asarray(items, np.int64)
    y, n = np.asarray(totals, np.float64), np.asarray(counts, np.float64)
    if not len(person) == len(item) == len(y) == len(n) or y.shape != n.shape or y.ndim != 2:
        raise DataError("People, items, totals and counts must have a row for each cell.")
    if len(person) and min(person.min(), item.min()) < 0:
        raise DataError("People and items are numbered from 0.")
    _, person = np.unique(person, return_inverse=True)
    _, item = np.unique(item, return_inverse=True)
    shape = (int(person.max(initial=-1)) + 1, int(item.max(initial=-1)) + 1)
    columns = [
        sparse.csr_array((part[:, c], (person, item)), shape=shape)
        for part in (y, n)
        for c in range(y.shape[1])
    ]
    drawn = []
    chunks = zip(
        cluster_weights(shape[0], replicates, rng),
        cluster_weights(shape[1], replicates, rng),
        strict=True,
    )
    for u, v in chunks:
        sums = np.stack([((u @ column) * v).sum(axis=1) for column in columns], axis=-1)
        drawn.append(figures(sums[:, : y.shape[1]], sums[:, y.shape[1] :]))
    return np.concatenate(drawn)


def two_way_error(
    people: npt.ArrayLike, items: npt.ArrayLike, totals: npt.ArrayLike, counts: npt.ArrayLike
) -> Floats:
    r"""Return m standard errors of ratios whose rows share people and share items.

    .. math:: V = V_{people} + V_{items} - V_{people \times items}

    each by the delta method on cluster sums. Source: Cameron, Gelbach and Miller (2011). Narrower
    than `pigeonhole`; where V isn't positive, which few units can bring, the larger of the two
    one-way errors is returned.

    Examples
    --------
    >>> two_way_error([0, 0, 1, 2], [0, 1, 1, 0], [[1.0], [0], [1], [0]], np.ones((4, 1))).shape
    (1,)
    """
    person, item = np.asarray(people, np.int64), np.asarray(items, np.int64)
    y, n = np.asarray(totals, np.float64), np.asarray(counts, np.float64)
    if not len(person) == len(item) == len(y) == len(n) or y.shape != n.shape or y.ndim != 2:
        raise DataError("People, items, totals and counts must have a row for each cell.")
    whole = n.sum(axis=0)
    whole = np.where(whole > 0, whole, np.nan)
    pull = (y - y.sum(axis=0) / whole * n) / whole
    both = person * (int(item.max(initial=0)) + 1) + item
    one, other, cell = (_variance(keys, pull) for keys in (person, item, both))
    joint = one + other - cell
    return np.asarray(np.sqrt(np.where(joint > 0, joint, np.maximum(one, other))))


def _variance(keys: npt.NDArray[np.int64], pull: Floats) -> Floats:
    _, row = np.unique(keys, return_inverse=True)
    units = int(row.max(initial=-1)) + 1
    if units < 2:
        return np.full(pull.shape[1], np.nan)
    sums = np.zeros((units, pull.shape[1]))
    np.add.at(sums, row, pull)
    return np.asarray((sums**2).sum(axis=0) * units / (units - 1))
