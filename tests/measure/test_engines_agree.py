"""Every engine gives every measure the same figures; neither a new one of either escapes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import MISSING, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from logs_made import shared_log

from fairview.core import UnsupportedError
from fairview.measure import (
    Cells,
    DuckDBEngine,
    Engine,
    EntityTotals,
    GroupCellsMeasure,
    Log,
    Measure,
    Precision,
    RequestMeasure,
    SamplingUnit,
    estimates_of,
    known_measures,
)
from fairview.measure.engines import known_engines
from fairview.measure.engines.stream import StreamEngine, Surroundings

if TYPE_CHECKING:
    pass

LOG = shared_log()
PRECISION = Precision(replicates=50, minimum_cell=1)
ASKED: dict[str, Any] = {"by": "tone", "at": 4}
REQUIRED: dict[str, Any] = {"of": "ActionRate(by='tone')"}
"""What parameters are, by name; a measure that requires another one must add it here."""


def made(kind: type[Measure]) -> Measure:
    """Return a measure with the parameters that it asks for."""
    given = {spec.name: ASKED[spec.name] for spec in fields(kind) if spec.name in ASKED}
    for spec in fields(kind):
        if spec.name not in given and spec.default is MISSING and spec.default_factory is MISSING:
            assert spec.name in REQUIRED, f"say in REQUIRED what {kind}'s {spec.name} is"
            given[spec.name] = REQUIRED[spec.name]
    return kind(**given)


def varied(measure: Measure, place: int) -> list[Measure]:
    """Return a measure, and one otherwise sliced, clustered or weighed, in turn over all."""
    if isinstance(measure, GroupCellsMeasure):
        others: list[dict[str, Any]] = [
            *({"by": by} for by in ("sex", "sex*tone", "sex*shop", "band", "")),
            {"by": "sex", "unit": SamplingUnit.ROW},
        ]
        if measure.crossed:
            others.append({"by": "sex", "unit": SamplingUnit.BOTH})
    elif isinstance(measure, RequestMeasure):
        others = [{"requests_by": "query_class"}, {"unit": SamplingUnit.REQUEST}]
    else:
        return [measure]
    return [measure, replace(measure, **others[place % len(others)])]


KINDS = [
    kind for kind in known_measures().values() if kind.__module__.startswith("fairview.measure.")
]
MEASURES = {str(m): m for i, kind in enumerate(KINDS) for m in varied(made(kind), i)}


def on_duckdb(log: Log, measures: list[Measure]) -> Engine:
    return DuckDBEngine(log)


def on_stream(log: Log, measures: list[Measure]) -> Engine:
    names = Surroundings.__annotations__
    stream = StreamEngine(measures, Surroundings(**{name: getattr(log, name) for name in names}))
    for low in range(0, len(log.rows), 391):
        stream.update(log.rows[low : low + 391], log.qualified)
    stream.finish()
    return stream


def on_spark(log: Log, measures: list[Measure]) -> Engine:
    from fairview.measure.engines.spark import SparkEngine

    return SparkEngine(log)


MAKERS: dict[str, Callable[[Log, list[Measure]], Engine]] = {
    "duckdb": on_duckdb,
    "spark": on_spark,
    "stream": on_stream,
}
OTHERS = sorted(set(MAKERS) - {"duckdb"})


def does(name: str, measure: Measure) -> bool:
    """Whether an engine says that it can do a measure."""
    return known_engines()[name].can(measure)


@cache
def reduced(name: str) -> dict[str, Any]:
    """Return what an engine makes of all measures, its errors included; once per process."""
    measures = [m for m in MEASURES.values() if does(name, m)]
    found = MAKERS[name](LOG, measures).reduce(measures)
    return {str(measure): one for measure, one in zip(measures, found, strict=True)}


def test_no_engine_escapes() -> None:
    ours = {
        name
        for name, kind in known_engines().items()
        if kind.__module__.startswith("fairview.") and "test" not in kind.__module__
    }
    assert ours == set(MAKERS)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_made_of_the_shared_log(measure: str) -> None:
    found = reduced("duckdb")[measure]
    assert isinstance(found, Cells | EntityTotals), str(found)
    estimates = estimates_of(MEASURES[measure], found, np.random.default_rng(0), PRECISION)
    assert any(estimate.value is not None for estimate in estimates)


@pytest.fixture(scope="module")
def running_spark(collected: Callable[[], AbstractContextManager[None]]) -> None:
    """Everything that Spark is asked, once."""
    with collected():
        reduced("spark")


@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("measure", MEASURES)
def test_engines_agree(measure: str, name: str, request: pytest.FixtureRequest) -> None:
    if not does(name, MEASURES[measure]):
        with pytest.raises(UnsupportedError, match="duckdb, spark can"):
            MAKERS[name](LOG, [MEASURES[measure]]).require(MEASURES[measure])
        return
    if name == "spark":
        request.getfixturevalue("running_spark")
    one, other = reduced("duckdb")[measure], reduced(name)[measure]
    assert type(one) is type(other), f"{one} {other}"
    assert_same(one, other)
    mine = estimates_of(MEASURES[measure], one, np.random.default_rng(0), PRECISION)
    theirs = estimates_of(MEASURES[measure], other, np.random.default_rng(0), PRECISION)
    for a, b in zip(mine, theirs, strict=True):
        assert (a.slice, a.n, a.excluded, a.status) == (b.slice, b.n, b.excluded, b.status)
        for what in ("value", "low", "high", "effective_n"):
            near(getattr(a, what), getattr(b, what), f"{what} of {a.slice}")


def assert_same(one: Cells | EntityTotals, other: Cells | EntityTotals) -> None:
    """Counts of whole rows are equal exactly, soft ones and moments to 1e-12."""
    if isinstance(one, EntityTotals):
        assert isinstance(other, EntityTotals)
        assert one.entities.tolist() == other.entities.tolist()
        assert one.n == other.n
        assert abs(one.totals - other.totals).max() <= 1e-12
        return
    assert isinstance(other, Cells)
    assert (one.slices, one.components) == (other.slices, other.components)
    assert one.buckets.tolist() == other.buckets.tolist()
    whole = np.equal(np.mod(one.count, 1), 0)
    assert np.array_equal(one.count[whole], np.round(other.count[whole], 12))
    for what in ("count", "mean", "m2", "excluded"):
        a, b = getattr(one, what), getattr(other, what)
        assert np.allclose(a, b, rtol=1e-12, atol=1e-12), what


def near(a: float | None, b: float | None, what: str) -> None:
    if a is None or b is None:
        assert a is b, what
    else:
        assert a == pytest.approx(b, rel=1e-12, abs=1e-12), what
