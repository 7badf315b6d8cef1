"""Reweighing: training weights under which what people did doesn't depend on the item's group.

A pre-processing intervention: the log stays as it is, each impression counts more or less.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOST = 10.0
"""No group's factor is more than this, before the weights are brought to a mean of 1."""


def reweighed(membership: Floats, happened: npt.NDArray[np.bool_], strength: float) -> Floats:
    r"""Return one weight per impression, with a mean of 1.

    .. math:: w = \Big(\sum_g a_g \frac{P(g) P(y)}{P(g, y)}\Big)^{strength}

    Source: Kamiran and Calders, "Data preprocessing techniques for classification without
    discrimination", 2012; soft memberships count as the parts that they are, and unknown is a
    group of its own.

    Parameters
    ----------
    membership
        m x (K+1); rows sum to one.
    happened
        Whether the action happened, m.
    strength
        0 changes nothing, 1 makes action and group independent, as far as memberships are certain
        and no factor is capped.

    Examples
    --------
    Three of four clicked on a, one of four on b: a's clicks count 2/3, b's click counts 2.

    >>> member = np.repeat([[1.0, 0.0], [0.0, 1.0]], 4, axis=0)
    >>> clicked = np.array([True, True, True, False, True, False, False, False])
    >>> reweighed(member, clicked, 1.0).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0, 2.0, 0.67, 0.67, 0.67]
    """
    if not len(membership):
        return np.ones(0)
    total = membership.sum(axis=0) / len(membership)
    weight = np.ones(len(membership))
    for value in (False, True):
        rows = happened == value
        share = float(rows.mean())
        joint = membership[rows].sum(axis=0) / len(membership)
        factor = np.divide(total * share, joint, out=np.ones_like(joint), where=joint > 0)
        weight[rows] = membership[rows] @ np.minimum(factor, MOST)
    weight = weight**strength
    return np.asarray(weight / weight.mean())
