"""Cells and totals merge like sums, whatever the order and the split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.measure import Cells, EntityTotals

rows = st.lists(
    st.tuples(st.integers(0, 5), st.floats(-1e3, 1e3), st.integers(0, 3)), min_size=0, max_size=40
)


def cells_of(part: list[tuple[int, float, int]]) -> Cells:
    if not part:
        return Cells.empty(("x", "y"))
    bucket = np.array([p[0] for p in part], np.int16)
    values = np.array([[p[1], np.nan if p[2] == 0 else p[1] * 2] for p in part])
    return Cells.from_rows(("x", "y"), bucket, values)


def same(one: Cells, two: Cells) -> None:
    assert one.components == two.components
    np.testing.assert_allclose(one.dense().count, two.dense().count)
    np.testing.assert_allclose(one.dense().mean, two.dense().mean, atol=1e-9)
    np.testing.assert_allclose(one.dense().m2, two.dense().m2, atol=1e-4)
    assert one.excluded.tolist() == two.excluded.tolist()


@settings(max_examples=60, deadline=None)
@given(rows, rows, rows)
def test_merge_is_associative_commutative_and_equals_the_whole(
    a: list[tuple[int, float, int]],
    b: list[tuple[int, float, int]],
    c: list[tuple[int, float, int]],
) -> None:
    x, y, z = cells_of(a), cells_of(b), cells_of(c)
    same(x.merge(y), y.merge(x))
    same(x.merge(y).merge(z), x.merge(y.merge(z)))
    same(x.merge(y).merge(z), cells_of(a + b + c))


def test_cells_of_nothing_change_nothing_not_even_the_slices() -> None:
    cells = Cells.from_rows(
        ["x"], np.array([3, 9], np.int16), np.array([[1.0], [2.0]]),
        slices=("a", "b"), slice_of=np.array([0, 1]),
    )  # fmt: skip
    for merged in (Cells.empty(["x"]).merge(cells), cells.merge(Cells.empty(["x"]))):
        assert merged.slices == ("a", "b")
        assert np.array_equal(merged.count, cells.count)


def test_components_of_one_side_stay() -> None:
    left = Cells.from_rows(("b",), np.array([1], np.int16), np.array([[2.0]]))
    right = Cells.from_rows(("a",), np.array([1], np.int16), np.array([[5.0]]))
    assert left.merge(right).components == right.merge(left).components == ("a", "b")
    assert left.merge(right).totals.tolist() == [[[5.0, 2.0]]]


def test_large_close_values_keep_their_variance() -> None:
    rng = np.random.default_rng(0)
    values = 1e9 + rng.random(1000)
    halves = [
        Cells.from_rows(("x",), np.zeros(500, np.int16), part[:, None])
        for part in np.split(values, 2)
    ]
    merged = halves[0].merge(halves[1])
    assert merged.m2[0, 0, 0] / 1000 == pytest.approx(values.var(), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(rows, rows)
def test_entity_totals_merge(
    a: list[tuple[int, float, int]], b: list[tuple[int, float, int]]
) -> None:
    def totals(part: list[tuple[int, float, int]]) -> EntityTotals:
        return EntityTotals.from_rows(
            np.array([f"e{p[2]}" for p in part], np.str_),
            np.array([p[0] for p in part], np.int16),
            np.array([abs(p[1]) for p in part], np.float64),
        )

    whole, one, two = totals(a + b), totals(a).merge(totals(b)), totals(b).merge(totals(a))
    for merged in (one, two):
        assert merged.entities.tolist() == whole.entities.tolist()
        assert merged.per_entity() == pytest.approx(whole.per_entity())
        assert merged.n == whole.n
