"""LinkedIn's greedy re-ranker."""

from __future__ import annotations

from fairview.slate.arrays import Floats, Indices
from fairview.slate.det_places import DetPlaces


class DetGreedy(DetPlaces):
    """Of the groups that may be served, the one with the most relevant item.

    The rest is as in `DetPlaces`. Its constraints are certain to be met with up to three groups.
    After: Geyik, Ambler and Kenthapadi, "Fairness-aware ranking in search and recommendation
    systems with application to LinkedIn talent search" (KDD 2019), algorithm 1.
    """

    name = "det_greedy"

    def among(self, groups: Indices, ceilings: Floats, target: Floats) -> Indices:
        """Return all of them."""
        return groups
