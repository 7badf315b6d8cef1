"""In the synthetic world, whose ranker is skewed on purpose, ranking is named and nothing else."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from worlds_made import true_tones

from fairview.audit import membership_table
from fairview.audit.finding import StageLog, StagePart, stage_parts
from fairview.catalog.world import World, WorldParameters
from fairview.core import SKIN_TONE

pytestmark = pytest.mark.xdist_group("worlds")
DARKEST = SKIN_TONE.names[-1]


def parts_of_world(folder: Path, skew: tuple[float, ...]) -> dict[str, StagePart]:
    world = World.generate(
        WorldParameters(
            seed=11, items=700, people=300, days=1, requests_per_day=400, candidate_sampling=1.0,
            randomised_share=0.0, feedback=0.0, ranking_skew=skew,
        )
    )  # fmt: skip
    world.write_events(folder / "events.parquet", candidates=folder / "candidates.parquet")
    events = pq.read_table(folder / "events.parquet")
    impressions = pa.compute.equal(events["action"], "impression")
    log = StageLog(
        pq.read_table(folder / "candidates.parquet"),
        membership_table("skin_tone", world.item_ids, true_tones(world)),
        catalogue=pa.table({"item_id": list(world.item_ids)}),
        shown=events.filter(impressions),
    )
    found = stage_parts(log, "skin_tone", scale="log")
    return {part.phase: part for part in found.of(DARKEST)}


def test_the_skewed_ranker_is_named(tmp_path: Path) -> None:
    taken = parts_of_world(tmp_path, (0.0, -0.3, -0.8, -1.5))
    given = parts_of_world(tmp_path, (0.0, 0.0, 0.0, 0.0))
    assert list(taken) == ["retrieval", "ranking", "display"]
    assert taken["retrieval"].part == pytest.approx(given["retrieval"].part)
    assert taken["ranking"].high is not None
    assert given["ranking"].low is not None
    assert taken["ranking"].high < min(given["ranking"].low, -0.3)
