"""The pipeline: what it checks, what it records, and what it keeps from observers."""

from __future__ import annotations

import pickle
from collections.abc import Mapping

import numpy as np
import pytest

from fairview.core import (
    Candidates,
    Contract,
    Filter,
    Found,
    Hydrated,
    Hydrator,
    Kept,
    Observer,
    Pipeline,
    Ranked,
    Refinement,
    Requests,
    RequiredSignals,
    Reranker,
    Scorer,
    SignalColumn,
    Slates,
    Source,
    StageError,
    StageStatus,
    State,
    UsageError,
)
from fairview.core.conformance import stage_violations
from fairview.core.contract import ALWAYS_PROHIBITED


class Letters(Source):
    name = "letters"
    provides = ("weight",)

    def fetch(self, requests: Requests) -> Found:
        n = len(requests)
        return Found(
            np.arange(n + 1) * 4,
            np.tile(np.array(["a", "b", "c", "d"]), n),
            {"weight": np.tile(np.array([0.1, 0.4, 0.3, 0.2]), n)},
        )


class Broken(Source):
    name = "broken"

    def fetch(self, requests: Requests) -> Found:
        raise RuntimeError("the index is gone")


class Double(Scorer):
    name = "double"
    needs = ("weight",)
    provides = ("score",)

    def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
        return {"score": candidates.columns["weight"] * 2}


class NotC(Filter):
    name = "not c"

    def keep(self, candidates: Candidates) -> Kept:
        return Kept(candidates.item_ids != "c", "c is never shown")


class Best(Reranker):
    name = "best"
    needs = ("score",)
    provides = ("why",)

    def rerank(self, candidates: Candidates) -> Ranked:
        order = np.lexsort(
            (candidates.item_ids, -candidates.columns["score"], candidates.request_of)
        )
        rank = np.arange(len(order)) - np.repeat(
            candidates.offsets[:-1], np.diff(candidates.offsets)
        )
        order = order[rank < 2]
        counts = np.bincount(candidates.request_of[order], minlength=len(candidates.requests))
        return Ranked(order, np.concatenate([[0], np.cumsum(counts)]), {"why": order * 1.0})


class Watch(Observer):
    name = "watch"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.refined = 0

    def observe(self, slates: Slates) -> None:
        self.seen += slates.candidates.requests.ids.tolist()

    def count_refined(self, requests: int) -> None:
        self.refined += requests


def two_requests() -> Requests:
    return Requests(np.array(["r1", "r2"]))


def test_slates_hold_order_removals_and_one_outcome_per_stage() -> None:
    slates = Pipeline([Letters(), NotC(), Double(), Best(), Watch()]).run(two_requests())
    assert slates.candidates.item_ids.tolist() == ["b", "d", "b", "d"]
    assert slates.positions.tolist() == [1, 2, 1, 2]
    gone = [
        (r.stage, i, w) for r in slates.removed for i, w in zip(r.item_ids, r.reasons, strict=True)
    ]
    assert gone.count(("not c", "c", "c is never shown")) == 2
    assert gone.count(("best", "a", "not selected for the slate")) == 2
    assert [o.stage for o in slates.outcomes] == ["letters", "not c", "double", "best", "watch"]
    assert not slates.incomplete
    assert slates.summary().startswith("requests=2 letters=8/")


def test_a_failing_source_is_said_and_the_others_answer() -> None:
    slates = Pipeline([Letters(), Broken(), Double(), Best()]).run(two_requests())
    [outcome] = slates.incomplete
    assert (outcome.stage, outcome.status) == ("broken", StageStatus.FAILED)
    assert "the index is gone" in outcome.reason
    assert len(slates.candidates) == 4


def test_what_depends_on_a_failed_stage_is_skipped_and_said() -> None:
    class Fails(Double):
        name = "fails"

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            raise ValueError("no model")

    class Triple(Double):
        name = "triple"
        needs = ("score",)
        provides = ("more",)

    slates = Pipeline([Letters(), Fails(), Triple()]).run(two_requests())
    with pytest.raises(StageError, match="can't run and isn't optional: score is missing"):
        Pipeline([Letters(), Fails(), Best()]).run(two_requests())
    assert [o.status.value for o in slates.incomplete] == ["failed", "skipped"]
    assert slates.incomplete[1].reason == "score is missing"
    assert len(slates.candidates) == 8


def test_a_failing_filter_fails_closed() -> None:
    class Fails(NotC):
        def keep(self, candidates: Candidates) -> Kept:
            raise ValueError("rules are unreadable")

    with pytest.raises(StageError, match="isn't optional: ValueError: rules are unreadable"):
        Pipeline([Letters(), Fails()]).run(two_requests())


