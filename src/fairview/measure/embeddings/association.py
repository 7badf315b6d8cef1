"""Association tests of embeddings: WEAT for words and texts, the same for pictures (iEAT)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError, UsageError
from fairview.measure.embeddings.vectors import Floats, units

_ROUNDING = 1e-12
_CHUNK = 4096


@dataclass(frozen=True)
class Association:
    """What an association test found.

    Parameters
    ----------
    effect_size
        Difference of means over the standard deviation; NaN where that is 0.
    difference
        Difference of the mean associations.
    p_value
        Share of partitions whose difference is at least this large.
    partitions
        How many partitions it rests on.
    exact
        Whether those are all of them; else they are a sample.
    """

    effect_size: float
    difference: float
    p_value: float
    partitions: int
    exact: bool


def association_test(
    x: npt.NDArray[Any],
    y: npt.NDArray[Any],
    a: npt.NDArray[Any],
    b: npt.NDArray[Any],
    *,
    rng: np.random.Generator | None = None,
    permutations: int = 10_000,
    exact_up_to: int = 100_000,
    ddof: int = 1,
) -> Association:
    r"""Return whether targets x stand nearer to attributes a than to b, compared with targets y.

    .. math:: d = \frac{\bar s_X - \bar s_Y}{sd_{w \in X \cup Y} s(w)}, \quad
              s(w) = \overline{\cos(w, A)} - \overline{\cos(w, B)}

    The p-value is one-sided: the share of all ways to deal the targets into two sets of these
    sizes whose difference of means is at least the observed one (for sets of one size that is the
    source's difference of sums). The observed deal is one of them, so it is never 0. Sources:
    Caliskan, Bryson and Narayanan, "Semantics derived automatically from language corpora contain
    human-like biases", Science 2017 (WEAT); Steed and Caliskan, "Image representations learned
    with unsupervised pre-training contain human-like biases", FAccT 2021 (the same with pictures
    for both targets and attributes).

    Parameters
    ----------
    x, y
        Vectors of the two sets of targets, n x d and m x d.
    a, b
        Vectors of the two sets of attributes.
    rng
        Where there are more than `exact_up_to` deals, `permutations` random ones are made with it.
    permutations, exact_up_to
        How many deals are sampled, and up to how many all of them are made.
    ddof
        1 divides the squares by n - 1, as the reference implementations do; 0 by n.

    Raises
    ------
    DataError
        Where a set is empty, dimensions differ, or a vector is all zeros or isn't finite.
    UsageError
        Where deals have to be sampled and there is no generator.

    Examples
    --------
    Two targets along a, two along b: as far apart as can be. One deal of six is as extreme.

    >>> east, north = np.array([[1.0, 0], [1, 0]]), np.array([[0, 1.0], [0, 1]])
    >>> found = association_test(east, north, east, north)
    >>> round(found.effect_size, 4), found.difference, round(found.p_value, 4)
    (1.7321, 2.0, 0.1667)
    """
    own_a, own_b = units(a, "attribute"), units(b, "attribute")
    scores = []
    for targets in (units(x, "target"), units(y, "target")):
        if not targets.shape[1] == own_a.shape[1] == own_b.shape[1]:
            raise DataError("Targets and attributes have different dimensions; use one model.")
        scores.append((targets @ own_a.T).mean(axis=1) - (targets @ own_b.T).mean(axis=1))
    return _tested(scores[0], scores[1], rng, permutations, exact_up_to, ddof)


def single_association_test(
    w: npt.NDArray[Any],
    a: npt.NDArray[Any],
    b: npt.NDArray[Any],
    *,
    rng: np.random.Generator | None = None,
    permutations: int = 10_000,
    exact_up_to: int = 100_000,
    ddof: int = 1,
) -> Association:
    r"""Return whether one target (or the mean of several) stands nearer to a than to b.

    .. math:: d = \frac{\overline{\cos(w, A)} - \overline{\cos(w, B)}}
                       {sd_{v \in A \cup B} \cos(w, v)}

    with the p-value over deals of the attributes. Source: Caliskan et al., 2017 (WEFAT); the
    single-category form of the embedding association test. Parameters and errors are as in
    `association_test`.

    Examples
    --------
    >>> east, north = np.array([[1.0, 0], [1, 0]]), np.array([[0, 1.0], [0, 1]])
    >>> single_association_test(east[:1], east, north).difference
    1.0
    """
    targets, own_a, own_b = units(w, "target"), units(a, "attribute"), units(b, "attribute")
    if not targets.shape[1] == own_a.shape[1] == own_b.shape[1]:
        raise DataError("Targets and attributes have different dimensions; use one model.")
    of_a, of_b = (targets @ own_a.T).mean(axis=0), (targets @ own_b.T).mean(axis=0)
    return _tested(of_a, of_b, rng, permutations, exact_up_to, ddof)


def _tested(
    first: Floats,
    second: Floats,
    rng: np.random.Generator | None,
    permutations: int,
    exact_up_to: int,
    ddof: int,
) -> Association:
    both = np.concatenate([first, second])
    n, size = len(both), len(first)
    difference = float(first.mean() - second.mean())
    spread = float(both.std(ddof=ddof)) if n > ddof else 0.0
    deals = math.comb(n, size)
    exact = deals <= exact_up_to
    reach = difference - _ROUNDING * max(1.0, abs(difference))
    if exact:
        chosen = np.array(list(combinations(range(n), size)))
        extreme = int((_differences(both, chosen, size) >= reach).sum())
    elif rng is None:
        raise UsageError(
            f"There are {deals:,} ways to deal the sets; pass a generator to sample them."
        )
    else:
        extreme, deals = 1, permutations + 1
        for start in range(0, permutations, _CHUNK):
            keys = rng.random((min(_CHUNK, permutations - start), n))
            chosen = np.argpartition(keys, size - 1, axis=1)[:, :size]
            extreme += int((_differences(both, chosen, size) >= reach).sum())
    effect = difference / spread if spread > _ROUNDING else math.nan
    return Association(effect, difference, extreme / deals, deals, exact)


def _differences(both: Floats, chosen: npt.NDArray[np.int64], size: int) -> Floats:
    """Return the differences of means of deals, given the places of each first set."""
    inside = both[chosen].sum(axis=1)
    return np.asarray(inside / size - (both.sum() - inside) / (len(both) - size))
