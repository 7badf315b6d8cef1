"""Clicks of pages that nobody saw: what the log says against what a synthetic world would do."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "audit"))

from worlds_made import slates_of

from fairview.catalog import EventStore, Workspace
from fairview.catalog.world import World, WorldParameters
from fairview.discovery.logged_clicks import clicks_by_log, sentence_of
from fairview.experiments import OffPolicy

K = 10


def randomised_world(seed: int) -> World:
    """A day of pages drawn at random from the 20 best candidates of each query."""
    return World.generate(
        WorldParameters(
            seed=seed, items=600, people=300, days=1, requests_per_day=2400, randomised_share=1.0,
            slate_size=K, pool_size=40, randomised_pool=20, feedback=0.0,
        )
    )  # fmt: skip


def judged(world: World, folder: Path, *, first: int, log: bool = True) -> tuple[OffPolicy, float]:
    """What the log says of each query's ten candidates from place `first`, and the truth."""
    workspace = Workspace.create(folder / "workspace", name="A world", synthetic=True)
    if log:
        world.write_events(folder / "events.parquet")
        EventStore(workspace).write(pq.read_table(folder / "events.parquet"))
    ranking, _ = world.first_ranking()
    queries = np.arange(len(ranking))
    pages = world.pools.item[queries[:, None], ranking[:, first : first + K]].astype(np.int64)
    found = clicks_by_log(workspace, slates_of(world, queries, np.zeros_like(queries), pages))
    rng = np.random.default_rng(world.parameters.seed)
    query, person = world.draw_requests(40_000, rng)
    new = np.zeros((len(query), K), np.int16)
    did = world.simulate_clicks(query, pages[query], person, rng, weekday=0, days_shown=new)
    return found, float(did.click.mean())


def test_an_empty_log_says_nothing_of_clicks(tmp_path: Path) -> None:
    found, _ = judged(randomised_world(1), tmp_path, first=0, log=False)
    assert found.value is None
    assert "no randomised page of these queries" in sentence_of("any", found)


def test_a_log_says_within_its_interval_what_the_world_would_do(tmp_path: Path) -> None:
    found, truth = judged(randomised_world(2), tmp_path, first=5)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= truth <= found.high
    assert f"{100 * found.value:.1f} clicks per 100" in sentence_of("any", found)  # type: ignore[operator]


@pytest.mark.prove
def test_intervals_hold_the_truth_at_about_their_rate(tmp_path: Path) -> None:
    """Of 40 worlds, for a page of the middle places, and for one of the best.

    People who clicked look on less often, so what stands above an item matters, which the
    estimator leaves out. On pages of the middle it cancels out; a page of the best ones gets more
    clicks by the log than it would, because random pages have worse items above.
    """
    for first, most in ((5, 0.06), (0, 0.12)):
        covered, errors = 0, []
        for seed in range(40):
            folder = tmp_path / f"{first}-{seed}"
            folder.mkdir()
            found, truth = judged(randomised_world(seed), folder, first=first)
            assert found.value is not None
            covered += bool(found.low <= truth <= found.high)  # type: ignore[operator]
            errors.append(found.value / truth - 1)
        assert covered >= 34, first
        assert abs(np.mean(errors)) <= most, (first, np.mean(errors))
