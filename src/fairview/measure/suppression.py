"""Suppression: small groups are withheld, and can't be worked out from what is shown.

A group with fewer than the minimum of observations (or people) isn't shown. Where its total is
shown beside all other groups, it would follow by subtraction; so within every total that may be
shown (all slices, and in an intersection those that share a group) the smallest group beside it is
withheld too, until what is withheld there is at least two groups that together hold at least the
minimum. Counts stay, so that a reader sees how much is withheld. Empty groups give nothing away.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.measure.slices import margins


def suppressed(
    slices: tuple[str, ...],
    n: npt.NDArray[np.float64],
    small: npt.NDArray[np.bool_],
    minimum: int,
) -> npt.NDArray[np.bool_]:
    """Return which of s slices are withheld.

    Parameters
    ----------
    slices
        Their labels.
    n
        Their observations.
    small
        Which rest on too little themselves.
    minimum
        The smallest number of observations that is shown.

    Examples
    --------
    With c withheld alone, it would be the total minus a and b; so b is withheld too.

    >>> n = np.array([90.0, 40.0, 3.0])
    >>> suppressed(("a", "b", "c"), n, n < 10, 10).tolist()
    [False, True, True]
    >>> n = np.array([90.0, 40.0, 0.0])
    >>> suppressed(("a", "b", "c"), n, n < 10, 10).tolist()
    [False, False, True]
    """
    withheld, sets = small.copy(), [np.array(each) for each in margins(slices)]
    changed = bool((small & (n > 0)).any())
    while changed:
        changed = False
        for places in sets:
            hidden = places[withheld[places] & (n[places] > 0)]
            others = places[~withheld[places] & (n[places] > 0)]
            enough = len(hidden) != 1 and (not len(hidden) or n[hidden].sum() >= minimum)
            if not enough and len(others):
                withheld[others[np.argmin(n[others])]] = True
                changed = True
    return withheld
