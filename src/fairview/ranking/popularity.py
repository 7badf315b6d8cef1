"""Popularity without the reward for having stood on top: rates per expected look.

An item that was shown at the top is clicked more often. Each impression therefore counts for
the chance that its position is looked at, relative to the first position; rates are smoothed
toward the mean of all items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

Floats = npt.NDArray[np.float64]

ACTIONS = ("click", "save", "hide")
PRIOR_LOOKS = 20.0
"""How many looks at average behaviour every item starts with."""


def look_chances(position: Array, clicked: Array, *, most: int = 200) -> Floats:
    """Return the chance of a look at positions 1 to `most`, relative to the first.

    The click rate per position, smoothed and made non-increasing. On deterministic pages it
    overstates the fall, because better items stand higher: pass the rows of randomised pages
    where there are enough.

    Examples
    --------
    >>> position = np.repeat([1, 2], 1000)
    >>> clicked = np.concatenate([np.arange(1000) < 200, np.arange(1000) < 100])
    >>> look_chances(position, clicked, most=3).round(2).tolist()
    [1.0, 0.51, 0.51]
    """
    from sklearn.isotonic import isotonic_regression

    place = np.minimum(np.asarray(position, np.int64), most) - 1
    shown = np.bincount(place, minlength=most).astype(np.float64)
    clicks = np.bincount(place, weights=np.asarray(clicked, np.float64), minlength=most)
    mean = clicks.sum() / max(shown.sum(), 1.0)
    rate = (clicks + PRIOR_LOOKS * mean) / (shown + PRIOR_LOOKS)
    seen = shown > 0
    if not seen.any() or mean == 0:
        return np.ones(most)
    fitted = isotonic_regression(rate[seen], sample_weight=shown[seen], increasing=False)
    full = np.interp(np.arange(most), np.flatnonzero(seen), fitted)
    return np.asarray(np.clip(full / full[0], 0.05, 1.0))


@dataclass(frozen=True)
class Popularity:
    """Smoothed rates per expected look of n items.

    Parameters
    ----------
    looks
        n expected looks.
    rates
        Action to n smoothed rates.
    """

    looks: Floats
    rates: Mapping[str, Floats]

    @classmethod
    def from_counts(cls, looks: Floats, counts: Mapping[str, Floats]) -> Popularity:
        """Return the rates that follow from expected looks and actions per item."""
        total = max(float(looks.sum()), 1.0)
        return cls(
            looks,
            {
                action: (count + PRIOR_LOOKS * count.sum() / total) / (looks + PRIOR_LOOKS)
                for action, count in counts.items()
            },
        )

    @classmethod
    def unknown(cls, n: int) -> Popularity:
        """Return the popularity of n items that nobody has seen: undefined, not zero."""
        return cls(np.zeros(n), {action: np.full(n, np.nan) for action in ACTIONS})

    def take(self, rows: Array, known: Array) -> Popularity:
        """Return these items' popularity; where not `known`, that of an unseen item."""
        safe = np.where(known, rows, 0)
        looks = np.where(known, self.looks[safe], 0.0) if len(self.looks) else np.zeros(len(rows))
        rates = {}
        for action, rate in self.rates.items():
            prior = float(np.average(rate, weights=self.looks + 1e-9)) if len(rate) else np.nan
            rates[action] = (
                np.where(known, rate[safe], prior) if len(rate) else np.full(len(rows), np.nan)
            )
        return Popularity(looks, rates)


@dataclass(frozen=True)
class DailyCounts:
    """Expected looks and actions per item and day: what was known on the morning of each day.

    Parameters
    ----------
    looks
        n x D.
    actions
        Action to n x D.
    """

    looks: Floats
    actions: Mapping[str, Floats]

    @classmethod
    def of(
        cls, item: Array, day: Array, weight: Array, did: Mapping[str, Array], *, n: int
    ) -> DailyCounts:
        """Return the counts of impressions of `item` on `day` (0 to D-1) with looks `weight`."""
        days = int(day.max(initial=-1)) + 1
        key = np.asarray(item, np.int64) * days + np.asarray(day, np.int64)

        def table(values: Array) -> Floats:
            sums = np.bincount(key, weights=values, minlength=n * days)
            return np.asarray(sums.reshape(n, days), np.float64)

        return cls(
            table(np.asarray(weight, np.float64)),
            {action: table(np.asarray(flag, np.float64)) for action, flag in did.items()},
        )

    def before(self, day: int) -> Popularity:
        """Return the popularity as it was known before this day began."""
        return Popularity.from_counts(
            self.looks[:, :day].sum(axis=1),
            {action: count[:, :day].sum(axis=1) for action, count in self.actions.items()},
        )

    def all_days(self) -> Popularity:
        """Return the popularity after the last day."""
        return self.before(self.looks.shape[1])
