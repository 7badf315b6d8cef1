"""A log that can't be read right is an error or a status, never a silent number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairview.core import DataError, UsageError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    Estimate,
    Log,
    Measure,
    Status,
    evaluate,
    parse_measure,
    reduce_log,
)
from fairview.measure.measures.action_rate import ActionRate
from fairview.measure.measures.div import Div
from fairview.measure.measures.gini import Gini
from fairview.measure.measures.group_share import GroupShare

RATE = ActionRate(by="g")


def rows(**changed: Any) -> pd.DataFrame:
    """100 requests of 60 people, four items each, groups a and b in turn."""
    columns = {
        "request_id": np.repeat([f"r{i:03d}" for i in range(100)], 4),
        "cluster_id": np.repeat([f"p{i % 60}" for i in range(100)], 4),
        "item_id": [f"i{i % 40}" for i in range(400)],
        "position": np.tile([1, 2, 3, 4], 100),
        "click": np.tile([1, 0, 0, 0], 100),
        "g": np.tile(["a", "b"], 200),
    }
    return pd.DataFrame({**columns, **changed})


def memberships() -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"i{i}", "tone", group, share, share > 0.3)
            for i in range(40)
            for group, share in (("a", 0.6), ("b", 0.3), ("unknown", 0.1))
        ],
        columns=["item_id", "attribute", "group", "probability", "contains"],
    )


def estimates(measure: Measure, log: Log) -> dict[str, Estimate]:
    found = evaluate(measure, DuckDBEngine(log), np.random.default_rng(0))
    return {estimate.slice: estimate for estimate in found}


def without(column: str) -> pd.DataFrame:
    """The rows, of which ten lack a value."""
    frame = rows()
    frame.loc[:9, column] = None
    return frame


@pytest.mark.parametrize(
    ("measure", "frame", "said"),
    [
        (RATE, rows(click=3), "400 values that aren't 0 or 1"),
        (RATE, rows(click=np.inf), "400 values that aren't 0 or 1"),
        (RATE, rows(click="yes"), "Could not convert string 'yes'"),
        (RATE, without("cluster_id"), "needs each row of the log to name its unit"),
        (Gini(), without("cluster_id"), "needs each row of the log to name its unit"),
        (Gini(), without("item_id"), "needs each row of the log to name its unit and entity"),
        (Gini(), rows(position=np.tile([0, 1, 2, 3], 100)), "100 values that aren't finite"),
        (Gini(), without("position"), "positions are float64; give whole numbers"),
        (Div(by="g"), without("position"), "positions are float64; give whole numbers"),
        (Div(by="g"), rows(position=np.tile(["1", "2", "10", "3"], 100)), "positions are string"),
        (Div(by="g"), rows(position=np.tile([0, 1, 2, 3], 100)), "count from 1; the log has 0"),
        (Div(by="g"), rows(g="overall"), "has a group named 'overall'"),
        (RATE, rows(g="overall"), "has a group named 'overall'"),
    ],
)
def test_values_that_cannot_be_are_refused(
    measure: Measure, frame: pd.DataFrame, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        estimates(measure, Log(frame))


def test_a_position_that_is_null_is_refused() -> None:
    frame = rows()
    frame["position"] = frame["position"].astype("Int32")
    frame.loc[3, "position"] = None
    with pytest.raises(DataError, match="1 rows of the log lack a position"):
        estimates(Div(by="g"), Log(frame))


def test_every_undefined_value_is_counted_overall() -> None:
    frame = rows(click=np.tile([1.0, 0, np.nan, np.nan], 100))
    frame.loc[frame.g == "b", "click"] = 0.0
    soft = Log(frame, memberships=memberships(), groups={"tone": ("a", "b")})
    for measure, log, by_group in (
        (RATE, Log(frame), {"a": 100, "b": 0}),
        (ActionRate(by="tone"), soft, {"a": 60, "b": 30, "unknown": 10}),
    ):
        found = estimates(measure, log)
        assert {group: found[group].excluded for group in by_group} == by_group
        assert found["overall"].excluded == 100
        assert found["overall"].n == 300


@pytest.mark.parametrize("measure", [ActionRate(by="tone"), Div(by="tone", at=4)])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda m: m.assign(probability=m.probability.where(m.group != "a")), "are missing"),
        (lambda m: pd.concat([m, m]), "40 items, such as 'i0', have a group of 'tone' twice"),
        (lambda m: m[m.group != "unknown"], "don't sum to one"),
        (lambda m: m.assign(probability=m.probability * 2 - 0.1), "outside 0 to 1"),
        (lambda m: m.assign(attribute="size"), "no row of the attribute 'tone'"),
        (lambda m: m.assign(group=m.group.replace("a", "A")), "the groups A, not declared"),
        (lambda m: m.drop(columns="contains"), "memberships lack contains"),
    ],
)
def test_memberships_are_distributions(measure: Measure, changed: Any, said: str) -> None:
    log = Log(rows(), memberships=changed(memberships()), groups={"tone": ("a", "b")})
    with pytest.raises(DataError, match=said):
        estimates(measure, log)


@pytest.mark.parametrize("measure", [RATE, Div(by="g")])
def test_groups_of_another_case_are_not_taken_for_unknown(measure: Measure) -> None:
    log = Log(rows(g=np.tile(["A", "b"], 200)), groups={"g": ("a", "b")})
    with pytest.raises(DataError, match="the groups A, not declared"):
        estimates(measure, log)


def test_item_ids_of_two_types_are_the_same_items() -> None:
    members = memberships()
    members["item_id"] = members["item_id"].str[1:]
    log = Log(rows(item_id=np.arange(400) % 40), memberships=members, groups={"tone": ("a", "b")})
    for measure in (ActionRate(by="tone"), Div(by="tone", at=4)):
        assert next(iter(estimates(measure, log).values())).value is not None
    assert estimates(ActionRate(by="tone"), log)["a"].n == 240


def test_supply_speaks_only_of_requests_whose_candidates_were_logged() -> None:
    qualified = pd.DataFrame(
        [(f"r{i:03d}", "g", group, 0.5) for i in range(20) for group in "ab"],
        columns=["request_id", "attribute", "group", "share"],
    )
    supply = estimates(Div(by="g", at=4), Log(rows(), qualified=qualified))["supply"]
    assert (supply.value, supply.n, supply.excluded) == (1.0, 20, 80)
    none_known = qualified.assign(group="unknown")
    nothing = Log(rows(), qualified=none_known, groups={"g": ("a", "b")})
    assert estimates(Div(by="g", at=4), nothing)["supply"].value == 0.0
    wrong = Log(rows(), qualified=qualified.assign(group="A"))
    with pytest.raises(DataError, match="the groups A, not declared"):
        estimates(Div(by="g", at=4), wrong)


def test_shards_that_know_other_groups_do_not_add_up() -> None:
    frame = rows()
    early = frame.request_id < "r050"
    shards = (frame[early].assign(g="a"), frame[~early])
    cells = [reduce_log(Div(by="g", at=4), DuckDBEngine(Log(shard))) for shard in shards]
    assert isinstance(cells[0], Cells)
    assert isinstance(cells[1], Cells)
    with pytest.raises(DataError, match="declare the same groups"):
        cells[0].merge(cells[1])
    groups = {"g": ("a", "b")}
    declared = [DuckDBEngine(Log(s, groups=groups)).request_cells(Div(by="g")) for s in shards]
    merged = declared[0].merge(declared[1])
    assert merged.totals.sum(axis=0)[0, 0] == 50
    assert merged.n()[0, 0] == 100


def test_unknown_stays_last_when_shards_bring_other_groups() -> None:
    shards = (rows(g=np.tile(["a", "zebra"], 200)), rows(g=np.tile(["a", "b"], 200)))
    share = GroupShare(by="g")
    cells = [DuckDBEngine(Log(shard)).group_cells(share) for shard in shards]
    merged = cells[0].merge(cells[1])
    assert merged.slices == ("a", "b", "zebra", "unknown")
    figures = share.sliced_figures(
        merged.totals.sum(axis=0), merged.count.sum(axis=0), slices=merged.slices
    )
    assert figures.tolist() == [0.5, 0.25, 0.25, 0.0]


def test_files_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"nothing")
    for source in (bad, str(tmp_path / "none*.parquet")):
        with pytest.raises(DataError, match="The log's rows can't be read") as caught:
            DuckDBEngine(Log(source))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Div@0", "use k >= 1"),
        ("NDCG@0", "use k >= 1"),
        ("Div(at='x')", "use k >= 1"),
        ("Div(at=3)@5", "gives k twice"),
        ("Div(by={[]: 1})", "plain values"),
    ],
)
def test_a_measure_without_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_measure(text)


def test_no_plug_in_takes_the_place_of_a_measure() -> None:
    with pytest.raises(UsageError, match="a measure 'Gini' already"):
        type("Gini", (Div,), {"__module__": "mine"})
    assert type(parse_measure("Gini")) is Gini


@pytest.mark.parametrize("name", ["TPR(by='g', unit='row')", "TPR(by='g')", "MAE(by='g')"])
def test_null_and_unknown_are_one_slice_that_holds_the_rows_of_both(name: str) -> None:
    """Neither replaces the other, whatever buckets the rows of each fall into."""
    columns = {"y_true": np.tile([1, 0, 1, 1], 100), "y_pred": np.tile([1, 1, 0, 0], 100)}
    apart = rows(**columns)
    apart.loc[::2, "g"] = None
    apart.loc[1::4, "g"] = "unknown"
    measure = parse_measure(name)
    found = estimates(measure, Log(apart))
    together = estimates(measure, Log(apart.assign(g=apart.g.fillna("unknown"))))
    assert found["overall"].n == (300 if name.startswith("TPR") else 400)
    for label, estimate in together.items():
        assert found[label].n == estimate.n
        assert found[label].value == pytest.approx(estimate.value, rel=1e-12)
        assert found[label].low == pytest.approx(estimate.low, rel=1e-12)


def test_moments_of_null_and_unknown_are_merged_in_one_bucket() -> None:
    frame = rows(cluster_id=np.repeat([f"p{i % 12}" for i in range(100)], 4))
    frame["y_true"], frame["y_pred"] = np.arange(400.0), np.arange(400.0) ** 1.5
    frame.loc[::2, "g"] = None
    frame.loc[1::4, "g"] = "unknown"
    cells = reduce_log(parse_measure("MAE(by='g', unit='row')"), DuckDBEngine(Log(frame)))
    assert isinstance(cells, Cells)
    off = np.abs(frame.y_pred - frame.y_true)[frame.g.fillna("unknown") == "unknown"]
    pooled, at = cells.pooled(), cells.slices.index("unknown")
    assert pooled.count[0, at, 0] == len(off)
    assert pooled.m2[0, at, 0] == pytest.approx(((off - off.mean()) ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize("name", ["TPR(by='g', unit='row')", "Brier(by='g', unit='row')"])
@pytest.mark.parametrize("kept", [0, 400])
def test_rows_of_unknown_alone_have_a_status(name: str, kept: int) -> None:
    columns = {"y_true": 1, "y_pred": np.tile([1, 0], 200), "y_score": 0.25}
    frame = rows(**columns, g=pd.Series([None] * 400, dtype="string")).iloc[:kept]
    found = estimates(parse_measure(name), Log(frame))
    assert [*found] == ["unknown", "overall"]
    assert {estimate.n for estimate in found.values()} == {kept}
    expected = {Status.OK} if kept else {Status.SUPPRESSED}
    assert {estimate.status for estimate in found.values()} == expected


@pytest.mark.parametrize("name", ["TPR(by='g')", "Div(by='g')@4", "NDCG(requests_by='g')@4"])
def test_a_group_that_is_unknown_but_for_case_is_refused(name: str) -> None:
    frame = rows(y_true=1, y_pred=1, relevance=1.0)
    frame["g"] = np.repeat(["a", "Unknown", "b", "unknown"], 100)
    with pytest.raises(DataError, match="'unknown' and 'Unknown', which differ only in case"):
        estimates(parse_measure(name), Log(frame))


@pytest.mark.parametrize("name", ["TPR(by='g', threshold=0.5)", "FDR(by='g', threshold=0.5)"])
@pytest.mark.parametrize("unit", ["row", "person"])
def test_an_infinite_score_is_not_above_a_threshold(name: str, unit: str) -> None:
    frame = rows(y_true=1, y_pred=np.tile([0.2, 0.7, 0.9, np.inf], 100))
    measure = parse_measure(name.replace(")", f", unit={unit!r})"))
    with pytest.raises(DataError, match=r"reads 100 values that aren't .* a finite score"):
        estimates(measure, Log(frame))


@pytest.mark.parametrize(
    "name", ["NDCG(requests_by='day')@4", "Div(by='day')@4", "ActionRate(by='g*day')"]
)
def test_instants_are_no_slices_of_requests_either(name: str) -> None:
    frame = rows(relevance=1.0)
    frame["day"] = pd.Timestamp("2026-01-01", tz="Europe/Paris")
    with pytest.raises(DataError, match="depends on the time zone"):
        estimates(parse_measure(name), Log(frame))


def test_weights_count_in_what_entities_received() -> None:
    """A row of weight 2 is two rows; a weight that can't be is an error."""
    frame = rows(weight=np.where(np.arange(400) % 3 == 0, 2.0, 1.0))
    twice = pd.concat([frame, frame[frame.weight == 2.0]])
    weighted = estimates(Gini(), Log(frame, weight="weight"))["overall"]
    assert weighted.value == pytest.approx(estimates(Gini(), Log(twice))["overall"].value)
    assert weighted.value != pytest.approx(estimates(Gini(), Log(frame))["overall"].value)
    with pytest.raises(DataError, match="400 rows of the log have a weight that is negative"):
        estimates(Gini(), Log(frame.assign(weight=-1.0), weight="weight"))
