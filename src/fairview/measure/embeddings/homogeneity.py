"""Nearest-neighbour homogeneity: whether vectors keep the members of a group together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.embeddings.neighbours import nearest


@dataclass(frozen=True)
class Homogeneity:
    """How much of a group's neighbourhood is of the group itself.

    Parameters
    ----------
    group
        The group.
    share
        Mean share of a member's k nearest neighbours that are of the group.
    expected
        The share where groups say nothing of where vectors stand: (n_g - 1) / (n - 1).
    p_value
        Share of random labellings whose share is at least this large; never 0.
    n
        Members of the group.
    """

    group: str
    share: float
    expected: float
    p_value: float
    n: int


def neighbour_homogeneity(
    vectors: npt.NDArray[Any],
    groups: Sequence[str | None],
    rng: np.random.Generator,
    *,
    k: int = 10,
    permutations: int = 1000,
) -> list[Homogeneity]:
    r"""Return each group's homogeneity among exact nearest neighbours by cosine.

    .. math:: H_g = \frac{1}{n_g k} \sum_{i : g_i = g} \sum_{j \in N_k(i)} 1[g_j = g]

    Vectors of unknown group (None or ``unknown``) are left out. High homogeneity means that a
    search from a member mostly finds members: compare groups, and with what labels dealt at random
    on the same neighbours show, because a large group has neighbours of its own by number alone.
    Range [0, 1]. Source of the test: Schilling, "Multivariate two-sample tests based on nearest
    neighbors", 1986, by group and by permutation.

    Parameters
    ----------
    vectors
        n x d.
    groups
        n groups.
    rng
        Deals the random labellings.
    k
        Neighbours of each vector.
    permutations
        How many labellings.

    Examples
    --------
    Two clusters, each of a group of its own.

    >>> points = np.array([[1.0, 0], [1, 0.1], [0, 1], [0.1, 1]])
    >>> found = neighbour_homogeneity(points, list("aabb"), np.random.default_rng(0), k=1)
    >>> [(each.group, each.share, round(each.expected, 4)) for each in found]
    [('a', 1.0, 0.3333), ('b', 1.0, 0.3333)]
    """
    named = np.array([UNKNOWN if group is None else str(group) for group in groups])
    if len(named) != len(vectors):
        raise DataError(f"There are {len(vectors)} vectors and {len(named)} groups.")
    known = named != UNKNOWN
    labels, code = np.unique(named[known], return_inverse=True)
    if len(labels) < 2:
        raise DataError("Homogeneity compares at least two groups; there is only one.")
    near = nearest(np.asarray(vectors)[known], np.asarray(vectors)[known], k, itself=True)
    size = np.bincount(code)
    shares = _shares(code, near, size)
    extreme = np.ones(len(labels))
    for _ in range(permutations):
        extreme += _shares(rng.permutation(code), near, size) >= shares - 1e-12
    n = len(code)
    return [
        Homogeneity(
            str(labels[g]),
            float(shares[g]),
            float((size[g] - 1) / (n - 1)),
            float(extreme[g] / (permutations + 1)),
            int(size[g]),
        )
        for g in range(len(labels))
    ]


def _shares(
    code: npt.NDArray[np.int64], near: npt.NDArray[np.int64], size: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    same = (code[near] == code[:, None]).mean(axis=1)
    return np.asarray(np.bincount(code, same, len(size)) / size)
