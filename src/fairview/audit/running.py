"""Running an audit: from a log and a spec to estimates, verdicts and a record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from fairview.audit.corrections import AS_READ, as_read, correction_of
from fairview.audit.event_log import log_from_catalogue, log_from_events
from fairview.audit.event_tables import Reading
from fairview.audit.gates import decide_together
from fairview.audit.logs import AuditLog, concerns_column
from fairview.audit.result import AuditResult
from fairview.audit.spec import AuditSpec, attribute_of
from fairview.catalog import EventStore, Workspace
from fairview.core import Clock, DataError, RunRecord, UsageError, Verdict, utc_now
from fairview.measure import (
    DuckDBEngine,
    Engine,
    Log,
    Measure,
    Measured,
    Precision,
    Reduced,
    SamplingUnit,
    estimates_of,
)

Progress = Callable[[int, int], None]
"""Called with how many measures are done, and of how many."""


@dataclass(frozen=True)
class Recording:
    """What goes into an audit's `RunRecord` beside the spec: the command, the seed, the clock."""

    command: str = "audit"
    seed: int | None = None
    clock: Clock = utc_now


def run_audit(
    spec: AuditSpec,
    log: AuditLog | Log,
    *,
    rng: np.random.Generator,
    precision: Precision | None = None,
    recording: Recording | None = None,
    progress: Progress | None = None,
    engine: Callable[[Log], Engine] = DuckDBEngine,
    strict: bool = False,
) -> AuditResult:
    """Audit a log.

    Measures of the catalogue (whose unit is a census or the item) read the catalogue, all
    others what was shown. A measure that the log lacks something for is a sentence in the
    result's `missing`, and a gate on it lacks evidence; nothing is left out in silence.

    Parameters
    ----------
    spec
        What to look at, and the gates.
    log
        The data; a bare `Log` is one of slates.
    rng
        The source of chance of bootstrap intervals.
    precision
        Level, replicates and the smallest cell; what the spec says of them wins.
    recording
        What the run record holds of how it was run.
    progress
        Called after each measure with how many are done, and of how many.
    engine
        Makes the engine that a log is read with.
    strict
        Whether a measure that the log lacks something for, or holds a wrong value for, is an error.
        What it lacks is known before any is made.

    Raises
    ------
    DataError
        Where `strict`, and the log lacks something or holds a wrong value.
    UsageError
        Where the spec has a privacy budget.
    """
    if spec.privacy is not None:
        raise UsageError(
            "A privacy budget is for audits of a log: fairview audit --log, or fairview.audit(...)."
        )
    chosen, record = _chosen(spec, precision), recording or Recording()
    data = log if isinstance(log, AuditLog) else AuditLog(slates=log, synthetic=log.synthetic)
    engines = _Engines(spec, data, engine)
    parsed = spec.parsed
    readings = {m.identity: as_read(m, data.inferred) for m in parsed}
    hard = [m for m in readings.values() if m is not None and m not in parsed]
    found = engines.reduce(parsed, strict=strict) | engines.reduce(hard, strict=False)
    evidence: dict[str, Measured] = {}
    for done, measure in enumerate(parsed, start=1):
        reduced = found[measure.identity]
        if not isinstance(reduced, DataError):
            estimates = tuple(estimates_of(measure, reduced, rng, chosen))
            evidence[measure.identity] = Measured(measure, reduced, estimates)
        if progress:
            progress(done, len(parsed))
    lacking = {
        m.identity: str(each) for m in parsed if isinstance(each := found[m.identity], DataError)
    }
    corrections = [
        correction_of(measure, data.inferred[str(attribute_of(measure))], reduced, rng, chosen)
        for measure in parsed
        if (read := readings[measure.identity]) is not None
        and not isinstance(reduced := found[read.identity], DataError)
    ]
    figures = tuple(e for measured in evidence.values() for e in measured.estimates)
    verdicts = decide_together(spec.gates, figures, lacking, family=spec.family)
    return AuditResult(
        spec=spec,
        estimates=figures,
        verdicts=verdicts,
        verdict=Verdict.combine(verdicts),
        counts=dict(data.counts),
        missing=_said(data.missing, lacking),
        notes=data.notes,
        run_record=RunRecord.capture(
            record.command,
            data_digest=data.data_digest,
            parameters={"spec": spec.model_dump(mode="json"), "precision": asdict(chosen)},
            seed=record.seed,
            targets={n: asdict(target) for n, target in spec.custom_targets.items()},
            synthetic=data.synthetic,
            clock=record.clock,
        ),
        synthetic=data.synthetic,
        is_foreign=data.is_foreign,
        corrections=tuple(each for each in corrections if each is not None),
        evidence=evidence,
    )


