"""Interventions on a small page: replayed in pairs, recommended within a price, audited again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import small_workspace as small
from click.testing import CliRunner

from fairview.audit import AuditSpec
from fairview.catalog import Workspace
from fairview.cli.app import program
from fairview.core import DataError, UsageError
from fairview.discovery import SearchEngine, audit_again, intervene_on_page, traffic_of
from fairview.discovery.page_replay import PageReplay
from fairview.interventions import InterventionSpec
from fairview.retrieval import build_index

K = 12
SPEC = f"""
utility: {{measure: "NDCG(ideal='column')@{K}"}}
fairness:
  - measure: ExposureGap(by='skin_tone', target='uniform')@{K}
  - measure: Div(by='skin_tone')@{K}
constraints:
  - {{measure: "NDCG(ideal='column')@{K}", loses_at_most: LOSS}}
candidates:
  - name: dpp
    settings: {{discovery.reranker: dpp, discovery.representation: [0.0, 0.9]}}
  - name: top
    settings: {{discovery.reranker: top_k}}
"""
AUDIT = AuditSpec.default("skin_tone", K)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = small.make(
        tmp_path_factory.mktemp("page"), discovery={"slate_size": K, "target": "uniform"}
    )
    small.add_vectors(made)
    small.add_people(made)
    small.add_events(made, 300)
    build_index(made)
    return made


def grades(engine: SearchEngine) -> dict[tuple[str, str], float]:
    """Items of a query's theme are relevant, its liked ones more."""
    found = {}
    for item, number in small.numbers_of(engine.parts.workspace).items():
        found[small.THEMES[number % 3], item] = 2.0 if small.is_liked(number) else 1.0
    return found


def tried(workspace: Workspace, loss: float) -> object:
    engine = SearchEngine.open(workspace)
    traffic = traffic_of(workspace, np.random.default_rng(0))
    spec = InterventionSpec.from_text(SPEC.replace("LOSS", str(loss)))
    return intervene_on_page(engine, spec, AUDIT, traffic, grades=grades(engine))


def test_the_recommended_point_is_the_fairest_that_its_price_allows(workspace: Workspace) -> None:
    result = tried(workspace, 0.9)
    assert result.recommendation.name == "dpp, representation 0.9"  # type: ignore[attr-defined]
    point = result.point("dpp, representation 0.9")  # type: ignore[attr-defined]
    gap = point.change(result.spec.fairness[0])  # type: ignore[attr-defined]
    assert gap.difference < 0
    assert gap.is_shown
    assert "no shown gain" in result.recommendation.refused["top"][0]  # type: ignore[attr-defined]
    dear = tried(workspace, 0.0)
    assert dear.recommendation.name == ""  # type: ignore[attr-defined]
    assert "loses at most 0" in dear.recommendation.reason  # type: ignore[attr-defined]
    assert dear.configuration() == ""  # type: ignore[attr-defined]


def test_equal_pages_give_equal_figures(workspace: Workspace) -> None:
    """Replaying top_k is the baseline again: no figure moves, not even by chance."""
    result = tried(workspace, 0.9)
    top = result.point("top")  # type: ignore[attr-defined]
    for change in top.result.changes:
        assert change.difference in (None, 0.0)


def test_the_frontier_holds_what_nothing_beats(workspace: Workspace) -> None:
    result = tried(workspace, 0.9)
    for names in result.frontiers.values():  # type: ignore[attr-defined]
        assert names
        assert set(names) <= {"by relevance alone", "top", *(p.name for p in result.points)}  # type: ignore[attr-defined]


def test_what_the_log_can_not_say_is_said(workspace: Workspace) -> None:
    """The log of this workspace shuffles each page: a tenth of it speaks of any one page."""
    result = tried(workspace, 0.9)
    said = " ".join(result.notes)  # type: ignore[attr-defined]
    assert "not what people would do" in said
    assert "clicks per 100" in said or "can't be told from the log" in said


