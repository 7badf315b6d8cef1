from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import pictures_made as made

from fairview.catalog import Catalog, EventStore, Finding, SignalStore, Workspace, doctor, ingest
from fairview.core import Contract, SignalColumn
from fairview.core.settings import SETTINGS_FILE


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, width in (("a.jpg", 30), ("b.jpg", 30), ("c.jpg", 40)):
        (photos / name).write_bytes(made.encoded(made.gradient(width)))
    (photos / "empty.jpg").touch()
    ingest(workspace, photos, synthetic=True)
    return workspace


def _found(workspace: Workspace, words: str) -> Finding:
    found = [finding for finding in doctor(workspace) if words in finding.what]
    assert len(found) == 1, [finding.what for finding in doctor(workspace)]
    return found[0]


def test_a_new_workspace_has_no_problem(workspace: Workspace) -> None:
    assert not [finding for finding in doctor(workspace) if finding.level == "problem"]
    assert "fairview ingest" in _found(workspace, "catalogue is empty").what_to_do
    assert _found(workspace, "no events").level == "note"
    assert _found(workspace, "are free").level == "ok"


def test_what_is_stored_is_counted(filled: Workspace) -> None:
    assert _found(filled, "3 items (3 image)").level == "ok"
    assert _found(filled, "3 items are synthetic").level == "note"
    assert _found(filled, "1 items are exact duplicates").level == "note"
    assert _found(filled, "All 2 pictures are there").level == "ok"
    quarantined = _found(filled, "1 entries are quarantined as empty_file")
    assert "photos/empty.jpg: 0 bytes" in quarantined.what
    assert "Mend the files" in quarantined.what_to_do


def test_a_lost_picture_and_a_stray_one_are_found(filled: Workspace) -> None:
    media = Path(Catalog(filled).items(["media"])["media"][0].as_py())
    (filled.media_dir / media).rename(filled.media_dir / media.parent / "stray.jpg")
    assert _found(filled, "1 pictures are missing").level == "problem"
    assert _found(filled, "1 pictures belong to no item").level == "note"


def test_a_broken_segment_is_a_problem_and_the_rest_is_still_looked_at(
    filled: Workspace,
) -> None:
    next(filled.items_dir.glob("*.parquet")).write_bytes(b"broken")
    findings = doctor(filled)
    assert [f for f in findings if f.level == "problem" and "can't be read" in f.what]
    assert [f for f in findings if "quarantined as" in f.what]


def test_a_wrong_setting_is_a_problem(filled: Workspace) -> None:
    (filled.root / SETTINGS_FILE).write_text("nme = 'x'\n")
    assert _found(Workspace(filled.root), "setting nme").level == "problem"


def test_set_aside_events_and_signals_in_every_state_are_shown(
    filled: Workspace, tmp_path: Path
) -> None:
    head = (
        "event_id,request_id,slate_id,surface,cluster_id,item_id,position,action,event_time,policy"
    )
    (tmp_path / "events.csv").write_text(f"{head}\ne,r,s,home,c,nobody,1,click,2026-01-01,p\n")
    EventStore(filled).ingest(tmp_path / "events.csv")
    assert _found(filled, "set aside as unknown_item").level == "note"
    contract = Contract(
        name="skin_tone",
        version="1",
        describes="a stand-in",
        value="scalar",
        coverage=1.0,
        calibration="none",
        freshness="none",
        latency_ms=1.0,
        intended_use=("audit",),
        owner="tests",
        consumers=("tests",),
    )
    ids = Catalog(filled).items(["item_id"])["item_id"].to_pylist()[:2]
    states = np.array([1, 2], np.int8)
    column = SignalColumn("skin_tone", "1", np.ones(2), states, np.ones(2, np.float32))
    SignalStore(filled).write(contract, [str(each) for each in ids], column)
    found = _found(filled, "Signal skin_tone:")
    assert found.what.endswith("1 missing, 1 present, 1 abstained.")
    assert found.what_to_do == "Run: fairview signals run skin_tone"
    assert _found(filled, "Signal text_embedding isn't computed").level == "note"
