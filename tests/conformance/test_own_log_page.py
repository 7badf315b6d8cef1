"""The page on auditing a log of one's own: every line runs and prints what it says."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "auditing-your-own-log.md"
FILES = (
    "fairness-compas/compas-scores-two-years.parquet",
    "fairness-ranking-deltr/engineering_students_gender.parquet",
)


@pytest.mark.data
def test_every_line_of_the_page(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in FILES:
        source = (data_dir / name).resolve()
        (tmp_path / source.name).symlink_to(source)
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert failed == 0
    assert tried >= 20
