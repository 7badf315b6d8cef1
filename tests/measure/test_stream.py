"""A stream's batches, in any cut, any process and after any kill, add up to the whole log."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import killed_stream
from logs_made import shared_log

from fairview.core import DataError, MissingError, UsageError
from fairview.measure import (
    DuckDBEngine,
    Measure,
    Precision,
    estimates_of,
    evaluate,
    parse_measure,
    reduce_log,
)
from fairview.measure.engines.stream import StreamEngine, Surroundings

LOG = shared_log()
ROWS = LOG.rows
MEASURES = killed_stream.MEASURES
BESIDE = Surroundings(LOG.memberships, LOG.entities, dict(LOG.groups or {}), LOG.targets)
WHOLE = {m: reduce_log(m, DuckDBEngine(replace(LOG, qualified=None))) for m in MEASURES}


def assert_whole(stream: StreamEngine) -> None:
    rng = np.random.default_rng
    for measure in MEASURES:
        expected = estimates_of(measure, WHOLE[measure], rng(0), Precision())
        for one, other in zip(evaluate(measure, stream, rng(0)), expected, strict=True):
            assert (one.slice, one.n, one.excluded) == (other.slice, other.n, other.excluded)
            assert one.status is other.status
            for name in ("value", "low", "high", "effective_n"):
                wanted = getattr(other, name)
                near = wanted if wanted is None else pytest.approx(wanted, rel=1e-12)
                assert getattr(one, name) == near


@given(cuts=st.lists(st.integers(0, len(ROWS)), max_size=4), saved=st.booleans())
@settings(max_examples=6, deadline=None)
def test_any_cut_of_the_rows_gives_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], saved: bool
) -> None:
    stream = StreamEngine(MEASURES, BESIDE)
    for low, high in zip([0, *sorted(cuts)], [*sorted(cuts), len(ROWS)], strict=True):
        stream.update(ROWS[low:high])
        if saved:
            path = tmp_path_factory.mktemp("state") / "stream.npz"
            stream.save(path)
            stream = StreamEngine.load(path, BESIDE)
    stream.finish()
    assert stream.rows == len(ROWS)
    assert_whole(stream)


@given(day=st.lists(st.integers(0, 2), min_size=160, max_size=160), order=st.permutations(range(3)))
@settings(max_examples=4, deadline=None)
def test_one_person_on_several_days_counts_once_whatever_the_order(
    day: list[int], order: list[int]
) -> None:
    request = ROWS["request_id"].str.slice(4).astype(int)
    parts = []
    for each in order:
        stream = StreamEngine(MEASURES, BESIDE)
        stream.update(ROWS[np.array(day)[request] == each])
        stream.finish()
        parts.append(stream)
    whole = parts[0]
    for part in parts[1:]:
        whole.merge(part)
    assert_whole(whole)


def test_killed_at_any_moment_it_goes_on_and_counts_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "stream.npz"
    script = str(Path(__file__).parent / "killed_stream.py")
    rng = np.random.default_rng(0)
    killed, saves = 0, set()
    for _ in range(3):
        process = subprocess.Popen([sys.executable, script, str(path)])
        stands = path.stat().st_mtime_ns if path.exists() else 0
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns != stands:
                break
            time.sleep(0.002)
        time.sleep(rng.random() * 0.2)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        saves.add(StreamEngine.load(path, BESIDE).cursor)
    assert killed >= 2
    assert len(saves) >= 2
    log = shared_log()
    stream = StreamEngine.load(path, BESIDE)
    for at in range(int(stream.cursor), len(log.rows), 200):
        stream.update(log.rows[at : at + 200])
    stream.finish()
    assert_whole(stream)


def test_the_last_request_is_held_and_may_go_on() -> None:
    stream = StreamEngine(MEASURES, BESIDE)
    first = ROWS[ROWS.request_id == ROWS.request_id.iloc[0]]
    stream.update(first[:2])
    assert stream.rows == 0
    assert stream.held.num_rows == 2
    with pytest.raises(MissingError, match="Nothing is counted yet"):
        evaluate(MEASURES[0], stream, np.random.default_rng(0))
    stream.update(first[2:])
    stream.finish()
    assert stream.rows == len(first)
    assert stream.held is None


def test_a_request_that_comes_back_is_refused_and_changes_nothing() -> None:
    stream = StreamEngine(MEASURES, BESIDE)
    stream.update(ROWS[:100])
    before = stream.rows
    with pytest.raises(DataError, match="counted already"):
        stream.update(ROWS[:10])
    assert stream.rows == before
    stream.update(ROWS[100:])
    stream.finish()
    assert_whole(stream)
    again = StreamEngine(MEASURES, BESIDE)
    again.update(ROWS[40:60])
    with pytest.raises(DataError, match="finish it first"):
        stream.merge(again)
    again.finish()
    with pytest.raises(DataError, match="counted already"):
        stream.merge(again)


def test_a_held_request_that_cannot_be_measured_can_be_dropped() -> None:
    stream = StreamEngine(MEASURES, BESIDE)
    stream.update(ROWS[:60])
    wrong = ROWS[60:66].assign(request_id="wrong", position=1)
    stream.update(wrong)
    with pytest.raises(DataError, match="two items at position 1"):
        stream.update(ROWS[100:120])
    assert stream.drop_held().num_rows == 6
    stream.update(ROWS[100:120])


def test_every_frame_is_a_batch() -> None:
    measure = parse_measure("ActionRate(by='sex')")
    columns = {"cluster_id": ["p", "q"] * 9, "sex": ["f", "m"] * 9, "click": [1, 0] * 9}
    frames = (
        pa.table(columns),
        pa.record_batch(columns),
        pd.DataFrame(columns),
        pl.DataFrame(columns),
    )
    stream = StreamEngine([measure])
    for frame in frames:
        stream.update(frame)
    cells = stream.group_cells(measure)
    assert cells.n().ravel().tolist() == [36.0, 36.0, 0.0]
    assert cells.totals.sum(axis=0).ravel().tolist() == [36.0, 0.0, 0.0]


def test_what_a_stream_cannot_do_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one measure"):
        StreamEngine([])
    stream = StreamEngine(MEASURES, BESIDE)
    with pytest.raises(UsageError, match="doesn't follow Div"):
        evaluate(parse_measure("Div@3"), stream, np.random.default_rng(0))
    by_column: list[Measure] = [parse_measure("Div(by='sex')@3")]
    with pytest.raises(DataError, match="groups of 'sex' declared"):
        StreamEngine(by_column).update(ROWS)
    stream.update(ROWS[:50])
    with pytest.raises(DataError, match="have the columns sex"):
        stream.update(ROWS[50:90].drop(columns="sex"))
    with pytest.raises(DataError, match="differ in type"):
        stream.update(ROWS[50:90].assign(position="first"))
    other = StreamEngine([parse_measure("Gini")], BESIDE)
    stream.finish()
    with pytest.raises(DataError, match="different measures"):
        stream.merge(other)
    with pytest.raises(DataError, match="different groups"):
        stream.merge(StreamEngine(MEASURES))
    stream.save(tmp_path / "s.npz")
    with pytest.raises(DataError, match="made with other groups"):
        StreamEngine.load(tmp_path / "s.npz", Surroundings(groups={"tone": ("b", "a")}))
    with pytest.raises(MissingError, match="no reduced log"):
        StreamEngine.load(tmp_path / "t.npz")


def test_other_files_of_reduced_logs_are_no_stream(tmp_path: Path) -> None:
    from fairview.measure import save_reduced

    path = tmp_path / "cells.npz"
    save_reduced(path, {str(m): reduced for m, reduced in WHOLE.items()})
    with pytest.raises(DataError, match="not the state of a stream"):
        StreamEngine.load(path)


def test_qualified_candidates_come_with_the_first_rows_of_their_request(tmp_path: Path) -> None:
    measure = parse_measure("MinSkew(by='tone')@4")
    stream = StreamEngine([measure], BESIDE)
    for low in range(0, len(ROWS), 301):
        rows = ROWS[low : low + 301]
        first = {*rows.request_id} - {*ROWS.request_id[:low]}
        stream.update(rows, LOG.qualified[LOG.qualified.request_id.isin(first)])
        stream.save(tmp_path / "s.npz")
        stream = StreamEngine.load(tmp_path / "s.npz", BESIDE)
    stream.finish()
    [one] = evaluate(measure, stream, np.random.default_rng(0))
    [other] = evaluate(measure, DuckDBEngine(LOG), np.random.default_rng(0))
    assert one.value == pytest.approx(other.value, rel=1e-12)
    assert one.excluded == other.excluded


def test_one_group_written_in_two_ways_is_refused_across_batches() -> None:
    stream = StreamEngine([parse_measure("ActionRate(by='sex')")])
    columns = {"cluster_id": ["p", "q"], "click": [1, 0]}
    stream.update(pd.DataFrame({**columns, "sex": ["Female", "Male"]}))
    with pytest.raises(DataError, match="differ only in case"):
        stream.update(pd.DataFrame({**columns, "sex": ["female", "Male"]}))
    stream.update(pd.DataFrame({**columns, "sex": ["Male", None]}))
    assert stream.rows == 4
