"""Fixtures of decisions: planted confusion counts, and the traps of groups, ties and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from fairview.audit.conformance.questions import (
    Careful,
    Ends,
    Exactly,
    Expected,
    Fixture,
    NoFigure,
    Question,
)

DEFINITIONS = {
    "selection rate": "share of rows with prediction 1",
    "true positive rate": "share of rows with label 1 that have prediction 1",
    "false positive rate": "share of rows with label 0 that have prediction 1",
    "false negative rate": "share of rows with label 1 that have prediction 0",
    "false discovery rate": "share of rows with prediction 1 that have label 0",
    "false omission rate": "share of rows with prediction 0 that have label 1",
    "accuracy": "share of rows whose prediction is the label",
    "area under the curve": "chance that a row with label 1 has a higher score than one with "
    "label 0, ties counting one half",
    "mean absolute error": "mean of |prediction - label| over rows where both are known",
    "interval of the mean absolute error": "confidence interval of the mean of |prediction - "
    "label|, rows independent (Student's t)",
}


@dataclass(frozen=True)
class Counts:
    """The confusion counts of one group."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """How many rows."""
        return self.tp + self.fp + self.fn + self.tn

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.tp + other.tp, self.fp + other.fp, self.fn + other.fn, self.tn + other.tn
        )

    def rate(self, figure: str) -> tuple[int, int]:
        """Return the numerator and the denominator of a rate, from its definition."""
        return {
            "selection rate": (self.tp + self.fp, self.n),
            "true positive rate": (self.tp, self.tp + self.fn),
            "false positive rate": (self.fp, self.fp + self.tn),
            "false negative rate": (self.fn, self.tp + self.fn),
            "false discovery rate": (self.fp, self.tp + self.fp),
            "false omission rate": (self.fn, self.fn + self.tn),
            "accuracy": (self.tp + self.tn, self.n),
        }[figure]


RATES = tuple(name for name in DEFINITIONS if name.endswith("rate") or name == "accuracy")
PLANTED = {"a": Counts(40, 10, 20, 130), "b": Counts(30, 45, 5, 120), None: Counts(2, 3, 1, 4)}


def decision_fixtures() -> Iterator[Fixture]:
    """Yield the fixtures of classifiers and of numeric columns."""
    yield _confusion()
    yield _gaps()
    yield _empty_group()
    yield _no_positives()
    yield _ties()
    yield _missing()
    yield _small_cell()
    yield _large_values()


def rows_of(counts: Mapping[Any, Counts]) -> pa.Table:
    """Return rows with these counts, one person each, beside columns that mean nothing."""
    group, label, prediction = [], [], []
    for name, c in counts.items():
        group += [name] * c.n
        label += [1] * c.tp + [0] * c.fp + [1] * c.fn + [0] * c.tn
        prediction += [1] * (c.tp + c.fp) + [0] * (c.fn + c.tn)
    n = len(group)
    return pa.table(
        {
            "cluster_id": [f"p{i}" for i in range(n)],
            "group": pa.array(group, pa.string()),
            "label": pa.array(label, pa.int64()),
            "prediction": pa.array(prediction, pa.int64()),
            "branch_code": pa.array(np.arange(n) % 7),
            "comment": ["nothing"] * n,
        }
    )


def asked(figure: str, group: str, expected: Expected, **more: Any) -> Question:
    """Return the question after one group's figure; ``overall`` is everybody."""
    about = {"table": "rows", "by": "group", "group": group, **more}
    return Question(f"{figure} of {group}", figure, about, DEFINITIONS[figure], expected)


def _rate(counts: Counts, figure: str) -> Expected:
    above, below = counts.rate(figure)
    return Exactly(above / below) if below else NoFigure("there is nothing to divide by")


def _confusion() -> Fixture:
    whole = PLANTED["a"] + PLANTED["b"] + PLANTED[None]
    sides = {"a": PLANTED["a"], "b": PLANTED["b"], "unknown": PLANTED[None], "overall": whole}
    return Fixture(
        "confusion counts",
        "Rows of unknown group count overall and are a group of their own; columns that aren't "
        "asked about change nothing.",
        {"rows": rows_of(PLANTED)},
        tuple(
            asked(figure, name, _rate(counts, figure))
            for figure in RATES
            for name, counts in sides.items()
        ),
    )


def _gaps() -> Fixture:
    questions = []
    for figure in ("selection rate", "true positive rate", "false positive rate"):
        a, b = (above / below for above, below in (PLANTED[g].rate(figure) for g in "ab"))
        for kind, value in (("difference", b - a), ("ratio", b / a)):
            questions.append(
                Question(
                    f"{kind} of {figure}, b to a",
                    f"{kind} of rates",
                    {"table": "rows", "by": "group", "group": "b", "reference": "a",
                     "rate": figure},
                    f"the {kind} of the {figure} of b and that of a",
                    Exactly(value),
                )
            )  # fmt: skip
    planted = {name: PLANTED[name] for name in ("a", "b")}
    return Fixture(
        "gaps",
        "The sign says who is worse off: a difference isn't an absolute value.",
        {"rows": rows_of(planted)},
        tuple(questions),
    )


