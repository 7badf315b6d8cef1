"""Requests sliced by who asked, intersections of items' groups, and one scan for many measures."""

from __future__ import annotations

from dataclasses import replace

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
    evaluate,
    evaluate_all,
    parse_measure,
)
from fairview.measure.measures.div import Div
from fairview.measure.measures.exposure_share import ExposureShare
from fairview.measure.measures.ndcg import NDCG
from fairview.measure.measures.skew import Skew


def made(requests: int = 300, seed: int = 0) -> pd.DataFrame:
    """Requests of one to six items, by people of two groups, in two query classes."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 7, requests)
    of = np.repeat(np.arange(requests), lengths)
    n = len(of)
    person = np.arange(requests) % 70
    consumer = np.where(person < 30, "new", "old").astype(object)
    consumer[person % 5 == 4] = None
    frame = pd.DataFrame(
        {
            "request_id": [f"r{rng.integers(1000)}-{i}" for i in range(requests)],
            "cluster_id": [f"p{i % 70}" for i in range(requests)],
            "consumer": consumer,
            "kind": rng.choice(["home", "search"], requests),
        }
    ).iloc[of]
    frame = frame.assign(
        position=np.concatenate([np.arange(1, length + 1) for length in lengths]),
        item_id=[f"i{i}" for i in rng.integers(0, 40, n)],
        tone=rng.choice(["dark", "light", None], n, p=[0.3, 0.6, 0.1]),
        hair=rng.choice(["coily", "wavy"], n),
        relevance=rng.integers(0, 3, n).astype(float),
    )
    return frame.sample(frac=1, random_state=seed).reset_index(drop=True)


def values(measure: RequestMeasure, frame: pd.DataFrame) -> dict[str, float | None]:
    found = evaluate(measure, DuckDBEngine(Log(rows=frame)), np.random.default_rng(0))
    return {estimate.slice: estimate.value for estimate in found}


def test_slices_of_requests_are_the_requests_of_that_slice() -> None:
    frame = made()
    found = values(NDCG(at=4, requests_by="consumer"), frame)
    assert list(found) == ["new", "old", "unknown", "overall"]
    for name, chosen in (
        ("new", frame.consumer == "new"),
        ("unknown", frame.consumer.isna()),
        ("overall", frame.position > 0),
    ):
        assert found[name] == pytest.approx(values(NDCG(at=4), frame[chosen])["overall"])


def test_intersections_of_requests_and_of_items() -> None:
    frame = made()
    measure = ExposureShare(by="tone*hair", at=5, requests_by="kind*consumer")
    found = values(measure, frame)
    joined = frame.assign(both=frame.tone.str.cat(frame.hair, " & "))
    chosen = (frame.kind == "home") & (frame.consumer == "old")
    plain = values(ExposureShare(by="both", at=5), joined[chosen])
    for label in ("dark & coily", "light & wavy", "unknown"):
        assert found[f"home & old: {label}"] == pytest.approx(plain[label])
    assert "search & unknown: dark & wavy" in found


def test_soft_intersections_multiply_and_what_is_unknown_stays_so() -> None:
    frame = made()
    rows = [
        (f"i{i}", attribute, group, share, share > 0.3)
        for i in range(40)
        for attribute, shares in (("x", (0.5, 0.3, 0.2)), ("y", (0.6, 0.4, 0.0)))
        for group, share in zip(("a", "b", "unknown"), shares, strict=True)
    ]
    columns = ["item_id", "attribute", "group", "probability", "contains"]
    log = Log(rows=frame, memberships=pd.DataFrame(rows, columns=columns))
    batch = next(DuckDBEngine(log).batches(Div(by="x*y")))
    assert batch.groups == ("a & a", "a & b", "b & a", "b & b")
    assert batch.membership[0] == pytest.approx([0.3, 0.2, 0.18, 0.12, 0.2])
    assert batch.contains[0].tolist() == [True, True, False, False]
    with_column = next(DuckDBEngine(log).batches(Div(by="x*hair")))
    assert with_column.membership.sum(axis=1) == pytest.approx(1.0)


def test_one_scan_gives_what_each_measure_gets_alone() -> None:
    frame = made()
    measures = [
        parse_measure(text)
        for text in (
            "Div(by='tone')@4",
            "Skew(by='tone', target='uniform')@4",
            "MinSkew(by='tone', target='uniform', requests_by='kind')@4",
            "MaxSkew(by='tone', target='uniform', unit='request')@4",
            "NDKL(by='hair', target='uniform', smoothing=0.5)@4",
            "ExposureShare(by='tone*hair')@4",
            "NDCG(requests_by='consumer')@3",
            "HitRate@3",
        )
    ]
    engine = DuckDBEngine(Log(rows=frame))
    together = engine.reduce(measures)
    for measure, cells in zip(measures, together, strict=True):
        [alone] = engine.reduce([measure])
        assert isinstance(cells, Cells)
        assert isinstance(alone, Cells)
        assert cells.slices == alone.slices
        assert np.array_equal(cells.count, alone.count)
        assert cells.totals == pytest.approx(alone.totals, abs=1e-12)
    assert len(evaluate_all(measures, engine, np.random.default_rng(0))) > len(measures)


def test_chunks_give_the_very_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = made(2000)
    measures = [Skew(by="tone", target="uniform", requests_by="kind", at=4), NDCG(at=4)]
    whole = DuckDBEngine(Log(rows=frame)).reduce(measures)
    monkeypatch.setattr("fairview.measure.engines.duckdb.CHUNK_ROWS", 2048)
    cut = DuckDBEngine(Log(rows=frame)).reduce(measures)
    for one, two in zip(whole, cut, strict=True):
        assert isinstance(one, Cells)
        assert isinstance(two, Cells)
        assert np.array_equal(one.count, two.count)
        assert one.totals == pytest.approx(two.totals, rel=1e-12)


def test_the_error_is_of_the_measure_that_has_it() -> None:
    frame = made()
    frame.loc[0, "kind"] = "other"
    log = Log(rows=frame, groups={"tone": ("dark", "light"), "hair": ("wavy",)})
    engine = DuckDBEngine(log)
    good, kind, hair = engine.reduce(
        [Div(by="tone", at=4), NDCG(requests_by="kind"), Div(by="hair", at=4)]
    )
    assert isinstance(good, Cells)
    assert "different values of 'kind'" in str(kind)
    assert "'hair' has the groups coily, not declared" in str(hair)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("cluster_id", "somebody else", "different values of 'cluster_id'"),
        ("cluster_id", None, "lack a cluster_id"),
        ("request_id", None, "lack a request_id"),
    ],
)
def test_rows_that_contradict_each_other_are_refused(column: str, value: object, said: str) -> None:
    frame = made().sort_values(["request_id", "position"]).reset_index(drop=True)
    twice = frame.request_id.duplicated(keep=False)
    frame.loc[frame.index[twice][0], column] = value
    with pytest.raises(DataError, match=said):
        evaluate(NDCG(), DuckDBEngine(Log(rows=frame)), np.random.default_rng(0))


def test_slices_may_be_the_clusters_themselves() -> None:
    frame = made()
    frame["cluster_id"] = frame.cluster_id.str[:2]
    found = values(NDCG(at=4, requests_by="cluster_id"), frame)
    assert len([name for name in found if name.startswith("p")]) == 10
    with pytest.raises(DataError, match="lack a cluster_id"):
        values(NDCG(at=4, requests_by="cluster_id"), frame.assign(cluster_id=None))


def test_weights_are_of_requests() -> None:
    frame = made().assign(weight=lambda f: np.where(f.kind == "home", 2.0, 1.0))
    log = Log(rows=frame, weight="weight")
    [found] = evaluate(NDCG(at=4), DuckDBEngine(log), np.random.default_rng(0))
    twice = frame[frame.kind == "home"].assign(request_id=lambda f: f.request_id + "again")
    plain = values(NDCG(at=4), pd.concat([frame, twice]))["overall"]
    assert found.value == pytest.approx(plain)
    uneven = replace(log, rows=frame.assign(weight=np.arange(len(frame)) + 1.0))
    with pytest.raises(DataError, match="different values of 'weight'"):
        evaluate(NDCG(at=4), DuckDBEngine(uneven), np.random.default_rng(0))


def test_a_ranking_measure_isnt_about_items() -> None:
    with pytest.raises(DataError, match="whole requests, so its sampling unit can't be 'item'"):
        evaluate(NDCG(unit="item"), DuckDBEngine(Log(rows=made())), np.random.default_rng(0))  # type: ignore[arg-type]


def test_one_group_alone_and_an_empty_slice_are_statuses() -> None:
    frame = made().assign(tone="dark")
    found = values(Skew(by="tone", target="uniform", at=4), frame)
    assert found == {"dark": 0.0}
    few = made().assign(kind=lambda f: np.where(f.request_id == f.request_id[0], "rare", "home"))
    estimates = evaluate(
        NDCG(requests_by="kind"), DuckDBEngine(Log(rows=few)), np.random.default_rng(0)
    )
    status = {estimate.slice: estimate.status for estimate in estimates}
    assert status["rare"] is Status.SUPPRESSED


def test_consumers_providers_and_subjects_stand_in_one_audit() -> None:
    """Li et al. 2021: users are served fairly where a measure is the same for their groups."""
    gap = parse_measure("Gap(of=\"NDCG(requests_by='consumer')@4\", to='new')")
    provider = parse_measure("Gini(of='item_id')")
    subject = parse_measure("ExposureShare(by='tone')@4")
    frame = made()
    found = evaluate_all(
        [gap, provider, subject], DuckDBEngine(Log(rows=frame)), np.random.default_rng(0)
    )
    by_group = values(NDCG(at=4, requests_by="consumer"), frame)
    old = next(e for e in found if e.measure == str(gap) and e.slice == "old")
    assert by_group["old"] is not None
    assert by_group["new"] is not None
    assert old.value == pytest.approx(by_group["old"] - by_group["new"])
    assert {e.measure for e in found} == {str(gap), str(provider), str(subject)}
