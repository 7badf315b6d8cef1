"""What a synthetic world is made from: sizes, and biases that are planted with a known size."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from fairview.core.errors import UsageError

_BY_RANGE = 4
_BY_TONE = 10


@dataclass(frozen=True)
class WorldParameters:
    """Sizes and planted biases; the same parameters give the same world, byte for byte.

    Parameters
    ----------
    seed
        Seed of every random choice.
    items, people, days, requests_per_day, providers
        Sizes. `requests_per_day` is an average; weekdays differ.
    people_share
        Share of items whose theme shows people, in (0, 1).
    slate_size, pool_size
        Items on a page, and candidates that reach the world's own ranker per query.
    randomised_share
        Share of requests answered with a uniformly random slate of the `randomised_pool` best
        candidates; the other requests are answered deterministically.
    candidate_sampling
        Share of requests whose candidates are logged, in (0, 1].
    supply_skew
        Natural log of the ratio between the expected supply of the first and the last skin tone
        range; themes multiply it (see `items.THEME_SKEW`). 0 is equal supply.
    engagement_skew
        Odds ratio of a click per skin tone range, everything else equal; 1 is no skew.
    ranking_skew
        What the logging policy adds to the score per skin tone range; one grade of relevance is
        worth 1. 0 is no skew.
    signal_error, signal_abstention
        Probability per Monk tone (1 to 10) that the world's tone reading is wrong, or withheld.
    provider_skew
        Zipf exponent of the providers' shares of supply; 0 is equal shares.
    body_skew
        Natural log of the ratio between the supply of the first and the last body type.
    hair_association
        In [0, 1]: 0 draws hair patterns independently of tone.
    feedback
        How strongly clicks of past days raise popularity; 0 freezes the popularity of day 1.

    Raises
    ------
    UsageError
        Where a size or a bias is out of its range.

    Examples
    --------
    >>> WorldParameters(items=200, days=2).requests
    1200
    """

    seed: int = 7
    items: int = 4000
    people: int = 1500
    days: int = 14
    requests_per_day: int = 600
    providers: int = 60
    people_share: float = 0.74
    slate_size: int = 24
    pool_size: int = 240
    randomised_share: float = 0.1
    randomised_pool: int = 72
    candidate_sampling: float = 0.05
    supply_skew: float = 1.5
    engagement_skew: tuple[float, ...] = (1.0, 0.95, 0.82, 0.68)
    ranking_skew: tuple[float, ...] = (0.0, -0.05, -0.2, -0.35)
    signal_error: tuple[float, ...] = (0.1, 0.08, 0.08, 0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25)
    signal_abstention: tuple[float, ...] = (
        0.03,
        0.03,
        0.03,
        0.04,
        0.04,
        0.05,
        0.06,
        0.08,
        0.1,
        0.12,
    )
    provider_skew: float = 0.8
    body_skew: float = 1.0
    hair_association: float = 0.4
    feedback: float = 1.0

    def __post_init__(self) -> None:
        for name, low in _SMALLEST.items():
            if getattr(self, name) < low:
                raise UsageError(
                    f"World parameter {name} is {getattr(self, name)}; give at least {low}."
                )
        for name, (low_share, high) in _SHARES.items():
            if not low_share <= getattr(self, name) <= high:
                raise UsageError(
                    f"World parameter {name} is {getattr(self, name)}; "
                    f"give a number from {low_share} to {high}."
                )
        _check("engagement_skew", self.engagement_skew, _BY_RANGE, 0.01, 100.0)
        _check("ranking_skew", self.ranking_skew, _BY_RANGE, -10.0, 10.0)
        _check("signal_error", self.signal_error, _BY_TONE, 0.0, 1.0)
        _check("signal_abstention", self.signal_abstention, _BY_TONE, 0.0, 1.0)
        if any(e + a > 1 for e, a in zip(self.signal_error, self.signal_abstention, strict=True)):
            raise UsageError(
                "World parameters signal_error and signal_abstention add up to more than 1 for a "
                "tone; lower one."
            )
        if self.pool_size < self.slate_size or self.items < self.slate_size:
            raise UsageError(
                f"A slate of {self.slate_size} needs as many items and candidates; the world has "
                f"items={self.items} and pool_size={self.pool_size}."
            )

    @property
    def requests(self) -> int:
        """The expected number of requests over all days."""
        return self.days * self.requests_per_day

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> WorldParameters:
        """Return the parameters that `to_dict` gave; an unknown name is a `UsageError`.

        Examples
        --------
        >>> WorldParameters.from_dict(WorldParameters(seed=3).to_dict()).seed
        3
        """
        unknown = set(plain) - {field.name for field in fields(cls)}
        if unknown:
            raise UsageError(f"A world has no parameter {sorted(unknown)[0]!r}.")
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in plain.items()
        }
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


_SMALLEST = {
    "seed": 0,
    "items": 1,
    "people": 1,
    "days": 1,
    "requests_per_day": 1,
    "providers": 1,
    "slate_size": 1,
    "pool_size": 1,
    "randomised_pool": 1,
}
_SHARES = {
    "people_share": (0.01, 0.99),
    "providers": (1, 30_000),
    "randomised_share": (0.0, 1.0),
    "candidate_sampling": (0.0001, 1.0),
    "supply_skew": (-5.0, 5.0),
    "provider_skew": (0.0, 5.0),
    "body_skew": (-5.0, 5.0),
    "hair_association": (0.0, 1.0),
    "feedback": (0.0, 100.0),
}


def _check(name: str, values: Sequence[float], length: int, low: float, high: float) -> None:
    """Refuse a vector of the wrong length, or with a value that is out of range or not finite."""
    if len(values) != length:
        raise UsageError(f"World parameter {name} has {len(values)} values; give {length}.")
    if not all(math.isfinite(v) and low <= v <= high for v in values):
        raise UsageError(f"World parameter {name} has a value outside {low} to {high}.")


def stream(seed: int, name: str, *more: int) -> np.random.Generator:
    """Return the generator of one named part of a world.

    Parts draw from streams of their own, so that a change to one leaves the others as they were.

    Examples
    --------
    >>> bool(stream(7, "items").random() == stream(7, "items").random())
    True
    """
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode()), *more]))
