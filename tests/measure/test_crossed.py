"""People and items drawn again at once: rows that share either of them are alike."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fairview.core import UsageError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    Log,
    Measured,
    Precision,
    SamplingUnit,
    Status,
    bucket_of,
    estimates_of,
    evaluate,
    paired_changes,
    parse_measure,
    reduce_log,
)
from fairview.measure.comparing import parts_of_cells
from fairview.measure.crossed import Crossed
from fairview.measure.intervals import jackknife_interval, leave_out_cells
from fairview.measure.measure import ratio
from fairview.measure.measures.action_rate import ActionRate
from fairview.measure.statistics import two_way_error, worst_gap

SIDE = 40


def log(seed: int = 3) -> pd.DataFrame:
    """Each of 120 people met 10 of 90 items, and both have tastes of their own."""
    rng = np.random.default_rng(seed)
    person, item = np.repeat(np.arange(120), 10), rng.integers(0, 90, 1200)
    taste = 1.2 * rng.normal(size=120)[person] + 1.2 * rng.normal(size=90)[item]
    return pd.DataFrame(
        {
            "cluster_id": [f"p{i}" for i in person],
            "item_id": [f"i{i}" for i in item],
            "request_id": [f"r{i}" for i in person],
            "position": np.tile(np.arange(1, 11), 120),
            "relevance": 1.0,
            "click": (rng.logistic(size=1200) < taste).astype(int),
            "g": np.where(item % 3 == 0, "a", "b"),
        }
    )


def drawn(rng: np.random.Generator, shared: bool) -> Cells:
    """A grid of people by items whose mean is 0 and whose rows share both."""
    values = rng.normal(size=(SIDE, SIDE))
    if shared:
        values += 0.7 * rng.normal(size=(SIDE, 1)) + 0.7 * rng.normal(size=(1, SIDE))
    people, items = np.divmod(np.arange(SIDE * SIDE), SIDE)
    buckets = (64 * people + items).astype(np.int16)
    return Cells.from_rows(["x"], buckets, values.reshape(-1, 1))


def mean(totals: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return ratio(totals[..., 0, :], counts[..., 0, :])


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_intervals_cover_where_people_and_items_are_shared(shared: bool, seed: int) -> None:
    """1,000 grids: at least nominal but for 3 Monte-Carlo errors; people alone promise too much."""
    rng, replications = np.random.default_rng(seed), 1000
    held = alone = 0
    for _ in range(replications):
        cells = drawn(rng, shared)
        value = float(cells.totals.sum() / cells.count.sum())
        held += abs(value) <= Crossed.of(cells, mean).reach(0.95)[0]
        people = replace(cells, buckets=(cells.buckets // 64).astype(np.int16))
        sums = [
            np.add.reduceat(part, np.arange(0, SIDE * SIDE, SIDE))
            for part in (people.count, people.totals)
        ]
        merged = replace(
            cells,
            buckets=np.arange(SIDE, dtype=np.int16),
            count=sums[0],
            mean=sums[1] / sums[0],
            m2=np.zeros_like(sums[0]),
        )
        low, high = jackknife_interval(
            value, leave_out_cells(merged, mean)[:, 0], (-math.inf, math.inf), 0.95
        )
        alone += low <= 0 <= high
    error = math.sqrt(0.95 * 0.05 / replications)
    assert held / replications >= 0.95 - 3 * error
    assert held / replications <= 0.99
    if shared:
        assert alone / replications < 0.9


def test_its_error_is_the_two_way_error_of_the_same_rows() -> None:
    cells = drawn(np.random.default_rng(2), shared=True)
    people, items = np.divmod(cells.buckets.astype(int), 64)
    known = two_way_error(people, items, cells.totals[:, 0], cells.count[:, 0])
    assert Crossed.of(cells, mean).errors == pytest.approx(known, rel=0.02)


def test_rows_fall_into_a_grid_of_both_and_merge() -> None:
    frame, measure = log(), parse_measure("ActionRate(by='g', unit='both')")
    whole = reduce_log(measure, DuckDBEngine(Log(frame)))
    assert isinstance(whole, Cells)
    grid = {
        64 * (bucket_of(p) % 64) + bucket_of(i) % 64
        for p, i in zip(frame.cluster_id, frame.item_id, strict=True)
    }
    assert whole.buckets.tolist() == sorted(grid)
    halves = [reduce_log(measure, DuckDBEngine(Log(part))) for part in (frame[::2], frame[1::2])]
    assert isinstance(halves[0], Cells)
    assert isinstance(halves[1], Cells)
    merged = halves[1].merge(halves[0])
    rng = np.random.default_rng(0)
    one, two = (estimates_of(measure, cells, rng, Precision()) for cells in (whole, merged))
    for here, there in zip(one, two, strict=True):
        assert (here.slice, here.n, here.status) == (there.slice, there.n, there.status)
        if here.status is Status.OK:
            assert (here.low, here.high) == pytest.approx((there.low, there.high), rel=1e-9)


def test_both_is_wider_than_either_alone() -> None:
    widths = {}
    for unit in ("person", "item", "both"):
        [*_, overall] = evaluate(
            parse_measure(f"ActionRate(by='g', unit={unit!r})"),
            DuckDBEngine(Log(log())),
            np.random.default_rng(0),
        )
        assert overall.status is Status.OK
        assert overall.unit.value == unit
        widths[unit] = (overall.high or 0) - (overall.low or 0)
    assert widths["both"] > max(widths["person"], widths["item"])


def test_slices_are_compared_and_audits_are_too() -> None:
    frame, rng = log(), np.random.default_rng(0)
    gap = parse_measure("Gap(of=\"ActionRate(by='g', unit='both')\")")
    [found] = evaluate(gap, DuckDBEngine(Log(frame)), rng)
    assert found.status is Status.OK
    assert found.unit.value == "both"
    narrow = parse_measure("Gap(of=\"ActionRate(by='g')\")")
    [people] = evaluate(narrow, DuckDBEngine(Log(frame)), rng)
    assert found.value == people.value
    assert (found.high or 0) - (found.low or 0) > (people.high or 0) - (people.low or 0)
    measure = parse_measure("ActionRate(by='g', unit='both')")
    sides = []
    for seed in (3, 4):
        cells = reduce_log(measure, DuckDBEngine(Log(log(seed))))
        made = estimates_of(measure, cells, rng, Precision())
        sides.append(Measured(measure, cells, tuple(made)))
    change = paired_changes(*sides)[-1]
    assert change.status is Status.OK
    assert "people" not in change.method
    assert "paired" not in change.method


@pytest.mark.parametrize("of", ["cluster_id", "item_id"])
def test_one_person_or_one_item_is_withheld(of: str) -> None:
    found = evaluate(
        parse_measure("ActionRate(by='', unit='both')"),
        DuckDBEngine(Log(log().assign(**{of: "x"}))),
        np.random.default_rng(0),
    )
    assert [(e.status, e.note) for e in found] == [
        (Status.SUPPRESSED, "observations of fewer than 10 people or items")
    ]


@pytest.mark.parametrize(
    "name", ["NDCG", "Gini", "AUC(by='g')", "ECE(by='g')", "MinSkew(by='g', target='uniform')"]
)
def test_what_is_not_a_mean_of_rows_is_refused(name: str) -> None:
    text = f"{name}(unit='both')" if "(" not in name else name.replace(")", ", unit='both')")
    with pytest.raises(UsageError, match="can't have the sampling unit 'both'"):
        parse_measure(text)


def test_the_worst_gap_of_alike_groups_of_items_is_rarely_found() -> None:
    """In 300 logs where items of four groups are alike, at most one of twenty shows a gap."""
    rng, replications, found, side = np.random.default_rng(5), 300, 0, 60
    measure = ActionRate(by="g", unit=SamplingUnit.BOTH)
    for _ in range(replications):
        person, item = np.divmod(np.flatnonzero(rng.random(side * side) < 0.4), side)
        taste = rng.normal(size=side)[person] + rng.normal(size=side)[item]
        clicks = (rng.logistic(size=len(person)) < taste).astype(float)
        cells = Cells.from_rows(
            measure.component_names,
            (64 * person + item).astype(np.int16),
            clicks[:, None],
            slices=("a", "b", "c", "d"),
            slice_of=item % 4,
        )
        groups = np.array([True] * 4 + [False])
        parts = parts_of_cells(measure, cells).only(groups)
        found += worst_gap(parts, rng, 0.95, p_values=False).low > 0
    assert found / replications <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / replications)


def test_a_rate_of_zero_is_no_certainty() -> None:
    """Nobody clicked a: its rate is bounded above, and so is the gap to b."""
    frame = log()
    frame.loc[frame.g == "a", "click"] = 0
    rng = np.random.default_rng(0)
    rate = parse_measure("ActionRate(by='g', unit='both')")
    found = {e.slice: e for e in evaluate(rate, DuckDBEngine(Log(frame)), rng)}
    assert found["a"].value == found["a"].low == 0.0
    assert 0.02 < (found["a"].high or 0) < 0.3
    measure = ActionRate(by="g", unit=SamplingUnit.BOTH)
    cells = reduce_log(measure, DuckDBEngine(Log(frame)))
    assert isinstance(cells, Cells)
    low, high = parts_of_cells(measure, cells).ends(1.96)
    assert low[0] == 0.0
    assert 0.02 < high[0] < 0.3
