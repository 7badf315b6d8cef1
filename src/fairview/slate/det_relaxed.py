"""LinkedIn's relaxed re-ranker."""

from __future__ import annotations

import numpy as np

from fairview.slate.arrays import Floats, Indices
from fairview.slate.det_places import DetPlaces


class DetRelaxed(DetPlaces):
    """Of the groups whose next place is due at the same length, that with the best item.

    That is the smallest ``ceil(ceil(p_g (M + 1)) / p_g)``; the rest is as in `DetPlaces`. After:
    Geyik, Ambler and Kenthapadi (KDD 2019), algorithm 2 in its relaxed form.
    """

    name = "det_relaxed"

    def among(self, groups: Indices, ceilings: Floats, target: Floats) -> Indices:
        """Return those that are due at the same length."""
        due = np.ceil(ceilings[groups] / target[groups] - 1e-9)
        first: Indices = groups[due == due.min()]
        return first
