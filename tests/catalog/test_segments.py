from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairview.catalog.segments import (
    append_segment,
    newest_rows,
    read_segments,
    segments,
)
from fairview.core import DataError
from fairview.core.atomic import remove_partials, write_bytes

SCHEMA = pa.schema([("id", pa.string()), ("n", pa.int64())])


def _table(*rows: tuple[str, int]) -> pa.Table:
    return pa.Table.from_pylist([{"id": key, "n": n} for key, n in rows], SCHEMA)


def test_segments_are_read_in_the_order_of_writing(tmp_path: Path) -> None:
    for n in range(12):
        append_segment(tmp_path, _table(("a", n)))
    assert read_segments(tmp_path, SCHEMA)["n"].to_pylist() == list(range(12))
    assert read_segments(tmp_path, SCHEMA, ["id"]).column_names == ["id"]


def test_nothing_stored_is_an_empty_table(tmp_path: Path) -> None:
    table = read_segments(tmp_path / "none", SCHEMA)
    assert table.num_rows == 0
    assert table.take(newest_rows(table, "id")).num_rows == 0


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 99)), max_size=30))
def test_the_newest_row_of_each_key_is_the_last(rows: list[tuple[str, int]]) -> None:
    table = _table(*rows)
    found = table.take(newest_rows(table, "id")).to_pylist()
    assert [(row["id"], row["n"]) for row in found] == sorted(dict(rows).items())


def test_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    def write(writer: int) -> None:
        for n in range(5):
            append_segment(tmp_path, _table((f"{writer}-{n}", n)))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(read_segments(tmp_path, SCHEMA)["id"].to_pylist())) == 20
    assert len(segments(tmp_path)) == 20


def test_what_a_killed_writer_left_is_neither_read_nor_kept(tmp_path: Path) -> None:
    append_segment(tmp_path, _table(("a", 1)))
    (tmp_path / ".partial-0123").write_bytes(b"half")
    assert read_segments(tmp_path, SCHEMA).num_rows == 1
    assert remove_partials(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["00000001.parquet"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes(tmp_path / "file", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match="No space"):
        write_bytes(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_broken_segment_is_named(tmp_path: Path) -> None:
    path = append_segment(tmp_path, _table(("a", 1)))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(DataError, match=r"00000001\.parquet"):
        read_segments(tmp_path, SCHEMA)
    append_segment(tmp_path / "other", pa.table({"id": ["a"]}))
    with pytest.raises(DataError, match=r"00000001\.parquet"):
        read_segments(tmp_path / "other", SCHEMA)
