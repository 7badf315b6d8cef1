"""A workspace: one folder that holds a catalogue, its events, signals, models and settings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from fairview.catalog.settings_file import settings_text
from fairview.core import Clock, Settings, UsageError, import_plugins, utc_now
from fairview.core.atomic import write_bytes
from fairview.core.settings import SETTINGS_FILE

_IGNORED = {".DS_Store", ".git", ".gitignore", "lost+found"}


@dataclass(frozen=True)
class Workspace:
    """One folder with one settings file.

    Parameters
    ----------
    root
        The folder.
    clock
        Gives the time that is written beside data; injectable, so that tests can hold it still.
    """

    root: Path
    clock: Clock = field(default=utc_now, compare=False)

    @classmethod
    def create(cls, root: Path, *, clock: Clock = utc_now, **given: Any) -> Workspace:
        """Make a workspace: its folders, and a settings file that documents every setting.

        Parameters
        ----------
        root
            A folder that is empty or not there yet.
        clock
            See `Workspace`.
        **given
            Settings that differ from the defaults, sections as mappings:
            ``name="Looks", catalog={"picture_side": 320}``.

        Raises
        ------
        UsageError
            Where `root` is a file, a workspace already, or holds somebody else's files.
        DataError
            Where a given setting is unknown or out of range.
        """
        root = Path(root)
        _check_free(root)
        Settings.checked(dict(given), "the settings given")
        root.mkdir(parents=True, exist_ok=True)
        write_bytes(root / SETTINGS_FILE, settings_text(given).encode())
        return cls.open(root, clock=clock)

    @classmethod
    def open(cls, root: Path, *, clock: Clock = utc_now) -> Workspace:
        """Return the workspace in `root`, with its settings checked and its plug-ins imported.

        Raises
        ------
        MissingError
            Where `root` is no workspace.
        DataError
            Where its settings file is wrong.
        UsageError
            Where a plug-in can't be imported.
        """
        workspace = cls(Path(root), clock)
        import_plugins(workspace.settings.plugins, workspace.root)
        for folder in workspace.folders.values():
            folder.mkdir(parents=True, exist_ok=True)
        return workspace

    @cached_property
    def settings(self) -> Settings:
        """The settings, read once; the environment wins over the file."""
        return Settings.load(self.root)

    def with_settings(self, changes: Mapping[str, Any]) -> Workspace:
        """Return the same workspace as it would be under other settings; nothing is written.

        Parameters
        ----------
        changes
            Setting to value, such as ``{"discovery.reranker": "mmr"}``.

        Raises
        ------
        DataError
            Where a setting is unknown or out of range.
        """
        changed = replace(self)
        changed.__dict__["settings"] = self.settings.changed(changes)
        return changed

    def save_settings(self, changes: Mapping[str, Any]) -> Workspace:
        """Write changed settings into the workspace's file, and return it opened again.

        The file's other settings stay; its comments are those of a new workspace.

        Raises
        ------
        DataError
            Where a setting is unknown or out of range; then nothing is written.
        """
        self.settings.changed(changes)
        given = tomllib.loads((self.root / SETTINGS_FILE).read_text(encoding="utf-8"))
        for name, value in changes.items():
            section, _, key = name.rpartition(".")
            part = given.setdefault(section, {}) if section else given
            part[key] = value
        write_bytes(self.root / SETTINGS_FILE, settings_text(given).encode())
        return Workspace.open(self.root, clock=self.clock)

    @property
    def folders(self) -> Mapping[str, Path]:
        """What each folder of the workspace holds, and where it is."""
        return {
            "items": self.items_dir,
            "media": self.media_dir,
            "quarantine": self.quarantine_dir,
            "events": self.events_dir,
            "signals": self.signals_dir,
            "index": self.index_dir,
            "models": self.models_dir,
            "log": self.log_dir,
            "runs": self.runs_dir,
        }

    @property
    def items_dir(self) -> Path:
        """Segments of items."""
        return self.root / "catalog" / "items"

    @property
    def media_dir(self) -> Path:
        """Normalised pictures."""
        return self.root / "catalog" / "media"

    @property
    def quarantine_dir(self) -> Path:
        """Segments that say which entries couldn't be taken in, and why."""
        return self.root / "catalog" / "quarantine"

    @property
    def events_dir(self) -> Path:
        """Segments of events, of candidates, and of rows that were set aside."""
        return self.root / "events"

    @property
    def signals_dir(self) -> Path:
        """Segments of signals, by name and version, each with its contract."""
        return self.root / "signals"

    @property
    def index_dir(self) -> Path:
        """Search indices."""
        return self.root / "index"

    @property
    def models_dir(self) -> Path:
        """Trained models."""
        return self.root / "models"

    @property
    def log_dir(self) -> Path:
        """What the program says of itself."""
        return self.root / "log"

    @property
    def runs_dir(self) -> Path:
        """Run records and reports."""
        return self.root / "runs"


def _check_free(root: Path) -> None:
    if (root / SETTINGS_FILE).exists():
        raise UsageError(f"{root} is a workspace already; open it, or choose another folder.")
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; choose a folder for the workspace.")
    if not root.is_dir():
        return
    foreign = [
        path.name
        for path in sorted(root.iterdir())
        if path.name not in _IGNORED and not path.name.startswith(".partial-")
    ]
    if foreign:
        raise UsageError(
            f"{root} holds other files ({foreign[0]}); choose an empty folder for the workspace."
        )
