"""Logs are of schema v1, say how likely each choice was, and use the ids of the catalogue."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from fairview.catalog.world import World, WorldParameters
from fairview.catalog.world.logging_policy import BASELINE, RANDOMISED
from fairview.core import ACTIONS, CANDIDATE_FIELDS, EVENT_FIELDS, arrow_schema

PARAMETERS = WorldParameters(
    items=300,
    people=70,
    days=3,
    requests_per_day=120,
    randomised_share=0.25,
    candidate_sampling=0.3,
)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    World.generate(PARAMETERS).write_events(
        folder / "events.parquet",
        candidates=folder / "candidates.parquet",
        saves=folder / "saves.parquet",
    )
    return folder


@pytest.fixture(scope="module")
def events(logs: Path) -> pa.Table:
    return pq.read_table(logs / "events.parquet")


def test_events_have_the_schema_and_unique_ids(events: pa.Table) -> None:
    assert events.schema.equals(arrow_schema(EVENT_FIELDS))
    assert pc.count_distinct(events["event_id"]).as_py() == len(events)
    for field in EVENT_FIELDS:
        if not field.nullable:
            assert events[field.name].null_count == 0, field.name
    assert set(events["action"].unique().to_pylist()) <= set(ACTIONS)


def test_every_request_shows_one_whole_slate(events: pa.Table) -> None:
    shown = events.filter(pc.equal(events["action"], "impression")).to_pandas()
    for _, slate in shown.groupby("request_id"):
        assert slate["position"].tolist() == list(range(1, 25))
        assert slate["item_id"].nunique() == 24
        assert slate["cluster_id"].nunique() == slate["policy"].nunique() == 1


def test_actions_follow_an_impression_and_come_later(events: pa.Table) -> None:
    table = events.to_pandas()
    key = ["request_id", "item_id", "position"]
    shown = table[table.action == "impression"].set_index(key)["event_time"]
    did = table[table.action != "impression"].set_index(key)
    assert len(did)
    assert (shown.loc[did.index].to_numpy() < did["event_time"].to_numpy()).all()
    assert did["viewed"].all()
    assert (table["ingest_time"] > table["event_time"]).all()


def test_propensities_are_probabilities_under_the_named_policy(events: pa.Table) -> None:
    table = events.to_pandas()
    assert table["propensity"].between(0, 1, inclusive="right").all()
    fixed, random = table[table.policy == BASELINE], table[table.policy == RANDOMISED]
    assert (fixed["propensity"] == 1).all()
    assert set(fixed["propensity_kind"]) == {"deterministic"}
    assert fixed["rng_key"].isna().all()
    assert np.allclose(random["propensity"], 1 / PARAMETERS.randomised_pool)
    assert set(random["propensity_kind"]) == {"marginal"}
    assert random["rng_key"].notna().all()
    share = random["request_id"].nunique() / table["request_id"].nunique()
    assert share == pytest.approx(PARAMETERS.randomised_share, abs=0.1)


def test_deterministic_slates_are_the_same_all_day(events: pa.Table) -> None:
    table = events.to_pandas()
    fixed = table[(table.policy == BASELINE) & (table.action == "impression")]
    days = fixed["event_time"].dt.date
    for _, slates in fixed.groupby([days, "query"]):
        orders = {tuple(slate["item_id"]) for _, slate in slates.groupby("request_id")}
        assert len(orders) == 1


def test_candidates_have_the_schema_and_give_reasons(logs: Path, events: pa.Table) -> None:
    table = pq.read_table(logs / "candidates.parquet")
    assert table.schema.equals(arrow_schema(CANDIDATE_FIELDS))
    rows = table.to_pandas()
    assert (rows["sampling_rate"] == PARAMETERS.candidate_sampling).all()
    assert (rows["reason"].isna() == rows["kept"]).all()
    shown = events.filter(pc.equal(events["action"], "impression")).to_pandas()
    slates = shown.groupby("request_id")["item_id"].agg(set)
    for request, group in rows.groupby("request_id"):
        assert set(group[group.kept]["item_id"]) == slates[request]
        assert group["item_id"].is_unique
    share = rows["request_id"].nunique() / shown["request_id"].nunique()
    assert share == pytest.approx(PARAMETERS.candidate_sampling, abs=0.1)


def test_every_save_goes_to_a_board_of_the_person(logs: Path, events: pa.Table) -> None:
    saves = pq.read_table(logs / "saves.parquet").to_pandas()
    world = World.generate(PARAMETERS)
    boards = world.people.board_ids()
    owner = dict(zip(boards, np.repeat(world.people.cluster_ids(), 3), strict=True))
    assert (saves["board_id"].map(owner) == saves["cluster_id"]).all()
    logged = events.filter(pc.equal(events["action"], "save"))
    assert set(saves["event_id"]) == set(logged["event_id"].to_pylist())


def test_the_log_is_the_same_every_time(logs: Path, tmp_path: Path) -> None:
    World.generate(PARAMETERS).write_events(tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (logs / "events.parquet").read_bytes()


def test_ids_of_two_worlds_never_meet() -> None:
    first, second = (World.generate(dataclasses.replace(PARAMETERS, seed=s)) for s in (1, 2))
    assert not set(first.item_ids) & set(second.item_ids)
    assert not set(first.people.cluster_ids()) & set(second.people.cluster_ids())


def test_nothing_is_left_when_writing_fails(tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        World.generate(PARAMETERS).write_events(tmp_path / "events.parquet", progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.prove
def test_random_slates_are_uniform() -> None:
    """Each candidate stands at each position with the logged probability."""
    parameters = dataclasses.replace(
        PARAMETERS, days=1, requests_per_day=60_000, randomised_share=1.0, randomised_pool=30
    )
    world = World.generate(parameters)
    day = next(iter(world.days()))
    rows = day.query == 0
    for position in (0, 11, 23):
        counts = Counter(day.item[rows, position].tolist())
        assert len(counts) == 30
        expected = rows.sum() / 30
        chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
        assert chi_square < 66  # the 0.9999 quantile with 29 degrees of freedom
