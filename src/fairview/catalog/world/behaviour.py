"""How people react to a slate: they scan it downward, look, click, save, hide, and stop.

A person reaches position j, looks at the item with a probability that falls with j (position
bias), and clicks with a probability whose logit adds up relevance, taste, quality, popularity,
trust in the rank, the weekday, how new the item is to the query's page, and the planted
engagement skew. After a click they go on less often (cascade).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.items import Floats, Floats32, Items
from fairview.catalog.world.parameters import WorldParameters
from fairview.catalog.world.people import PATIENCE_LEVELS, TRUST_LEVELS

Flags = npt.NDArray[np.bool_]

GRADE_LOGIT = (-4.6, -3.5, -2.7, -2.0)
TASTE_WEIGHT = 0.5
QUALITY_WEIGHT = 0.35
POPULARITY_WEIGHT = 0.25
TRUST_WEIGHT = 0.7
NOVELTY_WEIGHT = 0.4
NOVELTY_DAYS = 3.0
WEEKDAY_LOGIT = (-0.08, -0.05, 0.0, 0.0, 0.05, 0.16, 0.12)
"""Monday to Sunday; the estimators don't model it."""

LOOK_EXPONENT = 0.35
"""A person who reaches position j looks at the item with probability ``j ** -0.35``."""

AFTER_CLICK = 0.75
"""What a click multiplies the probability of going on by."""

SAVE_LOGIT, SAVE_TASTE, SAVE_QUALITY = -1.4, 0.7, 0.4
HIDE_SHARE, HIDE_IRRELEVANT = 0.012, 0.05
"""Probability that an item which was looked at and not clicked is hidden, and what grade 0 adds."""


@dataclass(frozen=True)
class Reactions:
    """What people did with R slates of k items; all arrays are R x k.

    Attributes
    ----------
    viewed
        The person reached the position: it was on screen.
    looked
        The person looked at it; hidden from the log.
    click, save, hide
        What they did; a save comes with a click, a hide without one.
    """

    viewed: Flags
    looked: Flags
    click: Flags
    save: Flags
    hide: Flags

    def only(self, shown: Flags) -> Reactions:
        """Return the reactions where something was shown, and none elsewhere."""
        parts = (self.viewed, self.looked, self.click, self.save, self.hide)
        return Reactions(*(part & shown for part in parts))


def item_logit(items: Items, parameters: WorldParameters) -> Floats32:
    """Return what an item itself adds to the logit of a click: quality and engagement skew.

    The skew of an item that shows several people is the mean of theirs.
    """
    log_odds = np.append(np.log(parameters.engagement_skew), 0.0)
    return np.asarray(QUALITY_WEIGHT * items.quality + items.membership() @ log_odds, np.float32)


def look_probability(positions: int) -> Floats:
    """Return the probability that each position from 1 is looked at once it is reached."""
    return np.asarray(np.arange(1, positions + 1.0) ** -LOOK_EXPONENT)


def trust_logit(positions: int) -> Floats:
    """Return what each trust level adds to the logit at each position, 3 x positions."""
    shape = 1 / np.log2(np.arange(positions) + 2.0)
    return np.asarray(TRUST_WEIGHT * np.array(TRUST_LEVELS)[:, None] * shape[None, :])


def novelty_logit(days_shown: npt.NDArray[np.integer]) -> Floats32:
    """Return what newness adds to the logit of an item shown for this many days for the query.

    Examples
    --------
    >>> novelty_logit(np.array([0, 30])).round(3).tolist()
    [0.4000000059604645, 0.0]
    """
    return np.asarray(NOVELTY_WEIGHT * np.exp(-np.asarray(days_shown) / NOVELTY_DAYS), np.float32)


def click_probability(logit: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return the probability of a click, given that the item is looked at."""
    return np.asarray(1 / (1 + np.exp(-logit)))


def simulate_scan(
    logit: Floats32,
    patience: npt.NDArray[np.integer],
    taste: Floats32,
    quality: Floats32,
    irrelevant: Flags,
    rng: np.random.Generator,
) -> Reactions:
    """Simulate R people who scan R slates of k items.

    Parameters
    ----------
    logit
        R x k logits of a click, given that the person looks.
    patience
        R codes of `PATIENCE_LEVELS`.
    taste, quality
        R x k; they decide what is saved.
    irrelevant
        R x k; these are hidden more often.
    rng
        Four uniform numbers are drawn per item, whatever happens.
    """
    rows, k = logit.shape
    chance = rng.random((4, rows, k), dtype=np.float32)
    would_look = chance[0] < look_probability(k).astype(np.float32)
    would_click = would_look & (chance[1] < click_probability(logit))
    go_on = np.array(PATIENCE_LEVELS, np.float32)[patience][:, None]
    stops = chance[2] >= np.where(would_click, go_on * AFTER_CLICK, go_on)
    viewed = np.ones((rows, k), np.bool_)
    viewed[:, 1:] = np.cumsum(stops[:, :-1], axis=1) == 0
    click = would_click & viewed
    saves = click_probability(SAVE_LOGIT + SAVE_TASTE * taste + SAVE_QUALITY * quality)
    hides = HIDE_SHARE + HIDE_IRRELEVANT * irrelevant
    save = click & (chance[3] < saves)
    hide = viewed & would_look & ~click & (chance[3] < hides)
    return Reactions(viewed, would_look & viewed, click, save, hide)


def expected_scan(logit: Floats, patience: npt.NDArray[np.integer]) -> tuple[Floats, Floats]:
    """Return the exact probabilities that each position is viewed and clicked, each R x k.

    Clicks at different positions depend on each other only through stopping, so the probability
    of reaching position j + 1 is that of reaching j times what is expected to go on from there.

    Examples
    --------
    >>> viewed, click = expected_scan(np.zeros((1, 2)), np.array([0]))
    >>> viewed.round(4).tolist(), float(click[0, 0])
    ([[1.0, 0.7875]], 0.5)
    """
    k = logit.shape[1]
    clicks = look_probability(k) * click_probability(logit)
    go_on = np.array(PATIENCE_LEVELS)[patience][:, None]
    onward = go_on * (1 - clicks * (1 - AFTER_CLICK))
    viewed = np.ones_like(onward)
    viewed[:, 1:] = np.cumprod(onward[:, :-1], axis=1)
    return viewed, viewed * clicks
