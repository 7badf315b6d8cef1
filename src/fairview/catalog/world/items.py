"""The world's items: what each shows and who is in it, drawn from the planted shares of supply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.lexicon import STYLES, THEMES
from fairview.catalog.world.parameters import WorldParameters, stream
from fairview.catalog.world.subjects import SUBJECT_THEME, SUBJECTS
from fairview.catalog.world.truth import (
    LIGHTINGS,
    OCCLUSIONS,
    PEOPLE_THEMES,
    PersonTruth,
    SceneTruth,
    Theme,
)
from fairview.core.ranges import HAIR_PATTERN, SKIN_TONE

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]

MOST_PEOPLE = 2
TOPIC_LENGTH = 16
NO_RANGE = len(SKIN_TONE.names)
"""The column of items that show nobody, after the four skin tone ranges."""

THEME_SHARE: Mapping[Theme, float] = {
    "portrait": 0.14, "makeup": 0.19, "hair": 0.19, "outfit": 0.23, "streetwear": 0.15,
    "wedding": 0.10, "nails": 0.30, "home": 0.42, "food": 0.28,
}  # fmt: skip
"""Share of each theme among the themes that show people, or among those that don't."""

THEME_SKEW: Mapping[Theme, float] = {
    "portrait": 0.9, "makeup": 1.2, "hair": 0.8, "outfit": 1.0, "streetwear": 0.7, "wedding": 1.3,
    "nails": 0.0, "home": 0.0, "food": 0.0,
}  # fmt: skip
"""What multiplies `supply_skew` in each theme."""

TWO_PEOPLE_SHARE = 0.45
"""Share of wedding items that show two people."""

SAME_RANGE_SHARE = 0.6
"""Probability that the second person's tone is drawn from the first one's range."""

_LIGHTING_SHARE = (0.34, 0.12, 0.14, 0.16, 0.12, 0.12)
_OCCLUSION_SHARE: Mapping[Theme, tuple[float, ...]] = {
    "portrait": (0.72, 0.09, 0.04, 0.07, 0.08),
    "makeup": (0.93, 0.00, 0.00, 0.07, 0.00),
    "hair": (0.90, 0.06, 0.00, 0.04, 0.00),
    "outfit": (0.74, 0.13, 0.02, 0.02, 0.09),
    "streetwear": (0.58, 0.17, 0.05, 0.02, 0.18),
    "wedding": (1.00, 0.00, 0.00, 0.00, 0.00),
}
_HAIR_SHARE = (0.14, 0.15, 0.18, 0.21, 0.24, 0.08)
_HAIR_BY_RANGE = (
    (0.03, 0.03, 0.17, 0.31, 0.40, 0.06),
    (0.07, 0.09, 0.21, 0.26, 0.29, 0.08),
    (0.20, 0.22, 0.20, 0.15, 0.14, 0.09),
    (0.31, 0.32, 0.15, 0.06, 0.05, 0.11),
)


def supply_shares(parameters: WorldParameters) -> Floats:
    """Return the expected share of each skin tone range among a theme's people, 9 x 4.

    Shares fall geometrically: range r (0 to 3) has weight ``exp(-skew * r / 3)``, where skew is
    `supply_skew` times the theme's factor. Rows of themes without people are 0.

    Examples
    --------
    >>> supply_shares(WorldParameters(supply_skew=0.0))[0].tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    ranks = np.arange(NO_RANGE) / (NO_RANGE - 1)
    factor = np.array([THEME_SKEW[theme] for theme in THEMES])
    weights = np.exp(-parameters.supply_skew * factor[:, None] * ranks[None, :])
    weights[len(PEOPLE_THEMES) :] = 0.0
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-300))


def theme_shares(parameters: WorldParameters) -> Floats:
    """Return the expected share of each theme in the catalogue; they sum to 1."""
    shares = np.array([THEME_SHARE[theme] for theme in THEMES])
    people = np.arange(len(THEMES)) < len(PEOPLE_THEMES)
    shares[people] *= parameters.people_share / shares[people].sum()
    shares[~people] *= (1 - parameters.people_share) / shares[~people].sum()
    return shares


def provider_shares(parameters: WorldParameters) -> Floats:
    """Return the expected share of supply of each provider; they sum to 1."""
    weights = np.arange(1, parameters.providers + 1.0) ** -parameters.provider_skew
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class Items:
    """n items as columns; person columns are n x 2 and 0 where there is no such person.

    Attributes
    ----------
    theme, style, subject, lighting, provider
        Codes into `THEMES`, `STYLES`, `SUBJECTS`, `LIGHTINGS` and the providers.
    people
        How many people an item shows: 0, 1 or 2.
    monk, hair, body, occlusion
        Per person: Monk tone 1 to 10, codes of hair pattern and occlusion, body type 1 to 4.
    quality
        Latent quality, standard normal.
    topic
        Latent topic, n x 16 rows of length 1.
    popularity
        What people had done with the item before day 1, on a log scale, mean 0 and deviation 1.
    """

    theme: Codes
    style: Codes
    subject: Codes
    lighting: Codes
    provider: Codes
    people: Codes
    monk: Codes
    hair: Codes
    body: Codes
    occlusion: Codes
    quality: Floats32
    topic: Floats32
    popularity: Floats32

    def __len__(self) -> int:
        return len(self.theme)

    @property
    def tone_range(self) -> Codes:
        """The skin tone range of each person, n x 2, and 4 where there is no such person."""
        return _RANGE_OF_TONE[self.monk]

    def membership(self) -> Floats32:
        """Return shares of each item's people by skin tone range, n x 5; the last is nobody."""
        ranges = self.tone_range
        rows = np.arange(len(self))
        shares = np.zeros((len(self), NO_RANGE + 1), np.float32)
        for slot in range(MOST_PEOPLE):
            shares[rows, ranges[:, slot]] += self.people > slot
        shares[:, NO_RANGE] = self.people == 0
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)

    def scene(self, item: int) -> SceneTruth:
        """Return what decides the picture of one item."""
        people = tuple(
            PersonTruth(
                int(self.monk[item, slot]),
                HAIR_PATTERN.names[self.hair[item, slot]],
                int(self.body[item, slot]),
                OCCLUSIONS[self.occlusion[item, slot]],
            )
            for slot in range(int(self.people[item]))
        )
        return SceneTruth(
            THEMES[self.theme[item]],
            people,
            LIGHTINGS[self.lighting[item]],
            STYLES[self.style[item]],
            SUBJECTS[self.subject[item]].name,
        )


