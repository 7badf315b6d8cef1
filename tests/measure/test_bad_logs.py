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
