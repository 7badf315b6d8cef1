from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fairview.catalog import Workspace
from fairview.catalog.settings_file import settings_text
from fairview.core import DataError, MissingError, Settings, UsageError
from fairview.core.settings import SETTINGS_FILE


def test_a_new_workspace_has_the_given_settings_and_the_defaults(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "a", name='L"ooks\\', catalog={"picture_side": 320})
    opened = Workspace.open(tmp_path / "a")
    assert opened == made
    assert opened.settings.name == 'L"ooks\\'
    assert opened.settings.catalog.picture_side == 320
    assert opened.settings.serving == Settings().serving
    assert all(folder.is_dir() for folder in opened.folders.values())


def test_every_setting_is_documented_and_its_default_is_valid_toml() -> None:
    text = settings_text({})
    active = "\n".join(
        line.removeprefix("# ") if " = " in line and line.startswith("# ") else line
        for line in text.splitlines()[3:]
    )
    read = tomllib.loads(active)
    defaults = Settings().model_dump(mode="json")
    assert read == defaults
    for section in (Settings, type(Settings().catalog), type(Settings().discovery)):
        for field in section.model_fields.values():
            if field.description:
                assert f"# {field.description}\n" in text


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Workspace.create(tmp_path / "a", serving={"port": 9000})
    monkeypatch.setenv("FAIRVIEW_SERVING__PORT", "9100")
    assert Workspace.open(tmp_path / "a").settings.serving.port == 9100


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match=r"letter\.txt"):
        Workspace.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_workspace_isnt_made_twice_nor_in_a_file(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "a")
    with pytest.raises(UsageError, match="already"):
        Workspace.create(tmp_path / "a")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="is a file"):
        Workspace.create(tmp_path / "file")


@pytest.mark.parametrize("given", [{"nme": "x"}, {"catalog": {"picture_side": 1}}])
def test_a_wrong_setting_is_named_and_nothing_is_made(
    tmp_path: Path, given: dict[str, object]
) -> None:
    with pytest.raises(DataError, match=r"setting (nme|catalog\.picture_side)"):
        Workspace.create(tmp_path / "a", **given)
    assert not (tmp_path / "a").exists()


def test_opening_what_is_no_workspace_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="fairview init"):
        Workspace.open(tmp_path)


def test_plugins_are_imported_on_opening(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "a")
    (workspace.root / "mine.py").write_text("raise RuntimeError('broken')\n")
    settings = workspace.root / SETTINGS_FILE
    settings.write_text(settings.read_text().replace("# plugins = []", 'plugins = ["mine.py"]'))
    with pytest.raises(UsageError, match=r"mine\.py"):
        Workspace.open(workspace.root)
