"""Running interventions: each candidate replayed on the same requests, audited, compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from fairview.audit import AuditLog, AuditResult, AuditSpec, Recording, run_audit
from fairview.core import FairviewError, RunRecord
from fairview.interventions.frontiers import frontier
from fairview.interventions.recommendation import recommend
from fairview.interventions.result import InterventionResult, Point
from fairview.interventions.spec import BASELINE, InterventionSpec, Value
from fairview.measure import Precision

Progress = Callable[[int, int], None]


class Replayer(Protocol):
    """Answers the same requests under changed settings."""

    def baseline(self) -> AuditLog:
        """Return the log of the page that every candidate is compared with."""
        ...

    def changed(self, changes: Mapping[str, Any]) -> AuditLog:
        """Return the log of the page under changed settings."""
        ...


def intervene(
    spec: InterventionSpec,
    replayer: Replayer,
    audit: AuditSpec,
    *,
    seed: int,
    precision: Precision | None = None,
    notes: tuple[str, ...] = (),
    recording: Recording | None = None,
    progress: Progress | None = None,
) -> InterventionResult:
    """Try every candidate.

    Parameters
    ----------
    spec
        Candidates and what they are judged by.
    replayer
        Answers the requests.
    audit
        Attributes and targets of the audits; its measures are replaced by the spec's.
    seed
        Seed of the audits' bootstrap, the same for each, so that equal pages give equal figures.
    precision
        Level, replicates and smallest cell.
    notes
        What a reader has to know of the replay.
    recording
        What the run record holds of how it was run.
    progress
        Called with how many pages were replayed and audited, and of how many.

    Returns
    -------
    InterventionResult
        A candidate that can't be made stands in `failed` with its reason.
    """
    asked = audit.model_copy(update={"measures": spec.measures, "gates": ()})
    changes = [
        (name, candidate.stage, change)
        for candidate in spec.candidates
        for name, change in candidate.changes()
    ]
    steps, record = 1 + len(changes), recording or Recording("interventions", seed)

    def audited(log: AuditLog) -> AuditResult:
        rng = np.random.default_rng(seed)
        return run_audit(asked, log, rng=rng, precision=precision, recording=record)

    log = replayer.baseline()
    baseline = Point(BASELINE, "none", {}, audited(log))
    points: list[Point] = []
    failed: dict[str, str] = {}
    for done, (name, stage, change) in enumerate(changes, start=1):
        if progress:
            progress(done, steps)
        try:
            found = _tried(name, stage, change, replayer, audited, baseline)
            points.append(found)
        except FairviewError as error:
            failed[name] = str(error)
    if progress:
        progress(steps, steps)
    every = (baseline, *points)
    return InterventionResult(
        spec=spec,
        baseline=baseline,
        points=tuple(points),
        frontiers={str(f): frontier(every, spec.utility, f) for f in spec.fairness},
        recommendation=recommend(spec, baseline, points),
        notes=(*notes, *_chance(len(changes)), *baseline.result.missing),
        run_record=RunRecord.capture(
            record.command,
            data_digest=log.data_digest,
            parameters={"spec": spec.model_dump(mode="json")},
            seed=seed,
            synthetic=log.synthetic,
            clock=record.clock,
        ),
        synthetic=log.synthetic,
        failed=failed,
    )


def _chance(tried: int) -> tuple[str, ...]:
    """Return what has to be said of choosing the best of several points by the same requests."""
    if tried < 2:
        return ()
    said = (
        f"Each interval is of one figure of one point. The best of {tried} points looks better "
        f"than it is, the more so the more were tried: confirm it on other requests."
    )
    return (said,)


def _tried(
    name: str,
    stage: str,
    change: Mapping[str, Value],
    replayer: Replayer,
    audited: Callable[[AuditLog], AuditResult],
    baseline: Point,
) -> Point:
    result = audited(replayer.changed(change))
    return Point(name, stage, change, result.compared_with(baseline.result))


__all__ = ["BASELINE", "Replayer", "intervene"]
