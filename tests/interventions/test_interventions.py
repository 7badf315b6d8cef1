"""The file of interventions, the frontier and the recommendation, by hand-made points."""

from __future__ import annotations

import itertools
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.audit import AuditResult, AuditSpec
from fairview.core import DataError, MissingError, Outcome, RunRecord, Verdict
from fairview.interventions import InterventionResult, InterventionSpec, Point, frontier, recommend
from fairview.interventions.report import configuration, toml_of
from fairview.measure import Change, Estimate, SamplingUnit, Status

UTILITY, GAP, DIV = (
    "NDCG@10",
    "ExposureGap(by='x', target='uniform')@10",
    "Div(by='x')@10",
)
TEXT = f"""
utility: {{measure: NDCG@10}}
fairness:
  - measure: {GAP}
  - measure: {DIV}
constraints:
  - {{measure: NDCG@10, loses_at_most: 0.03}}
  - {{measure: "{DIV}", at_least: 0.5}}
candidates:
  - name: any
    settings: {{discovery.reranker: [a, b], discovery.diversity: [0.1, 0.2]}}
"""
SPEC = InterventionSpec.from_text(TEXT)
ANY = "name: any\n    settings: {discovery.reranker: [a, b], discovery.diversity: [0.1, 0.2]}"
ONE = "name: by relevance alone\n    settings: {discovery.reranker: a}"


def estimate(measure: str, value: float, reach: float = 0.01) -> Estimate:
    return Estimate(
        measure, "overall", value, value - reach, value + reach, 0.95, 100, 100.0, 0,
        Status.OK, SamplingUnit.PERSON, "by hand",
    )  # fmt: skip


RECORD = RunRecord.capture("test", data_digest="d", parameters={})
BEFORE = {UTILITY: 0.9, GAP: 0.3, DIV: 0.4}


def point(name: str, utility: float, gap: float, div: float, reach: float = 0.01) -> Point:
    now = {UTILITY: utility, GAP: gap, DIV: div}
    estimates = tuple(estimate(m, v, reach) for m, v in now.items())
    changes = tuple(
        Change(
            m, "overall", estimate(m, BEFORE[m], reach), estimate(m, v, reach),
            v - BEFORE[m], v - BEFORE[m] - reach, v - BEFORE[m] + reach, 0.95, Status.OK, "paired",
        )
        for m, v in now.items()
    )  # fmt: skip
    verdict = Verdict(Outcome.PASS, "none", "no gate")
    result = AuditResult(
        AuditSpec(measures=(UTILITY,)), estimates, (), verdict, {}, (), (), RECORD, True, changes
    )
    return Point(name, "re-ranking", {"discovery.reranker": name}, result)


BASELINE = point("by relevance alone", 0.9, 0.3, 0.4)


def test_the_best_at_what_is_preferred_within_its_price() -> None:
    points = [
        point("cheap", 0.89, 0.2, 0.7),
        point("fair", 0.885, 0.1, 0.8),
        point("fairest but dear", 0.8, 0.02, 0.9),
        point("too narrow", 0.9, 0.05, 0.505),
    ]
    found = recommend(SPEC, BASELINE, points)
    assert found.name == "fair"
    assert "loses at most 0.03" in found.refused["fairest but dear"][0]
    assert "at least 0.5" in found.refused["too narrow"][0], "its interval reaches below 0.5"


def test_nothing_is_recommended_that_is_not_shown_to_be_better() -> None:
    found = recommend(SPEC, BASELINE, [point("same", 0.9, 0.295, 0.9, reach=0.02)])
    assert found.name == ""
    assert "no shown gain" in found.refused["same"][0]
    assert "No point can be recommended" in found.reason
    assert recommend(SPEC, BASELINE, []).reason == "Nothing was tried."


def test_of_equally_fair_points_the_more_useful_is_taken() -> None:
    points = [point("b", 0.88, 0.1, 0.8), point("a", 0.89, 0.1, 0.8), point("c", 0.89, 0.1, 0.8)]
    assert recommend(SPEC, BASELINE, points).name == "a"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.7, 0.8, 0.9]), st.sampled_from([0.1, 0.2, 0.3])),
        min_size=1,
        max_size=8,
    )
)
def test_the_frontier_is_what_no_point_beats(values: list[tuple[float, float]]) -> None:
    points = [point(f"p{i}", u, g, 0.5) for i, (u, g) in enumerate(values)]
    found = frontier(points, SPEC.utility, SPEC.fairness[0])
    chosen = {values[int(name[1:])] for name in found}
    for (i, mine), (j, other) in itertools.permutations(enumerate(values), 2):
        beaten = other[0] >= mine[0] and other[1] <= mine[1] and other != mine
        assert not (beaten and f"p{i}" in found), (i, j)
    for value in values:
        beaten = any(o[0] >= value[0] and o[1] <= value[1] and o != value for o in values)
        assert beaten or value in chosen