def test_after_the_deadline_optional_stages_are_skipped_but_filters_run() -> None:
    requests = Requests(np.array(["r"]), deadline=5.0)
    slates = Pipeline([Letters(), NotC(), Double()], clock=lambda: 6.0).run(requests)
    assert [o.reason for o in slates.incomplete] == ["the deadline had passed"]
    assert "c" not in slates.candidates.item_ids


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([Letters(), Letters()], "names repeat"),
        ([Double()], "needs a source"),
        ([Letters(), Best()], "needs score, which no earlier stage provides"),
        ([Letters(), Watch(), NotC()], "Sources come first"),
    ],
)
def test_wiring_is_checked_before_anything_runs(stages: list[Source], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Pipeline(stages)


@pytest.mark.parametrize("order", [[0, 0], [0, 5]])
def test_a_reranker_that_cheats_is_stopped(order: list[int]) -> None:
    class Cheats(Best):
        provides = ()

        def rerank(self, candidates: Candidates) -> Ranked:
            return Ranked(np.array(order), np.array([0, 2, 2]))

    with pytest.raises(StageError, match=r"twice|another request"):
        Pipeline([Letters(), Double(), Cheats()]).run(two_requests())


def test_observers_never_see_a_refined_request() -> None:
    watch = Watch()
    refinement = Refinement({"skin_tone": "8-10"})
    requests = Requests(
        np.array(["plain", "refined", "none"]), refinements=(None, refinement, Refinement({}))
    )
    slates = Pipeline([Letters(), watch]).run(requests)
    assert watch.seen == ["plain", "none"]
    assert watch.refined == 1
    assert len(slates) == 3


def test_a_refinement_cannot_be_written_down() -> None:
    refinement = Refinement({"skin_tone": "8-10"})
    assert "8-10" not in repr(refinement)
    assert "8-10" not in str(Requests.one("r", refinement=refinement))
    with pytest.raises(TypeError, match="can't be stored"):
        pickle.dumps(refinement)
    with pytest.raises(UsageError, match="no group"):
        Refinement({"skin_tone": "11"})
    with pytest.raises(UsageError, match="no refinement"):
        Refinement({"gender": "x"})


def contract(name: str, status: str = "production") -> Contract:
    return Contract.model_validate(
        {
            "name": name,
            "version": "1",
            "describes": "whether a picture may be shown",
            "value": "scalar",
            "coverage": 1.0,
            "calibration": "none",
            "freshness": "at ingest",
            "latency_ms": 1,
            "status": status,
            "intended_use": ["filtering"],
            "prohibited_use": list(ALWAYS_PROHIBITED),
            "owner": "integrity",
            "consumers": ["discovery"],
        }
    )


def test_required_signals_fail_closed_and_a_demonstration_cannot_be_required() -> None:
    class Safety(Hydrator):
        name = "safety"
        provides = ("safe",)

        def hydrate(self, candidates: Candidates) -> Hydrated:
            states = np.resize(
                np.array([State.PRESENT, State.ABSTAINED, State.MISSING, State.FAILED], np.int8),
                len(candidates),
            )
            n = len(candidates)
            column = SignalColumn("safe", "1", np.zeros(n), states, np.ones(n, np.float32))
            return Hydrated(signals={"safe": column})

    required = RequiredSignals([contract("safe")])
    slates = Pipeline([Letters(), Safety(), required]).run(Requests(np.array(["r"])))
    assert slates.candidates.item_ids.tolist() == ["a"]
    assert set(slates.removed[0].reasons) == {"required signal safe is not present"}
    nothing = Pipeline([Letters(), RequiredSignals([contract("safe")])]).run(two_requests())
    assert len(nothing.candidates) == 0
    with pytest.raises(UsageError, match="demonstration"):
        RequiredSignals([contract("guess", "demonstration")])


def candidates() -> Candidates:
    slates = Pipeline([Letters(), Double()]).run(Requests(np.array(["r1", "r2", "r3"])))
    return slates.candidates


@pytest.mark.parametrize("stage", [Letters(), NotC(), Double()])
def test_good_stages_conform(stage: Source) -> None:
    assert stage_violations(stage, candidates()) == []


def test_conformance_finds_what_is_wrong() -> None:
    class Random(Double):
        name = "random"
        rng = np.random.default_rng(0)

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            return {"score": self.rng.random(len(candidates))}

    class Writes(Double):
        name = "writes"

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            candidates.columns["weight"][:] = 0
            return {"score": candidates.columns["weight"]}

    class Batch(Double):
        name = "batch"

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            return {"score": np.full(len(candidates), float(len(candidates)))}

    class Liar(Double):
        name = "liar"
        provides = ("score", "more")

    class Fragile(Double):
        name = "fragile"

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            return {"score": candidates.columns["weight"] / candidates.columns["weight"].max()}

    said = {
        stage.name: " ".join(stage_violations(stage, candidates()))
        for stage in (Random(), Writes(), Batch(), Liar(), Fragile())
    }
    assert "two runs" in said["random"]
    assert "differ from one by one" in said["batch"]
    assert "says that it provides" in said["liar"]
    assert "failed without any" in said["fragile"]
    assert "changed the candidates" in said["writes"]
