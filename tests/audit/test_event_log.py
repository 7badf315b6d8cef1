"""Logs of workspaces: events joined, repeated and odd rows counted, groups and targets found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from worlds_made import SMALL, contract, events_table, true_tones, workspace_of

from fairview.audit import Reading, log_from_catalogue, log_from_events
from fairview.catalog import Catalog, EventStore, SignalStore, Workspace, ingest
from fairview.catalog.world import World
from fairview.core import DataError, MissingError, ProhibitedUseError


@pytest.fixture
def made(workspace: Workspace, tmp_path: Path) -> tuple[Workspace, list[str]]:
    """Four text items, two by a, one by a and b, one by nobody."""
    path = tmp_path / "items.csv"
    path.write_text("key,title,maker\n1,one,a\n2,two,a;b\n3,three,b\n4,four,\n")
    ingest(workspace, path, mapping={"key": "key", "title": "title", "maker": "maker"})
    rows = Catalog(workspace).items(["item_id", "title"]).to_pylist()
    by_title = {row["title"]: row["item_id"] for row in rows}
    return workspace, [by_title[name] for name in ("one", "two", "three", "four")]


def test_shown_items_are_joined_with_what_people_did(made: tuple[Workspace, list[str]]) -> None:
    workspace, (one, two, three, four) = made
    EventStore(workspace).write(
        events_table(
            [
                ("r1", "p1", one, 1, "impression"),
                ("r1", "p1", two, 2, "impression"),
                ("r1", "p1", two, 2, "click"),
                ("r1", "p1", two, 2, "save"),
                ("r1", "p1", one, 1, "impression"),
                ("r2", "p2", three, 1, "impression"),
                ("r2", "p2", one, 1, "impression"),
                ("r2", "p2", four, 2, "impression"),
                ("r2", "p2", two, 3, "hide"),
            ]
        )
    )
    log = log_from_events(workspace, ["maker"])
    assert log.slates is not None
    assert isinstance(log.slates.rows, pa.Table)
    rows = log.slates.rows.to_pylist()
    assert [(r["request_id"], r["position"], r["item_id"]) for r in rows] == [
        ("r1", 1, one),
        ("r1", 2, two),
        ("r2", 1, three),
        ("r2", 2, four),
    ]
    assert [(r["click"], r["save"], r["hide"]) for r in rows][:2] == [
        (False, False, False),
        (True, True, False),
    ]
    counts = {name: n for name, n in log.counts.items() if n}
    assert counts == {
        "requests": 2,
        "people": 2,
        "pictures shown": 4,
        "impressions that were logged again": 1,
        "second items logged for one position": 1,
        "actions on items that weren't logged as shown": 1,
    }
    assert log.slates.groups == {"maker": ("a", "b")}
    assert isinstance(log.slates.memberships, pa.Table)
    shares = {
        (r["item_id"], r["group"]): r["probability"] for r in log.slates.memberships.to_pylist()
    }
    assert shares == {(one, "a"): 1.0, (two, "a"): 0.5, (two, "b"): 0.5, (three, "b"): 1.0}
    assert "known of 3 of 4 items" in log.notes[0]
    assert "No candidate log" in log.missing[0]


def test_surfaces_and_policies_are_chosen(made: tuple[Workspace, list[str]]) -> None:
    workspace, (one, *_) = made
    EventStore(workspace).write(events_table([("r1", "p1", one, 1, "impression")]))
    log = log_from_events(workspace, [], Reading(surface="home"))
    assert log.counts["requests"] == 0
    assert log.counts["events of other surfaces or policies"] == 1
    assert log_from_events(workspace, [], Reading(policies=("made",))).counts["requests"] == 1


def test_the_digest_is_of_the_events_not_of_their_order(made: tuple[Workspace, list[str]]) -> None:
    workspace, (one, two, *_) = made
    table = events_table([("r1", "p1", one, 1, "impression"), ("r1", "p1", two, 2, "impression")])
    EventStore(workspace).write(table.slice(1, 1))
    EventStore(workspace).write(table.slice(0, 1))
    first = log_from_events(workspace, []).data_digest
    assert first == log_from_events(workspace, []).data_digest
    EventStore(workspace).write(events_table([("r9", "p1", one, 1, "impression")]))
    assert log_from_events(workspace, []).data_digest != first


def test_what_is_not_there_is_said(made: tuple[Workspace, list[str]], tmp_path: Path) -> None:
    workspace, _ = made
    with pytest.raises(MissingError, match="no events; run"):
        log_from_events(workspace, ["maker"])
    log = log_from_catalogue(workspace, ["skin_tone", "maker"])
    assert log.slates is None
    assert "covers representation in the catalogue only" in log.missing[0]
    assert "Nothing is known of 'skin_tone'" in log.missing[1]
    empty = Workspace.create(tmp_path / "empty")
    with pytest.raises(DataError, match="catalogue is empty"):
        log_from_catalogue(empty, [])


def test_a_signal_that_may_not_be_audited_is_refused(tmp_path: Path) -> None:
    world = World.generate(SMALL)
    workspace = workspace_of(world, tmp_path, events=False)
    column = true_tones(world)
    SignalStore(workspace).write_groups(
        contract(version="2", intended_use=("refinement",)),
        world.item_ids,
        column,
        np.ones(len(column), np.float32),
    )
    with pytest.raises(ProhibitedUseError, match="may not be read for 'audit'"):
        log_from_catalogue(workspace, ["skin_tone"])


def test_a_world_as_a_log(tmp_path: Path) -> None:
    world = World.generate(SMALL)
    workspace = workspace_of(world, tmp_path)
    own = log_from_events(workspace, ["skin_tone"], Reading(qualified_of="request"))
    log = log_from_events(workspace, ["skin_tone"])
    assert log.slates is not None
    assert own.slates is not None
    assert log.synthetic
    days = list(world.days())
    assert log.counts["requests"] == sum(len(day.query) for day in days)
    rows = log.slates.rows
    assert isinstance(rows, pa.Table)
    assert sum(rows["click"].to_pylist()) == sum(int(d.reactions.click.sum()) for d in days)
    asks = {q.text for q in world.queries if q.shows_people}
    concerns = rows["concerns_skin_tone"].to_pylist()
    judged = dict(zip(rows["query"].to_pylist(), concerns, strict=True))
    assert {query for query, yes in judged.items() if yes} == asks & set(judged)
    mine, all_ = (
        {r["request_id"]: 0 for r in part.slates.qualified.to_pylist()} for part in (own, log)
    )
    assert set(mine) < set(all_)
    membership = world.items.membership()[:, :4]
    shares = membership[world.pools.item].sum(axis=1)
    shares = shares / shares.sum(axis=1, keepdims=True)
    query_of = dict(zip(rows["request_id"].to_pylist(), rows["query"].to_pylist(), strict=True))
    codes = {q.text: i for i, q in enumerate(world.queries)}
    names = log.slates.groups["skin_tone"]
    for row in log.slates.qualified.to_pylist()[:200]:
        expected = shares[codes[query_of[row["request_id"]]], names.index(row["group"])]
        assert row["share"] == pytest.approx(expected)
