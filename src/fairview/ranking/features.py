"""What a ranker knows of a query and an item: one function per feature.

None describes people: no signal with groups is read here, and a test keeps it so. NaN says that
a fact isn't there; the trees treat it as its own case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array

MATCH_COLUMNS = (
    "bm25",
    "bm25_share",
    "text_cosine",
    "picture_cosine",
    "words_in_title",
    "words_in_tags",
)
"""How query and item match, as candidates carry it; NaN where there is nothing to compare."""


@dataclass(frozen=True)
class PairFacts:
    """What is known of m candidates of one query.

    Parameters
    ----------
    match
        The columns `MATCH_COLUMNS`, m floats each.
    colour
        m shares of the picture in a colour that was asked for; NaN where none was.
    looks
        m expected looks so far.
    rates
        Action to m smoothed rates per look.
    age_days
        m days since the item came in.
    """

    match: Mapping[str, Array]
    colour: Array
    looks: Array
    rates: Mapping[str, Array]
    age_days: Array


Feature = Callable[[PairFacts], Array]


def _match(name: str) -> Feature:
    return lambda facts: facts.match[name]


def _rate(action: str) -> Feature:
    return lambda facts: facts.rates[action]


FEATURES: Mapping[str, Feature] = {
    "bm25": _match("bm25"),
    "bm25_share": _match("bm25_share"),
    "text_cosine": _match("text_cosine"),
    "picture_cosine": _match("picture_cosine"),
    "words_in_title": _match("words_in_title"),
    "words_in_tags": _match("words_in_tags"),
    "colour": lambda facts: facts.colour,
    "click_rate": _rate("click"),
    "save_rate": _rate("save"),
    "hide_rate": _rate("hide"),
    "looks": lambda facts: np.log1p(facts.looks),
    "age": lambda facts: np.log1p(np.maximum(facts.age_days, 0.0)),
}
"""Feature name to what computes it from `PairFacts`, in the order of the columns."""

POSITION = "position"
"""The last column: the rank at which an item was shown in training, 1 when it is scored."""


def feature_table(facts: PairFacts, position: Array | float = 1.0) -> npt.NDArray[np.float32]:
    """Return m rows of features, the position last.

    Parameters
    ----------
    facts
        What is known of the m candidates.
    position
        m ranks at which they were shown, or the one that stands for all when they are scored.
    """
    table = np.empty((len(facts.colour), len(FEATURES) + 1), np.float32)
    for column, compute in enumerate(FEATURES.values()):
        table[:, column] = compute(facts)
    table[:, -1] = position
    return table
