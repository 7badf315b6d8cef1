"""A gap is attributed to the stage that it was planted in, and the parts add up to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pipelines_made import STAGES, Made, log_of

from fairview.audit.finding import PHASES, StageLog, stage_parts
from fairview.audit.findings import Finding
from fairview.core import DataError, UsageError
from fairview.measure import Status


@pytest.mark.parametrize("stage", STAGES)
def test_planted_stage_is_named(stage: str) -> None:
    """A fifth of b's chance is taken at one stage: that stage's part is shown, no other's."""
    parts = {p.phase: p for p in stage_parts(log_of(Made(stage)), "made", level=0.999).of("b")}
    assert tuple(parts) == PHASES
    assert parts["supply"].part == pytest.approx(-0.1)
    assert parts["supply"].method == "counted"
    shown = {phase for phase, part in parts.items() if part.is_shown and phase != "supply"}
    assert shown == {stage}
    part = parts[stage].part
    assert part is not None
    assert -0.2 < part < -0.02


@pytest.mark.parametrize("scale", ["difference", "log"])
def test_parts_add_up_exactly(scale: str) -> None:
    found = stage_parts(log_of(Made("ranking")), "made", scale=scale)  # type: ignore[arg-type]
    for whole in found.whole:
        steps = found.of(whole.group)
        if whole.group == "unknown" and scale == "log":
            assert whole.status is Status.UNDEFINED
            continue
        assert whole.part == pytest.approx(sum(p.part or 0.0 for p in steps), abs=1e-12)
        assert [p.after for p in steps[:-1]] == [p.before for p in steps[1:]]
    by_phase = [sum(p.part or 0 for p in found.parts if p.phase == phase) for phase in PHASES]
    if scale == "difference":
        assert by_phase == pytest.approx([0.0] * len(PHASES), abs=1e-12)


def hand_log(**given: object) -> StageLog:
    """Ten people with one request each: a and b are brought, the ranker drops b; x has no group."""
    people = range(10)
    rows = [
        (f"r{p}", f"p{p}", item, stage, stage == "slate")
        for p in people
        for item, stage in (("a1", "slate"), ("a2", "dedup"), ("b1", "ranker"), ("x", "slate"))
    ]
    columns = dict(
        zip(("request_id", "cluster_id", "item_id", "stage", "kept"), zip(*rows, strict=True),
            strict=True)
    )  # fmt: skip
    candidates = pa.table({k: list(v) for k, v in columns.items()} | {"sampling_rate": [0.1] * 40})
    memberships = pa.table(
        {
            "item_id": ["a1", "a2", "b1"],
            "attribute": ["g"] * 3,
            "group": ["a", "a", "b"],
            "probability": [1.0, 1.0, 0.8],
        }
    )
    return replace(StageLog(candidates, memberships), **given)  # type: ignore[arg-type]


def test_a_case_by_hand() -> None:
    """Four are brought (a 2/4, b .8/4), three pass the filter (a 1/3), two are shown (a 1/2)."""
    found = stage_parts(hand_log(), "g")
    assert {p.phase: p.part for p in found.of("a")} == pytest.approx(
        {"filtering": 1 / 3 - 1 / 2, "ranking": 1 / 2 - 1 / 3}
    )
    assert {p.phase: (p.before, p.after) for p in found.of("b")} == {
        "filtering": pytest.approx((0.2, 0.8 / 3)), "ranking": pytest.approx((0.8 / 3, 0.0)),
    }  # fmt: skip
    unknown = found.of("unknown")
    assert unknown[0].before == pytest.approx(1.2 / 4)
    assert unknown[-1].after == pytest.approx(1 / 2)
    log = stage_parts(hand_log(), "g", scale="log")
    assert log.of("b")[1].status is Status.UNDEFINED
    assert log.of("b")[1].part is None


def test_display_weighs_positions_and_views() -> None:
    shown = pa.table(
        {
            "request_id": np.repeat([f"r{p}" for p in range(10)], 2),
            "item_id": ["x", "a1"] * 10,
            "position": [1, 2] * 10,
            "viewed": [True, None] * 10,
        }
    )
    found = stage_parts(hand_log(shown=shown), "g")
    discount = 1 / np.log2(3)
    assert found.of("a")[-1].phase == "display"
    assert found.of("a")[-1].after == pytest.approx(discount / (1 + discount))
    assert stage_parts(hand_log(shown=shown, display="viewed"), "g").of("a")[-1].after == 0


def test_ranks_tell_ranking_and_reranking_apart() -> None:
    made = Made("ranking", ranks=True)
    with_ranks = {p.phase: p for p in stage_parts(log_of(made), "made", level=0.999).of("b")}
    assert with_ranks["ranking"].is_shown
    log = log_of(made)
    without = stage_parts(
        replace(log, candidates=log.candidates.drop_columns(["rank"])), "made"
    )  # fmt: skip
    assert "ranking" not in {p.phase for p in without.parts}
    assert any("can't be told apart" in note for note in without.notes)


