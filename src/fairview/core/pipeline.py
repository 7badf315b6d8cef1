"""The pipeline: a list of stages, and the one place that runs them, times them and checks them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace

import numpy as np

from fairview.core.candidates import Candidates, Found
from fairview.core.errors import DataError, FairviewError, UsageError
from fairview.core.requests import Requests
from fairview.core.slates import Removed, Slates, StageOutcome, StageStatus
from fairview.core.stages import Filter, Hydrator, Observer, Ranked, Reranker, Scorer, Source, Stage

ORDER = ("source", "hydrator", "filter", "scorer", "reranker", "observer")
NOT_SELECTED = "not selected for the slate"


class StageError(FairviewError):
    """A stage that isn't optional failed, or a stage broke its contract."""


@dataclass
class Pipeline:
    """Stages in order: sources first, observers last; the rest as listed.

    Parameters
    ----------
    stages
        The stages; names are unique and a stage's needs are provided by an earlier one.
    clock
        Seconds, monotonic; deadlines are read on it.
    timer
        Nanoseconds, monotonic.

    Raises
    ------
    UsageError
        Where names repeat, no source is given, two sources provide a column of one name, or a
        stage needs what no earlier one provides.
    """

    stages: Sequence[Stage]
    clock: Callable[[], float] = time.monotonic
    timer: Callable[[], int] = time.perf_counter_ns

    def __post_init__(self) -> None:
        names = [stage.name for stage in self.stages]
        if len(set(names)) != len(names):
            raise UsageError(f"Stage names repeat: {', '.join(sorted(names))}; give each its own.")
        if not any(isinstance(stage, Source) for stage in self.stages):
            raise UsageError("A pipeline needs a source; add one.")
        ends = [s.kind for s in self.stages]
        if ends != sorted(ends, key=lambda k: {"source": 0, "observer": 2}.get(k, 1)):
            raise UsageError("Sources come first and observers last; reorder the stages.")
        brought = [name for s in self.stages if isinstance(s, Source) for name in s.provides]
        if len(set(brought)) != len(brought):
            raise UsageError(f"Two sources provide one column among {', '.join(sorted(brought))}.")
        available: set[str] = set()
        for stage in self.stages:
            lacking = [name for name in stage.needs if name not in available]
            if lacking:
                raise UsageError(
                    f"Stage {stage.name!r} needs {', '.join(lacking)}, which no earlier stage "
                    f"provides."
                )
            available.update(stage.provides)

    def run(self, requests: Requests) -> Slates:
        """Answer R requests.

        Raises
        ------
        StageError
            Where a stage that isn't optional fails, or any stage returns what its kind may not.
        """
        outcomes: list[StageOutcome] = []
        removed: list[Removed] = []
        candidates = self._fetch(requests, outcomes)
        for stage in self.stages:
            if isinstance(stage, Source | Observer):
                continue
            reason = self._reason_to_skip(stage, candidates)
            start = self.timer()
            result, status, failure = candidates, StageStatus.SKIPPED, ""
            if not reason:
                try:
                    result, gone = apply_stage(stage, candidates)
                    status = StageStatus.OK
                    if gone is not None and len(gone):
                        removed.append(gone)
                except Exception as error:
                    reason, failure = _said(stage, error, requests), type(error).__name__
                    status = StageStatus.FAILED
            outcomes.append(
                StageOutcome(
                    stage.name,
                    stage.kind,
                    status,
                    reason,
                    len(candidates),
                    len(result),
                    self.timer() - start,
                    failure,
                )
            )
            candidates = result
        slates = Slates(candidates, tuple(removed), tuple(outcomes))
        return self._observe(slates, outcomes)

    def _fetch(self, requests: Requests, outcomes: list[StageOutcome]) -> Candidates:
        found: dict[str, Found] = {}
        for stage in self.stages:
            if not isinstance(stage, Source):
                continue
            start = self.timer()
            status, reason, failure, count = StageStatus.OK, "", "", 0
            try:
                part = fetch(stage, requests)
                found[stage.name] = part
                count = len(part.item_ids)
            except Exception as error:
                reason, failure = _said(stage, error, requests), type(error).__name__
                status = StageStatus.FAILED
            taken = self.timer() - start
            outcomes.append(
                StageOutcome(stage.name, stage.kind, status, reason, 0, count, taken, failure)
            )
        try:
            return Candidates.merge(requests, found)
        except DataError as error:
            raise StageError(str(error)) from error

    def _reason_to_skip(self, stage: Stage, candidates: Candidates) -> str:
        lacking = [
            name
            for name in stage.needs
            if name not in candidates.columns
            and name not in candidates.signals
            and name not in candidates.groups
        ]
        deadline = candidates.requests.deadline
        if lacking:
            reason = f"{', '.join(lacking)} is missing"
        elif stage.optional and deadline is not None and self.clock() > deadline:
            reason = "the deadline had passed"
        else:
            return ""
        if not stage.optional:
            raise StageError(f"Stage {stage.name!r} can't run and isn't optional: {reason}.")
        return reason

    def _observe(self, slates: Slates, outcomes: list[StageOutcome]) -> Slates:
        observers = [stage for stage in self.stages if isinstance(stage, Observer)]
        if not observers:
            return slates
        requests = slates.candidates.requests
        refined = requests.is_refined
        shown = replace(slates.take(~refined), outcomes=()) if refined.any() else slates
        for stage in observers:
            start = self.timer()
            status, reason, failure = StageStatus.OK, "", ""
            try:
                if len(shown):
                    stage.observe(shown)
                if refined.any():
                    stage.count_refined(int(refined.sum()))
            except Exception as error:
                reason, failure = _said(stage, error, requests), type(error).__name__
                status = StageStatus.FAILED
            n, taken = len(slates.candidates), self.timer() - start
            outcomes.append(
                StageOutcome(stage.name, stage.kind, status, reason, n, n, taken, failure)
            )
        return Slates(slates.candidates, slates.removed, tuple(outcomes))


