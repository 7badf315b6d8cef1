"""Exposure and the shares of a catalogue: hand-made cases, plain loops, properties."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists_made import batch_of, each_list, one_list, slow_exposure

from fairview.core import DataError, UsageError
from fairview.measure import DuckDBEngine, Log, Status, Target, evaluate
from fairview.measure.measure import RequestMeasure
from fairview.measure.measures.exposure_gap import ExposureGap
from fairview.measure.measures.exposure_parity import ExposureParity
from fairview.measure.measures.exposure_share import ExposureShare
from fairview.measure.measures.group_share import GroupShare
from fairview.measure.measures.sampled_group_share import SampledGroupShare
from fairview.measure.measures.skew import Skew

seeds = st.integers(0, 2**32 - 1)


def figures(measure: RequestMeasure, batch: object) -> np.ndarray:
    values = measure.reduce(batch)  # type: ignore[arg-type]
    return measure.figures(np.nansum(values, axis=0), (~np.isnan(values)).sum(axis=0))


@pytest.mark.parametrize("discount", ["log2", "trec", "none"])
def test_exposure_equals_plain_loops(discount: str) -> None:
    batch = batch_of(np.random.default_rng(1))
    total = [0.0] * 4
    got, wanted = [0.0] * 3, [0.0] * 3
    for rows, target in each_list(batch):
        mine = slow_exposure(rows, 8, discount)
        total = [t + m for t, m in zip(total, mine, strict=True)]
        if not math.isnan(target[0]):
            got = [g + m for g, m in zip(got, mine[:3], strict=True)]
            wanted = [w + sum(mine[:3]) * t for w, t in zip(wanted, target, strict=True)]
    share = [t / sum(total[:3]) for t in total[:3]] + [total[3] / sum(total)]
    keywords = {"by": "x", "at": 8, "discount": discount}
    assert figures(ExposureShare(**keywords), batch) == pytest.approx(share)
    given_, want = np.array(got) / sum(got), np.array(wanted) / sum(wanted)
    gap = np.abs(given_ - want).max()
    assert figures(ExposureGap(**keywords), batch) == pytest.approx([gap])
    parity = (given_ / want).min() / (given_ / want).max()
    assert figures(ExposureParity(**keywords), batch) == pytest.approx([parity])


@settings(max_examples=30, deadline=None)
@given(seeds, st.booleans())
def test_shares_sum_to_one(seed: int, soft: bool) -> None:
    batch = batch_of(np.random.default_rng(seed), 10, soft=soft)
    shares = figures(ExposureShare(by="x"), batch)
    assert shares[:-1].sum() == pytest.approx(1)
    assert 0 <= shares[-1] <= 1


def test_exposure_by_hand() -> None:
    """Ranks 1 to 3 are a, b, b: 1 against 0.6309 + 0.5."""
    shares = figures(ExposureShare(by="x"), one_list([0, 1, 1]))
    assert shares[0] == pytest.approx(1 / (1 + 1 / math.log2(3) + 0.5))
    gap = figures(ExposureGap(by="x", target="uniform"), one_list([0, 1, 1]))[0]
    assert gap == pytest.approx(0.5 - shares[0])


def test_parity_of_a_group_without_exposure_is_undefined() -> None:
    assert np.isnan(figures(ExposureParity(by="x", target="uniform"), one_list([0, 0]))[0])
    batch = replace(one_list([0, 0]), qualified=np.array([[1.0, 0.0]]))
    assert figures(ExposureParity(by="x"), batch)[0] == 1.0


def test_what_the_parts_allow_is_what_the_extremes_reach() -> None:
    gap = ExposureGap(by="x")
    assert gap.reach(np.array([-0.3, 0.1]), np.array([-0.1, 0.2])) == pytest.approx((0.1, 0.3))
    assert gap.reach(np.array([-0.3, -0.1]), np.array([0.1, 0.2])) == pytest.approx((0.0, 0.3))
    low, high = ExposureParity(by="x").reach(np.log([0.5, 0.9]), np.log([0.6, 1.2]))
    assert (low, high) == pytest.approx((0.5 / 1.2, 0.6 / 0.9))


def test_an_unknown_discount_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="no discount 'cube'; use one of log2"):
        ExposureShare(by="x", discount="cube").reduce(one_list([0]))


def _log(**more: object) -> Log:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "request_id": np.repeat([f"r{i}" for i in range(60)], 5),
            "cluster_id": np.repeat([f"p{i % 30}" for i in range(60)], 5),
            "item_id": [f"i{i}" for i in range(300)],
            "position": np.tile(np.arange(1, 6), 60),
            "tone": rng.choice(["a", "b"], 300, p=[0.75, 0.25]),
        }
    )
    return Log(rows=rows, **more)  # type: ignore[arg-type]


def test_targets_are_found_by_name_before_rows_are_read() -> None:
    rng = np.random.default_rng(0)
    mine = {"shop": Target("shop", {"a": 0.75, "b": 0.25})}
    [a, b] = evaluate(Skew(by="tone", target="shop", at=5), DuckDBEngine(_log(targets=mine)), rng)
    assert abs(a.value or 1) < 0.1
    assert a.low is not None
    assert b.high is not None
    assert a.low < a.value < 0.1 < b.high or a.low < 0 < b.high
    with pytest.raises(UsageError, match="no target 'other'; there are uniform, qualified, shop"):
        evaluate(Skew(by="tone", target="other"), DuckDBEngine(_log(targets=mine)), rng)
    with pytest.raises(DataError, match="needs each request's qualified candidates"):
        evaluate(Skew(by="tone"), DuckDBEngine(_log()), rng)
    wrong = {"shop": Target("shop", {"a": 0.75, "c": 0.25})}
    with pytest.raises(DataError, match="differ in b, c"):
        evaluate(Skew(by="tone", target="shop"), DuckDBEngine(_log(targets=wrong)), rng)


def test_requests_without_a_known_target_are_excluded_and_counted() -> None:
    qualified = pd.DataFrame(
        {
            "request_id": np.repeat([f"r{i}" for i in range(45)], 2),
            "attribute": "tone",
            "group": ["a", "b"] * 45,
            "share": [0.75, 0.25] * 45,
        }
    )
    engine = DuckDBEngine(_log(qualified=qualified))
    [estimate] = evaluate(ExposureGap(by="tone", at=5), engine, np.random.default_rng(0))
    assert (estimate.n, estimate.excluded) == (45, 15)
    assert "simultaneous" in estimate.method
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.value is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high


def test_a_census_has_shares_and_no_interval() -> None:
    items = pd.DataFrame(
        {"item_id": [f"i{i}" for i in range(40)], "g": ["x"] * 27 + ["y"] * 3 + [None] * 10}
    )
    engine = DuckDBEngine(Log(rows=items))
    x, y, unknown = evaluate(GroupShare(by="g"), engine, np.random.default_rng(0))
    assert (x.value, y.value, unknown.value) == pytest.approx((0.9, 0.1, 0.25))
    assert (x.low, x.method, x.status, y.n) == (None, "census", Status.OK, 30)
    x, *_ = evaluate(SampledGroupShare(by="g"), engine, np.random.default_rng(0))
    assert x.low is not None
    assert x.high is not None
    assert x.low < 0.9 < x.high
