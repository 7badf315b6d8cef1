"""Intervals of stages' parts hold the truth at the stated rate, for people with a mix each.

10,000 simulated logs at the level of buckets, over three seeds. Differences are within three
Monte-Carlo errors of nominal; logs may be a little above it, because the jackknife's variance of a
curved figure is (Efron and Stein 1981).
"""

from __future__ import annotations

import numpy as np
import pytest

from fairview.audit.finding.stages import Levels, Scale, parts_of

EACH, SEEDS = 3_334, (41, 42, 43)
PEOPLE, BROUGHT, SHOWN = 150, 60, 12
MEAN, SAMENESS, KEPT = 0.4, 8.0, 0.7


def drawn(rng: np.random.Generator) -> Levels:
    """The log of people with a mix of their own, whose ranker keeps 0.7 of the chance of a."""
    requests = rng.poisson(2.0, PEOPLE) + 1
    owner = np.repeat(np.arange(PEOPLE), requests)
    mix = rng.beta(MEAN * SAMENESS, (1 - MEAN) * SAMENESS, PEOPLE)[owner]
    brought = rng.binomial(BROUGHT, mix) / BROUGHT
    shown = rng.binomial(SHOWN, KEPT * brought) / SHOWN
    rate = np.where(owner % 3 == 0, 0.1, 0.5)
    levels = np.stack([np.full(len(owner), 0.5), brought, shown], axis=1) / rate[:, None]
    sums = np.zeros((PEOPLE, 3))
    np.add.at(sums, owner, levels)
    weight = np.bincount(owner, 1 / rate)
    both = np.stack([sums, weight[:, None] - sums], axis=2)
    return Levels(("retrieval", "ranking"), ("a", "unknown"), (False, False), weight, both)


@pytest.mark.prove
@pytest.mark.parametrize("scale", ["difference", "log"])
def test_parts_cover_at_the_stated_rate(scale: Scale) -> None:
    shares = np.array([0.5, MEAN, KEPT * MEAN])
    truth = np.diff(np.log(shares) if scale == "log" else shares)
    held = np.zeros(2)
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        for _ in range(EACH):
            parts = parts_of(drawn(rng), "x", scale=scale).of("a")
            held += [p.low <= t <= p.high for p, t in zip(parts, truth, strict=True)]  # type: ignore[operator]
    rate = held / (EACH * len(SEEDS))
    error = np.sqrt(0.95 * 0.05 / (EACH * len(SEEDS)))
    most = 0.95 + 3 * error if scale == "difference" else 0.965
    assert 0.95 - 3 * error <= rate.min() <= rate.max() <= most, rate
