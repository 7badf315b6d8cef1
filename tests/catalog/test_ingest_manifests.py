from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import pictures_made as made

from fairview.catalog import Catalog, Join, Workspace, ingest, item_id_of
from fairview.core import DataError, UsageError

ROWS: list[dict[str, Any]] = [
    {"id": "a", "file": "pics/a.jpg", "caption": "A coat", "tags": "red;wool", "season": "winter"},
    {"id": "b", "file": "pics/b.jpg", "caption": "Ein Hut, „grün“", "tags": "", "season": ""},
    {"id": "c", "file": "", "caption": "Only text\nin two lines", "tags": "x", "season": "summer"},
]


def _csv(path: Path, rows: list[dict[str, Any]]) -> None:
    import csv

    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")


def _parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], None]] = {
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pics = tmp_path / "shop" / "pics"
    pics.mkdir(parents=True)
    for n, name in enumerate("ab"):
        (pics / f"{name}.jpg").write_bytes(made.encoded(made.gradient(20 + n)))
    return pics.parent


def _items(workspace: Workspace) -> dict[str, dict[str, Any]]:
    table = Catalog(workspace).items()
    return {row["source"].partition("/")[2]: row for row in table.to_pylist()}


@pytest.mark.parametrize("suffix", WRITERS)
def test_each_format_gives_the_same_catalogue(
    workspace: Workspace, folder: Path, suffix: str
) -> None:
    WRITERS[suffix](folder / f"items{suffix}", ROWS)
    report = ingest(workspace, folder / f"items{suffix}", source="shop")
    assert (report.added, report.quarantined) == (3, {})
    items = _items(workspace)
    assert items["a"]["item_id"] == item_id_of("shop", "a")
    assert items["a"]["tags"] == ["red", "wool"]
    assert items["a"]["attributes"] == [("season", "winter")]
    assert items["b"]["description"] == "Ein Hut, „grün“"
    assert items["b"]["attributes"] == []
    assert (items["c"]["kind"], items["c"]["media"]) == ("text", None)
    digest = Catalog(workspace).digest()
    again = ingest(workspace, folder / f"items{suffix}", source="shop")
    assert (again.unchanged, Catalog(workspace).digest()) == (3, digest)


def test_the_three_formats_have_one_digest(tmp_path: Path, folder: Path) -> None:
    digests = set()
    for suffix, write in WRITERS.items():
        write(folder / f"items{suffix}", ROWS)
        workspace = Workspace.create(tmp_path / suffix)
        ingest(workspace, folder / f"items{suffix}", source="shop")
        digests.add(Catalog(workspace).digest())
    assert len(digests) == 1


def test_columns_are_mapped_and_the_rest_become_attributes(
    workspace: Workspace, folder: Path
) -> None:
    _jsonl(folder / "items.jsonl", ROWS)
    mapping = {"title": "caption", "key": "file", "when": "season"}
    (folder / "items.jsonl").write_text(json.dumps(ROWS[0]))
    ingest(workspace, folder / "items.jsonl", mapping=mapping)
    item = _items(workspace)["pics/a.jpg"]
    assert (item["title"], item["description"]) == ("A coat", "")
    assert item["attributes"] == [("id", "a"), ("when", "winter")]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["a", "b", "a"], ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("a; b ;;", ["a", "b"]),
        ([{"name": "a", "children": [{"name": "b"}]}], ["a", "b"]),
        ('{"name": "a", "children": ["b"]}', ["a", "b"]),
        ("[not json]; b", ["[not json]", "b"]),
        (None, []),
    ],
)
def test_tags_come_as_lists_json_trees_or_text(
    workspace: Workspace, tmp_path: Path, tags: Any, expected: list[str]
) -> None:
    _jsonl(tmp_path / "items.jsonl", [{"id": 1, "title": "x", "tags": tags}])
    ingest(workspace, tmp_path / "items.jsonl")
    assert _items(workspace)["1"]["tags"] == expected