def test_sampling_rates_are_honoured() -> None:
    """Requests of even people are logged at a tenth of the rate, and lose b; weights undo it."""
    log = log_of(Made(people=400, requests=1))
    lost = log_of(Made("ranking", people=400, requests=1, seed=1))
    number = np.array([int(r[1:]) for r in log.candidates["request_id"].to_pylist()])
    often, seldom = pa.array(number % 2 == 1), pa.array(number % 2 == 0)
    rare = lost.candidates.filter(seldom)
    sampled = pa.array(np.array([int(r[1:]) % 20 == 0 for r in rare["request_id"].to_pylist()]))
    rates = {"often": 0.5, "seldom": 0.05}

    def at(table: pa.Table, rate: str) -> pa.Table:
        where = table.column_names.index("sampling_rate")
        return table.set_column(where, "sampling_rate", pa.array([rates[rate]] * len(table)))

    full = pa.concat_tables([log.candidates.filter(often), rare])
    thin = pa.concat_tables(
        [at(log.candidates.filter(often), "often"), at(rare.filter(sampled), "seldom")]
    )
    parts = {
        name: stage_parts(replace(log, candidates=table, shown=None), "made")
        for name, table in (("full", full), ("thin", thin))
    }
    truth, weighed = (next(p for p in parts[n].of("b") if p.phase == "ranking") for n in parts)
    assert weighed.low is not None
    assert weighed.high is not None
    assert weighed.low < (truth.part or 0) < weighed.high
    assert (weighed.part or 0) < -0.03
    assert any("Sampling rates from 0.05 to 0.5" in note for note in parts["thin"].notes)


def test_requests_with_nothing_left_are_counted() -> None:
    log = hand_log()
    gone = pc.if_else(pc.equal(log.candidates["request_id"], "r0"), False, log.candidates["kept"])
    stage = pc.if_else(pc.equal(log.candidates["request_id"], "r0"), "ranker",
                       log.candidates["stage"])  # fmt: skip
    table = log.candidates.set_column(4, "kept", gone).set_column(3, "stage", stage)
    found = stage_parts(replace(log, candidates=table), "g")
    assert found.requests == 9
    assert found.excluded == {"requests with nothing left at some level": 1}


def test_too_few_people_give_no_interval() -> None:
    log = hand_log()
    few = log.candidates.filter(pc.is_in(log.candidates["cluster_id"], pa.array(["p1", "p2"])))
    part = stage_parts(replace(log, candidates=few), "g").parts[0]
    assert (part.status, part.low) == (Status.INSUFFICIENT, None)


def test_finding_goes_into_a_report() -> None:
    found = stage_parts(replace(log_of(Made("ranking")), target=None), "made")
    finding = found.finding()
    assert "ranking takes the share of b from 50.1% to" in finding.sentence
    assert finding.rows[-1][1] == "all stages"
    assert Finding.from_dict(finding.to_dict()) == finding
    assert found.to_dict()["parts"][0]["status"] == "ok"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": {"a": 0.5, "b": 0.4}}, "add up to 0.9"),
        ({"target": {"a": 0.5, "c": 0.5}}, "names c"),
        ({"catalogue": pa.table({"item_id": pa.array([], pa.string())})}, "catalogue is empty"),
        ({"shown": pa.table({"request_id": ["r1"], "item_id": ["zz"], "position": [1]})},
         "aren't among the logged candidates"),
        ({"shown": pa.table({"request_id": ["r1"], "item_id": ["a1"], "position": [0]})},
         "positions start at 1"),
        ({"shown": pa.table({"request_id": ["r1"]})}, "lacks item_id"),
    ],
)  # fmt: skip
def test_bad_logs_are_sentences(change: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        stage_parts(hand_log(**change), "g")


def test_bad_candidates_are_sentences() -> None:
    log = hand_log()
    with pytest.raises(DataError, match="lacks kept"):
        stage_parts(replace(log, candidates=log.candidates.drop_columns(["kept"])), "g")
    with pytest.raises(DataError, match="no memberships of 'h'"):
        stage_parts(log, "h")
    with pytest.raises(UsageError, match="no phase 'magic'"):
        stage_parts(replace(log, phase_of={"dedup": "magic"}), "g")
    rates = pa.array([0.1] * 39 + [0.2])
    with pytest.raises(DataError, match="different sampling rates"):
        stage_parts(replace(log, candidates=log.candidates.set_column(5, "sampling_rate", rates)),
                    "g")  # fmt: skip
    zero = pa.array([0.0] * 40)
    with pytest.raises(DataError, match=r"isn't in \(0, 1\]"):
        stage_parts(replace(log, candidates=log.candidates.set_column(5, "sampling_rate", zero)),
                    "g")  # fmt: skip
    with pytest.raises(DataError, match="is empty"):
        stage_parts(replace(log, candidates=log.candidates.slice(0, 0)), "g")
