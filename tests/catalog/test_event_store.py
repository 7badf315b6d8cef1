from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from fairview.catalog import Catalog, EventStore, Workspace, ingest
from fairview.catalog.event_checks import REASONS
from fairview.catalog.event_store import CANDIDATE_SCHEMA, EVENT_SCHEMA
from fairview.core import DataError, MissingError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
THEN = NOW - timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    """Events of a workspace with the items ``a`` and ``b``, whose clock stands still."""
    workspace = Workspace.create(tmp_path / "w", clock=lambda: NOW)
    rows = [json.dumps({"id": key, "title": key}) for key in "ab"]
    (tmp_path / "items.jsonl").write_text("\n".join(rows))
    ingest(workspace, tmp_path / "items.jsonl")
    return EventStore(workspace)


def _item(store: EventStore, key: str = "a") -> str:
    table = Catalog(store.workspace).items(["item_id", "source"]).to_pylist()
    return next(str(row["item_id"]) for row in table if row["source"].endswith(f"/{key}"))


def _event(store: EventStore, number: int = 1, **changed: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "event_id": f"e{number}",
        "request_id": "r1",
        "slate_id": "s1",
        "surface": "search",
        "cluster_id": "c1",
        "query": "coat",
        "item_id": _item(store),
        "position": 1,
        "viewed": True,
        "action": "click",
        "event_time": THEN,
        "ingest_time": THEN + timedelta(seconds=1),
        "policy": "p",
        "propensity": 0.5,
        "propensity_kind": "marginal",
    }
    return {**given, **changed}


