"""Fairview as a scorer of the conformance pack: the audit's own measures on the pack's tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from fairview.audit.finding import Roles, decompose_gap
from fairview.measure import (
    DuckDBEngine,
    Estimate,
    Log,
    Precision,
    Status,
    Target,
    evaluate_all,
    known_measures,
    parse_measure,
)
from fairview.measure.statistics import corrected_counts

RATES = {
    "selection rate": "SelectionRate",
    "true positive rate": "TPR",
    "false positive rate": "FPR",
    "false negative rate": "FNR",
    "false discovery rate": "FDR",
    "false omission rate": "FOR",
    "accuracy": "Accuracy",
}
_RANKINGS = {
    "exposure share": "ExposureShare",
    "every group shown": "Div",
    "skew": "Skew",
    "ndkl": "NDKL",
    "awrf": "AWRF",
    "infeasible index": "InfeasibleIndex",
}
_FIGURES = {
    *RATES,
    *_RANKINGS,
    "difference of rates",
    "ratio of rates",
    "largest gap in selection rate",
    "area under the curve",
    "mean absolute error",
    "interval of the mean absolute error",
}
_COLUMNS = "y_true='label', y_pred='prediction'"
_TARGET = "asked"


def score(tables: dict[str, pa.Table], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Answer the pack's questions with Fairview's measures."""
    answers: dict[str, Any] = {}
    asked: dict[str, tuple[str, str]] = {}
    for question in questions:
        if question["figure"] in ("mix part", "rate part"):
            answers[question["id"]] = _mix(tables["rows"], question)
        elif question["figure"] == "corrected share":
            answers[question["id"]] = _corrected(tables["rows"], question)
        elif question["figure"] in _FIGURES:
            measure, about = measure_of(question)
            if measure.partition("(")[0] in known_measures():
                asked[question["id"]] = measure, about
    estimates = _estimates(tables["rows"], questions, {name for name, _ in asked.values()})
    for key, (identity, about) in asked.items():
        answers[key] = _answer(estimates[parse_measure(identity).identity], about)
    return answers


def measure_of(question: dict[str, Any]) -> tuple[str, str]:
    """Return the measure's identity and the slice that a question is about."""
    figure, by = question["figure"], question["by"]
    group = question.get("group", "overall")
    if figure in RATES:
        return f"{RATES[figure]}(by={by!r}, {_COLUMNS})", group
    if figure in ("difference of rates", "ratio of rates"):
        kind = "Gap" if figure.startswith("difference") else "Ratio"
        inner = f"{RATES[question['rate']]}(by={by!r}, {_COLUMNS})"
        return f"{kind}(of={inner!r}, to={question['reference']!r})", group
    if figure == "largest gap in selection rate":
        return f"Gap(of={f'SelectionRate(by={by!r}, {_COLUMNS})'!r})", "overall"
    if figure == "area under the curve":
        return f"AUC(by={by!r}, y_true='label', y_score='score')", group
    if figure.endswith("mean absolute error"):
        return f"MAE(by={by!r}, {_COLUMNS})", group
    at = f"@{question['k']}" if "k" in question else ""
    target = f", target={_TARGET!r}" if "target" in question else ""
    return f"{_RANKINGS[figure]}(by={by!r}{target}){at}", group


def _mix(rows: pa.Table, question: dict[str, Any]) -> float | None:
    """Return the mix or the rate part of a gap."""
    roles = Roles(loss=question["column"])
    parts = decompose_gap(
        rows, roles, question["by"], question["group"], question["reference"],
        [question["strata"]],
    )  # fmt: skip
    return (parts.mix if question["figure"] == "mix part" else parts.rate).value


def _corrected(rows: pa.Table, question: dict[str, Any]) -> float:
    """Return the true share that gives the read one, of a reader with two kinds of error."""
    read = np.asarray(rows[question["column"]].to_pylist(), np.str_) == question["group"]
    hit, spared = question["sensitivity"], question["specificity"]
    matrix = np.array([[hit, 1 - hit, 0.0], [1 - spared, spared, 0.0]])
    found = corrected_counts(np.array([read.sum(), (~read).sum(), 0.0]), matrix)
    return float(found[0] / found.sum())


def _estimates(
    rows: pa.Table, questions: list[dict[str, Any]], identities: Iterable[str]
) -> dict[str, list[Estimate]]:
    names = sorted(set(identities))
    if not names:
        return {}
    by = questions[0]["by"]
    declared = next((q["groups"] for q in questions if "groups" in q), None)
    target = next((q["target"] for q in questions if "target" in q), None)
    log = Log(
        rows,
        groups=None if declared is None else {by: tuple(declared)},
        targets={} if target is None else {_TARGET: Target(_TARGET, target)},
    )
    measures = [parse_measure(name) for name in names]
    engine = DuckDBEngine(log, threads=1)
    found = evaluate_all(measures, engine, np.random.default_rng(0), Precision(minimum_cell=1))
    return {m.identity: [e for e in found if e.measure == m.identity] for m in measures}


def _answer(estimates: list[Estimate], about: str) -> dict[str, Any]:
    for estimate in estimates:
        if estimate.slice == about:
            status = "" if estimate.status is Status.OK else estimate.status.value
            return {"value": estimate.value, "low": estimate.low, "high": estimate.high,
                    "status": status}  # fmt: skip
    return {"status": Status.UNDEFINED.value}
