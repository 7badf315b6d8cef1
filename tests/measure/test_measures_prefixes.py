"""Infeasibility, NDKL above chance, calibration, bias-free divergence: loops, hands, simulation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lists_made import batch_of, each_list, one_list

from fairview.core import UsageError
from fairview.measure import RankedBatch
from fairview.measure.measures.calibrated_divergence import CalibratedDivergence
from fairview.measure.measures.excess_ndkl import ExcessNDKL
from fairview.measure.measures.infeasible_count import InfeasibleCount
from fairview.measure.measures.infeasible_index import InfeasibleIndex
from fairview.measure.measures.ndkl import NDKL
from fairview.measure.measures.share_kl import ShareKL
from fairview.measure.prefixes import chance_terms


def test_infeasibility_equals_plain_loops() -> None:
    batch = batch_of(np.random.default_rng(1), soft=False)
    index = InfeasibleIndex(by="x", at=11).reduce(batch)[:, 0]
    count = InfeasibleCount(by="x", at=11).reduce(batch)[:, 0]
    for i, (rows, target) in enumerate(each_list(batch)):
        if math.isnan(target[0]):
            assert np.isnan(index[i])
            assert np.isnan(count[i])
            continue
        short = [
            sum(sum(row[g] for row in rows[:r]) < math.floor(target[g] * r) for g in range(3))
            for r in range(1, min(11, len(rows)) + 1)
        ]
        assert index[i] == sum(s > 0 for s in short)
        assert count[i] == sum(short)


@pytest.mark.parametrize("nothing_of", [None, 1])
def test_divergences_by_code_are_those_of_memberships(nothing_of: int | None) -> None:
    batch = batch_of(np.random.default_rng(4), 80, soft=False)
    if nothing_of is not None:
        shares = np.array(batch.qualified)
        shares[::3, nothing_of] = 0.0
        batch = replace(batch, qualified=shares)
    coded = replace(batch, codes=batch.membership.argmax(axis=1).astype(np.int16))
    for measure in (NDKL(by="x", at=20), NDKL(by="x", at=7), ExcessNDKL(by="x")):
        found, expected = measure.reduce(coded), measure.reduce(batch)
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        assert np.nan_to_num(found) == pytest.approx(np.nan_to_num(expected), abs=1e-12)


def test_infeasibility_by_hand() -> None:
    """b, b, a, a of targets (0.75, 0.25): a lacks 1, 2 - 1 - … items after ranks 2, 3 and 4."""
    batch = replace(one_list([1, 1, 0, 0]), qualified=np.array([[0.75, 0.25]]))
    # floor(.75 i) = 0, 1, 2, 3 against 0, 0, 1, 2; floor(.25 i) = 0, 0, 0, 1 against 1, 2, 2, 2
    assert InfeasibleIndex(by="x").reduce(batch).tolist() == [[3.0]]
    assert InfeasibleCount(by="x").reduce(batch).tolist() == [[3.0]]


def test_a_share_that_isnt_exact_in_binary_asks_for_whole_items() -> None:
    """0.29 * 100 is 28.999999999999996 in floats, and 29 items are asked for."""
    rows = [0] * 28 + [1] * 72
    batch = replace(one_list(rows), qualified=np.array([[0.29, 0.71]]))
    full = replace(one_list([0] * 29 + [1] * 71), qualified=np.array([[0.29, 0.71]]))
    last = [
        InfeasibleIndex(by="x", at=100).reduce(b)[0, 0]
        - InfeasibleIndex(by="x", at=99).reduce(b)[0, 0]
        for b in (batch, full)
    ]
    assert last == [1.0, 0.0]


def test_chance_terms_are_the_mean_of_all_outcomes() -> None:
    """Three draws of (0.3, 0.7), every outcome by its probability."""
    p = np.array([0.3, 0.7])
    expected = 0.0
    for c in range(4):
        weight = math.comb(3, c) * 0.3**c * 0.7 ** (3 - c)
        for share, target in ((c / 3, 0.3), (1 - c / 3, 0.7)):
            expected += weight * share * math.log(share / target) if share else 0.0
    assert chance_terms(p, 3)[3].sum() == pytest.approx(expected)


def test_draws_from_the_target_have_no_excess() -> None:
    rng = np.random.default_rng(0)
    lists, length = 20_000, 12
    target = np.array([0.5, 0.3, 0.2])
    groups = rng.choice(3, lists * length, p=target)
    batch = RankedBatch(
        offsets=np.arange(0, lists * length + 1, length),
        buckets=np.zeros(lists, np.int16),
        groups=("a", "b", "c"),
        membership=np.eye(4)[groups],
        qualified=np.broadcast_to(target, (lists, 3)),
    )
    excess = ExcessNDKL(by="x").reduce(batch)[:, 0]
    plain = NDKL(by="x").reduce(batch)[:, 0]
    error = excess.std() / math.sqrt(lists)
    assert abs(excess.mean()) < 4 * error
    assert plain.mean() > 0.2


def test_the_bias_of_a_divergence_is_taken_off() -> None:
    """Ten groups, 50 draws: about .09 by chance alone, as (K - 1) / 2n says."""
    rng = np.random.default_rng(0)
    counts = rng.multinomial(50, np.full(10, 0.1), 4000).astype(float)
    totals = np.concatenate([counts, np.full_like(counts, 5.0)], axis=1)
    overall, plug_in, chance = ShareKL(by="x").figures(totals, np.ones_like(totals)).T
    assert chance[0] == pytest.approx(0.09)
    assert plug_in.mean() == pytest.approx(0.095, abs=0.004)
    assert abs(overall.mean()) < 0.008


def test_a_group_against_its_target_of_zero_has_no_divergence() -> None:
    assert np.isnan(ShareKL(by="x").figures(np.array([3.0, 1, 4, 0]), np.ones(4))[0])
    found = ShareKL(by="x").figures(np.array([4.0, 0, 4, 0]), np.ones(4))
    assert found.tolist() == [0.0, 0.0, 0.0]


def test_calibration_equals_plain_loops() -> None:
    batch = batch_of(np.random.default_rng(5))
    found = CalibratedDivergence(by="x", at=6, alpha=0.05).reduce(batch)[:, 0]
    for i, (rows, target) in enumerate(each_list(batch)):
        if math.isnan(target[0]):
            assert np.isnan(found[i])
            continue
        got = [sum(row[g] for row in rows[:6]) for g in range(3)]
        q = [0.95 * g / sum(got) + 0.05 * t for g, t in zip(got, target, strict=True)]
        expected = sum(t * math.log(t / m) for t, m in zip(target, q, strict=True))
        assert found[i] == pytest.approx(expected)
    with pytest.raises(UsageError, match="alpha = 1"):
        CalibratedDivergence(by="x", alpha=1.0)


def test_a_band_of_ranks_is_the_whole_less_what_is_above() -> None:
    from fairview.measure.measures.skew import Skew

    batch = one_list([0, 0, 1, 0, 1, 1])
    skew = Skew(by="x", target="uniform", start=3, at=5)
    assert skew.reduce(batch)[0].tolist() == [1.0, 2.0, 1.5, 1.5]
    assert str(skew) == "Skew(by='x', target='uniform', start=3)@5"
    with pytest.raises(UsageError, match="1 <= start <= k"):
        Skew(by="x", start=6, at=5)