def _file(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "events.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def test_good_events_are_stored_once(store: EventStore, tmp_path: Path) -> None:
    path = _file(tmp_path, [_event(store, n) for n in range(5)])
    first, second = store.ingest(path), store.ingest(path)
    assert (first.read, first.added, first.duplicates, first.set_aside) == (5, 5, 0, 0)
    assert (second.read, second.added, second.duplicates, second.set_aside) == (5, 0, 5, 0)
    events = store.events()
    assert events.schema.equals(EVENT_SCHEMA)
    assert events["event_id"].to_pylist() == [f"e{n}" for n in range(5)]
    assert events["event_time"][0].as_py() == THEN
    assert store.count() == 5
    found = duckdb.sql(f"SELECT count(*) FROM read_parquet('{store.path_glob}')").fetchall()
    assert found == [(5,)]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"position": 0}, "bad_position"),
        ({"action": "stare"}, "bad_action"),
        ({"propensity": 0.0}, "bad_propensity"),
        ({"propensity": 1.5}, "bad_propensity"),
        ({"propensity": float("nan")}, "bad_propensity"),
        ({"propensity_kind": "guess"}, "bad_propensity_kind"),
        ({"propensity_kind": None}, "bad_propensity_kind"),
        ({"cluster_id": None}, "missing_value"),
        ({"event_time": NOW + timedelta(minutes=1), "ingest_time": None}, "clock_error"),
        ({"ingest_time": THEN - timedelta(seconds=1)}, "clock_error"),
        ({"item_id": "nobody"}, "unknown_item"),
    ],
)
def test_a_row_that_isnt_right_is_set_aside_with_its_reason(
    store: EventStore, tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    path = _file(tmp_path, [_event(store, 1), _event(store, 2, **changed)])
    for _ in range(2):
        report = store.ingest(path)
        counts = {
            **report.bad_rows,
            "clock_error": report.clock_errors,
            "unknown_item": report.unknown_items,
        }
        assert {name: n for name, n in counts.items() if n} == {reason: 1}
        assert report.examples[reason][0].startswith("row 2: ")
    assert store.count() == 1
    aside = store.quarantine().to_pylist()
    assert [(row["event_id"], row["reason"]) for row in aside] == [("e2", reason)]
    assert json.loads(aside[0]["row"])["event_id"] == "e2"
    assert reason in REASONS


def test_csv_is_read_like_parquet(store: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    head = "event_id,request_id,slate_id,surface,cluster_id,item_id,position,action,event_time,"
    item = _item(store)
    lines = [
        head + "versions,policy,colour",
        f'e1,r,s,home,c,{item},3,save,2026-02-01T10:00:00Z,"{{""ranker"": ""2""}}",p,red',
        f"e2,r,s,home,c,{item},three,save,2026-02-01T10:00:00Z,,p,red",
        f"e3,r,s,home,c,{item},3,save,yesterday,,p,red",
        f"e4,r,s,home,c,{item},3,save,2026-02-01 10:00:00,,p,red",
        f"e5,r,s,home,c,{item},3,save",
    ]
    path.write_text("\n".join(lines))
    report = store.ingest(path)
    assert (report.read, report.added) == (5, 2)
    assert report.bad_rows == {"bad_value": 2, "bad_row": 1}
    assert report.examples["bad_value"] == [
        "row 2: position is three",
        "row 3: event_time is yesterday",
    ]
    assert report.ignored_columns == ("colour",)
    events = store.events().to_pylist()
    assert dict(events[0]["versions"]) == {"ranker": "2"}
    assert events[0]["event_time"] == events[1]["event_time"]


def test_lines_that_cant_be_parsed_are_set_aside_too(store: EventStore, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    pyarrow.csv.write_csv(pa.Table.from_pylist([_event(store)]), path)
    path.write_bytes(path.read_bytes() + b'a,b\n"caf\xe9' + b",x" * 14 + b'"\nopen,"quote\n')
    for _ in range(2):
        report = store.ingest(path)
    assert (report.read, report.duplicates) == (4, 1)
    assert sum(report.bad_rows.values()) == 3
    aside = store.quarantine().to_pylist()
    assert len(aside) == 3
    assert json.loads(aside[0]["row"]) == {"cells": ["a", "b"]}


def test_duplicates_within_a_file_and_conflicts_are_told_apart(
    store: EventStore, tmp_path: Path
) -> None:
    later = {"ingest_time": THEN + timedelta(hours=1)}
    rows = [_event(store, 1), _event(store, 1, **later), _event(store, 1, action="hide")]
    report = store.ingest(_file(tmp_path, rows))
    assert (report.added, report.duplicates) == (1, 1)
    assert report.bad_rows == {"conflicting_duplicate": 1}
    report = store.ingest(_file(tmp_path, [_event(store, 1, action="save"), _event(store, 2)]))
    assert (report.added, report.bad_rows) == (1, {"conflicting_duplicate": 1})
    assert store.quarantine().num_rows == 2


def test_a_broken_row_doesnt_hide_the_good_one_of_its_id(store: EventStore, tmp_path: Path) -> None:
    report = store.ingest(_file(tmp_path, [_event(store, 1, position=0), _event(store, 1)]))
    assert (report.added, report.bad_rows) == (1, {"bad_position": 1})


def test_events_of_unknown_items_are_added_once_the_items_came(
    store: EventStore, tmp_path: Path
) -> None:
    from fairview.catalog import item_id_of

    path = _file(tmp_path, [_event(store, 1, item_id=item_id_of("more.jsonl", "z"))])
    assert store.ingest(path).unknown_items == 1
    (tmp_path / "more.jsonl").write_text('{"id": "z", "title": "z"}')
    ingest(store.workspace, tmp_path / "more.jsonl")
    assert store.ingest(path).added == 1
    assert store.quarantine().num_rows == 0


def test_a_file_without_a_required_column_is_refused(store: EventStore, tmp_path: Path) -> None:
    row = _event(store)
    del row["action"], row["position"]
    with pytest.raises(DataError, match="lacks position, action"):
        store.ingest(_file(tmp_path, [row]))


def test_what_cant_be_read_is_refused(store: EventStore, tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="nothing"):
        store.ingest(tmp_path / "nothing.csv")
    (tmp_path / "events.xls").touch()
    with pytest.raises(DataError, match=r"\.parquet or \.csv"):
        store.ingest(tmp_path / "events.xls")
    (tmp_path / "events.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"can't be read as events: [^\n]+\.$"):
        store.ingest(tmp_path / "events.parquet")


def test_written_events_must_fit_the_schema(store: EventStore) -> None:
    good = pa.Table.from_pylist([_event(store)])
    store.write(good)
    assert store.count() == 1
    for name, value in (("action", "stare"), ("position", 0), ("event_time", None)):
        with pytest.raises(DataError, match=name):
            store.write(pa.Table.from_pylist([_event(store, **{name: value})]))
    with pytest.raises(DataError, match="'policy'"):
        store.write(good.drop_columns(["policy"]))
    with pytest.raises(DataError, match="'position'"):
        store.write(pa.Table.from_pylist([_event(store, position="first")]))
    store.write(EVENT_SCHEMA.empty_table())
    assert store.count() == 1


def test_the_candidate_log_is_kept_apart(store: EventStore) -> None:
    row = {
        "request_id": "r1",
        "surface": "search",
        "cluster_id": "c1",
        "item_id": "a",
        "stage": "dpp",
        "kept": False,
        "reason": "too similar",
        "sampling_rate": 0.5,
        "event_time": THEN,
    }
    store.write_candidates(pa.Table.from_pylist([row]))
    assert store.candidates().to_pylist() == [row]
    assert store.candidates().schema.equals(CANDIDATE_SCHEMA)
    assert store.count() == 0


def test_what_was_written_comes_back_in_whole_through_a_file(
    store: EventStore, tmp_path: Path
) -> None:
    rows = [_event(store, n, versions=[("ranker", "2"), ("tone", "1")]) for n in range(3)]
    store.write(pa.Table.from_pylist(rows, EVENT_SCHEMA))
    pq.write_table(store.events(), tmp_path / "out.parquet")
    assert store.ingest(tmp_path / "out.parquet").duplicates == 3
    other = EventStore(Workspace.create(tmp_path / "other", clock=lambda: NOW))
    assert other.ingest(tmp_path / "out.parquet").unknown_items == 3


def test_a_write_that_fails_midway_is_made_good_by_the_next_run(
    store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairview.catalog import event_store

    monkeypatch.setattr(event_store, "_SEGMENT_ROWS", 2048)
    event = _event(store)
    path = _file(
        tmp_path,
        [{**event, "event_id": f"e{n}", "position": n % 9} for n in range(6000)],
    )
    whole = event_store.append_segment
    written: list[Path] = []

    def fails_at_the_third(folder: Path, table: pa.Table) -> Path:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(whole(folder, table))
        return written[-1]

    monkeypatch.setattr(event_store, "append_segment", fails_at_the_third)
    with pytest.raises(OSError, match="No space"):
        store.ingest(path)
    monkeypatch.setattr(event_store, "append_segment", whole)
    bad = len(range(0, 6000, 9))
    assert 0 < store.count() < 6000 - bad
    report = store.ingest(path)
    assert report.added + report.duplicates == store.count() == 6000 - bad
    assert store.quarantine().num_rows == bad
    assert len(set(store.events()["event_id"].to_pylist())) == 6000 - bad
