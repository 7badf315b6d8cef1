"""Rankings that can't be read right: errors before the heavy work, or statuses, never a number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairview.core import DataError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    Log,
    RequestMeasure,
    Status,
    Target,
    evaluate,
    known_measures,
    parse_measure,
)


def rows(**changed: Any) -> pd.DataFrame:
    """60 requests of four items: groups a and b in turn, graded, clicked, with all else needed."""
    columns = {
        "request_id": np.repeat([f"r{i:03d}" for i in range(60)], 4),
        "query": np.repeat([f"q{i % 20:03d}" for i in range(60)], 4),
        "cluster_id": np.repeat([f"p{i % 30}" for i in range(60)], 4),
        "item_id": np.tile(["w", "x", "y", "z"], 60),
        "position": np.tile([1, 2, 3, 4], 60),
        "relevance": np.tile([2.0, 0.0, 1.0, 0.0], 60),
        "click": np.tile([1, 0, 1, 0], 60),
        "found": np.tile([1, 1, 0, 1], 60),
        "popularity": np.tile([0.5, 0.25, 0.1, 0.9], 60),
        "vector": [[1.0, 0.0], [0.5, 1.0], [0.0, 1.0], [1.0, 1.0]] * 60,
        "skin_tone": np.tile(["a", "b"], 120),
        "g": np.tile(["a", "b"], 120),
    }
    return pd.DataFrame({**columns, **changed})


def ranking_measures() -> list[str]:
    """Every ranking measure of the project, by group where it has one, on the uniform target."""
    found = []
    for name, kind in known_measures().items():
        if not kind.__module__.startswith("fairview.") or not issubclass(kind, RequestMeasure):
            continue
        fields = kind.__dataclass_fields__
        given = {"by": "'g'"} if "by" in fields else {}
        given |= {"target": "'uniform'"} if "target" in fields else {}
        given |= {"at": "4"} if "at" in fields else {}
        found.append(f"{name}({', '.join(f'{key}={value}' for key, value in given.items())})")
    return found


@pytest.mark.parametrize("text", ranking_measures())
def test_every_ranking_measure_adds_up_over_shards_and_survives_its_own_name(text: str) -> None:
    measure = parse_measure(text)
    assert parse_measure(str(measure)) == measure
    whole = DuckDBEngine(Log(rows=rows())).reduce([measure])[0]
    assert isinstance(whole, Cells), whole
    part = rows()["query"].str[-1].isin(list("13578"))
    groups = {"g": ("a", "b")}
    shards = [
        DuckDBEngine(Log(rows=rows()[chosen], groups=groups)).reduce([measure])[0]
        for chosen in (part, ~part)
    ]
    assert isinstance(shards[0], Cells)
    assert isinstance(shards[1], Cells)
    for merged in (shards[0].merge(shards[1]), shards[1].merge(shards[0])):
        assert np.array_equal(merged.count, whole.count)
        assert merged.totals == pytest.approx(whole.totals, abs=1e-12)
    again = evaluate(measure, DuckDBEngine(Log(rows=rows())), np.random.default_rng(0))
    assert all(e.value is None or measure.bounds[0] <= e.value <= measure.bounds[1] for e in again)


@pytest.mark.parametrize("text", ranking_measures())
def test_a_position_that_stands_twice_is_an_error_of_every_measure(text: str) -> None:
    log = Log(rows=rows(position=np.tile([1, 2, 2, 3], 60)))
    with pytest.raises(DataError, match="has two items at position 2"):
        evaluate(parse_measure(text), DuckDBEngine(log), np.random.default_rng(0))


@pytest.mark.parametrize("text", ranking_measures())
def test_positions_must_be_whole_numbers(text: str) -> None:
    log = Log(rows=rows(position=np.tile([1.0, 2.5, 3.0, 4.0], 60)))
    with pytest.raises(DataError, match="give whole numbers"):
        evaluate(parse_measure(text), DuckDBEngine(log), np.random.default_rng(0))


@pytest.mark.parametrize(
    "text", [t for t in ranking_measures() if "target" in t and "SampledGroup" not in t]
)
def test_targets_must_be_of_the_groups(text: str) -> None:
    rng = np.random.default_rng(0)
    measure = parse_measure(text.replace("uniform", "mine"))
    lacking = Log(rows=rows(), targets={"mine": Target("mine", {"a": 1.0})})
    with pytest.raises(DataError, match="differ in b"):
        evaluate(measure, DuckDBEngine(lacking), rng)
    with pytest.raises(DataError, match="must sum to 1"):
        Target("mine", {"a": 0.5, "b": 0.6})
    with pytest.raises(DataError, match="outside 0 to 1"):
        Target("mine", {"a": -0.5, "b": 1.5})


@pytest.mark.parametrize("name", ["NDCG", "MRR", "HitRate", "RankingPrecision", "RankingRecall"])
def test_grades_that_are_not_known_exclude_their_requests_and_count_them(name: str) -> None:
    grade = np.tile([2.0, 0.0, 1.0, 0.0], 60)
    grade[:40:4] = np.nan
    engine = DuckDBEngine(Log(rows=rows(relevance=grade)))
    [estimate] = evaluate(parse_measure(f"{name}@4"), engine, np.random.default_rng(0))
    lost = 0 if name == "HitRate" else 10
    assert (estimate.n, estimate.excluded) == (60 - lost, lost)
    engine = DuckDBEngine(Log(rows=rows(relevance=np.nan)))
    [estimate] = evaluate(parse_measure(f"{name}@4"), engine, np.random.default_rng(0))
    assert estimate.value is None
    assert estimate.excluded == 60


@pytest.mark.parametrize(
    "text",
    [t for t in ranking_measures() if "by=" in t and not t.startswith("ExpectedExposure")],
)
def test_one_group_alone_gives_statuses_or_plain_figures(text: str) -> None:
    engine = DuckDBEngine(Log(rows=rows(g="a")))
    for estimate in evaluate(parse_measure(text), engine, np.random.default_rng(0)):
        assert estimate.value is None or np.isfinite(estimate.value)
    if "Difference" in text or "GroupExposureRatio" in text or text.startswith(("DTR", "DIR")):
        [estimate, *_] = evaluate(parse_measure(text), engine, np.random.default_rng(0))
        assert estimate.status is Status.UNDEFINED


def test_qualified_shares_must_be_numbers_of_declared_groups() -> None:
    table = pd.DataFrame(
        {"request_id": ["r000", "r000"], "attribute": "g", "group": ["a", "b"], "share": [0.5, 0.5]}
    )
    rng = np.random.default_rng(0)
    measure = parse_measure("Skew(by='g')@4")
    for wrong in (-1.0, np.nan, np.inf):
        log = Log(rows=rows(), qualified=table.assign(share=[0.5, wrong]))
        with pytest.raises(DataError, match="missing, negative or infinite"):
            evaluate(measure, DuckDBEngine(log), rng)
    with pytest.raises(DataError, match="the groups z, not declared"):
        evaluate(
            measure, DuckDBEngine(Log(rows=rows(), qualified=table.assign(group=["a", "z"]))), rng
        )
