"""The world's people: taste groups, activity, trust, patience, and the boards they save to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.items import TOPIC_LENGTH, Codes, Floats, Floats32, Items
from fairview.catalog.world.lexicon import THEMES
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.queries import QUERIES, query_shares

TASTE_GROUPS = 6
TRUST_LEVELS = (0.0, 0.5, 1.0)
"""How much a person takes a high rank as a sign of quality."""

PATIENCE_LEVELS = (0.90, 0.95, 0.985)
"""Probability that a person goes on to the next position after one that they didn't click."""

_THEME_INTEREST = 0.7
BOARDS = 3
"""Boards per person."""
_BOARD_NAMES = ("Ideas", "Favourites", "For later", "Inspiration", "Weekend plans", "Wish list")


@dataclass(frozen=True)
class People:
    """p people as columns, and what their taste groups like.

    Attributes
    ----------
    taste, trust, patience
        Codes of the taste group (0 to 5), `TRUST_LEVELS` and `PATIENCE_LEVELS`.
    activity
        Each person's share of all requests; they sum to 1.
    interest
        Share of each query among a taste group's requests, 6 x Q; rows sum to 1.
    liking
        Direction of each taste group in topic space, 6 x 16.
    board_theme
        Theme code of each person's three boards, p x 3.
    seed
        The world's seed; it names people.
    """

    taste: Codes
    trust: Codes
    patience: Codes
    activity: Floats
    interest: Floats
    liking: Floats32
    board_theme: Codes
    seed: int

    def __len__(self) -> int:
        return len(self.taste)

    def cluster_ids(self) -> list[str]:
        """Return each person's pseudonym, the sampling unit of the log."""
        return [_pseudonym("person", self.seed, person) for person in range(len(self))]

    def board_ids(self) -> list[str]:
        """Return the ids of all boards, person after person, three each."""
        return [_pseudonym("board", self.seed, board) for board in range(len(self) * BOARDS)]

    def board_names(self, person: int) -> tuple[str, ...]:
        """Return the names of one person's boards."""
        return tuple(
            f"{THEMES[theme].capitalize()}: {_BOARD_NAMES[(person + slot) % len(_BOARD_NAMES)]}"
            for slot, theme in enumerate(self.board_theme[person])
        )

    def board_of(self, person: npt.NDArray[np.integer], theme: Codes) -> Codes:
        """Return the slot (0 to 2) of the board that each saved item goes to.

        It goes to the first board of its theme, or to the last board where there is none.
        """
        fits = self.board_theme[person] == theme[:, None]
        return np.asarray(np.where(fits.any(axis=1), fits.argmax(axis=1), BOARDS - 1), np.int16)

    def kinds(self) -> tuple[Codes, Floats]:
        """Return the kinds of person (taste, trust, patience) and each one's share of requests.

        People of one kind behave alike, so that expectations are sums over at most 54 kinds.
        """
        code = (self.taste * len(TRUST_LEVELS) + self.trust) * len(PATIENCE_LEVELS) + self.patience
        share = np.bincount(code, weights=self.activity).astype(np.float64)
        found = np.flatnonzero(share)
        patience = found % len(PATIENCE_LEVELS)
        trust = found // len(PATIENCE_LEVELS) % len(TRUST_LEVELS)
        taste = found // (len(PATIENCE_LEVELS) * len(TRUST_LEVELS))
        return np.stack([taste, trust, patience], axis=1).astype(np.int16), share[found]


def _pseudonym(kind: str, seed: int, number: int) -> str:
    return kind[0] + hashlib.sha256(f"{kind}\0{seed}\0{number}".encode()).hexdigest()[:12]


def generate_people(parameters: WorldParameters) -> People:
    """Return the people of a world."""
    rng = stream(parameters.seed, "people")
    n = parameters.people
    liking = rng.standard_normal((TASTE_GROUPS, TOPIC_LENGTH), dtype=np.float32)
    activity = rng.gamma(0.8, 1.0, n) + 0.02
    theme_interest = rng.standard_normal((TASTE_GROUPS, len(THEMES))) * _THEME_INTEREST
    theme_of_query = np.array([THEMES.index(query.theme) for query in QUERIES])
    interest = query_shares()[None, :] * np.exp(theme_interest[:, theme_of_query])
    return People(
        taste=rng.integers(0, TASTE_GROUPS, n).astype(np.int16),
        trust=rng.integers(0, len(TRUST_LEVELS), n).astype(np.int16),
        patience=rng.integers(0, len(PATIENCE_LEVELS), n).astype(np.int16),
        activity=activity / activity.sum(),
        interest=interest / interest.sum(axis=1, keepdims=True),
        liking=liking / np.linalg.norm(liking, axis=1, keepdims=True),
        board_theme=rng.integers(0, len(THEMES), (n, BOARDS)).astype(np.int16),
        seed=parameters.seed,
    )


def tastes(people: People, items: Items) -> Floats32:
    """Return how much each taste group likes each item, n x 6, of variance about 1."""
    return np.asarray(items.topic @ people.liking.T * np.sqrt(TOPIC_LENGTH), np.float32)
