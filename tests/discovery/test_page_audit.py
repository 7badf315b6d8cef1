"""The page's audit: the same requests by relevance and balanced, and what a run leaves on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairview.audit import AuditSpec
from fairview.catalog import Workspace, ingest
from fairview.core import DataError, MissingError
from fairview.discovery import (
    SearchEngine,
    Traffic,
    audit_page,
    latest_run,
    save_run,
    traffic_of,
)
from fairview.discovery.judgements import read_grades

K = 8
SPEC = AuditSpec.default("skin_tone", K)


def traffic(engine: SearchEngine) -> Traffic:
    return traffic_of(engine.parts.workspace, np.random.default_rng(0))


def test_traffic_is_the_logs_searches_and_is_drawn_by_the_generator(trained: Workspace) -> None:
    everything = traffic_of(trained, np.random.default_rng(0))
    assert len(set(everything.request_ids.tolist())) == len(everything)
    assert "of the log" in everything.source
    some = [traffic_of(trained, np.random.default_rng(seed), most=5) for seed in (1, 1, 2)]
    assert some[0].request_ids.tolist() == some[1].request_ids.tolist()
    assert some[0].request_ids.tolist() != some[2].request_ids.tolist()
    assert set(some[0].request_ids) <= set(everything.request_ids)


def test_without_events_and_tags_the_words_of_titles_are_searched_for(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "shop")
    titles = [*(f"The red coat {n}" for n in range(6)), *("a coat", "lamp"), *["hat"] * 4]
    (tmp_path / "items.csv").write_text("\n".join(["title", *titles]))
    ingest(workspace, tmp_path / "items.csv")
    asked = traffic_of(workspace, np.random.default_rng(0))
    assert asked.queries.tolist() == ["coat", "red"]
    assert "2 most frequent words of titles" in asked.source
    few = Workspace.create(tmp_path / "few")
    (tmp_path / "few.csv").write_text("title\nhat")
    ingest(few, tmp_path / "few.csv")
    with pytest.raises(MissingError, match="no tag or word of titles that 5 items have"):
        traffic_of(few, np.random.default_rng(0))


def test_both_sides_answer_the_same_requests(engine: SearchEngine) -> None:
    asked = traffic(engine)
    page = audit_page(engine, SPEC, asked)
    before, after = (
        [e for e in side.estimates if e.measure.startswith("Div") and e.slice == "overall"]
        for side in (page.before, page.after)
    )
    assert before, page.before.missing
    assert before[0].n == after[0].n
    assert any(said.startswith("No events of these pages") for said in page.after.missing)
    assert page.before.counts["requests"] == page.after.counts["requests"] == len(asked)
    assert page.after.changes
    assert {c.before.measure for c in page.after.changes} == {
        e.measure for e in page.after.estimates
    }


def test_grades_bring_ndcg_against_the_best_page(engine: SearchEngine) -> None:
    asked = traffic(engine)
    everything = engine.parts.items.item_ids.tolist()
    grades = {(str(q), item): 1.0 for q in set(asked.queries.tolist()) for item in everything}
    page = audit_page(engine, SPEC, asked, grades=grades)
    [ndcg] = [e for e in page.after.estimates if e.measure.startswith("NDCG")]
    assert ndcg.value is not None
    assert ndcg.value == pytest.approx(1.0)
    without = audit_page(engine, SPEC, asked)
    assert not [e for e in without.after.estimates if e.measure.startswith("NDCG")]


def test_a_run_is_saved_and_found_again(engine: SearchEngine, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "other")
    assert latest_run(workspace) is None
    page = audit_page(engine, SPEC, traffic(engine))
    saved = save_run(workspace, {"page-before": page.before, "page": page.after})
    found = latest_run(workspace)
    assert found == saved
    assert found.parts == ("page", "page-before")
    again = found.result("page")
    assert again.estimates == page.after.estimates
    assert again.changes == page.after.changes
    assert "<html" in found.report("page").read_text()


def test_a_provider_group_that_reads_unknown_is_no_group(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "shop")
    rows = [f"coat {n},{'ab'[n % 2]}" for n in range(8)] + [f"lamp {n},unknown" for n in range(8)]
    (tmp_path / "items.csv").write_text("\n".join(["title,gender", *rows]))
    ingest(workspace, tmp_path / "items.csv")
    spec = AuditSpec.from_text("attributes: [gender]\nmeasures: [\"Div(by='gender')@8\"]")
    ids = np.array([f"r{n}" for n in range(20)])
    asked = Traffic(ids, np.full(20, "coat"), ids, "coats")
    page = audit_page(SearchEngine.open(workspace), spec, asked)
    found = [e.value for e in page.after.estimates if e.slice == "overall"]
    assert found == [1.0], page.after.missing


def test_judgements_are_checked(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text("query,item_id,grade\ntea,a,2\n")
    assert read_grades(good) == {("tea", "a"): 2.0}
    pq.write_table(
        pa.table({"query": ["x"], "item_id": ["b"], "grade": [1]}), tmp_path / "g.parquet"
    )
    assert read_grades(tmp_path / "g.parquet") == {("x", "b"): 1.0}
    bad = tmp_path / "bad.csv"
    bad.write_text("query,item_id\ntea,a\n")
    with pytest.raises(DataError, match="lacks grade"):
        read_grades(bad)
    bad.write_text("query,item_id,grade\ntea,a,-1\n")
    with pytest.raises(DataError, match="has the grade -1"):
        read_grades(bad)
    with pytest.raises(MissingError, match="no judgements"):
        read_grades(tmp_path / "gone.csv")


def test_judgements_keep_ids_as_they_are_and_broken_ones_are_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    path.write_text("query,item_id,grade\ncoat,0012,2\n")
    assert read_grades(path) == {("coat", "0012"): 2.0}
    for name in ("grades.csv", "grades.parquet"):
        (tmp_path / name).write_text('query,item_id,grade\n"a,b\n')
        with pytest.raises(DataError, match=f"{name} can't be read"):
            read_grades(tmp_path / name)
