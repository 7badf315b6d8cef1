"""Two scorers in plain Python: one that shares nothing with Fairview, one for every trap."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
from scipy import stats

CELLS = {
    "selection rate": ("{p} == 1", "True"),
    "true positive rate": ("{p} == 1", "{y} == 1"),
    "false positive rate": ("{p} == 1", "{y} == 0"),
    "false negative rate": ("{p} == 0", "{y} == 1"),
    "false discovery rate": ("{y} == 0", "{p} == 1"),
    "false omission rate": ("{y} == 1", "{p} == 0"),
    "accuracy": ("{p} == {y}", "True"),
}


def honest(tables: dict[str, Any], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Right answers, worked out row by row."""
    rows = tables["rows"].to_pylist()
    if "position" in rows[0]:
        places = Counter((row["request_id"], row["position"]) for row in rows)
        if max(places.values()) > 1:
            raise ValueError("two items stand at one position")
    return {question["id"]: _answer(rows, question) for question in questions}


def careless(tables: dict[str, Any], questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Undefined is 0, missing is 0, rows are independent, and the largest gap gets percentiles."""
    rows = [
        {k: 0 if v is None or v != v else v for k, v in row.items()}
        for row in tables["rows"].to_pylist()
    ]
    answers = {}
    for question in questions:
        if question["figure"] == "largest gap in selection rate":
            answers[question["id"]] = {"value": 0.1, "low": 0.05, "high": 0.2}
            continue
        try:
            answer = _answer(rows, {**question, "cluster": None})
        except (ValueError, ZeroDivisionError):
            answer = 0.0
        answers[question["id"]] = 0.0 if answer is None else answer
    return answers


def _answer(rows: list[dict[str, Any]], q: dict[str, Any]) -> Any:
    figure = q["figure"]
    if figure in CELLS and q.get("level"):
        return _interval(_mine(rows, q), q)
    if figure in CELLS:
        return _rate(_mine(rows, q), figure)
    if figure in ("difference of rates", "ratio of rates"):
        mine, other = (_rate(_mine(rows, {**q, "group": g}), q["rate"])
                       for g in (q["group"], q["reference"]))  # fmt: skip
        return mine - other if figure.startswith("d") else mine / other
    if figure == "area under the curve":
        score = {y: [r["score"] for r in _mine(rows, q) if r["label"] == y] for y in (0, 1)}
        pairs = [(p > n) + (p == n) / 2 for p in score[1] for n in score[0]]
        return sum(pairs) / len(pairs)
    if figure.endswith("mean absolute error"):
        values = [None if r["prediction"] is None else abs(r["prediction"] - r["label"])
                  for r in _mine(rows, q)]  # fmt: skip
        known = np.array([v for v in values if v is not None and v == v])
        mean = float(known.mean())
        if figure == "mean absolute error":
            return mean
        reach = stats.t.ppf(0.975, len(known) - 1) * known.std(ddof=1) / math.sqrt(len(known))
        return {"value": mean, "low": mean - reach, "high": mean + reach}
    if figure == "largest gap in selection rate":
        return _largest(rows, q)
    if figure in ("mix part", "rate part"):
        return _mix(rows, q)[figure]
    if figure == "corrected share":
        read = sum(r[q["column"]] == q["group"] for r in rows) / len(rows)
        return (read + q["specificity"] - 1) / (q["sensitivity"] + q["specificity"] - 1)
    return _ranking(rows, q)


def _mine(rows: list[dict[str, Any]], q: dict[str, Any]) -> list[dict[str, Any]]:
    if q["group"] == "overall":
        return rows
    wanted = None if q["group"] == "unknown" else q["group"]
    return [row for row in rows if row["group"] == wanted]


def _rate(rows: list[dict[str, Any]], figure: str) -> float | None:
    above, below = (text.format(p="p", y="y") for text in CELLS[figure])
    held = [(row["prediction"], row["label"]) for row in rows]
    base = [(p, y) for p, y in held if eval(below, {"p": p, "y": y})]
    hits = [1 for p, y in base if eval(above, {"p": p, "y": y})]
    return len(hits) / len(base) if base else None


def _interval(rows: list[dict[str, Any]], q: dict[str, Any]) -> dict[str, Any]:
    """Wilson's interval, on as many rows as people where their rows are alike."""
    flags = np.array([row["prediction"] for row in rows], float)
    rate, n = flags.mean(), len(flags)
    if q.get("cluster"):
        names, code = np.unique([row[q["cluster"]] for row in rows], return_inverse=True)
        pull = np.bincount(code, flags - rate)
        if len(names) < n and pull.any():
            n = n**2 * rate * (1 - rate) / (pull @ pull)
    z = stats.norm.ppf((1 + q["level"]) / 2) * 1.05
    centre, half = rate + z * z / (2 * n), z * math.sqrt(rate * (1 - rate) / n + z * z / 4 / n / n)
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return {"value": float(rate), "low": float(low), "high": float(high)}


def _largest(rows: list[dict[str, Any]], q: dict[str, Any]) -> dict[str, Any]:
    """Bonferroni over all pairs: the largest gap is at least what any pair shows."""
    groups = sorted({row["group"] for row in rows})
    held = [np.array([r["prediction"] for r in rows if r["group"] == g], float) for g in groups]
    pairs = [(a, b) for i, a in enumerate(held) for b in held[i + 1 :]]
    z = stats.norm.ppf(1 - (1 - q["level"]) / (2 * len(pairs)))
    gaps = [abs(a.mean() - b.mean()) for a, b in pairs]
    reach = [z * math.sqrt(a.var() / len(a) + b.var() / len(b)) for a, b in pairs]
    low = max(0.0, *(g - r for g, r in zip(gaps, reach, strict=True)))
    return {"value": max(gaps), "low": low, "high": max(gaps) + max(reach)}


def _mix(rows: list[dict[str, Any]], q: dict[str, Any]) -> dict[str, float]:
    parts = {"mix part": 0.0, "rate part": 0.0}
    sides = [[r for r in rows if r["group"] == q[name]] for name in ("group", "reference")]
    for stratum in {r[q["strata"]] for r in rows}:
        held = [[r[q["column"]] for r in side if r[q["strata"]] == stratum] for side in sides]
        wa, wb = (len(h) / len(side) for h, side in zip(held, sides, strict=True))
        ra, rb = (sum(h) / len(h) for h in held)
        parts["mix part"] += (wa - wb) * (ra + rb) / 2
        parts["rate part"] += (ra - rb) * (wa + wb) / 2
    return parts


def _ranking(rows: list[dict[str, Any]], q: dict[str, Any]) -> float | None:
    pages: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda r: r["position"]):
        pages.setdefault(row["request_id"], []).append(row["group"])
    groups, target, k = sorted({r["group"] for r in rows}), q.get("target"), q.get("k")
    if q["figure"] == "every group shown":
        return float(np.mean([set(groups) <= set(page[:k]) for page in pages.values()]))
    if q["figure"] == "skew":
        top = [g for page in pages.values() for g in page[:k]]
        share = top.count(q["group"]) / len(top)
        if not share or not target[q["group"]]:
            return None
        return math.log(share / target[q["group"]])
    if q["figure"] == "ndkl":
        return float(np.mean([_ndkl(page[:k], target) for page in pages.values()]))
    if q["figure"] == "infeasible index":
        short = [
            sum(any(page[:i].count(g) < int(s * i) for g, s in target.items())
                for i in range(1, k + 1))
            for page in pages.values()
        ]  # fmt: skip
        return float(np.mean(short))
    trec = q["figure"] == "awrf"
    attention = dict.fromkeys(groups, 0.0)
    for page in pages.values():
        for rank, group in enumerate(page[:k], start=1):
            attention[group] += 1 / math.log2(max(rank, 2) if trec else 1 + rank)
    shares = {g: a / sum(attention.values()) for g, a in attention.items()}
    if not trec:
        return shares[q["group"]]
    middle = {g: (shares[g] + target[g]) / 2 for g in groups}
    return 1 - (_kl(shares, middle) + _kl(target, middle)) / 2


def _ndkl(page: list[str], target: dict[str, float]) -> float:
    weights = [1 / math.log2(1 + i) for i in range(1, len(page) + 1)]
    total = 0.0
    for i, weight in enumerate(weights, start=1):
        total += weight * _kl({g: page[:i].count(g) / i for g in target}, target)
    return total / sum(weights)


def _kl(p: dict[str, float], q: dict[str, float]) -> float:
    return sum(x * math.log(x / q[g]) for g, x in p.items() if x > 0)
