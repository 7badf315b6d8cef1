"""A gap taken apart into mix and rate: exact, by hand, with intervals that hold the truth."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.audit.finding import Roles, decompose_gap
from fairview.audit.finding.mix import parts_of_gap
from fairview.core import DataError

LOSS = Roles(loss="loss")


def drawn(seed: int, rates: dict[str, tuple[float, float]], n: int = 4000) -> pa.Table:
    """Rows of two groups that are spread over two strata differently, with these rates."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    stratum = (rng.random(n) < np.where(group == 0, 0.7, 0.3)).astype(int)
    chance = np.array([rates["a"], rates["b"]])[group, stratum]
    return pa.table(
        {
            "g": np.array(["a", "b"])[group],
            "s": np.array(["low", "high"])[stratum],
            "loss": (rng.random(n) < chance).astype(float),
        }
    )


def test_by_hand() -> None:
    """Weights .75/.25 and .5/.5, rates .2/.6 and .4/.4."""
    cells = {("a", "x"): (60, 12), ("a", "y"): (20, 12), ("b", "x"): (40, 16), ("b", "y"): (40, 16)}
    rows = [(g, s, float(i < k)) for (g, s), (n, k) in cells.items() for i in range(n)]
    table = pa.table(dict(zip(("g", "s", "loss"), map(list, zip(*rows, strict=True)), strict=True)))
    found = decompose_gap(table, LOSS, "g", "a", "b", ["s"])
    assert found.gap.value == pytest.approx(24 / 80 - 32 / 80)
    assert found.mix.value == pytest.approx(0.25 * 0.3 - 0.25 * 0.5)
    assert found.rate.value == pytest.approx(-0.2 * 0.625 + 0.2 * 0.375)
    assert {s.name: s.rate for s in found.strata} == pytest.approx({"s=x": -0.125, "s=y": 0.075})


@settings(max_examples=50, deadline=None)
@given(
    n=st.lists(st.integers(0, 30), min_size=8, max_size=8),
    share=st.lists(st.floats(0, 1), min_size=8, max_size=8),
)
def test_parts_add_up_whatever_is_empty(n: list[int], share: list[float]) -> None:
    count = np.array(n, float).reshape(2, 4)
    total = count * np.array(share).reshape(2, 4)
    parts, _ = parts_of_gap(count, total)
    if (count.sum(axis=1) == 0).any():
        assert np.isnan(parts).all()
        return
    means = total.sum(axis=1) / count.sum(axis=1)
    assert parts[0] == pytest.approx(means[0] - means[1], abs=1e-12)
    assert parts[1:].sum() == pytest.approx(parts[0], abs=1e-12)


def test_planted_mix_and_planted_rate_are_told_apart() -> None:
    mix = decompose_gap(drawn(1, {"a": (0.1, 0.5), "b": (0.1, 0.5)}), LOSS, "g", "a", "b", ["s"])
    assert mix.mix.low is not None
    assert mix.rate.low is not None
    assert mix.rate.high is not None
    assert mix.mix.low < 0.16 < (mix.mix.high or 0)
    assert mix.mix.low > 0.1
    assert mix.rate.low < 0 < mix.rate.high
    rate = decompose_gap(drawn(2, {"a": (0.4, 0.4), "b": (0.1, 0.1)}), LOSS, "g", "a", "b", ["s"])
    assert rate.rate.low is not None
    assert rate.rate.low < 0.3 < (rate.rate.high or 0)
    assert abs(rate.mix.value or 0) < 0.02


def test_intervals_of_people_are_wider_than_of_rows() -> None:
    table = drawn(3, {"a": (0.1, 0.5), "b": (0.1, 0.5)}, 1000)
    again = pa.concat_tables([table] * 5).append_column(
        "person", pa.array([f"p{i % 1000}" for i in range(5000)])
    )
    rows = decompose_gap(again, LOSS, "g", "a", "b", ["s"])
    people = decompose_gap(
        again, Roles(loss="loss", cluster="person"), "g", "a", "b", ["s"]
    )  # fmt: skip

    def width(found: object) -> float:
        return found.rate.high - found.rate.low  # type: ignore[attr-defined, no-any-return]

    assert people.rate.value == pytest.approx(rows.rate.value)
    assert width(people) == pytest.approx(np.sqrt(5) * width(rows), rel=0.15)


def test_a_stratum_of_one_group_stands_apart_and_is_counted() -> None:
    """Half of a is in y, where nobody of b is: y adds 1/2 x 1, and only x can be compared."""
    table = pa.table(
        {"g": ["a"] * 4 + ["b"] * 4, "s": ["x", "x", "y", "y", "x", "x", "x", "x"],
         "loss": [0, 1, 1, 1, 0, 1, 0, 1]}
    )  # fmt: skip
    found = decompose_gap(table, LOSS, "g", "a", "b", ["s"])
    assert (found.alone, found.rate.value) == (1, 0)
    assert found.unmatched.value == pytest.approx(0.5)
    assert found.mix.value == pytest.approx(-0.25)
    assert [s.mix for s in found.strata if s.name == "s=y"] == [None]


def test_finding_says_both_and_bad_input_is_a_sentence() -> None:
    table = drawn(1, {"a": (0.1, 0.5), "b": (0.1, 0.5)})
    finding = decompose_gap(table, LOSS, "g", "a", "b", ["s"]).finding()
    assert "because they differ in s, and" in finding.sentence
    assert len(finding.rows) == 2
    with pytest.raises(DataError, match="no group 'c'; it has a, b"):
        decompose_gap(table, LOSS, "g", "a", "c", ["s"])
    with pytest.raises(DataError, match="no column colour"):
        decompose_gap(table, LOSS, "g", "a", "b", ["colour"])
    with pytest.raises(DataError, match="no column who"):
        decompose_gap(table, Roles(loss="loss", cluster="who"), "g", "a", "b", ["s"])
