"""What a refinement means: which rows match it, which stay reachable, and which queries offer it.

A choice filters in. An item matches where it more likely than not shows the chosen group. Where
the reading abstained, or the group is possible but not likely, nobody knows: such items stay
reachable behind "show more". `eligibility` says which queries offer what.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, Filter, Kept, Refinement, Requests, Scorer, State
from fairview.core.columns import Array
from fairview.discovery.match_probability import LIKELY, POSSIBLE
from fairview.discovery.signals_in_memory import People
from fairview.retrieval import Expression

Mask = npt.NDArray[np.bool_]

ALLOWED = "allowed_rows"
"""The column of requests that holds the rows each may find, once they were computed."""

MATCHING, UNCERTAIN = "matching", "uncertain"
"""The two parts of a refined page: what matches, and what couldn't be read."""


@dataclass(frozen=True)
class RefinementRules:
    """Which rows a request may find.

    Parameters
    ----------
    people
        Attribute to the memberships of n rows.
    facets
        Columns that a request's filter expression may name.
    same_content
        n codes; items with the same content share one. A page of related items leaves out what
        has the content of its seed.
    """

    people: Mapping[str, People]
    facets: Mapping[str, Array]
    same_content: npt.NDArray[np.int64]

    def allowed(self, requests: Requests, request: int) -> Mask | None:
        """Return the rows that this request may find, or None where it may find all.

        Where the request carries them already (see `prepared`), nothing is computed again.
        """
        known = requests.columns.get(ALLOWED)
        if known is not None:
            prepared: Mask | None = known[request]
            return prepared
        mask: Mask | None = None
        expressions = requests.columns.get("where")
        expression = None if expressions is None else expressions[request]
        if isinstance(expression, Expression):
            mask = expression.mask(self.facets)
        seeds = requests.columns.get("seed_row")
        if seeds is not None:
            others = self.same_content != self.same_content[int(seeds[request])]
            mask = others if mask is None else mask & others
        refinement = requests.refinement(request)
        if refinement:
            part = str(requests.columns["part"][request])
            chosen = self.rows(refinement, part)
            mask = chosen if mask is None else mask & chosen
        return mask

    def prepared(self, requests: Requests) -> Requests:
        """Return the requests with the rows that each may find, which live and end with them."""
        masks = np.empty(len(requests), object)
        for request in range(len(requests)):
            masks[request] = self.allowed(requests, request)
        return replace(requests, columns={**requests.columns, ALLOWED: masks})

    def rows(self, refinement: Refinement, part: str) -> Mask:
        """Return the rows of one part of a refined page.

        With several attributes chosen, an item matches where it matches all; it is uncertain
        where it may match all, and at least one of them isn't likely.
        """
        n = len(self.same_content)
        matches, possible = np.ones(n, np.bool_), np.ones(n, np.bool_)
        for attribute in refinement.attributes:
            people = self.people.get(attribute)
            if people is None:
                return np.zeros(n, np.bool_)
            group = people.column.ranges.index_of(str(refinement.group(attribute)))
            present = np.equal(people.state, State.PRESENT)
            chance = people.match.probability[:, group]
            matches &= present & (chance >= LIKELY)
            possible &= (present & (chance >= POSSIBLE)) | np.equal(people.state, State.ABSTAINED)
        return matches if part == MATCHING else possible & ~matches


class RefinementFilter(Filter):
    """Keeps what a request may find. Sources ask the same rules, so little is left to remove."""

    name = "refinement"
    needs = ("row",)

    def __init__(self, rules: RefinementRules) -> None:
        self.rules = rules

    def keep(self, candidates: Candidates) -> Kept:
        """Keep the allowed rows."""
        mask = np.ones(len(candidates), np.bool_)
        for request in range(len(candidates.requests)):
            allowed = self.rules.allowed(candidates.requests, request)
            if allowed is not None:
                part = candidates.rows_of(request)
                mask[part] = allowed[candidates.columns["row"][part]]
        return Kept(mask, "it doesn't match the choice")


class PoolCounts(Scorer):
    """Counts the groups among each request's well matching candidates.

    Provides ``pool_<attribute>`` with K+2 numbers, the same for all items of a request: how many
    hold each group, how many show people whose reading is present, and how many were counted;
    and ``expected_<attribute>`` with K expected numbers of items that show each group, NaN where
    any of the counted readings isn't calibrated.

    Parameters
    ----------
    people
        Attribute to the memberships of the index's rows.
    floor
        Share of the best relevance from which a candidate matches well.
    """

    name = "group counts"
    needs = ("row", "fused")

    def __init__(self, people: Mapping[str, People], floor: float) -> None:
        self.people = people
        self.floor = floor
        self.provides = tuple(
            f"{kind}_{attribute}" for attribute in people for kind in ("pool", "expected")
        )

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return the counts of each candidate's request."""
        columns: dict[str, Array] = {}
        fused, rows = candidates.columns["fused"], candidates.columns["row"]
        for attribute, people in self.people.items():
            k = people.column.contains.shape[1]
            counts = np.zeros((len(candidates), k + 2), np.int64)
            expected = np.full((len(candidates), k), np.nan)
            for request in range(len(candidates.requests)):
                part = candidates.rows_of(request)
                well = rows[part][fused[part] >= self.floor * fused[part].max(initial=0.0)]
                counts[part, :-2] = people.column.contains[well].sum(axis=0)
                present = np.equal(people.state[well], State.PRESENT)
                counts[part, -2] = present.sum()
                counts[part, -1] = len(well)
                if present.any() and people.match.calibrated[well][present].all():
                    expected[part] = people.match.expected(well, present)
            columns[f"pool_{attribute}"] = counts
            columns[f"expected_{attribute}"] = expected
        return columns
