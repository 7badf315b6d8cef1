"""Exposure: what the places of a slate are worth, and what each group gets of it."""

from __future__ import annotations

import numpy as np

from fairview.slate.arrays import Floats


def attention(k: int) -> Floats:
    """Return what each of k places is worth: 1 / log2(1 + rank).

    Examples
    --------
    >>> attention(3).round(3).tolist()
    [1.0, 0.631, 0.5]
    """
    worth: Floats = 1 / np.log2(2.0 + np.arange(k))
    return worth


def prefix_propensity(slates: list[tuple[int, ...]], weights: Floats, drawn: int) -> Floats:
    """Return, per place, the probability of the drawn slate up to there.

    Examples
    --------
    >>> prefix_propensity([(0, 1), (0, 2)], np.array([0.25, 0.75]), 0).tolist()
    [1.0, 0.25]
    """
    table = np.array(slates)
    same = np.logical_and.accumulate(table == table[drawn], axis=1)
    joint: Floats = weights @ same
    return joint
