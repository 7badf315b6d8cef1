"""Which queries offer which refinements, and which pages are made varied by default.

Both are properties of the query: of its words and of what it finds, never of who asks. A reviewed
list stands above a trained classifier, which stands above a rule of thumb; a choice below the
minimum cell is never offered by either of the latter two.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fairview.core import DataError
from fairview.core.columns import Array
from fairview.discovery.answer import RefinementOffer, count_in_words
from fairview.discovery.eligibility_model import EligibilityModel

REVIEWED_FILE = "reviewed_queries.csv"
"""In a workspace: query, attribute, offered (yes or no), and, where wanted, diversified."""

MODEL_FILE = "eligibility.json"
"""In a workspace's models folder: what `fairview eligibility train` learned."""

PEOPLE_SHARE = 0.2
"""Without a model, a query offers a refinement where this share of what it finds shows people."""


@dataclass(frozen=True)
class Eligibility:
    """Decides for queries.

    Parameters
    ----------
    minimum_cell
        Fewer pictures of people offer nothing, and smaller counts aren't shown.
    reviewed
        Query in lower case and attribute to a person's decision.
    diversified
        Query in lower case to a person's decision whether its page is made varied by default.
    model
        The trained classifier; None where none was trained.
    """

    minimum_cell: int
    reviewed: Mapping[tuple[str, str], bool]
    diversified: Mapping[str, bool] = field(default_factory=dict)
    model: EligibilityModel | None = None

    @classmethod
    def load(cls, folder: Path, minimum_cell: int, models: Path | None = None) -> Eligibility:
        """Read the reviewed list of a workspace, and its classifier where `models` has one.

        Raises
        ------
        DataError
            Where a file isn't UTF-8, or isn't of its form.
        """
        path = folder / REVIEWED_FILE
        reviewed: dict[tuple[str, str], bool] = {}
        diversified: dict[str, bool] = {}
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError as error:
                raise DataError(f"{path.name} isn't UTF-8 text ({error}); save it so.") from None
            for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
                query, attribute = _named(path.name, number, row)
                reviewed[query, attribute] = _decision(path.name, number, row.get("offered"))
                if (row.get("diversified") or "").strip():
                    diversified[query] = _decision(path.name, number, row["diversified"])
        known = None if models is None else models / MODEL_FILE
        model = EligibilityModel.load(known) if known is not None and known.is_file() else None
        return cls(minimum_cell, reviewed, diversified, model)

    def offer(
        self,
        query: str,
        attribute: str,
        groups: tuple[str, ...],
        pool: Array,
        expected: Array | None = None,
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
        expected
            K expected numbers of items that show each group, where readings are calibrated; the
            counts of what was read where None.
        """
        decided = self.reviewed.get((query.strip().casefold(), attribute))
        if not (self._judged(query, attribute, pool) if decided is None else decided):
            return None
        numbers = pool[:-2] if expected is None else np.rint(expected)
        counts = {
            group: count_in_words(int(count), self.minimum_cell)
            for group, count in zip(groups, numbers, strict=True)
        }
        return RefinementOffer(attribute, counts, int(pool[-1]), expected is not None)

    def is_diversified(self, query: str) -> bool:
        """Return whether a query's page is made varied where the person doesn't say."""
        decided = self.diversified.get(query.strip().casefold())
        if decided is not None:
            return decided
        return self.model is None or self.model.diversifies(query)

    def _judged(self, query: str, attribute: str, pool: Array) -> bool:
        people, total = int(pool[-2]), int(pool[-1])
        several = int(np.count_nonzero(pool[:-2])) > 1
        if people < self.minimum_cell or not several:
            return False
        if self.model is not None and attribute in self.model.attributes:
            return self.model.offers(query, attribute, pool)
        return people >= PEOPLE_SHARE * total


def _named(file: str, number: int, row: Mapping[str, str | None]) -> tuple[str, str]:
    query, attribute = row.get("query"), row.get("attribute")
    if not query or not attribute:
        raise _wrong(file, number)
    return query.strip().casefold(), attribute.strip()


def _decision(file: str, number: int, text: str | None) -> bool:
    word = (text or "").strip().casefold()
    if word not in ("yes", "no"):
        raise _wrong(file, number)
    return word == "yes"


def _wrong(file: str, number: int) -> DataError:
    return DataError(
        f"{file}, line {number}: give query, attribute and offered (yes or no) in each row; "
        f"diversified, where it is there, is yes, no or empty."
    )


__all__ = ["MODEL_FILE", "REVIEWED_FILE", "Eligibility"]
