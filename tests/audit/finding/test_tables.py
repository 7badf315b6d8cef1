"""Slices of tables that other systems wrote, and stages of a workspace's own log."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from worlds_made import SMALL, contract, workspace_of

from fairview.audit.finding import (
    Roles,
    find_in_table,
    find_served,
    loss_of,
    read_table,
    stage_parts,
    workspace_stage_log,
)
from fairview.catalog import SignalStore
from fairview.catalog.world import World
from fairview.cli.app import program
from fairview.core import (
    DataError,
    FairviewError,
    MissingError,
    SignalColumn,
    State,
    UsageError,
)


def planted_table() -> pa.Table:
    rng = np.random.default_rng(4)
    age, sex = rng.integers(18, 80, 6000), np.array(["f", "m"])[rng.integers(0, 2, 6000)]
    label = rng.integers(0, 2, 6000)
    flip = rng.random(6000) < np.where((sex == "f") & (age > 68), 0.5, 0.15)
    return pa.table(
        {"age": age, "sex": sex, "label": label, "said": np.where(flip, 1 - label, label)}
    )


def test_roles_say_what_a_loss_is() -> None:
    table = pa.table({"y": [0, 1, 1, None], "said": [1, 1, 0, 1], "cost": [0.5, 1.5, None, 2.0]})
    nan = np.nan
    for error, expected in (
        ("wrong", [1, 0, 1, nan]),
        ("false positive", [1, nan, nan, nan]),
        ("false negative", [nan, 0, 1, nan]),
    ):
        roles = Roles(label="y", prediction="said", error=error)  # type: ignore[arg-type]
        np.testing.assert_array_equal(loss_of(table, roles), expected)
    np.testing.assert_array_equal(loss_of(table, Roles(loss="cost")), [0.5, 1.5, nan, 2.0])


def test_command_finds_what_was_planted(tmp_path: Path) -> None:
    pq.write_table(planted_table(), tmp_path / "log.parquet")
    words = ["find", "slices", str(tmp_path / "log.parquet"), "--label", "label", "--prediction",
             "said"]  # fmt: skip
    said = CliRunner().invoke(program, words, catch_exceptions=False).output
    assert "The largest gap: age=68 to 79 & sex=f" in said or "age=67 to 79 & sex=f" in said
    assert "Benjamini-Hochberg" in said
    data = json.loads(CliRunner().invoke(program, [*words, "--json", "--holm"]).output)
    assert data["asked"]["adjust"] == "holm"
    assert [s["by"] for s in data["slices"] if s["confirmed"]] == ["age*sex"]


def test_csv_reads_like_parquet(tmp_path: Path) -> None:
    from pyarrow import csv

    table = planted_table()
    csv.write_csv(table, tmp_path / "log.csv")
    pq.write_table(table, tmp_path / "log.parquet")
    roles = Roles(label="label", prediction="said")
    found = [
        find_in_table(read_table(tmp_path / f"log.{kind}"), roles, np.random.default_rng(0))
        for kind in ("csv", "parquet")
    ]
    assert found[0] == found[1]


def test_clusters_are_a_column() -> None:
    table = planted_table().append_column("person", pa.array(np.arange(6000) // 3))
    roles = Roles(label="label", prediction="said", cluster="person")
    found = find_in_table(table, roles, np.random.default_rng(0))
    assert found.clusters == 2000
    assert found.columns == ("age", "sex")


@pytest.mark.parametrize(
    ("roles", "kind", "message"),
    [
        (Roles(), UsageError, "Name the column of the loss"),
        (Roles(loss="colour"), DataError, "no column colour; it has age, sex, label, said"),
        (Roles(loss="sex"), DataError, "a loss must be numbers"),
        (Roles(label="age", prediction="said"), DataError, "must hold 0 and 1"),
        (Roles(label="label", prediction="said", cluster="who"), DataError, "no column who"),
    ],
)
def test_bad_roles_are_sentences(roles: Roles, kind: type[FairviewError], message: str) -> None:
    with pytest.raises(kind, match=message):
        find_in_table(planted_table(), roles, np.random.default_rng(0))


def test_bad_files_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "log.parquet").write_text("no")
    with pytest.raises(DataError, match="can't be read as Parquet or CSV"):
        read_table(tmp_path / "log.parquet")
    with pytest.raises(MissingError, match="no file at"):
        read_table(tmp_path / "none.csv")


@pytest.mark.xdist_group("worlds")
def test_stages_of_a_workspace(tmp_path: Path) -> None:
    workspace = workspace_of(World.generate(SMALL), tmp_path)
    found = stage_parts(workspace_stage_log(workspace, "skin_tone"), "skin_tone")
    assert [p.phase for p in found.of("unknown")] == ["retrieval", "ranking", "display"]
    for whole in found.whole:
        steps = [p.part or 0.0 for p in found.of(whole.group)]
        assert whole.part == pytest.approx(sum(steps), abs=1e-12)
    said = CliRunner().invoke(
        program, ["find", "stages", "skin_tone", "-w", str(workspace.root)], catch_exceptions=False
    )
    assert "Where" not in said.output
    assert "all stages" in said.output
    with pytest.raises(MissingError, match="'home' were logged"):
        workspace_stage_log(workspace, "skin_tone", surface="home")
    with pytest.raises(DataError, match="Nothing is known of 'colour'"):
        workspace_stage_log(workspace, "colour")


@pytest.mark.xdist_group("worlds")
def test_kinds_of_pictures_that_people_take_least_to(tmp_path: Path) -> None:
    """The world plants fewer clicks for low positions; clusters of vectors are sliced by too."""
    world = World.generate(SMALL)
    workspace = workspace_of(world, tmp_path)
    vectors = np.random.default_rng(0).normal(size=(len(world.item_ids), 4)).astype(np.float32)
    n = len(vectors)
    SignalStore(workspace).write(
        contract(name="looks", value="vector", dimension=4, ranges=None, may_abstain=False),
        world.item_ids,
        SignalColumn("looks", "1", vectors, np.full(n, State.PRESENT, np.int8),
                     np.ones(n, np.float32)),
    )  # fmt: skip
    found = find_served(workspace, ["skin_tone"], np.random.default_rng(0), vectors="looks")
    assert found.columns == ("skin_tone", "looks", "query", "position")
    assert found.clusters == 200 or (found.clusters or 0) > 100
    assert any("position" in each.by for each in found.confirmed)
    words = ["find", "served", "skin_tone", "--loss", "hide", "-w", str(workspace.root)]
    said = CliRunner().invoke(program, words, catch_exceptions=False).output
    assert "skin_tone, query, position" in said
    with pytest.raises(DataError, match="Nothing is known of 'colour'"):
        find_served(workspace, ["colour"], np.random.default_rng(0))
    with pytest.raises(MissingError, match="Nothing was shown on the surface 'home'"):
        find_served(workspace, ["skin_tone"], np.random.default_rng(0), surface="home")


def test_command_takes_a_gap_apart(tmp_path: Path) -> None:
    pq.write_table(planted_table(), tmp_path / "log.parquet")
    roles = "--label label --prediction said --by sex --group f --reference m --strata age"
    words = ["find", "mix", str(tmp_path / "log.parquet"), *roles.split()]
    said = CliRunner().invoke(program, words, catch_exceptions=False).output
    assert "The gap of f to m is" in said
    assert "age=69 to 79" in said or "age=68 to 79" in said
    data = json.loads(CliRunner().invoke(program, [*words, "--json"]).output)
    parts = [data[name]["value"] for name in ("mix", "rate", "unmatched")]
    assert data["gap"]["value"] == pytest.approx(sum(parts))
