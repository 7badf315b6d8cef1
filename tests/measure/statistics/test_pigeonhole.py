"""Both people and items drawn again."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core.errors import DataError
from fairview.measure.statistics import cluster_robust, pigeonhole, two_way_error


def crossed(rng: np.random.Generator, people: int, items: int) -> tuple[np.ndarray, ...]:
    i, j = np.divmod(np.arange(people * items), items)
    value = rng.normal(0, 1, people)[i] + rng.normal(0, 1, items)[j] + rng.normal(0, 1, len(i))
    return i, j, value[:, None], np.ones((len(i), 1))


def test_both_units_are_in_the_error_and_one_alone_is_too_small() -> None:
    rng = np.random.default_rng(3)
    means = [crossed(rng, 40, 25)[2].mean() for _ in range(2000)]
    i, _, y, _ = crossed(rng, 40, 25)
    boot = [pigeonhole(*crossed(rng, 40, 25), np.divide, 300, rng).std() for _ in range(30)]
    both = [float(two_way_error(*crossed(rng, 40, 25))[0]) for _ in range(200)]
    truth = np.std(means)
    assert np.mean(np.square(both)) == pytest.approx(truth**2, rel=0.12)
    assert np.mean(np.square(boot)) >= 0.9 * truth**2
    by_person = np.array([[y[i == k].sum()] for k in range(40)])
    alone = cluster_robust(by_person, np.full((40, 1), 25.0))[1]
    assert alone[0] < 0.9 * truth


def test_rows_may_be_added_up_beforehand() -> None:
    rng = np.random.default_rng(5)
    i, j = rng.integers(0, 9, 400), rng.integers(0, 7, 400)
    y, n = rng.random((400, 2)), np.ones((400, 2))
    cell = i * 7 + j
    keys, row = np.unique(cell, return_inverse=True)
    sums, counts = np.zeros((len(keys), 2)), np.zeros((len(keys), 2))
    np.add.at(sums, row, y)
    np.add.at(counts, row, n)
    one = pigeonhole(i, j, y, n, np.divide, 50, np.random.default_rng(1))
    two = pigeonhole(keys // 7, keys % 7, sums, counts, np.divide, 50, np.random.default_rng(1))
    assert one == pytest.approx(two, nan_ok=True)


def test_rows_that_do_not_fit_are_refused() -> None:
    for people in ([0], [-1, 0]):
        with pytest.raises(DataError, match=r"row for each|numbered"):
            pigeonhole(
                people, [0, 1], np.ones((2, 1)), np.ones((2, 1)), np.divide, 3,
                np.random.default_rng(1),
            )  # fmt: skip
