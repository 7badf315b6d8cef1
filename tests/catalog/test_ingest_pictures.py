from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path

import pyarrow.compute as pc
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
import pictures_made as made

from fairview.catalog import Catalog, IngestReport, Workspace, ingest, item_id_of
from fairview.catalog.segments import segments
from fairview.core import DataError, MissingError, UsageError


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six pictures, two of them the same, in folders."""
    folder = tmp_path / "photos"
    for name, width in {
        "coats/red_wool-coat.jpg": 40,
        "coats/long/blue.png": 50,
        "hats/4f42088474b14e4d.jpg": 60,
        "hats/again.jpg": 60,
        "plain.jpg": 70,
        "zebra.webp": 300,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[path.suffix]
        path.write_bytes(made.encoded(made.gradient(width), kind))
    return folder


def _tar(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _reasons(workspace: Workspace) -> dict[str, str]:
    table = Catalog(workspace).quarantine()
    return dict(zip(table["source"].to_pylist(), table["reason"].to_pylist(), strict=True))


def test_a_folder_becomes_items(workspace: Workspace, photos: Path) -> None:
    report = ingest(workspace, photos)
    assert (report.added, report.seen, report.duplicates) == (6, 6, 1)
    items = {row["source"]: row for row in Catalog(workspace).items().to_pylist()}
    coat = items["photos/coats/red_wool-coat.jpg"]
    assert coat["item_id"] == item_id_of("photos", "coats/red_wool-coat.jpg")
    assert (coat["kind"], coat["title"], coat["tags"]) == ("image", "red wool coat", ["coats"])
    assert (coat["width"], coat["height"], coat["synthetic"]) == (40, 40, False)
    assert items["photos/coats/long/blue.png"]["tags"] == ["coats", "long"]
    assert items["photos/hats/4f42088474b14e4d.jpg"]["title"] == "hats"
    zebra = items["photos/zebra.webp"]
    assert (zebra["width"], zebra["height"]) == (300, 40)
    assert Catalog(workspace).picture(zebra["media"]).shape == (17, 128, 3)


def test_exact_duplicates_are_linked_to_the_smallest_id(workspace: Workspace, photos: Path) -> None:
    ingest(workspace, photos)
    twins = sorted(item_id_of("photos", f"hats/{n}.jpg") for n in ("4f42088474b14e4d", "again"))
    table = Catalog(workspace).items(["item_id", "duplicate_of"])
    linked = table.filter(pc.is_valid(table["duplicate_of"])).to_pylist()
    assert linked == [{"item_id": twins[1], "duplicate_of": twins[0]}]


def test_again_changes_nothing(workspace: Workspace, photos: Path) -> None:
    ingest(workspace, photos)
    before, stored = Catalog(workspace).digest(), _files(workspace.root)
    report = ingest(workspace, photos)
    assert (report.unchanged, report.seen, report.duplicates) == (6, 6, 1)
    assert Catalog(workspace).digest() == before
    assert _files(workspace.root) == stored


def test_changed_content_under_the_same_key_is_an_update(
    workspace: Workspace, photos: Path
) -> None:
    ingest(workspace, photos)
    before = Catalog(workspace).digest()
    (photos / "plain.jpg").write_bytes(made.encoded(made.gradient(33)))
    report = ingest(workspace, photos)
    assert (report.updated, report.unchanged) == (1, 5)
    assert Catalog(workspace).count() == 6
    assert Catalog(workspace).digest() != before
    widths = {row["source"]: row["width"] for row in Catalog(workspace).items().to_pylist()}
    assert widths["photos/plain.jpg"] == 33


def test_the_digest_depends_neither_on_batches_nor_on_time(tmp_path: Path, photos: Path) -> None:
    digests = set()
    for batch in (1, 4, 256):
        made_with = Workspace.create(tmp_path / str(batch), catalog={"batch": batch})
        ingest(made_with, photos)
        digests.add(Catalog(made_with).digest())
    assert len(digests) == 1
    assert len(segments(Workspace.open(tmp_path / "1").items_dir)) == 6


def test_another_kept_size_or_a_lost_picture_brings_pictures_in_again(
    workspace: Workspace, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(workspace, photos)
    lost = Catalog(workspace).items(["media"])["media"][0].as_py()
    (workspace.media_dir / lost).unlink()
    with pytest.raises(MissingError, match="take its source in again"):
        Catalog(workspace).picture(lost)
    ingest(workspace, photos)
    assert Catalog(workspace).picture(lost).ndim == 3
    monkeypatch.setenv("FAIRVIEW_CATALOG__PICTURE_SIDE", "64")
    smaller = Workspace.open(workspace.root)
    assert ingest(smaller, photos).updated == 6
    sides = [Catalog(smaller).picture(m.as_py()) for m in Catalog(smaller).items()["media"]]
    assert max(max(side.shape) for side in sides) == 64


def test_whatever_lies_in_a_folder_is_read_or_has_a_reason(
    workspace: Workspace, photos: Path, tmp_path: Path
) -> None:
    whole = made.encoded(made.gradient(300, 200))
    (photos / "empty.jpg").touch()
    (photos / "notes.txt").write_text("dear diary")
    (photos / "cut.jpg").write_bytes(whole[:-300])
    (photos / "bomb.png").write_bytes(made.png_claiming(60_000, 60_000))
    (photos / "moving.gif").write_bytes(made.animated("GIF"))
    (photos / ".DS_Store").touch()
    (photos / "gone.jpg").symlink_to(tmp_path / "nowhere")
    (photos / "linked").symlink_to(tmp_path)
    os.mkfifo(photos / "pipe.jpg")
    (photos / os.fsdecode(b"caf\xe9.jpg")).write_bytes(whole)
    report = ingest(workspace, photos)
    assert _reasons(workspace) == {
        "photos/bomb.png": "too_many_pixels",
        "photos/cut.jpg": "truncated",
        "photos/empty.jpg": "empty_file",
        "photos/gone.jpg": "unreadable",
        "photos/linked": "not_a_file",
        "photos/notes.txt": "not_an_image",
        "photos/pipe.jpg": "not_a_file",
    }
    assert sum(report.quarantined.values()) == 7
    assert report.examples["empty_file"] == ["empty.jpg: 0 bytes"]
    assert (report.added, report.hidden, report.notes) == (8, 1, {"animated": 1})
    sources = Catalog(workspace).items()["source"].to_pylist()
    assert "photos/caf\\xe9.jpg" in sources
    moving = Catalog(workspace).items().filter(pc.field("source") == "photos/moving.gif")
    assert dict(moving["attributes"][0].as_py())["picture_note"].startswith("animated")


def test_the_quarantine_neither_grows_nor_outlives_its_cause(
    workspace: Workspace, photos: Path
) -> None:
    (photos / "empty.jpg").touch()
    (photos / "notes.txt").write_text("dear diary")
    for _ in range(2):
        report = ingest(workspace, photos)
    assert report.quarantined == {"empty_file": 1, "not_an_image": 1}
    assert len(segments(workspace.quarantine_dir)) == 1
    (photos / "empty.jpg").write_bytes(made.encoded(made.gradient(21)))
    (photos / "notes.txt").unlink()
    assert ingest(workspace, photos).added == 1
    assert _reasons(workspace) == {}


def test_a_picture_that_broke_keeps_its_last_good_reading(
    workspace: Workspace, photos: Path
) -> None:
    ingest(workspace, photos)
    before = Catalog(workspace).digest()
    (photos / "plain.jpg").write_bytes(b"")
    ingest(workspace, photos)
    assert Catalog(workspace).digest() == before
    assert _reasons(workspace) == {"photos/plain.jpg": "empty_file"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_a_tar_is_read_like_the_folder_it_was_made_of(
    tmp_path: Path, workspace: Workspace, photos: Path, mode: str
) -> None:
    members = {name: (photos / name).read_bytes() for name in sorted(_files(photos))}
    tar = _tar(tmp_path / "photos.tar", members, mode)
    ingest(workspace, tar, source="same")
    other = Workspace.create(tmp_path / "other", catalog={"picture_side": 128})
    ingest(other, photos, source="same")
    assert Catalog(workspace).digest() == Catalog(other).digest()


def test_hostile_members_of_a_tar_go_nowhere(workspace: Workspace, tmp_path: Path) -> None:
    picture = made.encoded(made.gradient())
    path = _tar(
        tmp_path / "evil.tar",
        {"../escape.jpg": picture, "/etc/escape.jpg": picture, "a/../../b.jpg": picture},
    )
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("passwords.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
        device = tarfile.TarInfo("device.jpg")
        device.type = tarfile.CHRTYPE
        tar.addfile(device)
    before = _files(tmp_path)
    report = ingest(workspace, path)
    assert report.quarantined == {"hostile_path": 3, "not_a_file": 2}
    assert Catalog(workspace).count() == 0
    new = {name for name in _files(tmp_path) - before if not name.startswith("workspace/")}
    assert new == set()


def test_a_tar_that_breaks_off_gives_what_it_has(workspace: Workspace, tmp_path: Path) -> None:
    picture = made.encoded(made.gradient(300, 200))
    path = _tar(tmp_path / "a.tar", {"1.jpg": picture, "2.jpg": picture, "3.jpg": picture})
    path.write_bytes(path.read_bytes()[: 512 + len(picture) + 2000])
    report = ingest(workspace, path)
    assert report.added == 1
    assert set(report.quarantined) == {"truncated"}


def test_a_file_that_only_looks_like_a_tar_is_reported(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "a.tar").write_text("not a tar at all")
    assert ingest(workspace, tmp_path / "a.tar").quarantined == {"truncated": 1}


def test_two_sources_of_one_name_dont_mix_unless_asked(
    workspace: Workspace, photos: Path, tmp_path: Path
) -> None:
    ingest(workspace, photos)
    elsewhere = tmp_path / "elsewhere" / "photos"
    elsewhere.parent.mkdir()
    photos.rename(elsewhere)
    with pytest.raises(UsageError, match="give the source's name"):
        ingest(workspace, elsewhere)
    assert ingest(workspace, elsewhere, source="photos").unchanged == 6
    assert ingest(workspace, elsewhere, source="more").added == 6
    assert ingest(workspace, elsewhere).unchanged == 6


@pytest.mark.parametrize(("name", "error"), [("nothing", MissingError), ("letter.doc", UsageError)])
def test_what_cant_be_a_source_is_refused(
    workspace: Workspace, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    (tmp_path / "letter.doc").touch()
    with pytest.raises(error, match=name):
        ingest(workspace, tmp_path / name)


def test_pictures_without_a_manifest_have_no_columns_to_map(
    workspace: Workspace, photos: Path
) -> None:
    with pytest.raises(UsageError, match="no columns"):
        ingest(workspace, photos, mapping={"title": "caption"})


def test_one_ingest_at_a_time(workspace: Workspace, photos: Path) -> None:
    import fcntl

    with (workspace.root / ".ingest.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="Another ingest"):
            ingest(workspace, photos)
    assert ingest(workspace, photos).added == 6


def test_many_pictures_go_through_several_processes(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(150):
        Image.new("RGB", (8 + n, 8), (n, 0, 0)).save(folder / f"{n:03d}.png")
    (folder / "bad.png").write_bytes(b"bad")
    several = Workspace.create(tmp_path / "several", signals={"processes": 2})
    report = ingest(several, folder)
    assert isinstance(report, IngestReport)
    assert (report.added, report.quarantined) == (150, {"not_an_image": 1})
    assert ingest(several, folder).unchanged == 150


def test_the_bar_shows_throughput_on_stderr(
    workspace: Workspace, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(workspace, photos, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "6/6" in shown.err
    assert "items/s" in shown.err


def test_unknown_columns_and_paths_that_lead_out_are_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="colour"):
        Catalog(workspace).items(["colour"])
    with pytest.raises(UsageError, match="leads out"):
        Catalog(workspace).picture("../../secret.jpg")


def test_the_workspace_isnt_taken_into_itself(workspace: Workspace, photos: Path) -> None:
    around = workspace.root.parent
    assert ingest(workspace, around).added == 6
    assert ingest(workspace, around).unchanged == 6
    with pytest.raises(UsageError, match="workspace itself"):
        ingest(workspace, workspace.root)


def test_a_full_disk_is_said_and_the_next_run_ends_it(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairview.core import atomic

    workspace = Workspace.create(tmp_path / "w", catalog={"batch": 2})
    whole, written = os.fsync, []

    def full_after_a_while(handle: int) -> None:
        written.append(handle)
        if len(written) > 9:
            raise OSError(28, "No space left on device")
        whole(handle)

    monkeypatch.setattr(atomic.os, "fsync", full_after_a_while)
    with pytest.raises(DataError, match="No space left on device"):
        ingest(workspace, photos)
    monkeypatch.setattr(atomic.os, "fsync", whole)
    report = ingest(workspace, photos)
    assert report.added + report.unchanged == Catalog(workspace).count() == 6
