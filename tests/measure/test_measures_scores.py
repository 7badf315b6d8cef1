"""Measures of scores, probabilities and predictions against scikit-learn and by hand."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from fairview.core import DataError, UsageError
from fairview.measure import (
    OVERALL,
    Cells,
    DuckDBEngine,
    Estimate,
    Log,
    Precision,
    Status,
    estimates_of,
    evaluate,
    evaluate_all,
    parse_measure,
)
from fairview.measure.measures.ece import ECE

EXACT = {
    "Brier": sk.brier_score_loss,
    "LogLoss": sk.log_loss,
    "MAE": sk.mean_absolute_error,
    "RMSE": sk.root_mean_squared_error,
    "Bias": lambda y, p: float(np.mean(p - y)),
}
BINNED = {"AUC": sk.roc_auc_score, "AveragePrecision": sk.average_precision_score}


def scores(n: int = 4000, **changed: Any) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    p = rng.beta(2, 3, n)
    frame = pd.DataFrame(
        {
            "g": rng.choice(["a", "b"], n),
            "y_true": (rng.random(n) < p) * 1,
            "y_score": p,
            "y_pred": p,
            "cluster_id": [f"p{i}" for i in rng.integers(0, 500, n)],
        }
    )
    return frame.assign(**changed)


def found(text: str, frame: pd.DataFrame) -> dict[str, Estimate]:
    engine = DuckDBEngine(Log(frame))
    estimates = evaluate(parse_measure(text), engine, np.random.default_rng(0))
    return {estimate.slice: estimate for estimate in estimates}


@pytest.mark.parametrize("unit", ["row", "person"])
def test_figures_agree_with_scikit_learn(unit: str) -> None:
    frame = scores()
    measures = [parse_measure(f"{name}(by='g', unit='{unit}')") for name in (*EXACT, *BINNED)]
    for e in evaluate_all(measures, DuckDBEngine(Log(frame)), np.random.default_rng(0)):
        part = frame if e.slice == OVERALL else frame[frame.g == e.slice]
        name = e.measure.split("(")[0]
        if not len(part):
            assert e.status is Status.SUPPRESSED
            continue
        assert e.value is not None
        assert e.low is not None
        assert e.high is not None
        expected = {**EXACT, **BINNED}[name](part.y_true, part.y_score)
        if name in EXACT:
            assert e.value == pytest.approx(expected, abs=1e-12)
        else:
            bound = float(e.note.split("within ")[1].split(" ")[0])
            assert 0 < abs(e.value - expected) <= bound * 1.05
            assert bound < 0.005
        assert e.low < expected < e.high


@pytest.mark.data
def test_the_area_of_deciles_is_exact(data_dir: Path) -> None:
    frame = pd.read_parquet(data_dir / "fairness-compas/compas-scores-two-years.parquet")
    given = "y_true='two_year_recid', y_score='decile_score', low=1, high=10, number=9, unit='row'"
    nine = found(f"AUC(by='race', {given})", frame)[OVERALL]
    assert nine.note.startswith("bins of scores")
    ten = given.replace("high=10, number=9", "high=11, number=10")
    for name, call in BINNED.items():
        for race, estimate in found(f"{name}(by='race', {ten})", frame).items():
            if estimate.value is not None:
                part = frame if race == OVERALL else frame[frame.race == race]
                expected = call(part.two_year_recid, part.decile_score)
                assert estimate.value == pytest.approx(expected, abs=1e-12)
                assert estimate.note == ""


def test_calibration_errors_are_those_of_numpy() -> None:
    frame = scores()
    edges = np.linspace(0, 1, 16)
    for name, estimate in found("ECE(by='g', unit='row')", frame).items():
        if "null" in name or estimate.value is None:
            continue
        part = frame if name == OVERALL else frame[frame.g == name]
        place = np.digitize(part.y_score, edges[1:-1])
        off = [abs((part.y_score - part.y_true)[place == b].sum()) for b in range(15)]
        assert estimate.value == pytest.approx(sum(off) / len(part), abs=1e-12)
    part = frame.sort_values("y_score")
    distance = (part.y_score - part.y_true).to_numpy()
    off = [abs(piece.sum()) for piece in np.array_split(distance, 15)]
    equal_mass = found("ACE(by='g', number=2000, unit='row')", frame)[OVERALL].value
    assert equal_mass == pytest.approx(sum(off) / len(part), abs=3e-3)


@pytest.mark.parametrize(("draw", "null"), [(("beta", 2, 8), 0.039), (("uniform", 0, 1), 0.054)])
def test_calibrated_scores_have_the_null_error(draw: tuple[str, int, int], null: float) -> None:
    """500 scores in 15 bins; the region covers the true error of 0 at least at its level."""
    rng, errors, nulls, held = np.random.default_rng(1), [], [], 0
    measure = ECE(by="")
    for _ in range(400):
        p = getattr(rng, draw[0])(*draw[1:], 500)
        y = rng.random(500) < p
        place = np.minimum((p * 15).astype(int), 14)
        values = np.full((500, 30), np.nan)
        values[np.arange(500), place * 2] = p - y
        values[np.arange(500), place * 2 + 1] = p * (1 - p)
        cells = Cells.from_rows(measure.component_names, np.zeros(500, np.int16), values)
        figures = measure.figures(cells.totals[0, 0], cells.count[0, 0])
        errors.append(figures[0])
        nulls.append(figures[1])
        interval = measure.own_interval(OVERALL, _independent(cells), 0.95)
        assert interval is not None
        held += interval[0] <= 0
    assert np.mean(errors) == pytest.approx(null, abs=0.002)
    assert np.mean(nulls) == pytest.approx(null, abs=0.002)
    assert held >= 0.95 * 400


def _independent(cells: Cells) -> Cells:
    from dataclasses import replace

    return replace(cells, independent=True)


def test_the_worst_group_is_named() -> None:
    frame = scores()
    frame.loc[frame.g == "b", "y_score"] = frame.y_score**2
    [worst] = found("CalibrationWithinGroups(by='g', unit='row')", frame).values()
    each = found("ECE(by='g', unit='row')", frame)
    assert worst.value == each["b"].value
    assert worst.note.startswith("of b, the largest of 2 slices; b: null is 0.0")
    assert worst.low is not None
    assert worst.low > 0


def test_shards_of_scores_add_up() -> None:
    frame, measure = scores(), parse_measure("AUC(by='g', number=50)")
    parts = [frame[frame.index % 3 == k] for k in range(3)]
    cells = [DuckDBEngine(Log(part)).reduce([measure])[0] for part in (*parts, frame)]
    merged = cells[2].merge(cells[0]).merge(cells[1])  # type: ignore[union-attr, arg-type]
    estimate = partial(estimates_of, measure, rng=np.random.default_rng(0), precision=Precision())
    for one, two in zip(estimate(reduced=merged), estimate(reduced=cells[3]), strict=True):
        assert one.n == two.n
        if one.value is not None:
            assert one.value == pytest.approx(two.value, abs=1e-12)
            assert one.low == pytest.approx(two.low, abs=1e-9)


def test_unknown_scores_are_excluded_and_counted() -> None:
    frame = scores()
    frame.loc[:99, "y_score"] = np.nan
    frame.loc[100:149, "y_true"] = np.nan
    known = frame[150:]
    for name, call in BINNED.items():
        estimate = found(f"{name}(by='g', unit='row')", frame)[OVERALL]
        assert (estimate.n, estimate.excluded) == (len(known), 150)
        expected = call(known.y_true, known.y_score)
        assert estimate.value == pytest.approx(expected, abs=2e-3)
    estimate = found("Brier(by='g', unit='row')", frame)[OVERALL]
    assert (estimate.n, estimate.excluded) == (len(known), 150)


@pytest.mark.parametrize(
    ("text", "changed", "said"),
    [
        ("AUC(by='g', unit='row')", {"y_score": 7.0}, "4000 scores outside 0 to 1"),
        ("AUC(by='g', unit='row')", {"y_score": np.inf}, "4000 scores outside 0 to 1"),
        ("AUC(by='g', unit='row')", {"y_score": "high"}, "the column y_score holds text"),
        ("AUC(by='g', unit='row')", {"y_true": 3}, "4000 values that aren't 0 or 1"),
        ("Brier(by='g', unit='row')", {"y_score": 1.5}, "4000 values that aren't"),
        ("LogLoss(by='g', unit='row')", {"y_true": 0.5}, "4000 values that aren't"),
        ("MAE(by='g', unit='row')", {"y_pred": -np.inf}, "4000 values that aren't finite"),
        ("ECE(by='g', unit='row')", {"y_score": -0.1}, "4000 scores outside 0 to 1"),
    ],
)
def test_scores_that_cannot_be_are_refused(text: str, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        found(text, scores(**changed))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("AUC(by='g', low=1, high=0)", "low below high"),
        ("AUC(by='g', number=0)", "use 1 to 10,000"),
        ("ACE(by='g', groups=2000)", "use fewer parts"),
        ("ECE(by='g', positive='yes')", "takes no text"),
    ],
)
def test_bins_without_sense_are_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_measure(text)


def test_one_class_alone_has_no_area() -> None:
    estimate = found("AUC(by='g', unit='row')", scores(y_true=1))[OVERALL]
    assert estimate.status is Status.UNDEFINED
