"""Repeated fixtures: whether intervals hold the truth at the rate that they state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from fairview.audit.conformance.questions import Question, Repeated, Tables

LEVEL = 0.95
_SEED = 20_261


def repeated_fixtures() -> Iterator[Repeated]:
    """Yield the fixtures that are drawn again and again."""
    yield _independent()
    yield _people()
    yield _worst_gap()


def _asked(group: str) -> Question:
    return Question(
        f"selection rate of {group}",
        "selection rate",
        {"table": "rows", "by": "group", "group": group, "level": LEVEL, "cluster": "cluster_id"},
        "share of rows with prediction 1, with an interval; rows of one cluster_id belong together",
    )


def _table(group: np.ndarray, prediction: np.ndarray, cluster: np.ndarray) -> Tables:
    names = np.array([f"p{c}" for c in range(int(cluster.max()) + 1)])
    return {
        "rows": pa.table(
            {
                "cluster_id": names[cluster],
                "group": group,
                "label": np.zeros(len(group), np.int64),
                "prediction": prediction.astype(np.int64),
            }
        )
    }


def _independent() -> Repeated:
    truth = {"a": 0.3, "b": 0.06}

    def draw(number: int) -> Tables:
        rng = np.random.default_rng([_SEED, 1, number])
        group = np.repeat(["a", "b"], [150, 120])
        chance = np.where(group == "a", truth["a"], truth["b"])
        return _table(group, rng.random(len(group)) < chance, np.arange(len(group)))

    return Repeated(
        "coverage, independent rows",
        "A 95 % interval holds the true rate 95 times in 100, for a rate of 6 % too.",
        draw,
        tuple(_asked(name) for name in truth),
        {f"selection rate of {name}": rate for name, rate in truth.items()},
        LEVEL,
    )


def _people() -> Repeated:
    """Return eight rows of each person, who has a rate of their own; the mean rate is the truth."""
    truth = {"a": 0.4, "b": 0.2}
    people, each, sameness = 60, 8, 1.5

    def draw(number: int) -> Tables:
        rng = np.random.default_rng([_SEED, 2, number])
        kind = np.repeat(["a", "b"], people)
        mean = np.where(kind == "a", truth["a"], truth["b"])
        own = rng.beta(mean * sameness, (1 - mean) * sameness)
        person = np.repeat(np.arange(len(kind)), each)
        return _table(kind[person], rng.random(len(person)) < own[person], person)

    return Repeated(
        "coverage, people with several rows",
        "Rows of one person are alike; an interval that takes them for independent is too narrow.",
        draw,
        tuple(_asked(name) for name in truth),
        {f"selection rate of {name}": rate for name, rate in truth.items()},
        LEVEL,
    )


def _worst_gap() -> Repeated:
    names = [f"g{i:02d}" for i in range(12)]

    def draw(number: int) -> Tables:
        rng = np.random.default_rng([_SEED, 3, number])
        group = np.repeat(names, 80)
        return _table(group, rng.random(len(group)) < 0.3, np.arange(len(group)))

    question = Question(
        "largest gap in selection rate",
        "largest gap in selection rate",
        {"table": "rows", "by": "group", "level": LEVEL, "cluster": "cluster_id"},
        "the largest difference of two groups' selection rates, with an interval",
    )
    return Repeated(
        "coverage, the largest of many gaps",
        "Twelve groups of one rate have a largest gap of 0; an interval of the resampled largest "
        "gap can never hold it.",
        draw,
        (question,),
        {question.id: 0.0},
        LEVEL,
    )