def fetch(stage: Source, requests: Requests) -> Found:
    """Run one source and check what it gives; a `StageError` where it may not give that."""
    found = stage.fetch(requests)
    if len(found.offsets) != len(requests) + 1:
        raise StageError(
            f"Source {stage.name!r} answered {len(found.offsets) - 1} of {len(requests)} requests."
        )
    _check_given(stage, found.columns, len(found.item_ids))
    return found


def apply_stage(stage: Stage, candidates: Candidates) -> tuple[Candidates, Removed | None]:
    """Run one stage and check what it gives; return the candidates after it and what it removed.

    Raises
    ------
    StageError
        Where the stage returns what its kind may not.
    """
    if isinstance(stage, Hydrator):
        added = stage.hydrate(candidates)
        given: dict[str, Sized] = {**added.columns, **added.signals, **added.groups}
        _check_given(stage, given, len(candidates))
        return candidates.with_signals(added.signals, added.groups, added.columns), None
    if isinstance(stage, Scorer):
        scores = stage.score(candidates)
        _check_given(stage, scores, len(candidates))
        return candidates.with_columns(scores), None
    if isinstance(stage, Filter):
        kept = stage.keep(candidates)
        if kept.mask.dtype != np.bool_ or len(kept.mask) != len(candidates):
            raise StageError(
                f"Filter {stage.name!r} must return one boolean per item ({len(candidates)})."
            )
        if not isinstance(kept.reasons, str) and len(kept.reasons) != len(candidates):
            raise StageError(
                f"Filter {stage.name!r} must give one reason for all or one per item "
                f"({len(candidates)})."
            )
        if kept.mask.all():
            return candidates, None
        return candidates.take(kept.mask), _removed(stage, candidates, ~kept.mask, kept.reasons)
    if isinstance(stage, Reranker):
        return _apply_ranked(stage, candidates, stage.rerank(candidates))
    raise StageError(f"{stage.name!r} is of no known kind of stage.")


def _apply_ranked(
    stage: Reranker, candidates: Candidates, ranked: Ranked
) -> tuple[Candidates, Removed]:
    order, offsets = ranked.order, ranked.offsets
    if len(offsets) != len(candidates.requests) + 1 or offsets[-1] != len(order):
        raise StageError(f"Reranker {stage.name!r} returned offsets that don't fit its order.")
    chosen = np.zeros(len(candidates), bool)
    chosen[order] = True
    if np.count_nonzero(chosen) != len(order):
        raise StageError(f"Reranker {stage.name!r} returned an item twice.")
    owner = np.repeat(np.arange(len(candidates.requests)), np.diff(offsets))
    if (candidates.request_of[order] != owner).any():
        raise StageError(f"Reranker {stage.name!r} moved an item to another request.")
    promised = {name: ranked.columns[name] for name in stage.provides if name in ranked.columns}
    _check_given(stage, promised, len(order))
    taken = candidates.take(order, offsets)
    if ranked.columns:
        taken = taken.with_columns(ranked.columns)
    return taken, _removed(stage, candidates, ~chosen, NOT_SELECTED)


def _removed(stage: Stage, candidates: Candidates, gone: object, reasons: object) -> Removed:
    rows = np.flatnonzero(np.asarray(gone))
    why = np.full(len(rows), reasons) if isinstance(reasons, str) else np.asarray(reasons)[rows]
    return Removed(stage.name, candidates.request_of[rows], candidates.item_ids[rows], why)


def _check_given(stage: Stage, given: Mapping[str, Sized], n: int) -> None:
    if set(given) != set(stage.provides):
        raise StageError(
            f"Stage {stage.name!r} says that it provides {', '.join(stage.provides) or 'nothing'} "
            f"and gave {', '.join(given) or 'nothing'}."
        )
    for name, column in given.items():
        if len(column) != n:
            raise StageError(
                f"Stage {stage.name!r} gave {len(column)} rows of {name!r} for {n} items."
            )


def _said(stage: Stage, error: Exception, requests: Requests) -> str:
    """Return why an optional stage failed; raise `StageError` where it isn't optional.

    Where a request is refined, an error's own words could repeat the choice, and so could the
    error that it came from; then only its kind is said.
    """
    kind = type(error).__name__
    secret = bool(requests.refinements) and bool(requests.is_refined.any())
    if isinstance(error, StageError):
        raise error
    if secret:
        sentence = kind
    else:
        sentence = str(error) if isinstance(error, FairviewError) else f"{kind}: {error}"
    if stage.optional:
        return sentence
    raise StageError(f"Stage {stage.name!r} failed and isn't optional: {sentence}") from (
        None if secret else error
    )
