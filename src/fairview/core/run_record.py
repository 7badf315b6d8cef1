"""What produced an output, so that any figure can be made again."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time now, in UTC; the clock that is used where none is passed."""
    return datetime.now(UTC)


_PACKAGES = ("fairview", "numpy", "duckdb", "ibis-framework", "faiss-cpu", "xgboost-cpu")


@dataclass(frozen=True)
class RunRecord:
    """The recipe of one output.

    Parameters
    ----------
    command
        What was run, in words.
    revision
        The code's revision, ``"unknown"`` outside a checkout.
    packages
        Package name to version, of the packages that decide results.
    data_digest
        sha256 over the data that was read.
    parameters, seed, targets
        Everything that was chosen.
    made_at
        When, ISO 8601 in UTC.
    synthetic
        Whether any of the data is synthetic; then every page made from it says so.
    """

    command: str
    revision: str
    packages: Mapping[str, str]
    data_digest: str
    parameters: Mapping[str, Any]
    seed: int | None
    targets: Mapping[str, Any] = field(default_factory=dict)
    made_at: str = ""
    synthetic: bool = False

    @classmethod
    def capture(
        cls,
        command: str,
        *,
        data_digest: str,
        parameters: Mapping[str, Any],
        seed: int | None = None,
        targets: Mapping[str, Any] | None = None,
        synthetic: bool = False,
        clock: Clock = utc_now,
    ) -> RunRecord:
        """Return the record of a run that starts now, with revision and package versions filled."""
        return cls(
            command=command,
            revision=code_revision(),
            packages=package_versions(),
            data_digest=data_digest,
            parameters=dict(parameters),
            seed=seed,
            targets=dict(targets or {}),
            made_at=clock().isoformat(timespec="seconds"),
            synthetic=synthetic,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """12 hex digits that name this recipe; the time isn't part of it."""
        recipe = {k: v for k, v in self.to_dict().items() if k != "made_at"}
        text = json.dumps(recipe, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that decide results; one not installed is left out."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def code_revision() -> str:
    """Return the checkout's revision, with ``+changes`` where files differ, or ``"unknown"``."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return "unknown"
    try:
        revision = _git(root, "rev-parse", "--short=12", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return revision + ("+changes" if changed else "")


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
    return done.stdout.strip()


def digest_of(parts: Iterable[str | bytes]) -> str:
    """Return the sha256 of these parts in order, as hex; parts are kept apart.

    Examples
    --------
    >>> digest_of(["ab", "c"]) == digest_of(["a", "bc"])
    False
    """
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()
