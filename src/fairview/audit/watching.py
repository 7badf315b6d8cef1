"""Audits that are looked at every day: each log is added to a state, and intervals hold always.

The state holds the mergeable statistics of all logs so far, and the tuning that was fixed before
the first look. No row and no person is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fairview.audit.gates import decide_together
from fairview.audit.result import AuditResult
from fairview.core import DataError, UsageError, Verdict
from fairview.measure import (
    Cells,
    CellsMeasure,
    ComparisonMeasure,
    Estimate,
    Measured,
    Precision,
    Reduced,
    SamplingUnit,
    Saved,
    Status,
    estimates_of,
    load_reduced,
    merge_reduced,
    save_reduced,
    watched_estimates,
)

STATE = "watched.npz"
PLANNED_ERROR = 0.01
"""The standard error at which intervals are narrowest, where nothing else is planned."""


def watch(
    folder: Path,
    result: AuditResult,
    *,
    planned_error: float | None = None,
    rng: np.random.Generator,
) -> AuditResult:
    """Add a log's audit to what is watched in a folder, and return the audit of all logs so far.

    Its intervals are confidence sequences: none of them, on any day, leaves the truth out, at the
    level, for each figure by itself. So do its gates decide. A measure without such an interval
    (an extreme, a ratio, an inequality over providers) keeps its value and lacks evidence. A log
    that was added before is not added again, so a run can be repeated.

    Parameters
    ----------
    folder
        Where the state is kept; made where it isn't there.
    result
        The audit of the new log alone, with its statistics.
    planned_error
        The standard error at which intervals are to be narrowest, fixed by the first look; 0.01
        where nothing is said then.
    rng
        Where chance comes from.

    Raises
    ------
    UsageError
        Where the audit's gates are decided as a family, it has no statistics, or the planned error
        isn't that of the first look.
    DataError
        Where the state is damaged, or of another audit file.
    """
    if result.spec.family != "none":
        raise UsageError(
            "A watched audit decides each gate by itself, so that it may be looked at any day; set "
            "family to none."
        )
    if not result.evidence:
        raise UsageError("This audit has no statistics that add up, so it can't be watched.")
    path = folder / STATE
    before = load_reduced(path) if path.is_file() else None
    about = _about(before, result, planned_error, str(path))
    today = {name: measured.reduced for name, measured in result.evidence.items()}
    merged = today if before is None else dict(before.reduced)
    digest = result.run_record.data_digest
    if not digest or digest not in about["logs"]:
        merged = today if before is None else merge_reduced([before.reduced, today])
        about["logs"] = [*about["logs"], digest]
        about["counts"] = _added(about["counts"], result.counts)
        save_reduced(path, Saved(merged, about))
        note = ""
    else:
        note = " This log was added before, and wasn’t added again."
    return _audited(result, merged, about, note, rng)


def _about(
    before: Saved | None, result: AuditResult, planned_error: float | None, where: str
) -> dict[str, Any]:
    """Return what stands beside the statistics: the tuning, and which logs they are of."""
    recipe = {"spec": result.spec.model_dump(mode="json")}
    if before is None:
        chosen = PLANNED_ERROR if planned_error is None else planned_error
        if not chosen > 0:
            raise UsageError(f"The planned error is {chosen:g}; give a number above 0.")
        return {"planned_error": chosen, "logs": [], "counts": {}, **recipe}
    about = dict(before.about)
    if planned_error is not None and planned_error != about["planned_error"]:
        raise UsageError(
            f"The planned error was fixed at {about['planned_error']:g} by the first look; leave "
            f"it so, or watch in a new folder."
        )
    if about["spec"] != recipe["spec"]:
        raise DataError(f"{where} watches another audit file; watch this one in a new folder.")
    return about


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _audited(
    result: AuditResult,
    merged: Mapping[str, Reduced],
    about: Mapping[str, Any],
    note: str,
    rng: np.random.Generator,
) -> AuditResult:
    """Return the audit of all logs so far."""
    precision = Precision(**result.run_record.parameters["precision"])
    error, logs = about["planned_error"], len(about["logs"])
    evidence = {}
    for name, measured in result.evidence.items():
        estimates = _watched(measured, merged[name], error, rng, precision)
        evidence[name] = Measured(measured.measure, merged[name], estimates)
    figures = tuple(e for each in evidence.values() for e in each.estimates)
    verdicts = decide_together(result.spec.gates, figures, {})
    said = (
        f"Watched: figures are of {logs:,} {'log' if logs == 1 else 'logs'} so far, and intervals "
        f"hold on all days at once (confidence sequences, planned error {error:g}).{note}"
    )
    record = result.run_record
    return replace(
        result,
        estimates=figures,
        verdicts=verdicts,
        verdict=Verdict.combine(verdicts),
        counts=dict(about["counts"]),
        notes=(*result.notes, said),
        corrections=(),
        run_record=replace(
            record,
            parameters={
                **record.parameters,
                "watched": {k: about[k] for k in ("planned_error", "logs")},
            },
        ),
        evidence=evidence,
    )


def _watched(
    measured: Measured,
    reduced: Reduced,
    planned_error: float,
    rng: np.random.Generator,
    precision: Precision,
) -> tuple[Estimate, ...]:
    measure = measured.measure
    if measure.unit is SamplingUnit.CENSUS:
        return tuple(estimates_of(measure, reduced, rng, precision))
    if isinstance(reduced, Cells) and isinstance(measure, CellsMeasure | ComparisonMeasure):
        try:
            found = watched_estimates(measure, reduced, planned_error, rng, precision)
        except UsageError:
            pass
        else:
            return tuple(_plain(e) for e in found)
    return tuple(_without(e) for e in estimates_of(measure, reduced, rng, precision))


def _plain(e: Estimate) -> Estimate:
    """Return a figure without what its note says of a single look's power."""
    return replace(e, note="") if e.status is Status.OK else e


def _without(e: Estimate) -> Estimate:
    if e.status is not Status.OK:
        return e
    return replace(
        e,
        low=None,
        high=None,
        status=Status.INSUFFICIENT,
        method="none",
        note="it has no interval that holds on all days; watch a rate, or a gap to a reference",
    )


__all__ = ["PLANNED_ERROR", "STATE", "watch"]
