"""What re-rankers with group constraints share: labels, what is unmet, what a place cost."""

from __future__ import annotations

import numpy as np

from fairview.slate.arrays import Floats, Indices

SLACK = 1e-9


def labels_of(membership: Floats) -> Indices:
    """Return each item's most probable group; K where that is unknown.

    Constraints count probabilities; the label only says in which group's list an item waits.

    Examples
    --------
    >>> labels_of(np.array([[0.7, 0.1], [0.2, 0.6], [0.1, 0.1]])).tolist()
    [0, 1, 2]
    """
    unknown = 1 - membership.sum(axis=1, keepdims=True)
    labels: Indices = np.argmax(np.hstack([membership, unknown]), axis=1)
    return labels


def queues_of(membership: Floats) -> list[list[int]]:
    """Return the rows of each group by relevance, those of unknown group last."""
    labels = labels_of(membership)
    return [np.flatnonzero(labels == g).tolist() for g in range(membership.shape[1] + 1)]


def lift_of(relevance: Floats, rows: Indices) -> Floats:
    """Return by how much each chosen item is less relevant than the best one still open.

    It is what a constraint gave the item: with it, the item's relevance is the best there is.

    Examples
    --------
    >>> lift_of(np.array([1.0, 0.8, 0.5]), np.array([2, 0, 1])).tolist()
    [0.5, 0.0, 0.0]
    """
    best = 0
    taken = np.zeros(len(relevance) + 1, bool)
    lift = np.zeros(len(rows))
    for place, row in enumerate(rows.tolist()):
        lift[place] = relevance[best] - relevance[row]
        taken[row] = True
        while taken[best]:
            best += 1
    return lift


def prefix_unmet(membership: Floats, rows: Indices, target: Floats) -> str | None:
    """Say where a prefix has fewer places for a group than the target's share, rounded down.

    With M the membership mass of known groups in the prefix, group g is owed
    ``floor(target_g M)``.

    Examples
    --------
    >>> groups = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> prefix_unmet(groups, np.array([0, 2, 1]), np.array([0.5, 0.5])) is None
    True
    >>> prefix_unmet(groups, np.array([0, 1, 2]), np.array([0.5, 0.5]))
    'Group 2 has 0 of the 1 places that its share asks for in the first 2.'
    """
    counts = np.cumsum(membership[rows], axis=0)
    owed = np.floor(target * counts.sum(axis=1, keepdims=True) + SLACK)
    short = np.argwhere(counts < owed - SLACK)
    if not len(short):
        return None
    place, group = short[0].tolist()
    return (
        f"Group {group + 1} has {counts[place, group]:.3g} of the {owed[place, group]:.0f} places "
        f"that its share asks for in the first {place + 1}."
    )
