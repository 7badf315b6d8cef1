"""Shares of the candidates that groups and sources are promised, from retrieval to the ranker.

A share that only a source keeps is lost where candidates are cut to what the ranker can carry; so
the sources and the cut read the same promises.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, Filter, Kept, Requests, UsageError
from fairview.core.columns import Array
from fairview.discovery.parts import Parts
from fairview.retrieval import quotas_of

SOURCES = ("bm25", "similar_text_score", "similar_pictures_score", "graph_score")
"""The columns that say which source brought a candidate."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Promises:
    """What diversified requests are promised.

    Parameters
    ----------
    attribute
        Whose groups they are. A request that is refined by it promises them nothing: everybody
        who matches is what was asked for.
    groups
        Group to the catalogue rows that hold it.
    group_share, source_share
        The least share of the candidates of each group and of each source, as far as it has
        matches; 0 promises nothing.

    Raises
    ------
    UsageError
        Where the shares sum to more than all candidates.
    """

    attribute: str = ""
    groups: Mapping[str, Mask] | None = None
    group_share: float = 0.0
    source_share: float = 0.0

    def __post_init__(self) -> None:
        total = len(self.groups or ()) * self.group_share + len(SOURCES) * self.source_share
        if total > 1 + 1e-9:
            raise UsageError(
                f"Promised shares sum to {total:g} of the candidates ({len(self.groups or ())} "
                f"groups with {self.group_share:g} each, {len(SOURCES)} sources with "
                f"{self.source_share:g} each); lower discovery.minimum_share or "
                f"discovery.source_share."
            )

    @classmethod
    def of(cls, parts: Parts) -> Promises:
        """Return what the settings of a workspace promise."""
        settings = parts.workspace.settings.discovery
        people = parts.signals.balanced
        groups = {}
        if people is not None and settings.minimum_share > 0:
            column = people.column
            groups = {name: column.contains[:, g] for g, name in enumerate(column.ranges.names)}
        return cls(settings.attribute, groups, settings.minimum_share, settings.source_share)

    @property
    def shares(self) -> dict[str, float]:
        """Each group's share."""
        return dict.fromkeys(self.groups or (), self.group_share)

    def groups_of(self, requests: Requests, request: int) -> Mapping[str, Mask]:
        """Return the rows of each group that this request promises something."""
        refinement = requests.refinement(request)
        refined = refinement is not None and refinement.group(self.attribute) is not None
        if refined or not _diversified(requests, request):
            return {}
        return self.groups or {}

    def claimed(self, candidates: Candidates, request: int, order: Array, most: int) -> Mask:
        """Return which of one request's candidates are promised a place among `most`.

        Parameters
        ----------
        candidates, request
            The candidates, and whose.
        order
            The request's candidates (from 0), best first.
        most
            How many places there are.
        """
        rows = candidates.rows_of(request)
        groups = self.groups_of(candidates.requests, request)
        holds = [mask[candidates.columns["row"][rows]] for mask in groups.values()]
        quotas = list(quotas_of(most, dict.fromkeys(groups, self.group_share)).values())
        if self.source_share > 0 and _diversified(candidates.requests, request):
            names = [name for name in SOURCES if name in candidates.columns]
            holds += [np.isfinite(candidates.columns[name][rows]) for name in names]
            quotas += quotas_of(most, dict.fromkeys(names, self.source_share)).values()
        claimed = np.zeros(rows.stop - rows.start, np.bool_)
        for hold, quota in zip(holds, quotas, strict=True):
            claimed[order[hold[order]][:quota]] = True
        return claimed


class CandidateLimit(Filter):
    """Keeps the best candidates by fused relevance, so that the ranker's work is bounded.

    Parameters
    ----------
    most
        How many stay per request.
    promises
        Who is promised a share of them; the others take the places that are left.
    """

    name = "candidate limit"
    needs = ("row", "fused")

    def __init__(self, most: int, promises: Promises) -> None:
        self.most = most
        self.promises = promises

    def keep(self, candidates: Candidates) -> Kept:
        """Keep the `most` best of each request, ties by item id."""
        mask = np.ones(len(candidates), np.bool_)
        for request in np.flatnonzero(np.diff(candidates.offsets) > self.most):
            rows = candidates.rows_of(int(request))
            order = np.lexsort((candidates.item_ids[rows], -candidates.columns["fused"][rows]))
            claimed = self.promises.claimed(candidates, int(request), order, self.most)
            order = order[np.argsort(~claimed[order], kind="stable")]
            mask[rows.start + order[self.most :]] = False
        return Kept(mask, f"it is not among the {self.most} most relevant candidates")


def _diversified(requests: Requests, request: int) -> bool:
    column = requests.columns.get("diversify")
    return column is None or bool(column[request])
