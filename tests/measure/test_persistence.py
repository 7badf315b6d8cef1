"""What is reduced here is written, read and added up there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairview.core import DataError, MissingError
from fairview.measure import Cells, EntityTotals
from fairview.measure.persistence import (
    Saved,
    from_bytes,
    load_reduced,
    merge_reduced,
    save_reduced,
    to_bytes,
)


def reduced(seed: int, rows: int = 300) -> dict[str, Cells | EntityTotals]:
    rng = np.random.default_rng(seed)
    buckets = rng.integers(0, 4096, rows).astype(np.int16)
    values = np.where(rng.random((rows, 2)) < 0.1, np.nan, rng.normal(1e9, 1, (rows, 2)))
    items = np.array([f"ïtem {k}" for k in rng.integers(0, 40, rows)])
    return {
        "cells": Cells.from_rows(["a", "unknown"], buckets, values),
        "totals": EntityTotals.from_rows(items, buckets, rng.random(rows)),
        "none": Cells.empty(["a"]),
    }


def same(one: Cells | EntityTotals, other: Cells | EntityTotals) -> bool:
    if isinstance(one, Cells):
        assert isinstance(other, Cells)
        return (one.slices, one.components) == (other.slices, other.components) and all(
            np.array_equal(getattr(one, name), getattr(other, name))
            and getattr(one, name).dtype == getattr(other, name).dtype
            for name in ("buckets", "count", "mean", "m2", "excluded")
        )
    assert isinstance(other, EntityTotals)
    return (
        one.entities.tolist() == other.entities.tolist()
        and one.n == other.n
        and (one.totals != other.totals).nnz == 0
    )


def test_a_file_gives_back_every_bit(tmp_path: Path) -> None:
    before = reduced(0)
    save_reduced(tmp_path / "deep" / "day.npz", Saved(before, {"cursor": 7}, {"x": np.arange(3)}))
    after = load_reduced(tmp_path / "deep" / "day.npz")
    assert after.about == {"cursor": 7}
    assert after.arrays["x"].tolist() == [0, 1, 2]
    assert list(after.reduced) == list(before)
    assert all(same(before[name], after.reduced[name]) for name in before)


def test_parts_of_files_add_up_to_the_whole(tmp_path: Path) -> None:
    parts = [reduced(seed) for seed in range(4)]
    for place, part in enumerate(parts):
        save_reduced(tmp_path / f"{place}.npz", part)
    read = [load_reduced(path).reduced for path in sorted(tmp_path.glob("*.npz"))]
    whole, again = merge_reduced(parts), merge_reduced(read)
    assert all(same(whole[name], again[name]) for name in whole)
    cells = whole["cells"]
    assert isinstance(cells, Cells)
    assert cells.n().sum() == sum(p["cells"].n().sum() for p in parts)


def test_parts_of_different_measures_do_not_add_up() -> None:
    with pytest.raises(DataError, match="Only some of the parts hold totals"):
        merge_reduced([reduced(0), {k: v for k, v in reduced(1).items() if k != "totals"}])
    mixed = {**reduced(1), "cells": reduced(1)["totals"]}
    with pytest.raises(DataError, match="cells is cells in one part and entity totals"):
        merge_reduced([reduced(0), mixed])


def test_a_damaged_file_is_said_wherever_it_is_damaged(tmp_path: Path) -> None:
    before = reduced(3, rows=20)
    data = to_bytes(Saved(before))
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(data), 300):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        with pytest.raises(DataError, match="damaged"):
            from_bytes(bytes(broken))
    for end in rng.integers(0, len(data), 50):
        with pytest.raises(DataError, match="damaged"):
            from_bytes(data[:end])
    path = tmp_path / "none.npz"
    with pytest.raises(MissingError, match="no reduced log"):
        load_reduced(path)
    path.write_text("text")
    with pytest.raises(DataError, match=r"none\.npz is damaged"):
        load_reduced(path)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairview.measure.persistence.VERSION", 99)
    data = to_bytes(Saved(reduced(0)))
    monkeypatch.undo()
    with pytest.raises(DataError, match="version 99, and this Fairview reads"):
        from_bytes(data)


def test_nothing_that_needs_pickle_is_written_or_read() -> None:
    odd = Saved({}, {}, {"x": np.array([{}], object)})
    with pytest.raises(ValueError, match="Object arrays"):
        to_bytes(odd)
