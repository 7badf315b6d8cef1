"""An answer as a page shows it: cards, bars and counted sentences. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairview.serving.media import WIDTHS, picture_address
from fairview.serving.palettes import Palette, palette_of

if TYPE_CHECKING:
    from fairview.discovery import Answer, AnsweredItem

EAGER_CARDS = 8
"""Cards whose pictures load at once; the rest load when they come near the screen."""

ROWS_PER_WIDTH = 40
"""A card's picture is measured in fortieths of its width, so that the grid needs no script."""

ROWS_OF_TEXT = 34
LOWEST, HIGHEST = 20, 80

SCORE_GROUPS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (
        "How well it matches",
        {
            "fused": "Match overall",
            "bm25": "Your words",
            "text_cosine": "Similar text",
            "picture_cosine": "Similar picture",
        },
    ),
    (
        "What people may do with it",
        {
            "utility": "Expected value",
            "p_click": "Opens it",
            "p_save": "Saves it",
            "p_hide": "Hides it",
        },
    ),
    (
        "What the re-ranker weighed",
        {
            "relevance": "Relevance",
            "diversity": "Variety",
            "representation": "Representation",
        },
    ),
)
"""Scores in the words of the page, in the order that they are shown in."""


@dataclass(frozen=True)
class Bar:
    """One score: its name, its value, and its length in per cent of the page's largest."""

    label: str
    value: str
    per_cent: int


@dataclass(frozen=True)
class Card:
    """One shown item.

    Parameters
    ----------
    item
        What the answer says of it.
    alt
        What stands for its picture.
    address, large
        Where its picture is served, small and large; empty without a picture.
    rows
        Its picture's height in fortieths of its width.
    eager
        Whether its picture loads at once.
    bars
        Its scores by group.
    """

    item: AnsweredItem
    alt: str
    address: str
    large: str
    rows: int
    eager: bool
    bars: tuple[tuple[str, tuple[Bar, ...]], ...]

    @property
    def moved(self) -> int:
        """How many places the re-ranker moved it up; negative is down."""
        return self.item.rank_before - self.item.position


@dataclass(frozen=True)
class Slate:
    """A page of cards, and all that it has to admit."""

    answer: Answer
    cards: tuple[Card, ...]
    uncertain: tuple[Card, ...]
    palettes: tuple[Palette, ...]

    @property
    def headline(self) -> str:
        """What was found, in one sentence."""
        shown, considered = len(self.cards), self.answer.candidates
        pictures = f"{shown} result{'s' if shown != 1 else ''}"
        if self.answer.refined:
            return f"{pictures} by what you chose"
        if considered > shown:
            return f"{pictures}, chosen from {considered:,}"
        return pictures

    @property
    def removed(self) -> tuple[tuple[str, str, int], ...]:
        """Stage, reason and count of everything that was removed, most first."""
        rows = [
            (stage, reason, count)
            for stage, reasons in self.answer.removed.items()
            for reason, count in reasons.items()
        ]
        return tuple(sorted(rows, key=lambda row: -row[2]))


def slate_of(answer: Answer) -> Slate:
    """Return an answer as a page shows it."""
    largest = _largest(answer.items)
    cards = tuple(
        card_of(item, largest, eager=place < EAGER_CARDS) for place, item in enumerate(answer.items)
    )
    return Slate(
        answer,
        tuple(card for card in cards if not card.item.uncertain),
        tuple(card for card in cards if card.item.uncertain),
        tuple(palette_of(offer) for offer in answer.refinements),
    )


def card_of(item: AnsweredItem, largest: Mapping[str, float], *, eager: bool = False) -> Card:
    """Return one item as a card; `largest` holds the page's largest value of each score."""
    title = item.title or "Untitled"
    has_picture = bool(item.media)
    return Card(
        item=item,
        alt=f"Synthetic picture: {title}" if item.synthetic else title,
        address=picture_address(item.media, WIDTHS[0]) if item.media else "",
        large=picture_address(item.media, WIDTHS[-1]) if item.media else "",
        rows=rows_of(item.width, item.height) if has_picture else ROWS_OF_TEXT,
        eager=eager,
        bars=_bars(item.scores, largest),
    )


def rows_of(width: int | None, height: int | None) -> int:
    """Return a picture's height in fortieths of its width, within what the grid shows.

    Examples
    --------
    >>> rows_of(320, 400), rows_of(100, 900), rows_of(None, None)
    (50, 80, 40)
    """
    if not width or not height:
        return ROWS_PER_WIDTH
    return min(HIGHEST, max(LOWEST, round(ROWS_PER_WIDTH * height / width)))


def _largest(items: Sequence[AnsweredItem]) -> dict[str, float]:
    largest: dict[str, float] = {}
    for item in items:
        for name, value in item.scores.items():
            largest[name] = max(largest.get(name, 0.0), abs(value))
    return largest


def _bars(
    scores: Mapping[str, float], largest: Mapping[str, float]
) -> tuple[tuple[str, tuple[Bar, ...]], ...]:
    groups = []
    for title, names in SCORE_GROUPS:
        bars = tuple(
            Bar(label, _number(name, scores[name]), _per_cent(scores[name], largest.get(name, 0)))
            for name, label in names.items()
            if name in scores
        )
        if bars:
            groups.append((title, bars))
    return tuple(groups)


def _number(name: str, value: float) -> str:
    if name.startswith("p_"):
        return f"{100 * value:.1f} %"
    return f"{value:.2f}"


def _per_cent(value: float, largest: float) -> int:
    return round(100 * max(value, 0.0) / largest) if largest > 0 else 0
