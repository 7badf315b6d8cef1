"""Audits end to end on small worlds, their comparison, and what they leave behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from replays_made import SPEC, WORLD, audit, replay
from worlds_made import SMALL, day_slates, workspace_of

from fairview.audit import (
    AuditLog,
    AuditResult,
    AuditSpec,
    audit_workspace,
    compare,
    concerned_requests,
    log_from_slates,
    run_audit,
)
from fairview.catalog.world import World
from fairview.core import DataError, GroupColumn, Outcome, Refinement, UsageError
from fairview.measure import Precision, Status


def test_a_workspace_is_audited_from_its_events(tmp_path: Path) -> None:
    world = World.generate(SMALL)
    result = audit_workspace(workspace_of(world, tmp_path))
    assert result.synthetic
    assert result.run_record.synthetic
    assert {e.measure for e in result.estimates} == set(SPEC.measures)
    assert [v.rule for v in result.verdicts] == [g.rule for g in SPEC.gates]
    assert result.exit_code == result.verdict.exit_code
    supply = {e.slice: e.value for e in result.of("GroupShare(by='skin_tone')")}
    membership = world.items.membership()[:, :4].sum(axis=0)
    assert [supply[name] for name in ("1-3", "4-5", "6-7", "8-10")] == pytest.approx(
        (membership / membership.sum()).tolist()
    )
    again = audit_workspace(workspace_of(world, tmp_path / "again"))
    assert again.estimates == result.estimates
    assert again.run_record.data_digest == result.run_record.data_digest


def test_a_catalogue_without_events_is_audited_for_what_it_holds(tmp_path: Path) -> None:
    result = audit_workspace(workspace_of(World.generate(SMALL), tmp_path, events=False))
    assert {e.measure for e in result.estimates} == {"GroupShare(by='skin_tone')"}
    assert {e.method for e in result.estimates} == {"census"}
    assert result.verdict.outcome is Outcome.INSUFFICIENT
    assert result.exit_code == 3
    assert "covers representation in the catalogue only" in result.missing[0]
    assert any("Div@24" in sentence for sentence in result.missing)


def test_requests_that_an_attribute_does_not_apply_to_are_left_out_and_counted() -> None:
    day = next(WORLD.days())
    slates = day_slates(WORLD, day)
    asks = np.array([q.shows_people for q in WORLD.queries])[day.query]
    assert concerned_requests(slates, "skin_tone").tolist() == asks.tolist()
    result = run_audit(SPEC, log_from_slates(slates), rng=np.random.default_rng(0))
    [div, _] = result.of("Div@24")
    assert div.n == asks.sum()
    assert result.counts["requests that skin tone doesn't apply to"] == (~asks).sum()
    gini = result.of("Gini")[0]
    assert gini.n == len(day.query) * 24
    assert any("qualified candidates" in sentence for sentence in result.missing)
    assert any("click" in sentence for sentence in result.missing)


def test_figures_equal_what_is_expected_of_the_day() -> None:
    result = audit()
    day = next(WORLD.days())
    membership = WORLD.items.membership()[:, :4]
    asks = np.array([q.shows_people for q in WORLD.queries])[day.query]
    weight = 1 / np.log2(np.arange(24) + 2)
    exposure = np.einsum("rkg,k->g", membership[day.item[asks]], weight)
    found = {e.slice: e.value for e in result.of("ExposureShare@24")}
    names = ("1-3", "4-5", "6-7", "8-10")
    assert [found[name] for name in names] == pytest.approx((exposure / exposure.sum()).tolist())
    every = (membership[day.item[asks]] > 0).any(axis=1).all(axis=1).mean()
    assert result.of("Div@24")[0].value == pytest.approx(every)


def test_order_is_judged_against_the_best_page_where_that_is_given() -> None:
    slates, facts = replay()
    spec = AuditSpec.from_text('measures: ["NDCG(ideal=\'column\')@24", "NDCG@24"]')
    ideal = np.full(len(slates), 60.0)
    ideal[0] = np.nan
    log = log_from_slates(slates, replace(facts, ideal_dcg=ideal))
    column, shown = run_audit(spec, log, rng=np.random.default_rng(0)).estimates
    assert (column.excluded, shown.excluded) == (1, 0)
    assert facts.relevance is not None
    gains = facts.relevance.reshape(len(slates), -1) @ (1 / np.log2(np.arange(24) + 2))
    assert column.value == pytest.approx((gains[1:] / 60).mean())


def test_refined_requests_are_never_audited() -> None:
    slates, _ = replay()
    requests = slates.candidates.requests
    refined = [Refinement({"skin_tone": "8-10"})] + [None] * (len(requests) - 1)
    with_one = replace(
        slates,
        candidates=replace(
            slates.candidates, requests=replace(requests, refinements=tuple(refined))
        ),
    )
    log = log_from_slates(with_one)
    assert log.slates is not None
    assert log.counts["refined requests, which are never audited"] == 1
    assert "r000000" not in set(log.slates.rows["request_id"].to_pylist())


def test_paired_changes_are_narrower_than_unpaired_ones() -> None:
    before, after = audit(), audit(swap=True)
    changes = {(c.measure, c.slice): c for c in compare(before, after)}
    change = changes["NDKL@24", "overall"]
    one, two = before.of("NDKL@24")[0], after.of("NDKL@24")[0]
    assert change.difference == pytest.approx(two.value - one.value)
    assert change.low < change.difference < change.high
    same = compare(before, before)
    assert {c.difference for c in same if c.difference is not None} == {0.0}
    assert not any(c.is_shown for c in same)
    assert max(c.high or 0 for c in same) < 0.2
    result = after.compared_with(before)
    assert len(result.changes) == len(after.estimates)
    assert "GroupShare" not in {c.measure for c in result.changes}


def test_extremes_change_within_what_their_parts_allow() -> None:
    spec = AuditSpec.from_text(
        "attributes: [skin_tone]\nmeasures: [MinSkew, MaxSkew, ExposureGap, ExposureParity]"
    )
    before, after = audit(spec=spec), audit(swap=True, spec=spec)
    for change in compare(before, after):
        assert change.low <= change.difference <= change.high
        assert "simultaneous" in change.method
    for change in compare(before, before):
        assert change.low == pytest.approx(0)
        assert change.high == pytest.approx(0)


def test_what_cannot_be_compared_is_said() -> None:
    before = audit()
    with pytest.raises(UsageError, match="run both audits again"):
        compare(AuditResult.from_json(before.to_json()), before)
    other = AuditSpec.from_text("measures: [NDCG]")
    with pytest.raises(UsageError, match="no measure in common"):
        compare(before, audit(spec=other))
    narrow = run_audit(
        SPEC,
        log_from_slates(*replay()),
        rng=np.random.default_rng(0),
        precision=Precision(level=0.9),
    )
    with pytest.raises(UsageError, match=r"at 0\.95 and .* at 0\.9 can't be compared"):
        compare(before, narrow)


def test_a_result_survives_json() -> None:
    result = audit(swap=True).compared_with(audit())
    again = AuditResult.from_json(result.to_json())
    assert again.to_dict() == result.to_dict()
    assert again.estimates == result.estimates
    assert again.verdicts == result.verdicts
    assert again.spec == result.spec
    assert again.to_html() == result.to_html()
    with pytest.raises(DataError, match="isn't an audit result"):
        AuditResult.from_json("{}")
    with pytest.raises(DataError, match="has format 9"):
        AuditResult.from_json('{"format": 9}')


def test_lengths_that_do_not_fit_are_said() -> None:
    slates, facts = replay()
    with pytest.raises(DataError, match=r"action 'click' have 3 rows for \d+"):
        log_from_slates(slates, replace(facts, actions={"click": np.zeros(3, bool)}))


def test_slates_without_groups_or_people_are_read() -> None:
    slates, _ = replay()
    bare = replace(slates, candidates=replace(slates.candidates, groups={}))
    requests = replace(bare.candidates.requests, columns={})
    bare = replace(bare, candidates=replace(bare.candidates, requests=requests))
    log = log_from_slates(bare)
    assert isinstance(log, AuditLog)
    assert "each request counts as a unit of its own" in log.notes[0]
    result = run_audit(SPEC, log, rng=np.random.default_rng(0))
    assert {e.measure for e in result.estimates} == {"Gini"}


def test_an_item_of_unknown_group_satisfies_nothing() -> None:
    slates, facts = replay()
    column = GroupColumn.from_groups(
        slates.candidates.groups["skin_tone"].ranges, [None] * len(slates.candidates)
    )
    log = log_from_slates(slates, replace(facts, groups={"skin_tone": column}))
    result = run_audit(SPEC, log, rng=np.random.default_rng(0))
    assert result.of("Div@24")[0].value == 0.0
    assert {e.status for e in result.of("Skew@24")} == {Status.SUPPRESSED}


def test_no_requests_are_no_evidence() -> None:
    slates, _ = replay()
    none = slates.take(np.zeros(len(slates), bool))
    result = run_audit(SPEC, log_from_slates(none), rng=np.random.default_rng(0))
    assert result.exit_code == 3
    assert {e.value for e in result.estimates} == {None}
