"""What is written: exposure of unrefined requests; of refined ones, a number and nothing else."""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import EventStore, Workspace
from fairview.core import Refinement
from fairview.discovery import SearchEngine
from fairview.discovery.observers import FLUSH_AFTER, FLUSH_SECONDS
from fairview.discovery.parts import Parts
from fairview.discovery.refined_counter import COUNTS_FILE, RefinedCounts
from fairview.retrieval import build_index


@pytest.fixture
def own(tmp_path: Path) -> Workspace:
    workspace = small.make(tmp_path)
    small.add_vectors(workspace)
    small.add_people(workspace)
    build_index(workspace)
    return workspace


def all_bytes(workspace: Workspace) -> dict[str, bytes]:
    """Return every file of the workspace, Parquet files also as their plain values."""
    import pyarrow.parquet as pq

    found = {}
    for path in sorted(workspace.root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".parquet":
                data += str(pq.ParquetFile(path).read().to_pydict()).encode()
            found[str(path.relative_to(workspace.root))] = data
    return found


def test_exposure_is_logged_with_what_a_later_audit_needs(own: Workspace) -> None:
    with SearchEngine.open(own) as engine:
        answer = engine.search("red coat", request_id="req-1", cluster_id="person-1")
        plain = engine.search("coat", request_id="req-2", cluster_id="person-1", diversify=False)
        engine.related(answer.items[0].id, request_id="req-3", cluster_id="person-2")
        engine.search("coat", request_id="unlogged", log=False)
    events = EventStore(own).events().to_pandas()
    assert set(events["request_id"]) == {"req-1", "req-2", "req-3"}
    first = events[events["request_id"] == "req-1"].sort_values("position")
    assert first["item_id"].tolist() == [item.id for item in answer.items]
    assert first["position"].tolist() == list(range(1, 25))
    assert set(first["query"]) == {"red coat"}
    assert set(first["cluster_id"]) == {"person-1"}
    assert set(first["action"]) == {"impression"}
    assert set(first["policy"]) == {"dpp"}
    assert set(events[events["request_id"] == "req-2"]["policy"]) == {"top_k"}
    assert set(first["propensity_kind"]) == {"deterministic"}
    assert dict(first["versions"].iloc[0])["picture_embedding"] == "1"
    assert events["event_id"].is_unique
    assert set(events[events["request_id"] == "req-3"]["surface"]) == {"related"}
    assert len(plain.items) == 24


def test_the_candidate_log_says_what_became_of_each(own: Workspace) -> None:
    with SearchEngine.open(own) as engine:
        answer = engine.search("coat", request_id="req-1")
    rows = EventStore(own).candidates().to_pandas()
    assert int(rows["kept"].sum()) == 24
    assert len(rows) == answer.candidates == rows["item_id"].nunique()
    assert set(rows[~rows["kept"]]["reason"]) == {"not selected for the slate"}
    assert rows[rows["kept"]]["reason"].isna().all()
    assert set(rows["sampling_rate"]) == {1.0}


def test_a_share_of_requests_reaches_the_candidate_log(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, 60, audit={"sampling_rate": 0.3})
    build_index(workspace)
    with SearchEngine.open(workspace) as engine:
        for number in range(100):
            engine.search("coat", request_id=f"r{number}", k=1)
    rows = EventStore(workspace).candidates().to_pandas()
    assert 12 <= rows["request_id"].nunique() <= 50
    assert EventStore(workspace).count() == 100


@pytest.mark.parametrize("seed", range(5))
def test_nothing_of_a_refined_request_is_written(
    own: Workspace, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rng = np.random.default_rng(seed)
    planted = []
    with SearchEngine.open(own) as engine:
        for number in range(12):
            request = f"planted-{rng.integers(2**62):x}"
            cluster = f"someone-{rng.integers(2**62):x}"
            planted += [request, cluster]
            group = str(rng.choice(["1-3", "4-5", "6-7", "8-10"]))
            query = str(rng.choice(["makeup", "coat", "golden lamp", "red makeup coat"]))
            engine.search(
                query,
                refine=Refinement({"skin_tone": group}),
                request_id=request,
                cluster_id=cluster,
                diversify=bool(rng.random() < 0.5),
            )
            engine.search(query, request_id=f"open-{number}", cluster_id="anyone", k=3)
    files = all_bytes(own)
    for word in planted:
        assert not [name for name, data in files.items() if word.encode() in data]
        assert word not in caplog.text
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("fairview")]
    assert len(lines) == 12, "a line about a refined request would tell its choice by its counts"
    events = EventStore(own).events().to_pandas()
    assert {request.split("-")[0] for request in events["request_id"]} == {"open"}
    assert json.loads((own.log_dir / COUNTS_FILE).read_text()) == {"2026-05-01": {"search": 12}}


def test_what_is_written_does_not_depend_on_what_was_chosen(tmp_path: Path) -> None:
    """The same requests with another choice leave the same files."""
    written = []
    for number, group in enumerate(("1-3", "8-10")):
        workspace = small.make(tmp_path / str(number), 120)
        small.add_people(workspace)
        build_index(workspace)
        with SearchEngine.open(workspace) as engine:
            for _ in range(11):
                engine.search("makeup", refine=Refinement({"skin_tone": group}), request_id="r")
        files = all_bytes(workspace)
        written.append({n: d for n, d in files.items() if not n.startswith(("index/", "catalog/"))})
    assert written[0] == written[1]


def test_rows_are_written_when_enough_or_long_enough_waited(own: Workspace) -> None:
    seconds = 0.0
    store = EventStore(own)
    engine = SearchEngine.open(own)
    engine._log._clock = lambda: seconds
    engine.search("coat", k=2)
    assert store.count() == 0
    seconds = FLUSH_SECONDS
    engine.search("coat", k=2)
    assert store.count() == 4
    for _ in range(FLUSH_AFTER):
        engine.search("coat", k=1)
    assert store.count() == 4 + FLUSH_AFTER


def test_a_full_disk_is_said_and_nothing_is_lost(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, seconds = EventStore(own), 0.0
    engine = SearchEngine.open(own)
    engine._log._clock = lambda: seconds
    engine.search("coat", k=2)
    with monkeypatch.context() as patched:
        patched.setattr(
            engine._log._store, "write", lambda _table: (_ for _ in ()).throw(OSError(28, "full"))
        )
        seconds = FLUSH_SECONDS
        answer = engine.search("coat", k=2)
    assert len(answer.items) == 2
    assert any("The log can't be written (full)" in sentence for sentence in answer.missing)
    assert store.count() == 0
    engine.close()
    assert store.count() == 4


def test_small_counts_are_never_written(tmp_path: Path) -> None:
    counts = RefinedCounts(tmp_path, 10)
    counts.add("2026-05-01", "search", 9)
    counts.flush()
    assert not (tmp_path / COUNTS_FILE).exists()
    counts.add("2026-05-01", "search", 3)
    counts.flush()
    assert counts.written() == {"2026-05-01": {"search": 12}}
    counts.add("2026-05-01", "search", 4)
    counts.flush()
    assert counts.written() == {"2026-05-01": {"search": 12}}


def test_a_refinement_can_not_be_shown_or_stored(own: Workspace) -> None:
    engine = SearchEngine.open(own)
    answer = engine.search("makeup", refine=Refinement({"skin_tone": "6-7"}), request_id="r")
    assert "6-7" not in repr(answer.items)
    with pytest.raises(TypeError, match="can't be stored"):
        pickle.dumps(Refinement({"skin_tone": "6-7"}))


def test_pages_drawn_by_chance_log_their_key_and_propensity(own: Workspace) -> None:
    engine = SearchEngine(Parts.read(own.with_settings({"discovery.reranker": "plackett_luce"})))
    with engine:
        first = engine.search("coat", request_id="same", log=False)
        again = engine.search("coat", request_id="same", log=False)
        other = engine.search("coat", request_id="other")
        engine.search("coat", request_id="plain", diversify=False)
    assert [i.id for i in first.items] == [i.id for i in again.items]
    assert [i.id for i in first.items] != [i.id for i in other.items]
    events = EventStore(own).events().to_pandas()
    drawn = events[events["request_id"] == "other"]
    assert set(drawn["propensity_kind"]) == {"conditional"}
    assert ((drawn["propensity"] > 0) & (drawn["propensity"] <= 1)).all()
    assert drawn["propensity"].nunique() > 3
    assert drawn["rng_key"].notna().all()
    plain = events[events["request_id"] == "plain"]
    assert set(plain["propensity_kind"]) == {"deterministic"}
    assert plain["rng_key"].isna().all()
