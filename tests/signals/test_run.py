"""The job: resumable, in several processes, failures counted and never lost."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairview.catalog import Catalog, SignalStore, Workspace, ingest
from fairview.core import MissingError, State, UsageError
from fairview.signals import open_producer, run_signals
from fairview.signals.fitted import fitted_producer

PLUGIN = """
import os
import numpy as np
from fairview.core import Contract, SignalColumn
from fairview.signals import Producer


def contract(name):
    return Contract(
        name=name, version="1", describes="For tests.", value="scalar", coverage=0,
        calibration="none", freshness="once", latency_ms=1, intended_use=("display",),
        owner="test", consumers=(),
    )


class Fragile(Producer):
    contract = contract("fragile_of_test")
    needs = "text"

    def produce(self, batch):
        if any("broken" in text for text in batch.texts):
            raise ValueError("a broken item")
        return SignalColumn.present(self.contract.name, "1", np.ones(len(batch)))


class Deadly(Producer):
    contract = contract("deadly_of_test")
    needs = "text"

    def produce(self, batch):
        if any("broken" in text for text in batch.texts):
            os._exit(9)
        return SignalColumn.present(self.contract.name, "1", np.ones(len(batch)))


class Short(Producer):
    contract = contract("short_of_test")
    needs = "text"

    def produce(self, batch):
        return SignalColumn.present(self.contract.name, "1", np.ones(0))
