"""Slice discovery keeps its word: false discoveries held, planted slices found at the stated rate.

10,000 simulated audits per claim, over three seeds. A slice counts as falsely confirmed where, in
the population that it was drawn from, it isn't served worse than everybody else.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from slices_made import Rows, conditions_of

from fairview.audit.finding import SliceFindings, SliceSearch, find_slices

REPLICATIONS = 10_000
SEEDS = (31, 32, 33)
EACH = -(-REPLICATIONS // len(SEEDS))
ERRORS = 3.0

NOTHING = Rows()
RARE = Rows(rate=0.03, rows=1500, columns=4)
ALIKE = Rows(rows=1500, columns=4)
TWO = Rows(planted=((((0, 1), (1, 2)), 0.18), (((2, 0), (3, 1), (4, 2)), 0.35)))
WEAK = Rows(rows=3000, columns=4, planted=((((0, 0), (1, 1)), 0.12),))
ASKED = SliceSearch(minimum_rows=60, most=10)


def audits(world: Rows, asked: SliceSearch, people: bool = False):
    """Yield what 10,000 audits find; with people, five rows of each, alike in loss and column."""
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        for _ in range(EACH):
            columns = world.columns_of(rng)
            if not people:
                loss = (rng.random(world.rows) < world.chance([c.codes for c in columns])) * 1.0
                yield find_slices(columns, loss, rng, asked=asked)
                continue
            person = np.repeat(np.arange(world.rows // 5), 5)
            columns = [column.take(person) for column in columns]
            own = rng.beta(2 * world.rate, 2 * (1 - world.rate), world.rows // 5)[person]
            loss = (rng.random(world.rows) < own).astype(float)
            yield find_slices(columns, loss, rng, clusters=person, asked=asked)


def false_share(world: Rows, found: SliceFindings) -> float:
    """The part of an audit's confirmed slices that are not truly served worse; 0 of none."""
    false = [world.true_gap(conditions_of(each.conditions)) < 1e-9 for each in found.confirmed]
    return float(np.mean(false)) if false else 0.0


def missed_share(world: Rows, found: SliceFindings) -> float:
    """The part of the intervals of an audit's confirmed slices that miss the truth."""
    truth = [(f, world.true_gap(conditions_of(f.conditions))) for f in found.confirmed]
    missed = [not (f.low or 0) <= gap <= (f.high or 0) for f, gap in truth]
    return float(np.mean(missed)) if missed else 0.0


def assert_at_most(shares: list[float], nominal: float) -> None:
    assert len(shares) >= REPLICATIONS
    error = max(np.std(shares), np.sqrt(nominal * (1 - nominal))) / np.sqrt(len(shares))
    assert np.mean(shares) <= nominal + ERRORS * error


@pytest.mark.prove
@pytest.mark.parametrize(("world", "adjust"), [(NOTHING, "bh"), (NOTHING, "holm"), (RARE, "bh")])
def test_where_nothing_is_planted_nothing_is_confirmed(world: Rows, adjust: str) -> None:
    """With no slice worse than another, any confirmation is false: at most one audit in twenty."""
    asked = SliceSearch(minimum_rows=60, most=10, adjust=adjust)  # type: ignore[arg-type]
    assert_at_most([float(bool(f.confirmed)) for f in audits(world, asked)], 0.05)


@pytest.mark.prove
def test_where_people_are_alike_nothing_is_confirmed() -> None:
    shares = [float(bool(f.confirmed)) for f in audits(ALIKE, ASKED, people=True)]
    assert_at_most(shares, 0.05)


@pytest.mark.prove
def test_false_discoveries_beside_true_ones_are_held() -> None:
    """Two planted slices are confirmed, and at most 5 % of what is confirmed is false.

    Nor do more than 5 % of the intervals of the confirmed miss the truth, though they were chosen
    for lying above 0.
    """
    shares, missed, confirmed = [], [], 0
    for found in audits(TWO, ASKED):
        shares.append(false_share(TWO, found))
        missed.append(missed_share(TWO, found))
        confirmed += len(found.confirmed)
    assert_at_most(shares, 0.05)
    assert_at_most(missed, 0.05)
    assert confirmed >= REPLICATIONS


@pytest.mark.prove
def test_a_planted_slice_is_found_at_the_stated_rate() -> None:
    """At least as often as the power of the other half's test says, at Bonferroni's level.

    Narrower slices are too small to be looked at, so the searched half nearly always shows the
    planted one, and the rate is that of the confirmation.
    """
    (conditions, _), rate = WEAK.planted[0], WEAK.rate
    asked = SliceSearch(minimum_rows=200, most=2)
    hits, within, seen = 0, 0, 0
    truth = WEAK.true_gap(conditions)
    for found in audits(WEAK, asked):
        mine = [f for f in found.slices if conditions_of(f.conditions) == conditions]
        seen += bool(mine)
        hits += any(f.confirmed for f in mine)
        within += sum(f.low <= truth <= f.high for f in mine if f.low is not None and f.high)
    held, share = WEAK.rows / 2, 1 / 9
    raised = rate + WEAK.planted[0][1]
    near, far = share * held, (1 - share) * held
    error = np.sqrt(raised * (1 - raised) / near + rate * (1 - rate) / far)
    power = stats.norm.cdf(truth / error - stats.norm.ppf(1 - 0.05 / (2 * asked.most)))
    total = EACH * len(SEEDS)
    assert 0.6 < power < 0.95
    rate_seen = seen / total
    expected = power * rate_seen
    assert hits / total >= expected - ERRORS * np.sqrt(expected * (1 - expected) / total)
    assert rate_seen > 0.85
    assert within / seen >= 0.95 - ERRORS * np.sqrt(0.05 * 0.95 / seen)
