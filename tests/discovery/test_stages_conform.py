"""Every stage of the pages keeps the contract of its kind, on a batch and one by one."""

from __future__ import annotations

import numpy as np
import pytest
import small_workspace as small

from fairview.catalog import Workspace
from fairview.core import Candidates, Pipeline, Refinement, Requests, Source
from fairview.core.conformance import stage_violations
from fairview.discovery.asking import Ask
from fairview.discovery.parts import Parts
from fairview.discovery.refinement import RefinementRules
from fairview.discovery.wiring import RELATED_PAGE, SEARCH_PAGE, pipeline
from fairview.retrieval import build_index

QUERIES = ["red makeup", "coat", "lamp evening"]


def check_all(stages: Pipeline, requests: Requests) -> None:
    before = []
    for stage in stages.stages:
        candidates = (
            Pipeline(before).run(requests).candidates
            if any(isinstance(one, Source) for one in before)
            else Candidates.merge(requests, {})
        )
        assert stage_violations(stage, candidates) == []
        before.append(stage)


def parts_and_rules(workspace: Workspace) -> tuple[Parts, RefinementRules]:
    parts = Parts.read(workspace)
    items = parts.items
    return parts, RefinementRules(parts.signals.refinable, items.facets(), items.picture_of)


@pytest.mark.parametrize("refinement", [None, Refinement({"skin_tone": "1-3"})])
def test_search(trained: Workspace, refinement: Refinement | None) -> None:
    parts, rules = parts_and_rules(trained)
    ask = Ask(7, True, "c", refinement=refinement)
    check_all(pipeline(parts, rules, SEARCH_PAGE), ask.for_queries(parts, ["a", "b", "c"], QUERIES))


def test_related(trained: Workspace) -> None:
    parts, rules = parts_and_rules(trained)
    one = Ask(7, True, "c").for_item(parts, "a", 3)
    two = Requests(
        np.array(["a", "b"]), {name: np.repeat(c, 2, axis=0) for name, c in one.columns.items()}
    )
    check_all(pipeline(parts, rules, RELATED_PAGE), two)


def test_without_an_index_and_with_required_signals(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("bare")
    workspace = small.make(folder, 60, signals={"required": ["skin_tone"]})
    small.add_people(workspace)
    for indexed in (False, True):
        if indexed:
            build_index(workspace)
        parts, rules = parts_and_rules(workspace)
        requests = Ask(7, True, "c").for_queries(parts, ["a", "b", "c"], QUERIES)
        check_all(pipeline(parts, rules, SEARCH_PAGE), requests)