def _tone_ranges() -> Codes:
    groups = [NO_RANGE] + [SKIN_TONE.index_of(SKIN_TONE.group_of(m)) for m in range(1, 11)]
    return np.array(groups, np.int16)


def _subject_blocks() -> Ints:
    """Return first code and count of each theme's subjects, then of each hair pattern's."""
    kinds = [np.flatnonzero(code == SUBJECT_THEME) for code in range(len(THEMES))]
    for pattern in HAIR_PATTERN.names:
        kinds.append(np.flatnonzero([subject.pattern == pattern for subject in SUBJECTS]))
    return np.array([(codes[0], len(codes)) for codes in kinds])


_RANGE_OF_TONE = _tone_ranges()
_SUBJECT_BLOCKS = _subject_blocks()
_WEARS_GLASSES = np.array(["glasses" in subject.facets for subject in SUBJECTS])


def draw_codes(rng: np.random.Generator, shares: Floats, row: npt.NDArray[np.integer]) -> Codes:
    """Draw one code per entry of `row` from the distribution in that row of `shares`."""
    bounds = np.cumsum(shares, axis=1)[:, :-1]
    chance = rng.random(len(row))
    if len(bounds) == 1:
        return np.asarray(np.searchsorted(bounds[0], chance, side="right"), np.int16)
    return np.asarray((chance[:, None] >= bounds[row]).sum(axis=1), np.int16)


def generate_items(parameters: WorldParameters) -> Items:
    """Return the items of a world; vectorised, about a second per 200,000."""
    rng = stream(parameters.seed, "items")
    n = parameters.items
    zeros = np.zeros(n, np.int64)
    theme = draw_codes(rng, theme_shares(parameters)[None, :], zeros)
    style = rng.integers(0, len(STYLES), n).astype(np.int16)
    lighting = draw_codes(rng, np.array([_LIGHTING_SHARE]), zeros)
    provider = draw_codes(rng, provider_shares(parameters)[None, :], zeros)
    wedding = theme == THEMES.index("wedding")
    shows_people = theme < len(PEOPLE_THEMES)
    second = wedding & (rng.random(n) < TWO_PEOPLE_SHARE)
    people = shows_people.astype(np.int16) + second.astype(np.int16)
    ranges = _draw_ranges(rng, supply_shares(parameters), theme)
    hair = _draw_hair(rng, ranges, parameters)
    subject = _draw_subjects(rng, theme, hair[:, 0])
    slots = np.arange(MOST_PEOPLE)[None, :] < people[:, None]
    quality = rng.standard_normal(n, dtype=np.float32)
    return Items(
        theme=theme,
        style=style,
        subject=subject,
        lighting=lighting,
        provider=provider,
        people=people,
        monk=np.where(slots, _draw_tones(rng, ranges), 0).astype(np.int16),
        hair=np.where(slots, hair, 0).astype(np.int16),
        body=np.where(slots, _draw_bodies(rng, n, parameters), 0).astype(np.int16),
        occlusion=np.where(slots, _draw_occlusions(rng, theme, subject), 0).astype(np.int16),
        quality=quality,
        topic=_topics(parameters, theme, style, subject),
        popularity=_past_popularity(rng, quality, ranges, slots, parameters),
    )


