"""What any stage must satisfy, as a check that its author can run.

A stage conforms when it gives the same answer twice, leaves its input alone, copes with no
candidates at all, and answers R requests as it answers them one by one.
"""

from __future__ import annotations

import numpy as np

from fairview.core.candidates import Candidates
from fairview.core.columns import Array
from fairview.core.pipeline import apply_stage, fetch
from fairview.core.slates import Removed
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
    if whole is not None and again is not None and not _same(whole, again, exactly=True):
        violations.append(f"{stage.name}: two runs on the same input differ.")
    if _fingerprint(candidates) != before:
        violations.append(f"{stage.name}: it changed the candidates that it was given.")
    _attempt(stage, candidates.take(np.zeros(len(candidates), bool)), "without any", violations)
    single: list[_Answer | None] = []
    for request in range(len(candidates.requests)):
        one = candidates.take_requests(np.array([request]))
        single.append(_attempt(stage, one, "one by one", violations))
    parts = [part for part in single if part is not None]
    if whole is not None and len(parts) == len(single):
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if not _same(whole, joined, exactly=False):
            violations.append(f"{stage.name}: many requests at once differ from one by one.")
    return list(dict.fromkeys(violations))


_Answer = dict[str, Array]
"""Everything that a stage decided, as arrays by name."""


def _attempt(
    stage: Stage, candidates: Candidates, how: str, violations: list[str]
) -> _Answer | None:
    try:
        if isinstance(stage, Source):
            found = {stage.name: fetch(stage, candidates.requests)}
            return _answer(Candidates.merge(candidates.requests, found), None)
        return _answer(*apply_stage(stage, candidates))
    except Exception as error:
        violations.append(f"{stage.name}: it failed {how}: {error}")
        return None


def _answer(shown: Candidates, removed: Removed | None) -> _Answer:
    ids = shown.requests.ids
    answer = {"request": ids[shown.request_of], "item": shown.item_ids}
    answer |= {f"column {name}": np.asarray(part) for name, part in shown.columns.items()}
    for name, signal in shown.signals.items():
        answer[f"values of {name}"] = signal.filled(np.zeros((), signal.values.dtype))
        answer[f"state of {name}"] = signal.state
        answer[f"confidence of {name}"] = signal.confidence
    for name, group in shown.groups.items():
        answer[f"probabilities of {name}"] = group.probabilities
        answer[f"sets of {name}"] = group.contains
    if removed is None:
        removed = Removed("", np.zeros(0, np.int64), ids[:0], ids[:0])
    answer["removed from"] = ids[removed.request]
    answer["removed"] = removed.item_ids
    answer["reason"] = removed.reasons.astype(np.str_)
    return answer


def _same(one: _Answer, two: _Answer, *, exactly: bool) -> bool:
    """Whether two answers agree; a batch may round its floats otherwise than a single request."""
    return one.keys() == two.keys() and all(
        _same_array(array, two[name], exactly=exactly) for name, array in one.items()
    )


def _same_array(one: Array, two: Array, *, exactly: bool) -> bool:
    if one.shape != two.shape:
        return False
    if one.dtype.kind != "f" or two.dtype.kind != "f":
        return bool(np.array_equal(one, two))
    if exactly:
        return bool(np.array_equal(one, two, equal_nan=True))
    return bool(np.allclose(one, two, rtol=1e-5, atol=1e-6, equal_nan=True))


def _fingerprint(candidates: Candidates) -> tuple[bytes, ...]:
    answer = _answer(candidates, None)
    arrays = [candidates.offsets, candidates.brought_by, *answer.values()]
    return tuple(np.ascontiguousarray(array).tobytes() for array in arrays)
