"""Skews, NDKL and AWRF: hand-made cases, plain loops, properties."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists_made import GROUPS, batch_of, each_list, one_list, slow_exposure, slow_jsd, slow_ndkl
from scipy.spatial.distance import jensenshannon

from fairview.core import UsageError
from fairview.measure import Cells, Precision, Status, Target, estimate_cells, parse_measure
from fairview.measure.measure import RequestMeasure, known_measures
from fairview.measure.measures.awrf import AWRF
from fairview.measure.measures.max_skew import MaxSkew
from fairview.measure.measures.mean_max_skew import MeanMaxSkew
from fairview.measure.measures.mean_min_skew import MeanMinSkew
from fairview.measure.measures.mean_skew import MeanSkew
from fairview.measure.measures.min_skew import MinSkew
from fairview.measure.measures.ndkl import NDKL
from fairview.measure.measures.skew import Skew

seeds = st.integers(0, 2**32 - 1)


def figures(measure: RequestMeasure, batch: object) -> np.ndarray:
    values = measure.reduce(batch)  # type: ignore[arg-type]
    return measure.figures(np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0))


def test_pooled_skew_equals_plain_counting() -> None:
    batch = batch_of(np.random.default_rng(1))
    for alpha in (0.0, 2.0):
        counts, wanted = [0.0] * 3, [0.0] * 3
        for rows, target in each_list(batch):
            if math.isnan(target[0]):
                continue
            mine = [sum(row[g] for row in rows[:7]) for g in range(3)]
            counts = [c + m for c, m in zip(counts, mine, strict=True)]
            wanted = [w + sum(mine) * t for w, t in zip(wanted, target, strict=True)]
        n = sum(counts)
        expected = [
            math.log((c + alpha) / (n + 3 * alpha) / (w / sum(wanted)))
            for c, w in zip(counts, wanted, strict=True)
        ]
        keywords = {"by": "x", "at": 7, "smoothing": alpha}
        assert figures(Skew(**keywords), batch) == pytest.approx(expected)
        assert figures(MinSkew(**keywords), batch) == pytest.approx([min(expected)])
        assert figures(MaxSkew(**keywords), batch) == pytest.approx([max(expected)])


def test_skew_within_each_request_equals_plain_loops() -> None:
    batch = batch_of(np.random.default_rng(2), soft=False)
    low = MeanMinSkew(by="x", at=9).reduce(batch)[:, 0]
    high = MeanMaxSkew(by="x", at=9).reduce(batch)[:, 0]
    each = MeanSkew(by="x", at=9).reduce(batch)
    for i, (rows, target) in enumerate(each_list(batch)):
        counts = [sum(row[g] for row in rows[:9]) for g in range(3)]
        if math.isnan(target[0]) or not sum(counts):
            assert np.isnan(low[i])
            assert np.isnan(each[i]).all()
            continue
        skews = [
            math.log((c + 0.5) / (sum(counts) + 1.5) / t)
            for c, t in zip(counts, target, strict=True)
        ]
        assert low[i] == pytest.approx(min(skews))
        assert high[i] == pytest.approx(max(skews))
        assert each[i] == pytest.approx(skews)


@pytest.mark.parametrize("name", ["Skew", "MinSkew", "MaxSkew", "MeanMaxSkew", "NDKL"])
@pytest.mark.parametrize("smoothing", [-1.0, math.inf, math.nan])
def test_smoothing_that_cannot_be_is_refused(name: str, smoothing: float) -> None:
    kind = known_measures()[name]
    with pytest.raises(UsageError, match="use a number at least 0"):
        kind(by="x", smoothing=smoothing)


@pytest.mark.parametrize("name", ["MeanSkew", "MeanMinSkew"])
def test_a_mean_of_logarithms_has_to_be_smoothed(name: str) -> None:
    """Without it the worst pages, which leave a group out, would be left out themselves."""
    kind = known_measures()[name]
    with pytest.raises(UsageError, match="use a number above 0"):
        kind(by="x", smoothing=0)


def test_ndkl_equals_recounting_every_prefix() -> None:
    for seed, soft in ((3, True), (4, False)):
        batch = batch_of(np.random.default_rng(seed), soft=soft)
        found = NDKL(by="x", at=20).reduce(batch)[:, 0]
        for i, (rows, target) in enumerate(each_list(batch)):
            if math.isnan(target[0]) or not any(sum(row[:3]) for row in rows[:20]):
                assert np.isnan(found[i])
            else:
                assert found[i] == pytest.approx(slow_ndkl(rows, target, 20))


def test_ndkl_by_hand() -> None:
    """The list a, a, b against a half each: KL is ln 2, ln 2, and ln(2/3)·… of the whole."""
    kl = [math.log(2), math.log(2), 2 / 3 * math.log(4 / 3) + 1 / 3 * math.log(2 / 3)]
    weights = [1, 1 / math.log2(3), 1 / 2]
    expected = sum(k * w for k, w in zip(kl, weights, strict=True)) / sum(weights)
    measure = NDKL(by="x", target="uniform")
    assert measure.reduce(one_list([0, 0, 1]))[0, 0] == pytest.approx(expected)


def test_ndkl_leaves_out_prefixes_without_a_known_item() -> None:
    """An unknown first item: only the second prefix counts, whose KL is ln 2."""
    measure = NDKL(by="x", target="uniform")
    assert measure.reduce(one_list([2, 0]))[0, 0] == pytest.approx(math.log(2))
    assert np.isnan(measure.reduce(one_list([2, 2]))[0, 0])


def test_a_group_shown_against_a_target_of_zero_is_undefined() -> None:
    batch = replace(one_list([0, 1]), qualified=np.array([[1.0, 0.0]]))
    assert np.isnan(NDKL(by="x").reduce(batch)[0, 0])
    assert NDKL(by="x").reduce(replace(batch, membership=np.eye(3)[[0, 0]]))[0, 0] == 0
    assert figures(Skew(by="x"), batch).tolist()[1:] != [0.0]
    assert np.isnan(figures(Skew(by="x"), batch)[1])
    assert figures(MinSkew(by="x"), batch)[0] == pytest.approx(math.log(0.5))


def test_a_group_never_shown_has_no_skew_without_smoothing() -> None:
    batch = one_list([0, 0])
    assert np.isnan(figures(Skew(by="x", target="uniform"), batch)[1])
    cells = Cells.from_rows(
        ("a", "b", "target a", "target b"),
        np.arange(50, dtype=np.int16),
        np.tile([[2.0, 0, 1, 1]], (50, 1)),
    )
    measure = MinSkew(by="x", target="uniform")
    [estimate] = estimate_cells(measure, cells, np.random.default_rng(0), Precision())
    assert estimate.status is Status.UNDEFINED
    assert estimate.n == 50
    smooth = MinSkew(by="x", target="uniform", smoothing=1.0)
    [estimate] = estimate_cells(smooth, cells, np.random.default_rng(0), Precision())
    assert estimate.value == pytest.approx(math.log(1 / 102 / 0.5))


def test_awrf_equals_plain_loops_and_scipy() -> None:
    batch = batch_of(np.random.default_rng(5))
    for discount in ("trec", "log2", "none"):
        found = AWRF(by="x", at=12, discount=discount).reduce(batch)[:, 0]
        for i, (rows, target) in enumerate(each_list(batch)):
            if math.isnan(target[0]):
                assert np.isnan(found[i])
                continue
            got = slow_exposure(rows, 12, discount)[:3]
            d = [g / sum(got) for g in got]
            assert found[i] == pytest.approx(1 - slow_jsd(d, target))
            assert found[i] == pytest.approx(1 - jensenshannon(d, target) ** 2)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_on_target_there_is_no_skew_and_full_fairness(seed: int) -> None:
    rng = np.random.default_rng(seed)
    batch = batch_of(rng, 12)
    shares = rng.dirichlet(np.ones(3) * 5)
    n = int(batch.offsets[-1])
    unknown = rng.random((n, 1)) * 0.9
    same = np.concatenate([shares * (1 - unknown), unknown], axis=1)
    batch = replace(
        batch,
        membership=same,
        targets={"mine": Target("mine", dict(zip(GROUPS, shares, strict=True)))},
    )
    assert figures(Skew(by="x", target="mine"), batch) == pytest.approx(np.zeros(3), abs=1e-9)
    assert figures(MinSkew(by="x", target="mine"), batch) == pytest.approx([0], abs=1e-9)
    assert NDKL(by="x", target="mine").reduce(batch) == pytest.approx(0, abs=1e-9)
    assert AWRF(by="x", target="mine").reduce(batch) == pytest.approx(1, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seeds, st.booleans())
def test_figures_stay_in_their_range(seed: int, soft: bool) -> None:
    batch = batch_of(np.random.default_rng(seed), 12, soft=soft)
    for name in ("NDKL(by='x')", "AWRF(by='x')", "MeanMinSkew(by='x')", "MinSkew(by='x')"):
        measure = parse_measure(name)
        assert isinstance(measure, RequestMeasure)
        values = figures(measure, batch)
        defined = values[np.isfinite(values)]
        assert (defined >= measure.bounds[0] - 1e-12).all()
        assert (defined <= measure.bounds[1] + 1e-12).all()
    assert (figures(MinSkew(by="x"), batch) <= 1e-12).all() or not soft
    assert (figures(MaxSkew(by="x"), batch) >= -1e-12).all()


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_requests_do_not_touch_each_other(seed: int) -> None:
    """A batch gives what its halves give: running sums never leak over a cut."""
    rng = np.random.default_rng(seed)
    batch = batch_of(rng, 10)
    cut = int(batch.offsets[4])
    assert batch.qualified is not None
    first = replace(
        batch,
        offsets=batch.offsets[:5],
        buckets=batch.buckets[:4],
        membership=batch.membership[:cut],
        qualified=batch.qualified[:4],
    )
    for measure in (NDKL(by="x"), AWRF(by="x"), Skew(by="x"), MeanMaxSkew(by="x")):
        np.testing.assert_allclose(
            measure.reduce(batch)[:4], measure.reduce(first), rtol=1e-9, atol=1e-12
        )
