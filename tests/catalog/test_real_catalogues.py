"""Two catalogues that nobody here made: clothing photographs, and artworks without pictures."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from fairview.catalog import Catalog, Join, Workspace, doctor, ingest

pytestmark = pytest.mark.data


def _of(data_dir: Path, name: str) -> Path:
    folder = data_dir / name
    if not folder.is_dir():
        pytest.skip(f"{name} isn't in {data_dir}")
    return folder


def test_the_clothing_photographs_go_through(tmp_path: Path, data_dir: Path) -> None:
    folder = _of(data_dir, "catalog-clothing-cc0")
    workspace = Workspace.create(tmp_path / "w")
    with (folder / "metadata.csv").open(newline="") as file:
        metadata = {row["sha256"]: row for row in csv.DictReader(file)}
    reports = [ingest(workspace, folder / f"{split}.tar") for split in ("train", "validation")]
    assert [report.added for report in reports] == [3068, 341]
    assert not any(report.quarantined for report in reports)

    items = Catalog(workspace).items().to_pylist()
    assert len(items) == 3409
    for item in items:
        row = metadata[item["content_hash"]]
        assert (item["width"], item["height"]) == (int(row["width"]), int(row["height"]))
        assert item["tags"] == [row["split"], row["label"].replace("-", " ")]
    linked = sum(item["duplicate_of"] is not None for item in items)
    assert linked == sum(bool(row["exact_duplicate_of"]) for row in metadata.values())
    assert linked == len(items) - len({item["content_hash"] for item in items})
    pixels = Catalog(workspace).picture(items[0]["media"])
    assert max(pixels.shape) <= workspace.settings.catalog.picture_side
    assert not [finding for finding in doctor(workspace) if finding.level == "problem"]


def test_the_artworks_go_through_with_their_artists(tmp_path: Path, data_dir: Path) -> None:
    folder = _of(data_dir, "catalog-tate-artworks")
    workspace = Workspace.create(tmp_path / "w")
    mapping = {"description": "medium", "tags": "subjects", "provider": "all_artists"}
    join = Join.parse(folder / "artists.parquet", "artist_ids=id")
    report = ingest(workspace, folder / "artworks.parquet", mapping=mapping, join=[join])
    works = pq.read_table(folder / "artworks.parquet")
    assert report.added == works.num_rows == 55_458
    assert report.quarantined == {}

    items = Catalog(workspace).items(["kind", "tags", "provider", "attributes"])
    assert pc.unique(items["kind"]).to_pylist() == ["text"]
    assert items["provider"].null_count == works["all_artists"].null_count
    genders = Counter(dict(each).get("provider_gender") for each in items["attributes"].to_pylist())
    assert genders["Male"] > genders["Female"] > 1000
    tags = Counter(tag for each in items["tags"].to_pylist() for tag in each)
    assert tags["people"] > 5000
    assert not [tag for tag in tags if tag.startswith(("[", "{"))]
