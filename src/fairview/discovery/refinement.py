"""What a refinement means: which rows match it, which stay reachable, and which queries offer it.

A choice filters in. An item matches where its set of groups contains the chosen one. Where the
reading abstained nobody knows: such items stay reachable behind "show more". Whether a query
offers a refinement is decided from what it finds and from a reviewed list, never from who asks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, DataError, Filter, Kept, Refinement, Requests, Scorer, State
from fairview.core.columns import Array
from fairview.discovery.answer import RefinementOffer, count_in_words
from fairview.discovery.signals_in_memory import People
from fairview.retrieval import Expression

Mask = npt.NDArray[np.bool_]

MATCHING, UNCERTAIN = "matching", "uncertain"
"""The two parts of a refined page: what matches, and what couldn't be read."""

REVIEWED_FILE = "reviewed_queries.csv"
PEOPLE_SHARE = 0.2
"""A query offers a refinement where at least this share of what it finds shows people."""


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
        """Return the rows that this request may find, or None where it may find all."""
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

    def rows(self, refinement: Refinement, part: str) -> Mask:
        """Return the rows of one part of a refined page.

        With several attributes chosen, an item matches where it matches all; it is uncertain
        where at least one reading abstained and it matches the others.
        """
        n = len(self.same_content)
        matches, possible = np.ones(n, np.bool_), np.ones(n, np.bool_)
        for attribute in refinement.attributes:
            people = self.people.get(attribute)
            if people is None:
                return np.zeros(n, np.bool_)
            group = people.column.ranges.index_of(str(refinement.group(attribute)))
            contains = people.column.contains[:, group] & np.equal(people.state, State.PRESENT)
            matches &= contains
            possible &= contains | np.equal(people.state, State.ABSTAINED)
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
    hold each group, how many show people whose reading is present, and how many were counted.

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
        self.provides = tuple(f"pool_{attribute}" for attribute in people)

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return the counts of each candidate's request."""
        columns: dict[str, Array] = {}
        fused, rows = candidates.columns["fused"], candidates.columns["row"]
        for attribute, people in self.people.items():
            counts = np.zeros((len(candidates), people.column.contains.shape[1] + 2), np.int64)
            for request in range(len(candidates.requests)):
                part = candidates.rows_of(request)
                well = rows[part][fused[part] >= self.floor * fused[part].max(initial=0.0)]
                counts[part, :-2] = people.column.contains[well].sum(axis=0)
                counts[part, -2] = np.equal(people.state[well], State.PRESENT).sum()
                counts[part, -1] = len(well)
            columns[f"pool_{attribute}"] = counts
        return columns


@dataclass(frozen=True)
class Eligibility:
    """Which queries offer which refinements.

    Parameters
    ----------
    minimum_cell
        Fewer pictures of people offer nothing, and smaller counts aren't shown.
    reviewed
        Query in lower case and attribute to a person's decision, which stands above the rule.
    """

    minimum_cell: int
    reviewed: Mapping[tuple[str, str], bool]

    @classmethod
    def load(cls, folder: Path, minimum_cell: int) -> Eligibility:
        """Read the reviewed list of a workspace: a CSV of query, attribute, offered (yes or no).

        Raises
        ------
        DataError
            Where the file isn't UTF-8, or a row isn't of that form.
        """
        path = folder / REVIEWED_FILE
        reviewed: dict[tuple[str, str], bool] = {}
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise DataError(f"{path.name} isn't UTF-8 text ({error}); save it so.") from None
            for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
                reviewed.update([_decision(path.name, number, row)])
        return cls(minimum_cell, reviewed)

    def offer(
        self, query: str, attribute: str, groups: tuple[str, ...], pool: Array
    ) -> RefinementOffer | None:
        """Return what a query offers, or None.

        Parameters
        ----------
        query
            What was searched for.
        attribute, groups
            What could be chosen.
        pool
            The counts of `PoolCounts`.
        """
        people, total = int(pool[-2]), int(pool[-1])
        several = int(np.count_nonzero(pool[:-2])) > 1
        by_rule = several and people >= max(self.minimum_cell, PEOPLE_SHARE * total)
        decided = self.reviewed.get((query.strip().casefold(), attribute))
        if not (by_rule if decided is None else decided):
            return None
        counts = {
            group: count_in_words(int(count), self.minimum_cell)
            for group, count in zip(groups, pool[:-2], strict=True)
        }
        return RefinementOffer(attribute, counts, total)


def _decision(
    file: str, number: int, row: Mapping[str, str | None]
) -> tuple[tuple[str, str], bool]:
    query, attribute = row.get("query"), row.get("attribute")
    offered = (row.get("offered") or "").strip().casefold()
    if not query or not attribute or offered not in ("yes", "no"):
        raise DataError(
            f"{file}, line {number}: give query, attribute and offered (yes or no) in each row."
        )
    return (query.strip().casefold(), attribute.strip()), offered == "yes"
