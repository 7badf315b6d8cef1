"""Why an item stands where it stands, in plain words."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from fairview.core import Candidates
from fairview.retrieval import Words

SOURCE_WORDS: Mapping[str, str] = {
    "words": "words",
    "similar_text": "similar text",
    "similar_pictures": "similar pictures",
}
"""Names of the sources as a person reads them."""

SCORES = (
    "fused",
    "utility",
    "p_click",
    "p_save",
    "p_hide",
    "bm25",
    "text_cosine",
    "picture_cosine",
    "relevance",
    "diversity",
    "representation",
)

ATTRIBUTE_WORDS: Mapping[str, str] = {
    "skin_tone": "skin tone ranges",
    "hair_pattern": "hair patterns",
    "body_type": "body types",
}

SMALL = 0.02
"""A contribution of the re-ranker below this isn't named as a reason."""


@dataclass(frozen=True)
class Wording:
    """Writes the sentences of one page.

    Parameters
    ----------
    query
        What was searched for; empty on a page of related items.
    seed_title
        Title of the item that the page is related to, or None.
    attribute
        What pages are balanced by.
    diversified
        Whether this page was.
    """

    query: str
    seed_title: str | None
    attribute: str
    diversified: bool

    @cached_property
    def words(self) -> Words:
        """The query's words."""
        return Words(self.query)

    def sentences(
        self,
        candidates: Candidates,
        row: int,
        position: int,
        stems: Collection[str],
        *,
        uncertain: bool,
    ) -> tuple[str, ...]:
        """Return why the item in this row stands at this position, most telling first.

        Parameters
        ----------
        candidates, row, position
            The page, the item's row in it, and its rank on the page from 1.
        stems
            The stems of the item's title, description and tags.
        uncertain
            Whether it stands behind "show more".
        """
        sentences = [
            *self._found(candidates, row, stems),
            *self._expected(candidates, row),
            *self._moved(candidates, row, position),
        ]
        if uncertain:
            sentences.append(
                "Behind \u201cshow more\u201d: the reading that your choice asks for wasn\u2019t "
                "sure enough on this picture."
            )
        return tuple(sentences)

    def _found(self, candidates: Candidates, row: int, stems: Collection[str]) -> list[str]:
        found = []
        sources = candidates.sources_of(row)
        matched = self.words.among(stems)
        if matched:
            words = ", ".join(f"\u201c{word}\u201d" for word in matched)
            found.append(f"Matched the word{'s' if len(matched) > 1 else ''} {words}.")
        if "similar_text" in sources and not matched:
            found.append(
                f"Its text is close to that of \u201c{self.seed_title}\u201d."
                if self.seed_title
                else "Its text is about what your words are about."
            )
        if "similar_pictures" in sources:
            found.append(
                f"Looks like \u201c{self.seed_title}\u201d."
                if self.seed_title
                else "Looks like the pictures that fit your words best."
            )
        return found

    def _expected(self, candidates: Candidates, row: int) -> list[str]:
        if "p_click" not in candidates.columns:
            return []
        share = float(candidates.columns["p_click"][row])
        return [f"Of 100 people who look at it, about {100 * share:.0f} are expected to open it."]

    def _moved(self, candidates: Candidates, row: int, position: int) -> list[str]:
        columns = candidates.columns
        if not self.diversified or "rank_before" not in columns:
            return []
        if columns["below_floor"][row]:
            return ["Fills the page, although it is much less relevant than the best."]
        moved = int(columns["rank_before"][row]) - position
        if moved == 0:
            return ["Stands where its relevance puts it."]
        places = f"{abs(moved)} place{'s' if abs(moved) != 1 else ''}"
        if moved < 0:
            return [f"Moved down {places} to make room for others that are nearly as relevant."]
        if columns["representation"][row] > SMALL:
            groups = ATTRIBUTE_WORDS.get(self.attribute, self.attribute.replace("_", " "))
            return [f"Moved up {places} so that all {groups} are represented."]
        return [f"Moved up {places} so that the page is more varied."]


def scores_of(candidates: Candidates, row: int) -> dict[str, float]:
    """Return the scores that the item in this row has, rounded for reading."""
    scores = {}
    for name in SCORES:
        column = candidates.columns.get(name)
        value = math.nan if column is None else float(column[row])
        if math.isfinite(value):
            scores[name] = round(value, 4)
    return scores