def test_a_replay_leaves_the_workspace_as_it_was(workspace: Workspace) -> None:
    before = (workspace.root / "fairview.toml").read_text()
    engine = SearchEngine.open(workspace)
    pages = PageReplay(engine, AUDIT, traffic_of(workspace, np.random.default_rng(0)))
    changed = pages.replay({"discovery.reranker": "top_k"})
    assert changed.slates.candidates.item_ids.tolist() != (
        pages.replay().slates.candidates.item_ids.tolist()
    )
    assert engine.settings.discovery.reranker == "dpp"
    assert (workspace.root / "fairview.toml").read_text() == before
    with pytest.raises(UsageError, match="decides what is compared"):
        pages.replay({"discovery.slate_size": 3})
    with pytest.raises(DataError, match=r"no setting .discovery\.colour."):
        pages.replay({"discovery.colour": 3})


def test_reweighed_training_is_a_candidate(workspace: Workspace) -> None:
    engine = SearchEngine.open(workspace)
    pages = PageReplay(engine, AUDIT, traffic_of(workspace, np.random.default_rng(0)))
    models = sorted(path.name for path in workspace.models_dir.rglob("*"))
    plain = pages.replay({"ranking.reweighing": 0.0}, diversify=False)
    reweighed = pages.replay({"ranking.reweighing": 1.0}, diversify=False)
    utility = [r.slates.candidates.columns["utility"] for r in (plain, reweighed)]
    assert not np.array_equal(*utility)
    assert sorted(path.name for path in workspace.models_dir.rglob("*")) == models


def test_the_command_writes_a_report_and_settings_and_audits_again(tmp_path: Path) -> None:
    made = small.make(tmp_path, discovery={"slate_size": K, "target": "uniform"})
    small.add_vectors(made)
    small.add_people(made)
    small.add_events(made, 200)
    build_index(made)
    spec = tmp_path / "interventions.yaml"
    spec.write_text(
        f"""
utility: {{measure: "ExposureShare(by='skin_tone')@{K}", slice: 1-3}}
fairness:
  - measure: ExposureGap(by='skin_tone', target='uniform')@{K}
candidates:
  - name: dpp
    settings: {{discovery.reranker: dpp, discovery.representation: [0.1, 0.95]}}
"""
    )
    out = tmp_path / "out"
    arguments = ["intervene", "--spec", str(spec), "--out", str(out), "--apply", "--json"]
    ran = CliRunner().invoke(program, [*arguments, "-w", str(made.root)], standalone_mode=False)
    assert ran.exception is None, ran.output
    found = json.loads((out / "interventions.json").read_text())
    names = {p.name for p in out.iterdir()}
    assert {"interventions.html", "interventions.md", "interventions.json"} <= names
    assert found["recommendation"]["name"], found["recommendation"]
    assert ran.return_value == 0
    chosen = next(p for p in found["points"] if p["name"] == found["recommendation"]["name"])
    opened = Workspace.open(made.root)
    written = opened.settings.discovery
    assert written.representation == chosen["settings"]["discovery.representation"]
    assert written.slate_size == K, "other settings stay"
    again = json.loads((out / "after.json").read_text())
    gap = next(e for e in again["estimates"] if e["measure"].startswith("ExposureGap"))
    assert gap["value"] == pytest.approx(chosen["figures"][gap["measure"]]["estimate"]["value"])
    page = (out / "interventions.html").read_text()
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_what_is_audited_again_is_the_recommended_page(workspace: Workspace) -> None:
    result = tried(workspace, 0.9)
    chosen = result.point(result.recommendation.name)  # type: ignore[attr-defined]
    engine = SearchEngine.open(workspace.with_settings(dict(chosen.settings)))
    traffic = traffic_of(workspace, np.random.default_rng(0))
    again = audit_again(engine, result, AUDIT, traffic, grades=grades(engine))  # type: ignore[arg-type]
    figure = result.spec.fairness[0]  # type: ignore[attr-defined]
    assert again.of(figure.measure)[0].value == chosen.estimate(figure).value


def test_training_that_can_not_be_reweighed_is_said_and_not_called_no_effect(
    tmp_path: Path,
) -> None:
    made = small.make(tmp_path, discovery={"slate_size": K, "target": "uniform"})
    small.add_vectors(made)
    small.add_events(made, 300)
    build_index(made)
    engine = SearchEngine.open(made)
    traffic = traffic_of(made, np.random.default_rng(0))
    pages = PageReplay(engine, AuditSpec(measures=(f"NDCG(ideal='column')@{K}",)), traffic)
    with pytest.raises(UsageError, match="can't be reweighed: no signal says anything of skin"):
        pages.replay({"ranking.reweighing": 1.0})
