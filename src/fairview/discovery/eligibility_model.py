"""The classifier of queries: logistic regression over a query's words and what it finds.

What it knows is plain numbers in a JSON file. Nothing in it is about people who ask.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, UsageError
from fairview.core.atomic import write_bytes
from fairview.core.columns import Array
from fairview.retrieval import Words

Floats = npt.NDArray[np.float64]

FORMAT = 1
FEWEST = 20
"""Fewer reviewed queries than this, or of one kind only, train nothing."""

DIVERSIFIED = "diversified"
"""The name under which the decision on variety stands among the classifier's decisions."""

FACTS = ("share of people", "share of the largest group", "groups", "items found")
"""What is read of what a query finds, beside its words."""

_STRENGTH = 4.0
_FOLDS = 5


@dataclass(frozen=True)
class Decision:
    """One trained yes or no: an intercept, and a weight per word stem and per fact.

    `accuracy`, `precision`, `recall` and `reviewed` say how it did on reviewed queries that it
    wasn't trained on.
    """

    intercept: float
    words: Mapping[str, float]
    facts: tuple[float, ...]
    reviewed: int
    accuracy: float
    precision: float | None
    recall: float | None

    def probability(self, query: str, facts: Floats) -> float:
        """Return the probability of yes."""
        stems = sorted(Words(query).stems)
        weight = sum(self.words.get(stem, 0.0) for stem in stems) / math.sqrt(max(len(stems), 1))
        score = self.intercept + weight + float(np.dot(self.facts, facts))
        return 1 / (1 + math.exp(-max(min(score, 500.0), -500.0)))


@dataclass(frozen=True)
class EligibilityModel:
    """The decisions by name: an attribute's offer, and ``diversified``."""

    decisions: Mapping[str, Decision]

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes whose offers it decides."""
        return tuple(name for name in self.decisions if name != DIVERSIFIED)

    def offers(self, query: str, attribute: str, pool: Array) -> bool:
        """Return whether a query that finds this pool offers the attribute."""
        return self.decisions[attribute].probability(query, facts_of(pool)) >= 0.5

    def diversifies(self, query: str) -> bool:
        """Return whether a query's page is made varied; yes where that wasn't learned."""
        decision = self.decisions.get(DIVERSIFIED)
        return decision is None or decision.probability(query, np.zeros(0)) >= 0.5

    def save(self, path: Path) -> None:
        """Write it as JSON, atomically."""
        plain = {name: asdict(decision) for name, decision in self.decisions.items()}
        data = json.dumps({"format": FORMAT, "decisions": plain}, indent=1, sort_keys=True)
        write_bytes(path, data.encode())

    @classmethod
    def load(cls, path: Path) -> EligibilityModel:
        """Read what `save` wrote; another file is a `DataError`."""
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
            if plain["format"] != FORMAT:
                raise ValueError(f"format {plain['format']}")
            return cls({n: _decision(n, given) for n, given in plain["decisions"].items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{path.name} isn't a classifier of queries ({error}); run: fairview eligibility "
                f"train"
            ) from None


def facts_of(pool: Array) -> Floats:
    """Return what is read of a pool (K counts, people, items), one number per `FACTS`.

    Examples
    --------
    >>> facts_of(np.array([30, 10, 0, 0, 40, 80])).round(2).tolist()
    [0.5, 0.75, 0.5, 4.39]
    """
    groups, people, total = pool[:-2], float(pool[-2]), float(pool[-1])
    return np.array(
        [
            people / total if total else 0.0,
            float(groups.max(initial=0)) / people if people else 0.0,
            float(np.count_nonzero(groups)) / max(len(groups), 1),
            math.log1p(total),
        ]
    )


def train_decision(
    name: str, queries: Sequence[str], facts: Floats, yes: npt.NDArray[np.bool_]
) -> Decision:
    """Train one decision on n reviewed queries, and judge it by five-fold cross-validation.

    Parameters
    ----------
    name
        What is decided, for messages.
    queries
        n queries.
    facts
        n x f facts; f is 0 where words alone decide.
    yes
        n decisions of reviewers.

    Raises
    ------
    UsageError
        Where too few queries were reviewed, or all of them alike.
    """
    n, positive = len(queries), int(yes.sum())
    if n < FEWEST or min(positive, n - positive) < _FOLDS:
        raise UsageError(
            f"{name}: {n} queries were reviewed, {positive} of them with yes; review at least "
            f"{FEWEST}, {_FOLDS} of either kind."
        )
    stems = sorted({stem for query in queries for stem in Words(query).stems})
    matrix = np.column_stack([_word_matrix(queries, stems), facts])
    order = np.arange(n) % _FOLDS
    fold = np.zeros(n, np.int64)
    for value in (False, True):
        same = np.flatnonzero(yes == value)
        fold[same] = order[: len(same)]
    guessed = np.zeros(n, np.bool_)
    for each in range(_FOLDS):
        out = fold == each
        guessed[out] = _fitted(matrix[~out], yes[~out]).predict(matrix[out])
    model = _fitted(matrix, yes)
    weights = model.coef_[0]
    right = guessed & yes
    return Decision(
        intercept=float(model.intercept_[0]),
        words={stem: round(float(w), 6) for stem, w in zip(stems, weights, strict=False) if w},
        facts=tuple(float(w) for w in weights[len(stems) :]),
        reviewed=n,
        accuracy=float((guessed == yes).mean()),
        precision=float(right.sum() / guessed.sum()) if guessed.any() else None,
        recall=float(right.sum() / positive),
    )


def _word_matrix(queries: Sequence[str], stems: Sequence[str]) -> Floats:
    place = {stem: column for column, stem in enumerate(stems)}
    matrix = np.zeros((len(queries), len(stems)))
    for row, query in enumerate(queries):
        found = sorted(Words(query).stems)
        for stem in found:
            matrix[row, place[stem]] = 1 / math.sqrt(len(found))
    return matrix


def _fitted(matrix: Floats, yes: npt.NDArray[np.bool_]) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
    return model.fit(matrix, yes)


def _decision(name: str, given: Mapping[str, Any]) -> Decision:
    decision = Decision(**{**given, "facts": tuple(given["facts"])})
    wanted = 0 if name == DIVERSIFIED else len(FACTS)
    if len(decision.facts) != wanted:
        raise ValueError(f"{name} has {len(decision.facts)} weights of facts, not {wanted}")
    numbers = (decision.intercept, *decision.facts, *decision.words.values())
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError(f"{name} has a weight that isn't a number")
    return decision


__all__ = ["DIVERSIFIED", "FACTS", "Decision", "EligibilityModel", "facts_of", "train_decision"]
