"""Audits as folders: the result, the report, the summary, the card, metrics, and the statistics.

The statistics (mergeable cells) are kept beside the result, so that two saved audits can be
compared in pairs later, without their logs.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fairview.audit.cards import model_card
from fairview.audit.exporters import openmetrics
from fairview.audit.result import AuditResult
from fairview.core import DataError, MissingError, UsageError
from fairview.core.atomic import write_bytes
from fairview.measure import Measured, load_reduced, parse_measure, save_reduced

RESULT, CELLS, REPORT = "result.json", "cells.npz", "report.html"
SUMMARY, CARD, METRICS = "summary.md", "card.md", "metrics.txt"


def save_audit(folder: Path, result: AuditResult) -> Path:
    """Write an audit into a folder, and return the path of its report.

    Each file is written whole or not at all; the result comes last, so a folder that has one is
    complete.
    """
    texts = {
        REPORT: result.to_html(),
        SUMMARY: result.to_markdown(),
        CARD: model_card(result),
        METRICS: openmetrics(result),
    }
    for name, text in texts.items():
        write_bytes(folder / name, text.encode())
    save_cells(folder / CELLS, result)
    write_bytes(folder / RESULT, result.to_json().encode())
    return folder / REPORT


def save_cells(path: Path, result: AuditResult) -> None:
    """Write a result's statistics, where it has any, for a later comparison."""
    if result.evidence:
        cells = {name: measured.reduced for name, measured in result.evidence.items()}
        save_reduced(path, cells)


def load_audit(path: Path) -> AuditResult:
    """Read an audit from its folder (or that of a workspace's run), or from a result's JSON.

    With the statistics beside it the result can be compared in pairs.

    Raises
    ------
    MissingError
        Where there is no result.
    DataError
        Where a file is damaged, or the statistics are of another audit.
    """
    file = path
    if path.is_dir():
        names = (RESULT, "page.json", "log.json")
        file = next((path / n for n in names if (path / n).is_file()), path / RESULT)
    if not file.is_file():
        raise MissingError(f"There is no audit at {path}; give a folder that fairview audit wrote.")
    result = AuditResult.from_json(file.read_text(encoding="utf-8"))
    cells = file.parent / CELLS if file.name == RESULT else file.with_suffix(".npz")
    if not cells.is_file():
        return result
    reduced = load_reduced(cells).reduced
    odd = sorted(set(reduced) - set(result.spec.measures))
    if odd:
        raise DataError(f"{cells} has statistics of {odd[0]}, which {file} doesn't; save it again.")
    try:
        evidence = {
            name: Measured(parse_measure(name), each, result.of(name))
            for name, each in reduced.items()
        }
    except UsageError as error:
        raise DataError(f"{cells} can't be read with this Fairview: {error}") from None
    return replace(result, evidence=evidence)