def _draw_subjects(rng: np.random.Generator, theme: Codes, pattern: Codes) -> Codes:
    """Draw a subject of each item's theme, each equally likely; a hairdo fits the hair pattern."""
    kind = np.where(theme == THEMES.index("hair"), len(THEMES) + pattern, theme)
    first, count = _SUBJECT_BLOCKS[kind].T
    return np.asarray(first + rng.integers(0, count), np.int16)


def _draw_ranges(rng: np.random.Generator, shares: Floats, theme: Codes) -> Codes:
    """Draw the ranges of up to two people; each one's marginal is the theme's share of supply."""
    first = draw_codes(rng, shares, theme)
    other = draw_codes(rng, shares, theme)
    same = rng.random(len(theme)) < SAME_RANGE_SHARE
    return np.stack([first, np.where(same, first, other)], axis=1)


def _draw_tones(rng: np.random.Generator, ranges: Codes) -> Codes:
    """Draw a Monk tone within each range, each tone of the range equally likely."""
    low = np.searchsorted(_RANGE_OF_TONE[1:], np.arange(NO_RANGE)) + 1
    size = np.bincount(_RANGE_OF_TONE[1:], minlength=NO_RANGE)
    return (low[ranges] + rng.integers(0, size[ranges])).astype(np.int16)


def _draw_hair(rng: np.random.Generator, ranges: Codes, parameters: WorldParameters) -> Codes:
    """Draw hair patterns from a mixture of the overall shares and the shares of the range."""
    link = parameters.hair_association
    shares = (1 - link) * np.array([_HAIR_SHARE]) + link * np.array(_HAIR_BY_RANGE)
    return draw_codes(rng, shares, ranges.ravel()).reshape(ranges.shape)


def _draw_bodies(rng: np.random.Generator, n: int, parameters: WorldParameters) -> Codes:
    """Draw body types 1 to 4 from shares that fall geometrically."""
    weights = np.exp(-parameters.body_skew * np.arange(4) / 3)
    codes = draw_codes(rng, (weights / weights.sum())[None, :], np.zeros(n * MOST_PEOPLE, np.int64))
    return (codes + 1).reshape(n, MOST_PEOPLE)


def _draw_occlusions(rng: np.random.Generator, theme: Codes, subject: Codes) -> Codes:
    """Draw what hides part of a face, by theme; glasses leave no room for sunglasses."""
    none = (1.0, 0.0, 0.0, 0.0, 0.0)
    shares = np.array([_OCCLUSION_SHARE.get(name, none) for name in THEMES])
    row = np.repeat(theme, MOST_PEOPLE)
    codes = draw_codes(rng, shares, row).reshape(len(theme), MOST_PEOPLE)
    clash = _WEARS_GLASSES[subject][:, None] & (codes == OCCLUSIONS.index("sunglasses"))
    return np.asarray(np.where(clash, 0, codes), np.int16)


def _topics(parameters: WorldParameters, theme: Codes, style: Codes, subject: Codes) -> Floats32:
    """Return unit vectors around a centre that theme, style and subject decide together."""
    centres = stream(parameters.seed, "topics")
    sizes = (len(THEMES), len(STYLES), len(SUBJECTS))
    of_theme, of_style, of_subject = (
        centres.standard_normal((size, TOPIC_LENGTH), dtype=np.float32) for size in sizes
    )
    noise = centres.standard_normal((len(theme), TOPIC_LENGTH), dtype=np.float32)
    topic = 0.8 * of_theme[theme] + 0.7 * of_style[style] + 0.6 * of_subject[subject] + 0.6 * noise
    return np.asarray(topic / np.linalg.norm(topic, axis=1, keepdims=True), np.float32)


def _past_popularity(
    rng: np.random.Generator,
    quality: Floats32,
    ranges: Codes,
    slots: npt.NDArray[np.bool_],
    parameters: WorldParameters,
) -> Floats32:
    """Return log popularity from before day 1: quality, luck, and the same engagement skew.

    What people did in the past carried the skew too, so popularity hands it on.
    """
    log_odds = np.log(np.array(parameters.engagement_skew, np.float64))
    shift = np.where(slots, log_odds[ranges], 0.0).sum(axis=1) / np.maximum(slots.sum(axis=1), 1)
    raw = 0.5 * quality + shift + rng.standard_normal(len(quality))
    deviation = raw.std()
    return np.asarray((raw - raw.mean()) / (deviation if deviation > 0 else 1.0), np.float32)
