"""LinkedIn's conservative re-ranker."""

from __future__ import annotations

from fairview.slate.arrays import Floats, Indices
from fairview.slate.det_places import DetPlaces


class DetCons(DetPlaces):
    """Of the groups that may be served, the one whose next place would be due first.

    That is the smallest ``ceil(p_g (M + 1)) / p_g``; the rest is as in `DetPlaces`. After: Geyik,
    Ambler and Kenthapadi (KDD 2019), algorithm 2.
    """

    name = "det_cons"

    def among(self, groups: Indices, ceilings: Floats, target: Floats) -> Indices:
        """Return those that are due first."""
        due = ceilings[groups] / target[groups]
        first: Indices = groups[due <= due.min() + 1e-9]
        return first
