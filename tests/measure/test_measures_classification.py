"""Measures of classifiers against scikit-learn and Fairlearn, on COMPAS and Adult."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from fairview.core import DataError, UsageError
from fairview.measure import (
    DuckDBEngine,
    Estimate,
    Log,
    Precision,
    Status,
    evaluate,
    evaluate_all,
    parse_measure,
)

NAMES = ("SelectionRate", "TPR", "FNR", "FPR", "TNR", "PPV", "FDR", "FOR", "Accuracy",
         "BalancedAccuracy")  # fmt: skip
COMPAS = "y_true='two_year_recid', y_pred='decile_score', threshold=5, unit='row'"


def by_slice(text: str, frame: pd.DataFrame, minimum: int = 1) -> dict[str, Estimate]:
    measure, engine = parse_measure(text), DuckDBEngine(Log(frame))
    found = evaluate(measure, engine, np.random.default_rng(0), Precision(minimum_cell=minimum))
    return {estimate.slice: estimate for estimate in found}


def peer(name: str, y: Any, p: Any) -> float:
    """The same rate by scikit-learn, NaN where it is undefined."""
    tn, fp, fn, tp = sk.confusion_matrix(y, p, labels=[0, 1]).ravel()
    share = {
        "SelectionRate": (tp + fp, len(y)), "TPR": (tp, tp + fn), "FNR": (fn, tp + fn),
        "FPR": (fp, fp + tn), "TNR": (tn, fp + tn), "PPV": (tp, tp + fp), "FDR": (fp, tp + fp),
        "FOR": (fn, fn + tn),
    }  # fmt: skip
    if name in share:
        above, below = share[name]
        return float(above / below) if below else np.nan
    score = sk.accuracy_score if name == "Accuracy" else sk.balanced_accuracy_score
    return float(score(y, p))


@pytest.mark.data
@pytest.mark.parametrize("by", ["race", "sex*race"])
def test_compas_rates_agree_with_scikit_learn(data_dir: Path, by: str) -> None:
    frame = pd.read_parquet(data_dir / "fairness-compas/compas-scores-two-years.parquet")
    measures = [parse_measure(f"{name}(by={by!r}, {COMPAS})") for name in NAMES]
    found = evaluate_all(
        measures, DuckDBEngine(Log(frame)), np.random.default_rng(0), Precision(minimum_cell=1)
    )
    key = frame[by.split("*")].agg(" & ".join, axis=1)
    checked = 0
    for estimate in found:
        part = frame if estimate.slice == "overall" else frame[key == estimate.slice]
        if not len(part) or estimate.value is None:
            continue
        name = estimate.measure.split("(")[0]
        expected = peer(name, part.two_year_recid, part.decile_score >= 5)
        assert estimate.value == pytest.approx(expected, abs=1e-12), str(estimate)
        checked += 1
    assert checked >= 60


@pytest.mark.data
def test_compas_has_the_published_error_rates(data_dir: Path) -> None:
    """ProPublica 2016: FPR 44.85 and 23.45 %, FNR 27.99 and 47.72 %."""
    frame = pd.read_parquet(data_dir / "fairness-compas/compas-scores-two-years.parquet")
    for name, expected in (("FPR", (44.85, 23.45)), ("FNR", (27.99, 47.72))):
        found = by_slice(f"{name}(by='race', {COMPAS})", frame)
        shown = [found[race].value for race in ("African-American", "Caucasian")]
        assert [round(100 * value, 2) for value in shown if value] == list(expected)
    gap = by_slice(f"Gap(of=\"FPR(by='race', {COMPAS})\", to='Caucasian')", frame)
    low = gap["African-American"].low
    assert low is not None
    assert low > 0.15


@pytest.mark.data
def test_adult_agrees_with_fairlearn(data_dir: Path) -> None:
    fairlearn = pytest.importorskip("fairlearn.metrics")
    frame = pd.read_parquet(data_dir / "fairness-adult/adult_train.parquet")
    rng = np.random.default_rng(0)
    truth = (frame["income-per-year"] == ">50K").astype(int)
    frame = frame.assign(
        y_true=truth, y_pred=(rng.random(len(frame)) < 0.15 + 0.5 * truth).astype(int)
    )
    given = {"y_true": truth, "y_pred": frame.y_pred, "sensitive_features": frame["race"]}
    peers = {
        "DemographicParity": fairlearn.demographic_parity_difference,
        "EqualisedOdds": fairlearn.equalized_odds_difference,
        "EqualOpportunity": fairlearn.equal_opportunity_difference,
        "DemographicParity(kind='ratio')": fairlearn.demographic_parity_ratio,
        "EqualisedOdds(kind='ratio')": fairlearn.equalized_odds_ratio,
        "EqualOpportunity(kind='ratio')": fairlearn.equal_opportunity_ratio,
    }
    for text, call in peers.items():
        name, _, rest = text.partition("(")
        inner = f", {rest[:-1]}" if rest else ""
        [found] = by_slice(f"{name}(by='race', unit='row'{inner})", frame).values()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = call(**given)
        assert found.value == pytest.approx(expected, abs=1e-12), text
        assert found.low is not None
        assert found.high is not None
        assert found.low <= found.value <= found.high
    frames = fairlearn.MetricFrame(
        metrics={"TPR": fairlearn.true_positive_rate, "FPR": fairlearn.false_positive_rate},
        y_true=truth, y_pred=frame.y_pred, sensitive_features=frame[["sex", "race"]],
    )  # fmt: skip
    for name in ("TPR", "FPR"):
        found_by = by_slice(f"{name}(by='sex*race', unit='row')", frame)
        for (sex, race), expected in frames.by_group[name].items():
            assert found_by[f"{sex} & {race}"].value == pytest.approx(expected, abs=1e-12)


def decisions(**changed: Any) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "g": rng.choice(["a", "b"], 400),
            "y_true": rng.integers(0, 2, 400),
            "y_pred": rng.integers(0, 2, 400),
        }
    )
    return frame.assign(**changed)


def test_unknown_truth_is_excluded_and_counted() -> None:
    frame = decisions()
    frame["y_true"] = frame["y_true"].astype(float)
    frame.loc[:29, "y_true"] = np.nan
    known = frame[30:]
    found = by_slice("TPR(by='g', unit='row')", frame)["overall"]
    assert found.excluded == 30
    assert found.value == pytest.approx(peer("TPR", known.y_true, known.y_pred))
    selected = by_slice("SelectionRate(by='g', unit='row')", frame)["overall"]
    assert (selected.n, selected.excluded) == (400, 0)


def test_scores_and_texts_become_decisions() -> None:
    score = np.linspace(0, 1, 400)
    frame = decisions(score=score, label=np.where(np.arange(400) % 3 == 0, "yes", "no"))
    found = by_slice("SelectionRate(by='g', y_pred='score', threshold=0.75, unit='row')", frame)
    assert found["overall"].value == pytest.approx((score >= 0.75).mean())
    frame.loc[0, "score"] = np.nan
    found = by_slice("SelectionRate(by='g', y_pred='score', threshold=0.75, unit='row')", frame)
    assert found["overall"].excluded == 1
    text = by_slice("SelectionRate(by='g', y_pred='label', positive='yes', unit='row')", frame)
    assert text["overall"].value == pytest.approx((frame.label == "yes").mean())


@pytest.mark.parametrize(
    ("text", "changed", "said"),
    [
        ("TPR(by='g', unit='row')", {"y_true": 2}, "400 values that aren't 0 or 1"),
        ("FPR(by='g', unit='row')", {"y_pred": 0.5}, "400 values that aren't 0 or 1"),
        ("TPR(by='g', unit='row')", {"y_pred": np.inf}, "400 values that aren't 0 or 1"),
        ("TPR(by='g', y_true='truth', unit='row')", {}, "needs the column truth"),
        ("TPR(by='g', unit='row')", {"y_true": "yes"}, "the column y_true holds text"),
        ("TPR(by='h', unit='row')", {}, "neither a column nor memberships named 'h'"),
        ("Gap(of=\"TPR(by='g', unit='row')\", to='c')", {}, "the slices are a, b, unknown"),
        ("Gap(of=\"TPR(by='', unit='row')\")", {}, "can't be compared between slices"),
    ],
)
def test_decisions_that_cannot_be_are_refused(
    text: str, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        by_slice(text, decisions(**changed))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("TPR(by='g', threshold=1e999)", "isn't of the form|threshold inf"),
        ("Gap(of='Gini')", "compares a measure of slices"),
        ("Gap(of=\"TPR(by='g')\", unit='row')", "write it into `of`"),
        ("DemographicParity(by='g', kind='sum')", "there are difference and ratio"),
        ("Ratio(of=\"Skew(by='g')\")", "can't be negative"),
    ],
)
def test_comparisons_without_sense_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_measure(text)


def test_comparisons_parse_back() -> None:
    for text in (
        "Gap(of=\"TPR(by='sex', unit='row')\", to='overall')",
        "Ratio(of=\"SelectionRate(by='sex*race')\")",
        "EqualisedOdds(by='sex', kind='ratio', unit='row')",
    ):
        assert parse_measure(text).identity == text


def test_one_group_has_no_gap() -> None:
    [found] = by_slice("DemographicParity(by='g', unit='row')", decisions(g="a")).values()
    assert found.status is Status.UNDEFINED
    assert "fewer than two slices" in found.note


def test_a_gap_of_clusters_rests_on_its_buckets() -> None:
    frame = decisions(cluster_id=[f"p{i // 4}" for i in range(400)])
    rates = by_slice("TPR(by='g')", frame)
    [found] = by_slice("EqualOpportunity(by='g')", frame).values()
    a, b = rates["a"].value, rates["b"].value
    assert a is not None
    assert b is not None
    assert found.value == pytest.approx(abs(a - b))
    assert found.low is not None
    assert found.low >= 0
    gap = by_slice("Gap(of=\"TPR(by='g')\", to='b')", frame)["a"]
    assert gap.value == pytest.approx(a - b)
    ratio = by_slice("Ratio(of=\"TPR(by='g')\", to='overall')", frame)["a"]
    assert ratio.value == pytest.approx(a / (rates["overall"].value or 0))
