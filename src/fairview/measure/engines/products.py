"""Shares as sums of products of flags: what makes a scan of many rates cheap.

With flags f of 0 or 1, every count that a confusion rate needs is a sum of products: positives
are the sum of y, selections the sum of p, true positives the sum of y p, and false positives the
sum of p minus the sum of y p. So a few sums per cell give the cells of any number of shares. This
holds only where every flag is 0 or 1, which the same scan checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.measure.components import Component, Flag, Share

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Products:
    """The products that the shares of a scan need.

    Parameters
    ----------
    flags
        The distinct flags.
    factors
        Each product, as places of flags; the empty one counts rows.
    places
        The places of the scan's components that are shares.
    count, total
        What each share's count and sum are of the products: shares x products.
    """

    flags: tuple[Flag, ...]
    factors: tuple[tuple[int, ...], ...]
    places: tuple[int, ...]
    count: Floats
    total: Floats

    @classmethod
    def of(cls, components: Sequence[Component]) -> Products:
        """Return the products of all shares among these components.

        Examples
        --------
        >>> y, p = Flag("y"), Flag("p")
        >>> false_positives = Products.of([Share(p, ((y, False),))])
        >>> false_positives.factors
        ((), (0,), (0, 1), (1,))
        >>> false_positives.count.tolist(), false_positives.total.tolist()
        ([[1.0, 0.0, 0.0, -1.0]], [[0.0, 1.0, -1.0, 0.0]])
        """
        shares = [(i, part) for i, part in enumerate(components) if isinstance(part, Share)]
        asked = [flag for _, share in shares for flag in (share.of, *(f for f, _ in share.given))]
        flags = tuple(dict.fromkeys(asked))
        sums = []
        for _, share in shares:
            given = [(flags.index(flag), wanted) for flag, wanted in share.given]
            sums += [_expanded(given), _expanded([*given, (flags.index(share.of), True)])]
        factors = tuple(sorted({(), *(factor for one in sums for factor in one)}))
        weights = np.array([[one.get(f, 0.0) for f in factors] for one in sums])
        weights = weights.reshape(-1, len(factors))
        return cls(flags, factors, tuple(i for i, _ in shares), weights[0::2], weights[1::2])

    def cells(self, sums: Floats) -> tuple[Floats, Floats]:
        """Return the counts and sums (n x shares) of n x products; rounding becomes 0."""
        least = _ROUNDING * sums[:, [self.factors.index(())]]
        count, total = sums @ self.count.T, sums @ self.total.T
        return np.where(count <= least, 0.0, count), np.where(total <= least, 0.0, total)


def _expanded(given: Sequence[tuple[int, bool]]) -> dict[tuple[int, ...], float]:
    """Return the product of f (or 1 - f) over some flags as a sum of products."""
    found: dict[tuple[int, ...], float] = {(): 1.0}
    for flag, wanted in given:
        longer: dict[tuple[int, ...], float] = {}
        for factor, weight in found.items():
            times = tuple(sorted({*factor, flag}))
            longer[times] = longer.get(times, 0.0) + (weight if wanted else -weight)
            if not wanted:
                longer[factor] = longer.get(factor, 0.0) + weight
        found = longer
    return found
