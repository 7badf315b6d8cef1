"""An answer: the page's items with their reasons, and everything that the page has to admit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class AnsweredItem:
    """One shown item.

    Parameters
    ----------
    id, title, description, media, width, height, provider, synthetic
        The item; `media` is relative to the workspace's media folder, None without a picture.
    position
        Rank on the page, from 1.
    sources
        Which sources brought it, in words.
    scores
        Score name to value; a score that it doesn't have isn't there.
    explanation
        Sentences, most telling first.
    why
        The first of them.
    rank_before
        Its rank by relevance alone.
    uncertain
        Whether it stands behind "show more", because the reading that the choice asks for
        abstained, or another group is likelier.
    match_probability
        On a refined page, how likely the item shows what was chosen; None where that isn't known
        or nothing was chosen.
    """

    id: str
    title: str
    description: str
    media: str | None
    width: int | None
    height: int | None
    provider: str | None
    synthetic: bool
    position: int
    sources: tuple[str, ...]
    scores: Mapping[str, float]
    explanation: tuple[str, ...]
    why: str
    rank_before: int
    uncertain: bool = False
    match_probability: float | None = None


@dataclass(frozen=True)
class RefinementOffer:
    """A refinement that this query offers.

    Parameters
    ----------
    attribute
        What can be chosen, such as ``skin_tone``.
    groups
        Group to how many of the well matching items show it, in words: a count below the
        minimum cell reads ``fewer than 10``.
    of
        How many well matching items were counted.
    calibrated
        Whether the counts are corrected for how often readings are wrong.
    """

    attribute: str
    groups: Mapping[str, str]
    of: int
    calibrated: bool = False


@dataclass(frozen=True)
class Answer:
    """What one request gets.

    Parameters
    ----------
    request_id
        The request's id.
    query
        What was searched for; empty on a page of related items.
    items
        The page. Those that are `uncertain` come last.
    removed
        Stage to reason to how many candidates it removed.
    missing
        Sentences on what wasn't there, such as a ranker or a signal.
    notes
        Sentences on the result itself, such as a thin supply.
    refinements
        What this query offers to choose.
    fewer_offered
        What a person may ask to see fewer of.
    refined, diversified
        Whether a refinement was applied, and whether the page was diversified.
    candidates
        How many items were considered.
    took_ms
        Milliseconds that it took.
    synthetic
        Whether any shown item is synthetic.
    """

    request_id: str
    query: str
    items: tuple[AnsweredItem, ...]
    removed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    refinements: tuple[RefinementOffer, ...] = ()
    fewer_offered: tuple[str, ...] = ()
    refined: bool = False
    diversified: bool = True
    candidates: int = 0
    took_ms: float = 0.0
    synthetic: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON; what was chosen as a refinement isn't in it."""
        return asdict(self)


def count_in_words(count: int, minimum_cell: int) -> str:
    """Return a count as it may be shown.

    Examples
    --------
    >>> count_in_words(37, 10), count_in_words(3, 10)
    ('37', 'fewer than 10')
    """
    return str(count) if count >= minimum_cell else f"fewer than {minimum_cell}"
