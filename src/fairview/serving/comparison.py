"""One search twice, side by side: ordered by relevance alone, and re-ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fairview.catalog import SignalStore
from fairview.core import RANGES, FairviewError, State
from fairview.serving.bodies import SearchBody
from fairview.serving.palettes import RANGE_LABELS, TITLES, swatches_of
from fairview.serving.presentation import Slate, slate_of
from fairview.serving.services import Services

COMPARED = 24


@dataclass(frozen=True)
class Part:
    """One group's part of a page: its label, its colours, and how many items show it."""

    label: str
    swatches: tuple[str, ...]
    count: int
    per_cent: float


@dataclass(frozen=True)
class Composition:
    """Who is seen on a page, as read from its pictures; `unread` items aren't in any part."""

    title: str
    parts: tuple[Part, ...]
    unread: int

    @property
    def in_words(self) -> str:
        """The parts in one sentence."""
        told = ", ".join(f"{part.label}: {part.count}" for part in self.parts)
        return f"{told}; not read: {self.unread}"


@dataclass(frozen=True)
class Side:
    """One of the two pages."""

    title: str
    words: str
    slate: Slate
    composition: Composition | None
    only_here: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """Both pages, and how many items they share."""

    sides: tuple[Side, Side]
    shared: int


def compare(services: Services, query: str) -> Comparison:
    """Answer a query both ways, without logging either."""
    plain, spread = (
        slate_of(services.search(SearchBody(q=query, k=COMPARED, diversify=on), log=False))
        for on in (False, True)
    )
    ids = [frozenset(card.item.id for card in slate.cards) for slate in (plain, spread)]
    return Comparison(
        (
            Side(
                "Diversity off",
                "Ordered by relevance alone.",
                plain,
                composition_of(services, plain),
                ids[0] - ids[1],
            ),
            Side(
                "Diversity on",
                "Re-ranked, so that everyone is represented among the nearly equally relevant.",
                spread,
                composition_of(services, spread),
                ids[1] - ids[0],
            ),
        ),
        len(ids[0] & ids[1]),
    )


def composition_of(services: Services, slate: Slate) -> Composition | None:
    """Return who is seen on a page, by the attribute that pages are balanced by.

    None where the signal isn't there or may not be displayed.
    """
    attribute = services.workspace.settings.discovery.attribute
    ids = [card.item.id for card in slate.cards]
    if attribute not in RANGES or not ids:
        return None
    store: Any = SignalStore(services.workspace)
    try:
        _, column = store.read_groups(attribute, purpose="audit", item_ids=ids)
        _, state = store.states(attribute, purpose="audit", item_ids=ids)
    except FairviewError:
        return None
    present = np.equal(state.state, State.PRESENT)
    counts = column.contains[present].sum(axis=0)
    return Composition(
        TITLES.get(attribute, attribute), _parts(attribute, counts.tolist()), int((~present).sum())
    )


def _parts(attribute: str, counts: Sequence[int]) -> tuple[Part, ...]:
    names, total = RANGES[attribute].names, max(sum(counts), 1)
    numbered = RANGE_LABELS.get(attribute)
    return tuple(
        Part(
            f"{numbered} {index}" if numbered else name,
            swatches_of(attribute, name),
            count,
            round(100 * count / total, 1),
        )
        for index, (name, count) in enumerate(zip(names, counts, strict=False), start=1)
    )
