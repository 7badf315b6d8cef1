"""What a policy would have earned, from a log of another one: estimators that refuse when blind.

Weights are w = (probability under the new policy) / (logged propensity). Where the log hardly ever
did what the new policy would do, no estimator knows what would happen, and none is given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from fairview.core import DataError
from fairview.measure import Status

Floats = npt.NDArray[np.float64]

LEAST_ESS_SHARE = 0.02
"""Share of the log that the effective sample must be; below it intervals are known to fail."""

LEAST_ESS = 50.0

LEAST_CLUSTERS = 10
"""From fewer people no interval is made: of one person alone its width would be 0."""

MEAN_WEIGHT = (0.8, 1.25)
"""Where the mean weight must lie: its expectation is 1 where propensities and overlap are right."""


@dataclass(frozen=True)
class Overlap:
    """How much of the log speaks of the new policy.

    Parameters
    ----------
    n
        Rows.
    ess
        (sum w)^2 / sum w^2: how many equally weighted rows they are worth.
    largest
        The largest weight.
    mean
        The mean weight; 1 in expectation.
    """

    n: int
    ess: float
    largest: float
    mean: float

    @classmethod
    def of(cls, weight: Floats) -> Overlap:
        """Return the overlap of n weights.

        Examples
        --------
        >>> Overlap.of(np.array([2.0, 0.0, 2.0, 0.0]))
        Overlap(n=4, ess=2.0, largest=2.0, mean=1.0)
        """
        squares = float((weight**2).sum())
        ess = float(weight.sum()) ** 2 / squares if squares else 0.0
        mean = float(weight.mean()) if len(weight) else 0.0
        return cls(len(weight), ess, float(weight.max(initial=0.0)), mean)

    @property
    def problem(self) -> str:
        """Why nothing can be estimated, in a sentence; empty where it can."""
        if self.ess < LEAST_ESS or self.ess < LEAST_ESS_SHARE * self.n:
            return (
                f"The log is worth only {self.ess:.0f} of its {self.n:,} rows for this policy; a "
                f"larger randomised share would tell more."
            )
        if not MEAN_WEIGHT[0] <= self.mean <= MEAN_WEIGHT[1]:
            return (
                f"The weights' mean is {self.mean:.2f} and not about 1: the log can't have shown "
                f"all that this policy shows, or its propensities are wrong."
            )
        return ""


@dataclass(frozen=True)
class OffPolicy:
    """An estimated value; None with a reason where overlap fails."""

    estimator: str
    value: float | None
    low: float | None
    high: float | None
    overlap: Overlap
    status: Status
    note: str = ""


def estimate_policy(
    reward: Floats,
    weight: Floats,
    *,
    clusters: npt.NDArray[np.int64] | None = None,
    model: tuple[Floats, Floats] | None = None,
    normalise: bool = True,
    level: float = 0.95,
) -> OffPolicy:
    r"""Estimate the mean reward of a policy.

    .. math:: IPS = \overline{w r}, \quad SNIPS = \frac{\sum w r}{\sum w}, \quad
              DR = \overline{\hat q_{new} + w (r - \hat q_{logged})}

    with a normal interval whose variance is of sums per cluster (delta method for SNIPS). Source:
    Horvitz and Thompson 1952; Swaminathan and Joachims 2015; Dudik, Langford and Li 2011.

    Parameters
    ----------
    reward
        n rewards.
    weight
        n weights, at least 0.
    clusters
        n codes of what is drawn again, such as people; each row by itself where None.
    model
        Cross-fitted predictions of the reward: n of what the new policy would show, and n of what
        was shown. With it the estimator is DR.
    normalise
        SNIPS where True, else IPS; without a model.
    level
        The interval's confidence.

    Raises
    ------
    DataError
        Where lengths differ, a weight is negative, or a weight or reward is not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> shown = rng.integers(2, size=4000)
    >>> reward = (rng.random(4000) < np.where(shown == 1, 0.6, 0.2)) * 1.0
    >>> found = estimate_policy(reward, 2.0 * (shown == 1))
    >>> found.low < 0.6 < found.high
    True
    """
    finite = np.isfinite(weight).all() and np.isfinite(reward).all()
    if len(reward) != len(weight) or not finite or (weight < 0).any():
        raise DataError(
            "Off-policy estimates need one finite weight of at least 0 per finite reward."
        )
    code = (
        np.arange(len(reward)) if clusters is None else np.unique(clusters, return_inverse=True)[1]
    )
    name = "DR" if model is not None else "SNIPS" if normalise else "IPS"
    overlap = Overlap.of(weight)
    units = len(np.unique(code))
    problem = overlap.problem
    if not problem and units < LEAST_CLUSTERS:
        problem = (
            f"The log's rows here are of {units} people, fewer than {LEAST_CLUSTERS}, so how sure "
            f"a figure is can't be told."
        )
    if problem:
        return OffPolicy(name, None, None, None, overlap, Status.INSUFFICIENT, problem)
    if model is not None:
        new, logged = model
        above, below = new + weight * (reward - logged), np.ones(len(reward))
    elif normalise:
        above, below = weight * reward, weight
    else:
        above, below = weight * reward, np.ones(len(reward))
    value = float(above.sum() / below.sum())
    residual = np.bincount(code, above - value * below)
    error = math.sqrt(units / (units - 1) * float((residual**2).sum())) / float(below.sum())
    reach = float(stats.t.ppf((1 + level) / 2, units - 1)) * error
    return OffPolicy(name, value, value - reach, value + reach, overlap, Status.OK)


__all__ = ["OffPolicy", "Overlap", "estimate_policy"]
