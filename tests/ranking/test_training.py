"""Training on a log: what is dropped, what is learned, and what may never be learned from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fairview.catalog import EventStore, Workspace
from fairview.core import EVENT_FIELDS, RANGES, DataError, MissingError, arrow_schema
from fairview.ranking import FEATURES, MATCH_COLUMNS, Ranker, train
from fairview.ranking.colour_words import colour_match, targets_of
from fairview.ranking.ranker import RANKER_FILE
from fairview.ranking.training_log import read_log

ITEMS = np.array([f"{n:016x}" for n in range(40)])
START = datetime(2026, 5, 1, tzinfo=UTC)


class FakeMatcher:
    """Every item matches every query alike, but for its BM25."""

    item_ids = ITEMS

    def match(self, query: str, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        columns = {name: np.zeros(len(rows)) for name in MATCH_COLUMNS}
        return {**columns, "bm25": (rows % 4).astype(float)}


def event(
    request: int, item: int, position: int, action: str, **given: object
) -> dict[str, object]:
    return {
        "event_id": f"{request}-{position}-{action}",
        "request_id": f"r{request}",
        "slate_id": f"s{request}",
        "surface": "search",
        "cluster_id": "c",
        "query": "coat",
        "item_id": str(ITEMS[item]),
        "position": position,
        "viewed": True,
        "action": action,
        "event_time": START + timedelta(minutes=30 * request),
        "policy": "p",
        **given,
    }


def write(workspace: Workspace, rows: list[dict[str, object]]) -> None:
    EventStore(workspace).write(pa.Table.from_pylist(rows, schema=arrow_schema(EVENT_FIELDS)))


def log_of(requests: int, seed: int = 0) -> list[dict[str, object]]:
    rng = np.random.default_rng(seed)
    rows = []
    for request in range(requests):
        for position, item in enumerate(rng.permutation(40)[:8], start=1):
            rows.append(event(request, int(item), position, "impression"))
            if rng.random() < (0.1 + 0.15 * (item % 4)) * position**-0.5:
                rows.append(event(request, int(item), position, "click"))
    return rows


def test_without_events_it_says_so(workspace: Workspace) -> None:
    with pytest.raises(MissingError, match="no events to learn from"):
        train(workspace, FakeMatcher())
    write(workspace, [event(0, 0, 1, "impression", surface="related")])
    with pytest.raises(MissingError, match="No event is an impression on a search page"):
        train(workspace, FakeMatcher())


def test_too_few_clicks_are_said(workspace: Workspace) -> None:
    write(workspace, [event(r, 0, 1, "impression") for r in range(30)])
    with pytest.raises(MissingError, match="too few clicks"):
        train(workspace, FakeMatcher())


def test_pages_that_nobody_is_known_to_have_looked_at_teach_nothing(workspace: Workspace) -> None:
    write(workspace, [event(r, 0, 1, "impression", viewed=None) for r in range(30)])
    with pytest.raises(MissingError, match="30 not known to be looked at"):
        train(workspace, FakeMatcher())


def test_what_can_not_be_learned_from_is_counted(workspace: Workspace) -> None:
    write(
        workspace,
        [
            event(0, 0, 1, "impression"),
            event(0, 0, 1, "click"),
            event(1, 1, 1, "impression", viewed=False),
            event(2, 2, 1, "impression", query=None),
            event(3, 3, 1, "impression", item_id="gone"),
            event(4, 4, 2, "click"),
            event(5, 5, 1, "impression", viewed=None),
            event(6, 6, 1, "impression", viewed=None),
            event(6, 7, 2, "impression", viewed=None),
            event(6, 7, 2, "click", viewed=None),
        ],
    )
    log = read_log(workspace, ITEMS)
    assert log.row.tolist() == [0, 6, 7]
    assert log.did["click"].tolist() == [True, False, True]
    assert log.dropped == {
        "not indexed": 1,
        "without a query": 1,
        "never on screen": 1,
        "not known to be looked at": 1,
    }


def test_it_learns_what_was_planted_and_keeps_it(workspace: Workspace) -> None:
    write(workspace, log_of(600))
    report = train(workspace, FakeMatcher())
    click = report.heads["click"]
    assert (click.auc or 0) > 0.6
    assert (click.calibration_error or 1) < 0.05
    assert click.predicted == pytest.approx(click.observed, abs=0.04)
    assert (report.ndcg or 0) > (report.ndcg_logged or 1) - 0.1
    assert [note for note in report.notes if "hide" in note]
    assert report.to_dict()["requests"] == 600
    ranker = Ranker.open(workspace.models_dir)
    assert ranker.report["impressions"] == 4800
    assert len(ranker.version) == 8
    popularity = ranker.popularity_of(np.array([ITEMS[3], "unknown"]))
    assert popularity.looks[0] > 0
    assert popularity.looks[1] == 0


def test_training_again_gives_the_same_ranker(tmp_path: Path) -> None:
    versions = []
    for name in ("a", "b"):
        workspace = Workspace.create(tmp_path / name)
        write(workspace, log_of(300))
        train(workspace, FakeMatcher())
        versions.append(Ranker.open(workspace.models_dir).version)
    assert versions[0] == versions[1]


def test_a_damaged_or_foreign_ranker_says_what_to_run(workspace: Workspace) -> None:
    with pytest.raises(MissingError, match="fairview train"):
        Ranker.open(workspace.models_dir)
    for text in ("{", '{"format": 1, "features": ["other"]}'):
        (workspace.models_dir / RANKER_FILE).write_text(text)
        with pytest.raises(DataError, match="fairview train"):
            Ranker.open(workspace.models_dir)


def test_no_feature_speaks_of_people() -> None:
    room = Path(__file__).resolve().parents[2] / "src" / "fairview" / "ranking"
    for path in room.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "read_groups" not in text, path
        assert ".groups" not in text, path
        assert "refinement(" not in text, path
        for attribute in RANGES:
            assert attribute not in text, path
    assert not set(FEATURES) & set(RANGES)


def test_colours_that_were_asked_for_are_seen() -> None:
    red, blue = (53.0, 70.0, 50.0, 1.0), (40.0, 15.0, -55.0, 1.0)
    colours = np.zeros((2, 20))
    colours[0, :4], colours[1, :4] = red, blue
    match = colour_match(colours, targets_of("something RED"))
    assert match[0] > 0.5 > match[1]
    assert len(targets_of("something else")) == 0
