"""Ranking measures on real rankings, beside the TREC definition and FairRankTune."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon

from fairview.measure import DuckDBEngine, Log, RequestMeasure, Target, evaluate, parse_measure


@pytest.fixture(scope="module")
def peer() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("FairRankTune")


def students(data_dir: Path, by: str) -> pd.DataFrame:
    """Chilean engineering students of each entrance year, ranked by their true score."""
    path = data_dir / "fairness-ranking-deltr" / f"engineering_students_{by}.parquet"
    frame = pd.read_parquet(path)
    frame["request_id"] = frame.entrance_year.astype(str)
    frame["item_id"] = [f"s{i}" for i in range(len(frame))]
    frame = frame.sort_values(["request_id", "score", "item_id"], ascending=[True, False, True])
    frame["position"] = frame.groupby("request_id").cumcount() + 1
    frame["group"] = frame[by].map({0.0: "other", 1.0: "protected"}).to_numpy()
    return frame


def experts(data_dir: Path) -> pd.DataFrame:
    """W3C experts by gender: 60 queries, ranked by their judgement."""
    frame = pd.read_parquet(data_dir / "fairness-ranking-deltr" / "w3c_experts_total.parquet")
    frame["request_id"] = frame.c0.astype(str)
    frame["item_id"] = [f"e{i}" for i in range(len(frame))]
    frame = frame.sort_values(["request_id", "c7", "item_id"], ascending=[True, False, True])
    frame["position"] = frame.groupby("request_id").cumcount() + 1
    frame["group"] = frame.c1.map({0.0: "other", 1.0: "protected"}).to_numpy()
    return frame


def value(text: str, frame: pd.DataFrame, **targets: dict[str, float]) -> float:
    """Return the first figure of all requests; a report would withhold it for a handful."""
    measure = parse_measure(text)
    assert isinstance(measure, RequestMeasure)
    log = Log(rows=frame, targets={n: Target(n, shares) for n, shares in targets.items()})
    cells = DuckDBEngine(log).request_cells(measure)
    return float(measure.figures(cells.totals.sum(axis=(0, 1)), cells.count.sum(axis=(0, 1)))[0])


def attention(ranks: np.ndarray) -> np.ndarray:
    return 1 / np.log2(np.maximum(ranks, 2))


@pytest.mark.data
@pytest.mark.parametrize("k", [10, 200])
def test_awrf_is_that_of_the_trec_track(k: int, data_dir: Path) -> None:
    frame = experts(data_dir)
    expected = []
    target = np.array([0.8, 0.2])
    for _, rows in frame[frame.position <= k].groupby("request_id"):
        weight = attention(rows.position.to_numpy())
        got = [weight[(rows.group == g).to_numpy()].sum() for g in ("other", "protected")]
        expected.append(1 - jensenshannon(np.array(got) / sum(got), target) ** 2)
    found = value(
        f"AWRF(by='group', target='trec', unit='request')@{k}",
        frame,
        trec={"other": 0.8, "protected": 0.2},
    )
    assert found == pytest.approx(np.mean(expected), abs=1e-12)


@pytest.mark.data
@pytest.mark.parametrize("by", ["gender", "highschool"])
def test_ndkl_equals_the_peers_where_the_target_is_the_lists_own_mix(
    by: str, data_dir: Path, peer: ModuleType
) -> None:
    """They can ask for no other target, and add 1e-7 to every share; ours states its target."""
    frame = students(data_dir, by)
    frame = frame[frame.request_id == frame.request_id.iloc[0]]
    mix = frame.group.value_counts(normalize=True).to_dict()
    theirs = peer.NDKL(
        pd.DataFrame({0: frame.item_id.to_numpy()}),
        dict(zip(frame.item_id, frame.group, strict=True)),
    )
    measure = f"NDKL(by='group', target='mix', unit='request')@{len(frame)}"
    assert value(measure, frame, mix=mix) == pytest.approx(theirs, abs=2e-6)
    even = value(measure.replace("mix", "uniform"), frame)
    assert abs(even - theirs) > 0.01


def test_the_peers_ndkl_calls_a_list_of_one_group_fair(peer: ModuleType) -> None:
    """Ten items of a, none of b, a half wanted of each: every prefix is off by ln 2."""
    items = [f"i{i}" for i in range(10)]
    assert abs(peer.NDKL(pd.DataFrame({0: items}), dict.fromkeys(items, "a"))) < 1e-6
    frame = pd.DataFrame(
        {"request_id": "q", "item_id": items, "position": range(1, 11), "group": "a"}
    )
    found = value(
        "NDKL(by='group', target='half', unit='request')@10",
        pd.concat([frame, frame.assign(request_id="r", group="b")]),
        half={"a": 0.5, "b": 0.5},
    )
    assert found == pytest.approx(math.log(2))


def test_the_peers_awrf_is_another_measure(peer: ModuleType) -> None:
    """Theirs: geometric attention per item, a ratio of groups, and no target. Ours, by hand."""
    groups = {"x": "a", "y": "b", "z": "b"}
    ratio, each = peer.AWRF(pd.DataFrame({0: ["x", "y", "z"]}), groups, 0.5, "MinMaxRatio")
    assert each == {"a": 50.0, "b": (25 + 12.5) / 2}
    assert ratio == pytest.approx(0.375)
    frame = pd.DataFrame(
        {"request_id": "q", "item_id": list("xyz"), "position": [1, 2, 3], "group": list("abb")}
    )
    d = 1 / (2 + 1 / math.log2(3))
    middle = (d + 0.5) / 2
    jsd = sum(
        s * math.log(s / m) / 2
        for s, m in ((d, middle), (1 - d, 1 - middle), (0.5, middle), (0.5, 1 - middle))
    )
    found = value("AWRF(by='group', target='uniform', unit='request')@3", frame)
    assert found == pytest.approx(1 - jsd)


@pytest.mark.data
def test_exposure_of_students_equals_the_peers(data_dir: Path, peer: ModuleType) -> None:
    frame = students(data_dir, "gender")
    frame = frame[frame.request_id == frame.request_id.iloc[0]]
    ratio, _ = peer.EXP(
        pd.DataFrame({0: frame.item_id.to_numpy()}),
        dict(zip(frame.item_id, frame.group, strict=True)),
        "MinMaxRatio",
    )
    text = f"GroupExposureRatio(by='group', unit='request')@{len(frame)}"
    assert value(text, frame) == pytest.approx(ratio)


@pytest.mark.data
def test_women_among_the_experts_stand_lower(data_dir: Path) -> None:
    """The judgement puts men above women in these data (Zehlike and Castillo, WWW 2020)."""
    frame = experts(data_dir)
    engine = DuckDBEngine(Log(rows=frame))
    measure = parse_measure("GroupExposure(by='group', unit='request')@200")
    other, protected = evaluate(measure, engine, np.random.default_rng(0))
    assert protected.high is not None
    assert other.low is not None
    assert protected.high < other.low