def audit_workspace(
    workspace: Workspace,
    spec: AuditSpec | None = None,
    *,
    reading: Reading | None = None,
    rng: np.random.Generator | None = None,
    progress: Progress | None = None,
) -> AuditResult:
    """Audit a workspace's events, or its catalogue alone where it has no events.

    Parameters
    ----------
    workspace
        Whose.
    spec
        What to look at; the workspace's audit file where None, else the default.
    reading
        How its events are read; `AuditSpec.applies_from` wins over its own.
    rng
        The source of chance; a generator of the settings' seed where None.
    progress
        As in `run_audit`.

    Raises
    ------
    DataError
        Where the catalogue is empty, or the audit file is wrong.
    """
    settings = workspace.settings
    asked = spec or spec_of(workspace)
    if EventStore(workspace).count():
        how = replace(reading or Reading(), applies_from=asked.applies_from)
        log = log_from_events(workspace, asked.attributes, how, asked.domain)
    else:
        log = log_from_catalogue(workspace, asked.attributes, asked.domain)
    return run_audit(
        asked,
        log,
        rng=rng or np.random.default_rng(settings.seed),
        precision=Precision(
            settings.audit.level, settings.audit.replicates, settings.audit.minimum_cell
        ),
        recording=Recording("audit of a workspace", settings.seed, workspace.clock),
        progress=progress,
    )


def spec_of(workspace: Workspace) -> AuditSpec:
    """Return the workspace's audit spec: its file, or the default where it has none."""
    path = workspace.root / workspace.settings.audit.gates
    discovery = workspace.settings.discovery
    if path.is_file():
        return AuditSpec.load(path)
    return AuditSpec.default(discovery.attribute, discovery.slate_size)


def _chosen(spec: AuditSpec, precision: Precision | None) -> Precision:
    """Return the precision with what the spec says of it."""
    chosen = precision or Precision()
    return replace(
        chosen,
        level=spec.level or chosen.level,
        minimum_cell=spec.minimum_cell or chosen.minimum_cell,
    )


_LACKING = {
    "slates": (
        "Nothing is known of what was shown: take in events, or replay searches and audit those."
    ),
    "catalogue": "The audit wasn't given the catalogue; give it where supply is to be measured.",
}


class _Engines:
    """One engine per part of the data that measures read, each made once."""

    def __init__(self, spec: AuditSpec, data: AuditLog, make: Callable[[Log], Engine]) -> None:
        self.targets = spec.custom_targets
        self.data = data
        self._make = make
        self._made: dict[str, Engine] = {}

    def reduce(
        self, measures: Sequence[Measure], *, strict: bool
    ) -> dict[str, Reduced | DataError]:
        """Return what the data gives for each measure, or why it gives nothing.

        Measures of the same engine are reduced together, so that what they share is counted once.
        """
        found: dict[str, Reduced | DataError] = {}
        together: dict[int, tuple[Engine, list[Measure]]] = {}
        for measure in measures:
            try:
                engine = self.of(measure)
                for each in measure.rests_on:
                    engine.require(each)
                    if strict:
                        engine.check(each)
            except DataError as error:
                if strict:
                    raise
                found[measure.identity] = error
            else:
                together.setdefault(id(engine), (engine, []))[1].append(measure)
        for engine, mine in together.values():
            for measure, reduced in zip(mine, engine.reduce(mine), strict=True):
                if strict and isinstance(reduced, DataError):
                    raise reduced
                found[measure.identity] = reduced
        return found

    def of(self, measure: Measure) -> Engine:
        """Return the engine that holds what a measure reads."""
        if measure.unit in (SamplingUnit.CENSUS, SamplingUnit.ITEM) and self.data.catalogue:
            return self._engine("catalogue", self.data.catalogue, None)
        if measure.unit in (SamplingUnit.CENSUS, SamplingUnit.ITEM) and not self.data.is_foreign:
            return self._engine("catalogue", None, None)
        whole = self._engine("slates", self.data.slates, None)
        attribute = attribute_of(measure)
        if attribute is None:
            return whole
        attribute = attribute.removesuffix(AS_READ)
        if concerns_column(attribute) not in whole.columns:
            return whole
        return self._engine(attribute, self.data.slates, concerns_column(attribute))

    def _engine(self, name: str, log: Log | None, only: str | None) -> Engine:
        if log is None:
            raise DataError(_LACKING.get(name, _LACKING["slates"]))
        key = f"{name} {only}"
        if key not in self._made:
            targets = {**log.targets, **self.targets}
            chosen = only if only is not None else log.only
            self._made[key] = self._make(replace(log, targets=targets, only=chosen))
        return self._made[key]


def _said(missing: Sequence[str], lacking: dict[str, str]) -> tuple[str, ...]:
    """Return the sentences about what is missing; measures that lack the same are put together."""
    together: dict[str, list[str]] = {}
    for name, sentence in lacking.items():
        together.setdefault(sentence.removeprefix(f"{name} needs "), []).append(name)
    said = [
        f"Not made: {', '.join(names)}. Needs {why}"
        if why[0].islower()
        else f"Not made: {', '.join(names)}. {why}"
        for why, names in together.items()
    ]
    return (*missing, *said)


__all__ = ["Recording", "audit_workspace", "run_audit", "spec_of"]
