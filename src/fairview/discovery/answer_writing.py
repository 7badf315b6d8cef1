"""From slates to answers: items with their reasons, and everything that has to be said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from fairview.core import RANGES, Refinement, Slates, StageStatus
from fairview.core.columns import Array
from fairview.discovery.answer import Answer, AnsweredItem, RefinementOffer, count_in_words
from fairview.discovery.eligibility import Eligibility
from fairview.discovery.explanation import SOURCE_WORDS, Wording, scores_of
from fairview.discovery.parts import Parts
from fairview.discovery.see_fewer import said
from fairview.discovery.signals_in_memory import People
from fairview.retrieval.words import stems_in

MOST_STEMS = 50_000
"""How many items' stems are kept in memory, to say which words matched."""


class AnswerWriter:
    """Writes answers.

    Parameters
    ----------
    parts
        What the workspace has.
    eligibility
        Which queries offer which refinements.
    people
        Attribute to the memberships that can be refined by.
    """

    def __init__(
        self, parts: Parts, eligibility: Eligibility, people: Mapping[str, People]
    ) -> None:
        self.parts = parts
        self.eligibility = eligibility
        self.people = people
        self._stems_of = lru_cache(MOST_STEMS)(self._read_stems)

    def write(self, slates: Slates, *, took_ms: float, seed_row: int | None = None) -> Answer:
        """Return the answer of a single unrefined request."""
        requests = slates.candidates.requests
        query = str(requests.columns["query"][0])
        diversified = bool(requests.columns["diversify"][0])
        titles = self.parts.items.columns["title"]
        wording = Wording(
            query,
            None if seed_row is None else str(titles[seed_row]),
            self.parts.workspace.settings.discovery.attribute,
            diversified,
        )
        items = self._items(slates, wording, start=0, uncertain=False)
        return Answer(
            request_id=str(requests.ids[0]),
            query=query,
            items=items,
            removed=_removed(slates),
            missing=self._missing(slates),
            notes=self._notes(slates),
            refinements=self.offers(slates, 0) if seed_row is None else (),
            fewer_offered=tuple(self.parts.signals.fewer) if seed_row is None else (),
            diversified=diversified,
            candidates=_considered(slates),
            took_ms=took_ms,
            synthetic=any(item.synthetic for item in items),
        )

    def write_refined(
        self,
        matching: Slates,
        uncertain: Slates,
        offers: tuple[RefinementOffer, ...],
        *,
        took_ms: float,
    ) -> Answer:
        """Return a refined request's answer: what matches, then what couldn't be read."""
        answer = self.write(matching, took_ms=took_ms)
        requests = matching.candidates.requests
        wording = Wording(
            answer.query,
            None,
            self.parts.workspace.settings.discovery.attribute,
            answer.diversified,
        )
        more = self._items(uncertain, wording, start=len(answer.items), uncertain=True)
        items = (*answer.items, *more)
        notes = [*answer.notes, *said(matching.candidates)]
        if chosen := matching.candidates.requests.refinement(0):
            items = tuple(self._with_probability(item, chosen) for item in items)
            if chosen.attributes:
                notes += self._certainty(items)
                notes += self._supply(answer, more, int(requests.columns["k"][0]))
        return replace(
            answer,
            items=items,
            notes=tuple(notes),
            refinements=offers,
            refined=True,
            synthetic=any(item.synthetic for item in items),
        )

    def _with_probability(self, item: AnsweredItem, chosen: Refinement) -> AnsweredItem:
        """Return the item with how likely it shows what was chosen, where that is known."""
        row = int(np.searchsorted(self.parts.items.item_ids, item.id))
        chance = 1.0
        for attribute in chosen.attributes:
            match = self.people[attribute].match
            if not match.calibrated[row]:
                return item
            group = RANGES[attribute].index_of(str(chosen.group(attribute)))
            chance *= float(match.probability[row, group])
        return replace(item, match_probability=round(chance, 3)) if chosen.attributes else item

    def _certainty(self, items: tuple[AnsweredItem, ...]) -> tuple[str, ...]:
        """Return what is known of how sure the readings of a refined page are."""
        sure = [item for item in items if not item.uncertain]
        known = [i.match_probability for i in sure if i.match_probability is not None]
        if not sure:
            return ()
        if len(known) < len(sure):
            unmeasured = (
                "How often such readings are wrong hasn\u2019t been measured on such pictures."
            )
            return (unmeasured,)
        likely = f"about {sum(known):.0f} are expected to show what you chose."
        return (f"Of the {len(sure)} pictures before \u201cshow more\u201d, {likely}",)

    def not_offered(self, slates: Slates, *, took_ms: float) -> Answer:
        """Return the answer where a choice was made that this query doesn't offer."""
        answer = self.write(slates, took_ms=took_ms)
        note = (
            "This search finds too few pictures to which the choice applies, so nothing was "
            "filtered."
        )
        return replace(answer, notes=(*answer.notes, note))

    def nothing(self, request_id: str, query: str, reason: str) -> Answer:
        """Return an empty answer that says why."""
        return Answer(request_id, query, (), missing=(*self.parts.missing, reason))

    def offers(self, slates: Slates, request: int) -> tuple[RefinementOffer, ...]:
        """Return what one request's query offers to choose."""
        rows = slates.candidates.rows_of(request)
        if rows.start == rows.stop:
            return ()
        query = str(slates.candidates.requests.columns["query"][request])
        found = []
        for attribute, people in self.people.items():
            pool = slates.candidates.columns.get(f"pool_{attribute}")
            if pool is not None:
                groups = people.column.ranges.names
                mean = slates.candidates.columns[f"expected_{attribute}"][rows.start]
                expected = None if np.isnan(mean).any() else mean
                offer = self.eligibility.offer(query, attribute, groups, pool[rows.start], expected)
                found.append(offer)
        return tuple(offer for offer in found if offer is not None)

    def _items(
        self, slates: Slates, wording: Wording, *, start: int, uncertain: bool
    ) -> tuple[AnsweredItem, ...]:
        shown, columns = slates.candidates, self.parts.items.columns
        ranks = shown.columns.get("rank_before", np.arange(1, len(shown) + 1))
        items = []
        for row, place in enumerate(shown.columns["row"].tolist() if len(shown) else []):
            stems = self._stems_of(place)
            sentences = wording.sentences(shown, row, row + 1, stems, uncertain=uncertain)
            items.append(
                AnsweredItem(
                    id=str(shown.item_ids[row]),
                    title=columns["title"][place] or "",
                    description=columns["description"][place] or "",
                    media=columns["media"][place],
                    width=columns["width"][place],
                    height=columns["height"][place],
                    provider=columns["provider"][place],
                    synthetic=bool(columns["synthetic"][place]),
                    position=start + row + 1,
                    sources=tuple(SOURCE_WORDS.get(s, s) for s in shown.sources_of(row)),
                    scores=scores_of(shown, row),
                    explanation=sentences,
                    why=sentences[0] if sentences else "",
                    rank_before=int(ranks[row]),
                    uncertain=uncertain,
                )
            )
        return tuple(items)

    def _read_stems(self, place: int) -> frozenset[str]:
        columns = self.parts.items.columns
        texts = (columns["title"][place] or "", columns["description"][place] or "")
        return stems_in((*texts, *(columns["tags"][place] or ())))

    def _missing(self, slates: Slates) -> tuple[str, ...]:
        said = {StageStatus.FAILED: "failed", StageStatus.SKIPPED: "was left out"}
        incomplete = [
            f"Stage {o.stage} {said[o.status]}: {o.reason.rstrip('.')}." for o in slates.incomplete
        ]
        return (*self.parts.missing, *incomplete)

    def _notes(self, slates: Slates) -> tuple[str, ...]:
        shown = slates.candidates
        query = str(shown.requests.columns["query"][0])
        seeded = "seed_row" in shown.requests.columns
        if not len(shown):
            if not query and not seeded:
                return ("Type a word to search for.",)
            return ("Nothing was found; try fewer or other words.",)
        notes = []
        below = int(shown.columns["below_floor"].sum())
        if below:
            notes.append(
                f"{below} of {len(shown)} items are much less relevant than the best and only "
                f"fill the page."
            )
        short = float(shown.columns["target_shortfall"][0])
        if short >= 1 and bool(shown.requests.columns["diversify"][0]):
            notes.append(
                f"The target asks for {short:.0f} more places of groups that have too few well "
                f"matching items."
            )
        return tuple(notes)

    def _supply(self, answer: Answer, more: tuple[AnsweredItem, ...], k: int) -> tuple[str, ...]:
        matching = answer.candidates
        if matching >= k:
            return ()
        count = count_in_words(matching, self.eligibility.minimum_cell)
        behind = ", and others whose reading wasn\u2019t sure stand behind them" if more else ""
        return (f"The supply is thin: {count} items match this choice{behind}.",)


def _removed(slates: Slates) -> dict[str, dict[str, int]]:
    return {part.stage: _counted(part.reasons) for part in slates.removed}


def _counted(reasons: Array) -> dict[str, int]:
    if len(reasons) and bool((reasons == reasons[0]).all()):
        return {str(reasons[0]): len(reasons)}
    return dict(Counter(map(str, reasons)))


def _considered(slates: Slates) -> int:
    """Return how many candidates reached the first re-ranker."""
    into = [outcome.items_in for outcome in slates.outcomes if outcome.kind == "reranker"]
    return into[0] if into else len(slates.candidates)