def _empty_group() -> Fixture:
    nobody = NoFigure("the group has no row")
    questions = [asked(f, "c", nobody, groups=["a", "b", "c"]) for f in RATES]
    questions.append(
        asked("accuracy", "a", _rate(PLANTED["a"], "accuracy"), groups=["a", "b", "c"])
    )
    return Fixture(
        "empty group",
        "A declared group without a row has no rate; 0 would be a claim.",
        {"rows": rows_of({"a": PLANTED["a"], "b": PLANTED["b"]})},
        tuple(questions),
    )


def _no_positives() -> Fixture:
    counts = {"a": PLANTED["a"], "b": Counts(0, 12, 0, 88)}
    figures = ("true positive rate", "false negative rate", "false positive rate",
               "false discovery rate")  # fmt: skip
    return Fixture(
        "nothing to divide by",
        "Without a row of label 1 there is no true positive rate; 0 would be a claim.",
        {"rows": rows_of(counts)},
        tuple(asked(f, g, _rate(c, f)) for f in figures for g, c in counts.items()),
    )


def _ties() -> Fixture:
    """Return scores that are alike on both sides; what is expected is counted pair by pair."""
    sides = {"a": ([0.9, 0.5, 0.5, 0.1], [0.5, 0.5, 0.1, 0.1]), "b": ([0.5] * 4, [0.5] * 4)}
    group, label, score, questions = [], [], [], []
    for name, (positive, negative) in sides.items():
        won = sum((p > q) + (p == q) / 2 for p in positive for q in negative)
        expected = Exactly(won / (len(positive) * len(negative)), 1e-6)
        questions.append(asked("area under the curve", name, expected))
        group += [name] * 80
        label += [1] * 40 + [0] * 40
        score += positive * 10 + negative * 10
    table = {"cluster_id": [f"p{i}" for i in range(len(group))], "group": group, "label": label,
             "score": score}  # fmt: skip
    return Fixture(
        "ties",
        "Equal scores count one half, whatever the order of the rows.",
        {"rows": pa.table(table)},
        tuple(questions),
    )


def _missing() -> Fixture:
    values = [2.0, 4.0, None, float("nan")] * 10
    table = pa.table(
        {
            "cluster_id": [f"p{i}" for i in range(80)],
            "group": ["a"] * 40 + ["b"] * 40,
            "label": pa.array([0.0] * 80, pa.float64()),
            "prediction": pa.array([*values, *([1.0] * 40)], pa.float64()),
        }
    )
    return Fixture(
        "missing values",
        "Null and NaN are left out, not read as 0 and not passed on.",
        {"rows": table},
        (
            asked("mean absolute error", "a", Exactly(3.0)),
            asked("mean absolute error", "b", Exactly(1.0)),
            asked("mean absolute error", "overall", Exactly(5 / 3)),
        ),
    )


def _small_cell() -> Fixture:
    counts = {"a": Counts(50, 0, 0, 50), "b": Counts(3, 0, 0, 0)}
    return Fixture(
        "small cell",
        "Three rows that are all selected don't show a rate of 1 without doubt.",
        {"rows": rows_of(counts)},
        (
            asked("selection rate", "a", Ends(0.4038, 0.5962, 0.2), level=0.95),
            asked("selection rate", "b", Careful(1.0, 0.4), level=0.95),
        ),
    )


def _large_values() -> Fixture:
    """Return values near a billion, of which sums of squares lose every digit of the spread."""
    from scipy import stats

    spread = np.tile([-1.0, 0.0, 1.0, 0.5, -0.5], 40)
    sides = {"a": 1e9 + spread, "b": 2e9 + 2 * spread}
    questions = []
    for name, values in sides.items():
        centred = values - values[0]
        error = float(np.std(centred, ddof=1) / np.sqrt(len(values)))
        reach = float(stats.t.ppf(0.975, len(values) - 1)) * error
        mean = float(values[0] + centred.mean())
        ends = Ends(mean - reach, mean + reach)
        questions.append(asked("interval of the mean absolute error", name, ends, level=0.95))
    table = pa.table(
        {
            "cluster_id": [f"p{i}" for i in range(400)],
            "group": ["a"] * 200 + ["b"] * 200,
            "label": np.zeros(400),
            "prediction": np.concatenate(list(sides.values())),
        }
    )
    return Fixture(
        "large values",
        "Errors near a billion have a spread of one; sums of squares lose it.",
        {"rows": table},
        tuple(questions),
    )