def test_a_grid_is_every_combination_named_by_what_differs() -> None:
    names = [name for name, _ in SPEC.candidates[0].changes()]
    assert names[0] == "any, reranker a, diversity 0.1"
    assert len(set(names)) == 4
    assert SPEC.candidates[0].stage == "re-ranking"
    assert SPEC.measures == (UTILITY, GAP, DIV)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("loses_at_most: 0.03", "loses_at_most: 0.03, at_least: 1", "exactly one of at_least"),
        ("NDCG@10}", "NDGC@10}", "There is no measure 'NDGC'"),
        ("discovery.reranker", "catalog.batch", "changes no stage"),
        ("[a, b]", "[]", "at least one value"),
        (ANY, ONE, "as the baseline is"),
        ("utility:", "utlity:", "utility: Field required"),
        ("[0.1, 0.2]", str([i / 1000 for i in range(150)]), "at most 200 are tried"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        InterventionSpec.from_text(TEXT.replace(old, new, 1))


def test_the_default_file_is_valid_for_any_attribute(tmp_path: Path) -> None:
    found = InterventionSpec.default("hair_pattern", "uniform", 12)
    assert found.utility.measure == "NDCG(ideal='column')@12"
    assert {c.stage for c in found.candidates} == {"re-ranking", "retrieval", "training"}
    with pytest.raises(MissingError, match="no file of interventions"):
        InterventionSpec.load(tmp_path / "none.yaml")


def made_result(points: list[Point]) -> InterventionResult:
    every = [BASELINE, *points]
    return InterventionResult(
        SPEC,
        BASELINE,
        tuple(points),
        {str(f): frontier(every, SPEC.utility, f) for f in SPEC.fairness},
        recommend(SPEC, BASELINE, points),
        ("A note.",),
        RECORD,
        synthetic=True,
        failed={"b": "It has no settings."},
    )


def test_the_report_says_before_after_price_and_what_it_can_not_say() -> None:
    result = made_result([point("fair", 0.885, 0.1, 0.8), point("dear <b>", 0.7, 0.05, 0.9)])
    page = result.to_html()
    assert "Take “fair”" in page
    assert page.count("<svg") == 2
    assert "dear &lt;b&gt;" in page
    assert "A note." in page
    assert "It has no settings." in page
    assert "Synthetic data" in page
    text = result.to_markdown()
    assert "| **fair** | re-ranking | 0.885 [0.875, 0.895] (-0.015: -0.025 to -0.005) |" in text
    plain = json.loads(result.to_json())
    assert plain["recommendation"]["name"] == "fair"
    assert configuration(result) == '[discovery]\nreranker = "fair"'


def test_settings_are_written_section_by_section() -> None:
    text = toml_of({"discovery.diversity": 0.5, "ranking.reweighing": 1.0, "discovery.k": True})
    assert text == "[discovery]\ndiversity = 0.5\nk = true\n[ranking]\nreweighing = 1.0"


def test_without_a_baseline_nothing_is_shown_to_be_better() -> None:
    gap = Estimate(
        GAP, "overall", None, None, None, 0.95, 0, 0.0, 0, Status.UNDEFINED, SamplingUnit.PERSON, ""
    )
    kept = tuple(e for e in BASELINE.result.estimates if e.measure != GAP)
    blind = replace(BASELINE, result=replace(BASELINE.result, estimates=(*kept, gap)))
    found = recommend(SPEC, blind, [point("fair", 0.885, 0.1, 0.8)])
    assert found.name == ""
    assert "no value of the baseline" in found.refused["fair"][0]


def test_points_that_are_alike_stand_on_the_frontier_together() -> None:
    points = [point("a", 0.9, 0.1, 0.5), point("b", 0.9, 0.1, 0.5), point("c", 0.8, 0.1, 0.5)]
    assert frontier(points, SPEC.utility, SPEC.fairness[0]) == ("a", "b")


def test_texts_in_settings_stay_valid_toml() -> None:
    text = toml_of({"discovery.target": 'a "quoted" \\ one'})
    assert tomllib.loads(text) == {"discovery": {"target": 'a "quoted" \\ one'}}


def test_a_name_with_a_bar_stays_in_its_cell() -> None:
    text = made_result([point("a|b", 0.885, 0.1, 0.8)]).to_markdown()
    row = next(line for line in text.splitlines() if "a\\|b" in line)
    assert row.replace("\\|", "").count("|") == 6


def test_the_file_in_the_documentation_is_a_valid_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "interventions.md").read_text(encoding="utf-8")
    found = InterventionSpec.from_text(page.split("```yaml")[1].split("```")[0])
    assert sum(len(c.changes()) for c in found.candidates) == 6
    assert {c.stage for c in found.candidates} == {"re-ranking", "retrieval", "training"}
