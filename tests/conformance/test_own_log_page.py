"""The pages on logs of one's own and on finding: every line runs and prints what it says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from fairview.cli.commands import find

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


def test_every_line_of_the_page_on_finding() -> None:
    page = PAGE.with_name("finding.md")
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert failed == 0
    assert tried >= 12
    named = set(re.findall(r"`fairview find (\w+)", page.read_text()))
    assert named == set(find.command.commands)
