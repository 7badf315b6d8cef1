"""Audits as files: one folder per run, named by time, with the report and its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairview.audit import AuditResult, save_cells
from fairview.catalog import Workspace
from fairview.core import digest_of
from fairview.core.atomic import write_bytes

PAGE, PAGE_BEFORE, LOG = "page", "page-before", "log"
"""The parts of a run: the page as it is, the page by relevance alone, and the log of events."""


@dataclass(frozen=True)
class AuditRun:
    """One saved run: its folder, and which parts it has."""

    folder: Path

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that the run has."""
        return tuple(n for n in (PAGE, PAGE_BEFORE, LOG) if (self.folder / f"{n}.json").is_file())

    def result(self, part: str) -> AuditResult:
        """Read one part's result."""
        return AuditResult.from_json((self.folder / f"{part}.json").read_text(encoding="utf-8"))

    def report(self, part: str) -> Path:
        """Return the path of one part's HTML report."""
        return self.folder / f"{part}.html"


def save_run(workspace: Workspace, results: Mapping[str, AuditResult]) -> AuditRun:
    """Write each part as JSON, HTML and Markdown into a folder of its own; return the run.

    Its statistics are kept too, so that `fairview audit compare` can pair two runs.
    """
    last = list(results.values())[-1]
    stamp = last.run_record.made_at.replace(":", "").replace("-", "")[:15]
    digest = digest_of([result.run_record.digest for result in results.values()])[:12]
    folder = workspace.runs_dir / f"{stamp}-{digest}"
    for part, result in results.items():
        write_bytes(folder / f"{part}.html", result.to_html().encode())
        write_bytes(folder / f"{part}.md", result.to_markdown().encode())
        save_cells(folder / f"{part}.npz", result)
        write_bytes(folder / f"{part}.json", result.to_json().encode())
    return AuditRun(folder)


def latest_run(workspace: Workspace) -> AuditRun | None:
    """Return the newest run that has a part, or None."""
    for folder in sorted(workspace.runs_dir.glob("*/"), reverse=True):
        run = AuditRun(folder)
        if run.parts:
            return run
    return None
