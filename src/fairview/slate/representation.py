"""The group term: which groups are behind their target share, place by place."""

from __future__ import annotations

import numpy as np

from fairview.slate.arrays import Floats

EMPTY = 1e-9


class Representation:
    """How far each group is behind its target, as places fill up.

    With c the groups' membership mass in the slate so far, M its sum and p the target, group
    g is behind by ``d_g = p_g M - c_g`` places. An item's gain is ``sum_g a_g (d_g - mean)``,
    the mean of d under p over the groups that still have items to give. So an item of unknown
    group gains and loses nothing, and a group without supply doesn't push the others down.

    Parameters
    ----------
    membership
        n x K probabilities of the known groups.
    target
        K shares that sum to one.

    Examples
    --------
    >>> import numpy as np
    >>> term = Representation(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
    ...                       np.array([0.5, 0.5]))
    >>> term.gains().tolist()
    [0.0, 0.0, 0.0, 0.0]
    >>> term.add(0)
    >>> term.gains().tolist()
    [-0.5, -0.5, 0.5, 0.0]
    """

    def __init__(self, membership: Floats, target: Floats) -> None:
        self._membership = membership
        self._target = target
        self._left = membership.sum(axis=0)
        self._in_slate = np.zeros(len(target))

    def add(self, row: int) -> None:
        """Count this row's item as placed."""
        self._in_slate += self._membership[row]
        self._left -= self._membership[row]

    def pull(self) -> Floats:
        """Return K floats: how far each group is behind, in places, less the mean of all."""
        behind = self._target * self._in_slate.sum() - self._in_slate
        weight = np.where(self._left > EMPTY, self._target, 0.0)
        total = float(weight.sum())
        if total <= 0:
            return np.zeros(len(self._target))
        pull: Floats = behind - float(weight @ behind) / total
        return pull

    def gains(self) -> Floats:
        """Return n gains in places; positive for items of groups that are behind."""
        gains: Floats = self._membership @ self.pull()
        return gains