"""


def fill(folder: Path, count: int, start: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    for index in range(start, start + count):
        picture = np.random.default_rng(index).integers(0, 256, (40, 30, 3)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{index:03d}.png"), picture)
    rows = [
        {"file": f"{i:03d}.png", "title": f"red coat {i}" if i % 7 else f"broken hat {i}"}
        for i in range(start + count)
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "manifest.jsonl").write_text(lines, encoding="utf-8")


def with_plugin(tmp_path: Path, processes: int) -> Workspace:
    root = tmp_path / "plugged"
    Workspace.create(root, signals={"processes": processes})
    (root / "own.py").write_text(PLUGIN, encoding="utf-8")
    text = (root / "fairview.toml").read_text(encoding="utf-8")
    (root / "fairview.toml").write_text('plugins = ["own.py"]\n' + text, encoding="utf-8")
    return Workspace.open(root)


def test_all_signals_are_computed_once(workspace: Workspace, tmp_path: Path) -> None:
    fill(tmp_path / "pictures", 12)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    seen: list[tuple[int, int]] = []
    report = run_signals(workspace, progress=lambda done, total: seen.append((done, total)))
    assert report.items == 12
    assert set(report.computed.values()) == {12}
    assert seen[-1] == (12, 12)
    assert report.states["picture_embedding"] == {"present": 12}
    assert report.states["skin_tone"] == {"not_applicable": 12}
    assert not report.failures
    assert report.items_per_second > 0
    again = run_signals(workspace)
    assert set(again.computed.values()) == {0}
    ids, column = SignalStore(workspace).read("picture_embedding", purpose="retrieval")
    assert column.values.shape == (12, 128)
    assert list(ids) == Catalog(workspace).items(["item_id"])["item_id"].to_pylist()


def test_only_new_items_are_computed(workspace: Workspace, tmp_path: Path) -> None:
    fill(tmp_path / "pictures", 8)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    names = ["text_embedding", "dominant_colours"]
    run_signals(workspace, names=names)
    version = open_producer(workspace, "text_embedding").contract.version
    fill(tmp_path / "pictures", 3, start=8)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    report = run_signals(workspace, names=names)
    assert report.computed == {"text_embedding": 3, "dominant_colours": 3}
    assert open_producer(workspace, "text_embedding").contract.version == version


def test_a_doubled_catalogue_is_fitted_again(workspace: Workspace, tmp_path: Path) -> None:
    fill(tmp_path / "pictures", 4)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    first = run_signals(workspace, names=["text_embedding"])
    before = open_producer(workspace, "text_embedding").contract.version
    fill(tmp_path / "pictures", 6, start=4)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    second = run_signals(workspace, names=["text_embedding"])
    assert open_producer(workspace, "text_embedding").contract.version != before
    assert (first.computed["text_embedding"], second.computed["text_embedding"]) == (4, 10)
    assert SignalStore(workspace).read("text_embedding", purpose="retrieval")[1].is_present.all()


def test_a_stopped_run_goes_on_where_it_was(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "pictures", 20)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    monkeypatch.setattr("fairview.signals.run._CHUNK", 4)
    monkeypatch.setattr("fairview.signals.run._FLUSH", 4)

    def stop(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_signals(workspace, names=["dominant_colours"], progress=stop)
    stored = SignalStore(workspace).covered("dominant_colours", "1.0.0")
    assert len(stored) == 8
    assert run_signals(workspace, names=["dominant_colours"]).computed == {"dominant_colours": 12}


def test_broken_items_fail_alone_and_are_counted(tmp_path: Path) -> None:
    workspace = with_plugin(tmp_path, processes=1)
    fill(tmp_path / "pictures", 15)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    report = run_signals(workspace, names=["fragile_of_test", "short_of_test"])
    assert report.states["fragile_of_test"] == {"present": 12, "failed": 3}
    assert report.failures["fragile_of_test"] == {"ValueError: a broken item": 3}
    assert report.states["short_of_test"] == {"failed": 15}
    assert SignalStore(workspace).summary()["fragile_of_test"]["failed"] == 3


def test_a_missing_picture_fails_pictures_and_spares_text(
    workspace: Workspace, tmp_path: Path
) -> None:
    fill(tmp_path / "pictures", 5)
    ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
    items = Catalog(workspace).items(["item_id", "media"]).to_pylist()
    (workspace.media_dir / items[0]["media"]).unlink()
    report = run_signals(workspace)
    for name in ("picture_embedding", "dominant_colours", "skin_tone"):
        assert report.states[name]["failed"] == 1
    assert report.states["text_embedding"] == {"present": 5}
    assert report.failures["skin_tone"] == {"the picture can't be read (MissingError)": 1}
    _, states = SignalStore(workspace).states("skin_tone", purpose="audit")
    assert states.state.tolist().count(State.FAILED) == 1


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    fill(tmp_path / "pictures", 110)
    columns = []
    for processes in (1, 2):
        root = tmp_path / f"workspace{processes}"
        workspace = Workspace.create(root, signals={"processes": processes})
        ingest(workspace, tmp_path / "pictures" / "manifest.jsonl", progress=False)
        run_signals(workspace, names=["dominant_colours", "text_embedding"])
        store = SignalStore(workspace)
        columns.append([store.read(name, purpose="audit")[1].values for name in store.contracts()])
    for one, several in zip(*columns, strict=True):
        assert np.array_equal(one, several)


def test_an_item_that_ends_its_process_fails_alone(tmp_path: Path) -> None:
    workspace = with_plugin(tmp_path, processes=2)
    rows = [{"key": str(i), "title": f"hat {i}" if i != 50 else "broken"} for i in range(100)]
    manifest = tmp_path / "texts.jsonl"
    manifest.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    ingest(workspace, manifest, progress=False)
    report = run_signals(workspace, names=["deadly_of_test"])
    assert report.states["deadly_of_test"] == {"present": 99, "failed": 1}
    assert list(report.failures["deadly_of_test"]) == ["the process ended while this item was read"]


def test_names_are_checked_and_models_must_be_there(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="No producer makes"):
        run_signals(workspace, names=["nonsense"])
    with pytest.raises(MissingError, match="fairview signals run"):
        open_producer(workspace, "text_embedding")


def test_an_empty_catalogue_is_no_error(workspace: Workspace) -> None:
    report = run_signals(workspace)
    assert report.items == 0
    assert json.loads(json.dumps(report.to_dict()))["computed"]["skin_tone"] == 0
    items = Catalog(workspace).items(["item_id", "title", "description", "tags"])
    assert fitted_producer(workspace, "skin_tone", items).contract.name == "skin_tone"
