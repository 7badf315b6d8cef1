"""What any stage must satisfy, as a check that its author can run.

A stage conforms when it gives the same answer twice, leaves its input alone, copes with no
candidates at all, and answers R requests as it answers them one by one.
"""

from __future__ import annotations

import numpy as np

from fairview.core.candidates import Candidates
from fairview.core.columns import Array
from fairview.core.pipeline import apply_stage
from fairview.core.stages import Observer, Source, Stage


def stage_violations(stage: Stage, candidates: Candidates) -> list[str]:
    """Return how `stage` breaks the contract of its kind, one sentence each; empty is good.

    Parameters
    ----------
    stage
        Any stage but an observer, which changes nothing that could be checked here.
    candidates
        At least two requests with candidates, holding everything that the stage needs.

    Examples
    --------
    >>> from fairview.core import Candidates, Found, Requests, Scorer
    >>> class Constant(Scorer):
    ...     name = "constant"
    ...     provides = ("score",)
    ...     def score(self, candidates):
    ...         return {"score": np.ones(len(candidates))}
    >>> requests = Requests(np.array(["r1", "r2"]))
    >>> found = Found(np.array([0, 2, 3]), np.array(["a", "b", "c"]))
    >>> stage_violations(Constant(), Candidates.merge(requests, {"source": found}))
    []
    """
    if isinstance(stage, Observer):
        return []
    before = _fingerprint(candidates)
    violations: list[str] = []
    whole = _attempt(stage, candidates, "with candidates", violations)
    again = _attempt(stage, candidates, "a second time", violations)
    if whole is not None and again is not None and _rows(whole) != _rows(again):
        violations.append(f"{stage.name}: two runs on the same input differ.")
    if _fingerprint(candidates) != before:
        violations.append(f"{stage.name}: it changed the candidates that it was given.")
    _attempt(stage, candidates.take(np.zeros(len(candidates), bool)), "without any", violations)
    single: list[object] = []
    for request in range(len(candidates.requests)):
        part = _attempt(
            stage, candidates.take_requests(np.array([request])), "one by one", violations
        )
        single.extend(_rows(part) if part is not None else [])
    if whole is not None and _rows(whole) != single:
        violations.append(f"{stage.name}: many requests at once differ from one by one.")
    return list(dict.fromkeys(violations))


def _attempt(
    stage: Stage, candidates: Candidates, how: str, violations: list[str]
) -> Candidates | None:
    try:
        if isinstance(stage, Source):
            found = stage.fetch(candidates.requests)
            return Candidates.merge(candidates.requests, {stage.name: found})
        return apply_stage(stage, candidates)[0]
    except Exception as error:
        violations.append(f"{stage.name}: it failed {how}: {error}")
        return None


def _rows(shown: Candidates) -> list[object]:
    owner = shown.requests.ids[shown.request_of]
    columns = [np.asarray(column) for column in shown.columns.values()]
    return [
        (str(owner[i]), str(shown.item_ids[i]), *(_plain(column[i]) for column in columns))
        for i in range(len(shown))
    ]


def _plain(value: Array) -> str:
    return np.array2string(np.asarray(value), precision=6)


def _fingerprint(candidates: Candidates) -> tuple[bytes, ...]:
    arrays = [candidates.item_ids, candidates.offsets, candidates.brought_by]
    arrays += [np.asarray(column) for column in candidates.columns.values()]
    for signal in candidates.signals.values():
        arrays += [signal.values, signal.state]
    for group in candidates.groups.values():
        arrays += [group.probabilities, group.contains]
    return tuple(np.ascontiguousarray(array).tobytes() for array in arrays)
