"""What every test may ask for: the real data, and a small workspace."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fairview.catalog import Workspace

_ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("FAIRVIEW_DATA") or _ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"the real data isn't in {folder}; set FAIRVIEW_DATA to its folder")
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A new, empty workspace that keeps small pictures and works in one process."""
    from fairview.catalog import Workspace

    return Workspace.create(
        tmp_path / "workspace", name="test", catalog={"picture_side": 128}, signals={"processes": 1}
    )
