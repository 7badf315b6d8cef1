"""Fusion of what several sources found: by reciprocal rank, or by weights learned from clicks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fairview.core import Candidates, DataError, MissingError, Scorer
from fairview.core.columns import Array
from fairview.retrieval.hits import Hits, ordered

CONSTANT = 60.0
"""What is added to a rank before it is inverted, so that first places don't outweigh all else."""

_FACTS = ("found", "reciprocal rank", "share of best")

Floats = npt.NDArray[np.float64]


def reciprocal_rank(
    operands: Mapping[str, Hits], k: int, *, weights: Mapping[str, float] | None = None
) -> Hits:
    """Return the k rows with the largest sum over sources of weight / (60 + rank).

    Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009); ties go by row.

    Examples
    --------
    >>> text = Hits(np.array([1, 2]), np.array([9.0, 8.0]))
    >>> near = Hits(np.array([2, 3]), np.array([0.9, 0.8]))
    >>> reciprocal_rank({"text": text, "near": near}, 2).rows.tolist()
    [2, 1]
    """
    rows = np.concatenate([np.zeros(0, np.int64), *(hits.rows for hits in operands.values())])
    parts = [
        (1.0 if weights is None else weights.get(name, 1.0)) / (CONSTANT + 1 + np.arange(len(hits)))
        for name, hits in operands.items()
    ]
    distinct, place = np.unique(rows, return_inverse=True)
    total = np.bincount(place, np.concatenate([np.zeros(0), *parts]), minlength=len(distinct))
    # Scores of this size need more decimals than similarities do.
    best = ordered(distinct, total * _SCALE, k)
    return Hits(best.rows, best.scores / _SCALE)


_SCALE = 1_000.0


def source_facts(columns: Sequence[Array]) -> Floats:
    """Return three facts per source about one request's n candidates: n x 3S.

    Whether the source found the candidate, its reciprocal rank there, and its score as a share of
    the source's best. A column is NaN where its source didn't bring the candidate.

    Examples
    --------
    >>> source_facts([np.array([4.0, np.nan, 1.0])]).round(3).tolist()
    [[1.0, 0.016, 1.0], [0.0, 0.0, 0.0], [1.0, 0.016, 0.25]]
    """
    facts = []
    for column in columns:
        found = np.isfinite(column)
        rank = np.zeros(len(column))
        rank[found] = _ranks(column[found])
        best = float(column[found].max(initial=0.0)) or 1.0
        share = np.clip(np.where(found, column, 0.0) / best, 0.0, 1.0)
        facts += [found * 1.0, found / (CONSTANT + rank), share]
    n = len(columns[0]) if columns else 0
    return np.stack(facts, axis=1) if facts else np.zeros((n, 0))


