"""Slices: intersections, bands, soft membership, weights and independent rows, against pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from fairview.core import DataError, UsageError
from fairview.measure import (
    Band,
    DuckDBEngine,
    Estimate,
    Log,
    Measure,
    Precision,
    SamplingUnit,
    Status,
    evaluate,
    evaluate_all,
    parse_measure,
)
from fairview.measure.measures.action_rate import ActionRate
from fairview.measure.measures.div import Div


def rows(n: int = 2400, seed: int = 0, **changed: Any) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "cluster_id": [f"p{i}" for i in rng.integers(0, 300, n)],
            "item_id": [f"i{i}" for i in rng.integers(0, 40, n)],
            "request_id": [f"r{i // 4:05d}" for i in range(n)],
            "position": np.tile([1, 2, 3, 4], n // 4),
            "sex": rng.choice(["F", "M"], n),
            "race": rng.choice(["x", "y", "z"], n),
            "click": (rng.random(n) < 0.3) * 1,
        }
    )
    return frame.assign(**changed)


def found(measure: Measure, log: Log, minimum: int = 10) -> dict[str, Estimate]:
    precision = Precision(minimum_cell=minimum)
    estimates = evaluate(measure, DuckDBEngine(log), np.random.default_rng(0), precision)
    return {estimate.slice: estimate for estimate in estimates}


def test_an_intersection_has_every_combination_in_order() -> None:
    frame = rows()
    estimates = found(ActionRate(by="sex*race"), Log(frame))
    assert list(estimates) == [f"{s} & {r}" for s in "FM" for r in "xyz"] + ["overall"]
    means = frame.groupby(["sex", "race"]).click.agg(["mean", "count"])
    for (sex, race), row in means.iterrows():  # type: ignore[misc]
        assert estimates[f"{sex} & {race}"].value == pytest.approx(row["mean"])
        assert estimates[f"{sex} & {race}"].n == row["count"]
    assert estimates["overall"].value == pytest.approx(frame.click.mean())


def test_declared_groups_that_do_not_occur_are_shown_as_such() -> None:
    frame = rows()
    groups = {"sex": ("F", "M"), "race": ("x", "y", "z", "w")}
    estimates = found(ActionRate(by="sex*race"), Log(frame, groups=groups))
    assert estimates["F & w"].status is Status.SUPPRESSED
    assert estimates["F & w"].n == 0
    assert estimates["F & x"].value is not None


def test_soft_memberships_multiply_in_an_intersection() -> None:
    frame = rows()
    share = pd.Series({f"i{i}": i / 40 for i in range(40)})
    memberships = pd.DataFrame(
        [
            (item, "tone", group, p, p > 0.5)
            for item, dark in share.items()
            for group, p in (("dark", dark * 0.8), ("light", (1 - dark) * 0.8), ("unknown", 0.2))
        ],
        columns=["item_id", "attribute", "group", "probability", "contains"],
    )
    log = Log(frame, memberships=memberships, groups={"tone": ("dark", "light")})
    estimates = found(ActionRate(by="sex*tone"), log)
    female = frame[frame.sex == "F"]
    dark = female.item_id.map(share) * 0.8
    assert estimates["F & dark"].value == pytest.approx((dark * female.click).sum() / dark.sum())
    assert "F & unknown" in estimates
    assert estimates["overall"].n == len(frame)


def test_bands_slice_a_number() -> None:
    frame = rows()
    log = Log(frame, bands={"depth": Band("position", (1, 2, 4))})
    estimates = found(ActionRate(by="depth"), log)
    assert list(estimates) == ["1", "2-3", "4+", "unknown", "overall"]
    assert estimates["2-3"].value == pytest.approx(frame[frame.position.isin([2, 3])].click.mean())
    with pytest.raises(DataError, match="no column 'age' for the band 'young'"):
        DuckDBEngine(Log(frame, bands={"young": Band("age", (0, 18))}))
    with pytest.raises(UsageError, match="increasing starts"):
        Band("age", (18, 0))


def test_independent_rows_need_no_cluster_and_get_wilson_intervals() -> None:
    frame = rows().drop(columns=["cluster_id", "item_id"])
    measure = ActionRate(by="sex", unit=SamplingUnit.ROW)
    estimates = found(measure, Log(frame))
    for sex in "FM":
        part = frame[frame.sex == sex].click
        expected = proportion_confint(part.sum(), len(part), 0.05, "wilson")
        assert (estimates[sex].low, estimates[sex].high) == pytest.approx(expected)
        assert estimates[sex].unit is SamplingUnit.ROW
    with pytest.raises(DataError, match="isn't made of independent rows"):
        found(Div(by="sex", unit=SamplingUnit.ROW), Log(frame))


def test_the_unit_is_part_of_the_identity() -> None:
    measure = ActionRate(by="sex", unit=SamplingUnit.ROW)
    assert str(measure) == "ActionRate(by='sex', unit='row')"
    assert parse_measure(str(measure)) == measure
    assert str(ActionRate(by="sex")) == "ActionRate(by='sex')"
    with pytest.raises(UsageError, match="no sampling unit 'household'; there are person"):
        parse_measure("ActionRate(by='sex', unit='household')")


def test_row_weights_count_as_many_rows() -> None:
    frame = rows().assign(w=np.tile([0.0, 1, 2, 3], 600))
    repeated = frame.loc[frame.index.repeat(frame.w.astype(int))]
    weighted = found(ActionRate(by="sex"), Log(frame, weight="w"))
    plain = found(ActionRate(by="sex"), Log(repeated))
    for name, estimate in plain.items():
        if estimate.value is not None:
            assert weighted[name].value == pytest.approx(estimate.value)
            assert weighted[name].low == pytest.approx(estimate.low)
    scattered = found(ActionRate(by="sex", unit=SamplingUnit.ROW), Log(frame, weight="w"))
    assert scattered["F"].value == pytest.approx(plain["F"].value)
    assert scattered["F"].low is not None


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_weights_that_cannot_be_are_refused(weight: float) -> None:
    frame = rows().assign(w=1.0)
    frame.loc[3, "w"] = weight
    with pytest.raises(DataError, match="1 rows of the log have a weight that is negative"):
        found(ActionRate(by="sex"), Log(frame, weight="w"))


def test_groups_that_differ_in_case_are_refused_unless_declared() -> None:
    frame = rows().replace({"sex": {"M": "f"}})
    with pytest.raises(DataError, match="'F' and 'f', which differ only in case"):
        found(ActionRate(by="sex"), Log(frame))
    declared = found(ActionRate(by="sex"), Log(frame, groups={"sex": ("F", "f")}))
    assert declared["f"].value is not None


def test_too_many_groups_are_refused() -> None:
    frame = rows(n=12_000, sex=[f"g{i % 10_000}" for i in range(12_000)])
    with pytest.raises(DataError, match="more than 1,000 slices"):
        found(ActionRate(by="sex"), Log(frame))


def test_people_are_counted_as_well_as_rows() -> None:
    frame = rows()
    few = frame.index < 60
    frame.loc[few, "sex"], frame.loc[few, "cluster_id"] = "N", "p1"
    estimates = found(ActionRate(by="sex"), Log(frame))
    assert estimates["N"].n == 60
    assert estimates["N"].status is Status.SUPPRESSED
    assert "fewer than 10 people" in estimates["N"].note


def test_a_suppressed_group_cannot_be_worked_out_from_the_total() -> None:
    frame = rows()
    frame.loc[frame.index < 5, "race"] = "rare"
    frame.loc[(frame.index >= 5) & (frame.index < 60), "race"] = "next"
    estimates = found(ActionRate(by="race"), Log(frame))
    assert estimates["rare"].status is Status.SUPPRESSED
    assert estimates["next"].status is Status.SUPPRESSED
    assert "total" in estimates["next"].note
    assert estimates["x"].value is not None
    both = found(ActionRate(by="sex*race"), Log(frame))
    for margin in ("F", "M", "rare", "next"):
        hidden = [e for name, e in both.items() if margin in name.split(" & ") and not e.value]
        assert not hidden or len(hidden) > 1, margin


def test_many_measures_are_counted_in_one_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = rows().assign(save=lambda t: (t.position > 2) * 1)
    engine, scans = DuckDBEngine(Log(frame)), []
    scan = engine.group_scan
    monkeypatch.setattr(engine, "group_scan", lambda s: scans.append(s) or scan(s))
    measures = [ActionRate(by="sex", action="click"), ActionRate(by="sex", action="save")]
    together = evaluate_all(measures, engine, np.random.default_rng(0))
    assert len(scans) == 1
    apart = [e for m in measures for e in evaluate(m, engine, np.random.default_rng(0))]
    assert together == apart


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_instants_are_not_sliced_by(zone: str | None) -> None:
    when = pd.Timestamp("2026-03-01 23:30").tz_localize(zone)
    with pytest.raises(DataError, match="depends on the time zone"):
        found(ActionRate(by="sex*when"), Log(rows(when=when)))
