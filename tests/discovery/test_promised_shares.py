"""Shares of the candidates that groups and sources are promised, and what people took together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import EventStore, Workspace
from fairview.core import Refinement, Slates, UsageError
from fairview.discovery import SearchEngine
from fairview.discovery.parts import Parts
from fairview.discovery.taken_together import taken_together

MOST = 20


def under(workspace: Workspace, **discovery: object) -> SearchEngine:
    changes = {f"discovery.{name}": value for name, value in discovery.items()}
    return SearchEngine(Parts.read(workspace.with_settings(changes)))


def counts(slates: Slates) -> dict[str, int]:
    """Return how many of the candidates that reach the ranker hold each group."""
    column = slates.candidates.groups["skin_tone"]
    held = column.contains.sum(axis=0).tolist()
    return dict(zip(column.ranges.names, held, strict=True))


def page(engine: SearchEngine, query: str = "makeup", diversify: bool = True) -> Slates:
    """Return all candidates: the slate is as long as what reaches the ranker."""
    return engine.batch([query], k=MOST, diversify=diversify)


def test_each_group_keeps_its_promised_share_of_the_candidates(trained: Workspace) -> None:
    before = counts(page(under(trained, candidates=MOST)))
    after = counts(page(under(trained, candidates=MOST, minimum_share=0.2)))
    assert min(before.values()) < 0.2 * MOST, "the test needs a group that retrieval passes over"
    assert min(after.values()) >= 0.2 * MOST
    assert sum(after.values()) <= MOST


def test_a_page_by_relevance_is_promised_nothing(trained: Workspace) -> None:
    plain = page(under(trained, candidates=MOST), diversify=False)
    promised = page(under(trained, candidates=MOST, minimum_share=0.2), diversify=False)
    assert promised.candidates.item_ids.tolist() == plain.candidates.item_ids.tolist()


def test_a_group_without_enough_matches_gives_its_places_back(trained: Workspace) -> None:
    """Lamps show nobody, and a query for them is answered with as many candidates."""
    found = page(under(trained, candidates=MOST, minimum_share=0.25), "lamp")
    assert len(found.candidates) == MOST
    assert len(set(found.candidates.item_ids.tolist())) == MOST


def test_who_refines_by_the_attribute_gets_what_matches_alone(trained: Workspace) -> None:
    chosen = Refinement({"skin_tone": "8-10"})
    plain = under(trained, candidates=MOST).search("makeup", refine=chosen, log=False)
    promised = under(trained, candidates=MOST, minimum_share=0.2).search(
        "makeup", refine=chosen, log=False
    )
    assert [item.id for item in plain.items] == [item.id for item in promised.items]


def test_each_source_keeps_its_promised_share(trained: Workspace) -> None:
    def brought(source_share: float) -> int:
        engine = under(trained, candidates=MOST, source_share=source_share)
        found = page(engine, "red").candidates
        return int(np.isfinite(found.columns["similar_pictures_score"]).sum())

    assert brought(0.25) >= min(0.25 * MOST, MOST)
    assert brought(0.25) >= brought(0.0)


def test_promises_of_more_than_everything_are_refused(trained: Workspace) -> None:
    with pytest.raises(UsageError, match=r"sum to 1\.6"):
        under(trained, minimum_share=0.4)
    with pytest.raises(UsageError, match=r"sum to 1\.2"):
        under(trained, minimum_share=0.2, source_share=0.1)


def test_what_people_took_together_is_related(trained: Workspace) -> None:
    engine = under(trained, graph=True)
    graph = engine.parts.graph
    assert graph is not None
    seed = int(np.argmax(graph.degree))
    slates = engine._silent["related"].run(_related(engine, seed))
    found = slates.candidates
    walked = np.isfinite(found.columns["graph_score"])
    assert walked.any()
    assert seed not in found.columns["row"].tolist()
    people = graph.boards[graph.item_offsets[seed] : graph.item_offsets[seed + 1]]
    direct = np.unique(
        np.concatenate(
            [graph.items[graph.board_offsets[p] : graph.board_offsets[p + 1]] for p in people]
        )
    )
    best = found.columns["row"][walked][np.argsort(-found.columns["graph_score"][walked])[:5]]
    assert np.isin(best, direct).all()


def test_without_the_setting_no_log_is_read(engine: SearchEngine) -> None:
    assert engine.parts.graph is None


def test_the_graph_is_who_clicked_what(trained: Workspace) -> None:
    ids = SearchEngine.open(trained).parts.items.item_ids
    graph = taken_together(trained, ids)
    rows = EventStore(trained).events().to_pylist()
    pairs = {(r["item_id"], r["cluster_id"]) for r in rows if r["action"] in ("click", "save")}
    assert int(graph.degree.sum()) == len(pairs)


def test_an_empty_log_makes_an_empty_graph(tmp_path: Path) -> None:
    workspace = small.make(tmp_path, items=6)
    assert taken_together(workspace, np.array(["a", "b"])).degree.tolist() == [0, 0]


def _related(engine: SearchEngine, row: int) -> object:
    from fairview.discovery.asking import Ask

    return Ask(MOST, True, "test").for_item(engine.parts, "one", row)