@dataclass(frozen=True)
class LearnedFusion:
    """A logistic model over `source_facts`: the chance that a person takes the candidate.

    Parameters
    ----------
    columns
        The sources' score columns, in order.
    weights
        3S weights, for facts scaled by `scale`.
    scale
        3S positive numbers that facts are divided by.
    intercept
        The model's constant.
    """

    columns: tuple[str, ...]
    weights: tuple[float, ...]
    scale: tuple[float, ...]
    intercept: float

    @classmethod
    def train(
        cls,
        requests: Sequence[Mapping[str, Array]],
        clicked: Sequence[Array],
        *,
        propensities: Sequence[Array] | None = None,
        penalty: float = 1.0,
    ) -> LearnedFusion:
        """Return the model that explains these clicks best.

        Parameters
        ----------
        requests
            Per request, score columns by source over its candidates, NaN where not found.
        clicked
            Per request, which candidates were taken.
        propensities
            Per request, the chance that each candidate was looked at; its click weighs one over
            that, at most 20, so that low positions aren't taken for dislike.
        penalty
            The strength of the squared penalty on weights.

        Raises
        ------
        DataError
            Where there is no click or nothing but clicks, or columns differ between requests.
        """
        from sklearn.linear_model import LogisticRegression

        columns = tuple(requests[0]) if requests else ()
        if any(tuple(request) != columns for request in requests):
            raise DataError("Every request must have the same sources, in the same order.")
        facts = [source_facts(list(request.values())) for request in requests]
        x = np.concatenate([np.zeros((0, 3 * len(columns))), *facts])
        y = np.concatenate([np.zeros(0, np.bool_), *clicked]).astype(np.bool_)
        if len(x) != len(y) or not y.any() or y.all():
            raise DataError(
                f"{int(y.sum())} of {len(y)} candidates were taken; a fusion is learned from some "
                f"that were and some that weren't."
            )
        weight = np.ones(len(y))
        if propensities is not None:
            seen = np.concatenate([np.zeros(0), *propensities])
            weight = np.where(y, 1 / np.clip(seen, 0.05, 1.0), 1.0)
        scale = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
        model = LogisticRegression(C=1 / penalty, max_iter=500)
        model.fit(x / scale, y, sample_weight=weight)
        return cls(
            columns,
            tuple(model.coef_[0].tolist()),
            tuple(scale.tolist()),
            float(model.intercept_[0]),
        )

    def score(self, columns: Mapping[str, Array], n: int) -> Floats:
        """Return the chance of each of one request's n candidates."""
        absent = np.full(n, np.nan)
        facts = source_facts([columns.get(name, absent) for name in self.columns])
        return _logistic(np.asarray(facts @ self._per_fact + self.intercept, np.float64))

    @property
    def _per_fact(self) -> Floats:
        return np.asarray(np.array(self.weights) / np.array(self.scale), np.float64)

    def explained(self) -> dict[str, float]:
        """Return each fact's weight by name, ``bm25: reciprocal rank`` and so on."""
        names = [f"{column}: {fact}" for column in self.columns for fact in _FACTS]
        return dict(zip(names, self.weights, strict=True))

    def save(self, path: Path) -> None:
        """Write the model as JSON."""
        path.write_text(json.dumps(self.__dict__), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> LearnedFusion:
        """Read a saved model; an unreadable one is a `MissingError`."""
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            lists = {name: tuple(plain[name]) for name in ("columns", "weights", "scale")}
            return cls(intercept=float(plain["intercept"]), **lists)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MissingError(
                f"The fusion in {path} can't be read ({error}); train it again."
            ) from error


class SourceFusion(Scorer):
    """Provides ``fusion``: sources fused by reciprocal rank, or by a learned model.

    Parameters
    ----------
    columns
        The sources' score columns, with a weight each; one that a page lacks counts nothing.
    model
        A `LearnedFusion` to use in place of reciprocal ranks.
    """

    name = "fusion of sources"
    provides = ("fusion",)
    optional = False

    def __init__(self, columns: Mapping[str, float], model: LearnedFusion | None = None) -> None:
        self.columns = dict(columns)
        self.model = model

    def score(self, candidates: Candidates) -> Mapping[str, Array]:
        """Return each candidate's fused score."""
        fused = np.zeros(len(candidates))
        for request in range(len(candidates.requests)):
            part = candidates.rows_of(request)
            n = part.stop - part.start
            known = {
                name: candidates.columns[name][part]
                for name in (self.columns if self.model is None else self.model.columns)
                if name in candidates.columns
            }
            if self.model is not None:
                fused[part] = self.model.score(known, n)
                continue
            facts = source_facts(list(known.values()))[:, 1::3]
            fused[part] = facts @ np.array([self.columns[name] for name in known], np.float64)
        return {"fusion": fused}


def _ranks(values: Array) -> Floats:
    """Return ranks from 1, equal values sharing the better one."""
    before = np.searchsorted(np.sort(-values), -values, side="left")
    return np.asarray(1.0 + before, np.float64)


def _logistic(value: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -60, 60))), np.float64)
