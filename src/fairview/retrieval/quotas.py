"""How many to fetch: quotas from shares, and overfetching so that enough survive."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import binom

from fairview.core import UsageError

_MOST = 100_000


def quotas_of(k: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return whole quotas for k places: each share's floor, then the largest remainders.

    Shares that sum to less than one leave the rest of the places free.

    Raises
    ------
    UsageError
        Where a share is negative, or they sum to more than one.

    Examples
    --------
    >>> quotas_of(10, {"1-3": 0.25, "4-5": 0.25, "8-10": 0.25})
    {'1-3': 3, '4-5': 3, '8-10': 2}
    """
    if any(share < 0 for share in shares.values()) or sum(shares.values()) > 1 + 1e-9:
        raise UsageError("Minimum shares are numbers from 0 that sum to at most 1.")
    exact = {name: k * share for name, share in shares.items()}
    quotas = {name: int(value + 1e-9) for name, value in exact.items()}
    places = int(np.ceil(sum(exact.values()) - 1e-9)) - sum(quotas.values())
    by_remainder = sorted(exact, key=lambda name: quotas[name] - exact[name])
    for name in by_remainder[: max(places, 0)]:
        quotas[name] += 1
    return quotas


def overfetch(k: int, survive: float, confidence: float = 0.99) -> int:
    """Return the least m such that at least k of m items survive with this confidence.

    Each survives on its own with probability `survive` (a filter's pass rate, a group's share):
    the least m with P(Binomial(m, survive) >= k) >= confidence.

    Raises
    ------
    UsageError
        Where a probability is out of range, or more than 100,000 items would be needed.

    Examples
    --------
    >>> overfetch(10, 1.0), overfetch(10, 0.5), overfetch(10, 0.1)
    (10, 33, 183)
    """
    if not (0 < survive <= 1 and 0 < confidence < 1):
        raise UsageError("Survival is a probability above 0, confidence one between 0 and 1.")
    low, high = k, max(k, 1)
    while binom.sf(k - 1, high, survive) < confidence:
        low, high = high, high * 2
        if high > _MOST:
            raise UsageError(
                f"With a survival of {survive:g}, {k} items need more than {_MOST:,} fetched; "
                f"filter while searching instead."
            )
    while low < high:
        middle = (low + high) // 2
        if binom.sf(k - 1, middle, survive) >= confidence:
            high = middle
        else:
            low = middle + 1
    return high