def test_rows_that_cant_be_used_have_a_reason(workspace: Workspace, folder: Path) -> None:
    lines = [
        b"id,file,title",
        b"a,pics/a.jpg,fine",
        b"a,pics/b.jpg,the same key",
        b"b,pics/none.jpg,no such file",
        b"c,../../etc/passwd,outside",
        b"d,/etc/passwd,outside",
        b"e,pics,a folder",
        b"f,pics/a.jpg",
        b"g,pics/a.jpg,caf\xe9",
        b"h,,",
    ]
    (folder / "items.csv").write_bytes(b"\n".join(lines))
    for _ in range(2):
        report = ingest(workspace, folder / "items.csv")
        assert report.quarantined == {
            "duplicate_key": 1,
            "missing_file": 1,
            "hostile_path": 2,
            "not_a_file": 1,
            "bad_row": 1,
            "bad_encoding": 1,
            "empty_text": 1,
        }
    assert (report.unchanged, report.seen) == (1, 9)
    assert list(_items(workspace)) == ["a"]
    assert "line 8: 2 cells for 3 columns" in report.examples["bad_row"]
    assert Catalog(workspace).quarantine().num_rows == 8


def test_lines_that_arent_json_have_a_reason(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"title": "fine"}\n{"title": \n[1]\n\n')
    report = ingest(workspace, tmp_path / "items.jsonl")
    assert (report.added, report.quarantined) == (1, {"bad_row": 2})


def test_rows_without_a_key_keep_their_id_when_others_come(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "items.jsonl"
    _jsonl(path, [{"title": "one"}, {"title": "two"}])
    ingest(workspace, path)
    _jsonl(path, [{"title": "zero"}, {"title": "one"}, {"title": "two"}])
    report = ingest(workspace, path)
    assert (report.added, report.unchanged) == (1, 2)


def test_a_changed_row_is_an_update_even_where_its_picture_is_the_same(
    workspace: Workspace, folder: Path
) -> None:
    _jsonl(folder / "items.jsonl", ROWS)
    ingest(workspace, folder / "items.jsonl")
    _jsonl(folder / "items.jsonl", [{**ROWS[0], "caption": "A warm coat"}, *ROWS[1:]])
    report = ingest(workspace, folder / "items.jsonl")
    assert (report.updated, report.unchanged) == (1, 2)
    assert _items(workspace)["a"]["description"] == "A warm coat"
    assert _items(workspace)["a"]["width"] == 20


@pytest.mark.parametrize("given", [True, False])
def test_synthetic_is_what_the_row_says_else_what_the_caller_says(
    workspace: Workspace, tmp_path: Path, given: bool
) -> None:
    rows = [{"id": "y", "title": "t", "synthetic": True}, {"id": "n", "title": "t"}]
    _jsonl(tmp_path / "items.jsonl", rows)
    ingest(workspace, tmp_path / "items.jsonl", synthetic=given)
    items = _items(workspace)
    assert (items["y"]["synthetic"], items["n"]["synthetic"]) == (True, given)


def test_synthetic_is_read_in_its_usual_spellings_and_never_guessed(
    workspace: Workspace, tmp_path: Path
) -> None:
    said = {"1.0": True, "Yes": True, "t": True, "0.0": False, "No": False, "": False}
    rows = [{"id": f"is {s}", "title": "t", "synthetic": s} for s in (*said, "perhaps")]
    _csv(tmp_path / "items.csv", rows)
    report = ingest(workspace, tmp_path / "items.csv")
    items = _items(workspace)
    assert {s: items[f"is {s}".strip()]["synthetic"] for s in said} == said
    assert report.quarantined == {"bad_value": 1}
    assert "perhaps" in report.examples["bad_value"][0]


def test_a_folder_with_a_manifest_is_read_through_it(workspace: Workspace, folder: Path) -> None:
    _parquet(folder / "manifest.parquet", ROWS)
    ingest(workspace, folder)
    assert _items(workspace)["a"]["item_id"] == item_id_of("manifest.parquet", "a")
    assert ingest(workspace, folder / "manifest.parquet").unchanged == 3


def test_a_provider_table_adds_attributes(workspace: Workspace, tmp_path: Path) -> None:
    artists = [
        {"id": 1, "gender": "Female", "born": 1930.0},
        {"id": 2, "gender": "Male", "born": None},
    ]
    _parquet(tmp_path / "artists.parquet", artists)
    works = [
        {"id": "a", "title": "one", "artist_ids": "[1]"},
        {"id": "b", "title": "both", "artist_ids": [1, 2]},
        {"id": "c", "title": "neither", "artist_ids": None},
        {"id": "d", "title": "unknown", "artist_ids": "[7]"},
    ]
    _jsonl(tmp_path / "works.jsonl", works)
    join = Join.parse(tmp_path / "artists.parquet", "artist_ids=id")
    ingest(workspace, tmp_path / "works.jsonl", join=[join])
    attributes = {key: dict(row["attributes"]) for key, row in _items(workspace).items()}
    assert attributes["a"] == {
        "artist_ids": "[1]",
        "provider_gender": "Female",
        "provider_born": "1930",
    }
    assert attributes["b"]["provider_gender"] == "Female;Male"
    assert "provider_gender" not in attributes["c"]
    assert "provider_gender" not in attributes["d"]


def test_wrong_manifests_are_refused_before_any_work(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,caption_de\n1,Hut\n")
    with pytest.raises(DataError, match="names neither"):
        ingest(workspace, path)
    with pytest.raises(DataError, match="no column 'titel'"):
        ingest(workspace, path, mapping={"title": "titel"})
    with pytest.raises(UsageError, match="MANIFEST_COLUMN=TABLE_COLUMN"):
        Join.parse(path, "id")
    join = Join.parse(path, "id=key")
    with pytest.raises(DataError, match="no column 'key'"):
        ingest(workspace, path, mapping={"title": "caption_de"}, join=[join])
    path.write_text("title,title\na,b\n")
    with pytest.raises(DataError, match="twice"):
        ingest(workspace, path)
    path.write_text("")
    with pytest.raises(DataError, match="is empty"):
        ingest(workspace, path)
    (tmp_path / "items.parquet").write_bytes(b"PAR1 but no")
    with pytest.raises(DataError, match="can't be read"):
        ingest(workspace, tmp_path / "items.parquet")
    assert Catalog(workspace).count() == 0
    artists = tmp_path / "artists.csv"
    artists.write_text("id,gender\n1,Female\n1,Male\n")
    path.write_text("title,artist\na,1\n")
    with pytest.raises(DataError, match="id=1 twice"):
        ingest(workspace, path, join=[Join.parse(artists, "artist=id")])


def test_a_manifest_that_breaks_midway_keeps_what_came_before(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "items.parquet"
    rows = pa.Table.from_pylist([{"id": str(n), "title": f"title {n}"} for n in range(5000)])
    pq.write_table(rows, path, row_group_size=1000)
    whole = path.read_bytes()
    start = pq.read_metadata(path).row_group(3).column(0).data_page_offset
    path.write_bytes(whole[:start] + b"\xff" * 500 + whole[start + 500 :])
    with pytest.raises(DataError, match="can't be read after row"):
        ingest(workspace, path)
    kept = Catalog(workspace).count()
    assert 0 < kept < 5000
    path.write_bytes(whole)
    report = ingest(workspace, path)
    assert (report.added, report.unchanged) == (5000 - kept, kept)


def test_files_that_a_folders_manifest_does_not_name_are_counted(
    workspace: Workspace, folder: Path
) -> None:
    _csv(folder / "manifest.csv", [row for row in ROWS if row["id"] == "a"])
    report = ingest(workspace, folder, mapping={"title": "caption", "key": "id"})
    others = [
        p for p in folder.rglob("*") if p.is_file() and p.name not in ("a.jpg", "manifest.csv")
    ]
    assert report.added == 1
    assert report.unnamed == len(others) > 0
