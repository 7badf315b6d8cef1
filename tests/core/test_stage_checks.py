"""What the pipeline refuses, what it keeps to itself, and what conformance sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from fairview.core import (
    SKIN_TONE,
    Candidates,
    Filter,
    Found,
    GroupColumn,
    Hydrated,
    Hydrator,
    Kept,
    Observer,
    Pipeline,
    Ranked,
    Refinement,
    Requests,
    Reranker,
    Scorer,
    SignalColumn,
    Slates,
    Source,
    Stage,
    StageError,
    UsageError,
)
from fairview.core.conformance import stage_violations


class Pair(Source):
    name = "pair"

    def fetch(self, requests: Requests) -> Found:
        n = len(requests)
        return Found(np.arange(n + 1) * 2, np.tile(np.array(["a", "b"]), n))


def two() -> Candidates:
    return Pipeline([Pair()]).run(Requests(np.array(["r1", "r2"]))).candidates


def test_two_sources_cannot_provide_one_column() -> None:
    class Other(Pair):
        name = "other"

    Pair.provides = Other.provides = ("score",)
    try:
        with pytest.raises(UsageError, match="Two sources provide one column among score"):
            Pipeline([Pair(), Other()])
    finally:
        Pair.provides = ()


def test_an_item_brought_twice_stops_the_answer() -> None:
    class Twice(Source):
        name = "twice"

        def fetch(self, requests: Requests) -> Found:
            return Found.one(["a", "a"])

    with pytest.raises(StageError, match="'twice' brought 'a' twice"):
        Pipeline([Twice()]).run(Requests(np.array(["r"])))


class Short(Scorer):
    name = "short"
    provides = ("score",)

    def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
        return {"score": np.ones(1)}


class FewReasons(Filter):
    name = "few reasons"

    def keep(self, candidates: Candidates) -> Kept:
        return Kept(candidates.item_ids == "a", np.array(["b isn't shown"]))


class Silent(Reranker):
    name = "silent"
    provides = ("why",)

    def rerank(self, candidates: Candidates) -> Ranked:
        return Ranked(np.arange(len(candidates)), candidates.offsets)


class TooManyRequests(Pair):
    name = "too many"

    def fetch(self, requests: Requests) -> Found:
        return Found(np.zeros(len(requests) + 2, np.int64), np.array([], np.str_))


@pytest.mark.parametrize(
    ("stages", "said"),
    [
        ([Pair(), Short()], "1 rows of 'score' for 4 items"),
        ([Pair(), FewReasons()], "one reason for all or one per item"),
        ([Pair(), Silent()], "provides why and gave nothing"),
        ([TooManyRequests()], "answered 3 of 2 requests"),
    ],
)
def test_a_broken_contract_stops_the_answer(stages: list[Stage], said: str) -> None:
    with pytest.raises(StageError, match=said):
        Pipeline(stages).run(Requests(np.array(["r1", "r2"])))


class Talks(Hydrator):
    """Fails, and quotes the query and the refinement."""

    name = "talks"

    def hydrate(self, candidates: Candidates) -> Hydrated:
        chosen = candidates.requests.refinement(0)
        group = chosen.group("skin_tone") if chosen else "nothing"
        query = candidates.requests.columns["query"][0]
        raise ValueError(f"no index of {group} for {query}")


def test_an_error_cannot_carry_a_refinement_out() -> None:
    refined = Requests.one("r", query="tea", refinement=Refinement({"skin_tone": "8-10"}))
    [_, outcome] = Pipeline([Pair(), Talks()]).run(refined).outcomes
    assert outcome.reason == "ValueError"

    class Required(Talks):
        optional = False

    with pytest.raises(StageError, match="ValueError") as caught:
        Pipeline([Pair(), Required()]).run(refined)
    assert "8-10" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_summary_quotes_no_request_and_the_answer_says_why() -> None:
    slates = Pipeline([Pair(), Talks()]).run(Requests.one("r", query="my tea"))
    assert slates.incomplete[0].reason == "ValueError: no index of nothing for my tea"
    assert "tea" not in slates.summary()
    assert "talks=2/" in slates.summary()
    assert "(failed: ValueError)" in slates.summary()


def test_conformance_looks_at_signals_groups_reasons_and_sources() -> None:
    rng = np.random.default_rng(0)

    class Guess(Hydrator):
        name = "guess"
        provides = ("guess",)

        def hydrate(self, candidates: Candidates) -> Hydrated:
            values = rng.random(len(candidates))
            return Hydrated(signals={"guess": SignalColumn.present("guess", "1", values)})

    class Member(Hydrator):
        name = "member"
        provides = ("skin_tone",)

        def hydrate(self, candidates: Candidates) -> Hydrated:
            names = [SKIN_TONE.names[i] for i in rng.integers(0, 4, len(candidates))]
            return Hydrated(groups={"skin_tone": GroupColumn.from_groups(SKIN_TONE, names)})

    class Moody(Filter):
        name = "moody"

        def keep(self, candidates: Candidates) -> Kept:
            return Kept(candidates.item_ids == "a", f"mood {rng.random()}")

    class Undeclared(Pair):
        name = "undeclared"

        def fetch(self, requests: Requests) -> Found:
            found = super().fetch(requests)
            return Found(found.offsets, found.item_ids, {"x": np.ones(len(found.item_ids))})

    for stage in (Guess(), Member(), Moody()):
        assert "two runs" in " ".join(stage_violations(stage, two())), stage.name
    assert "says that it provides" in " ".join(stage_violations(Undeclared(), two()))


def test_a_batch_may_round_otherwise_but_not_answer_otherwise() -> None:
    class Rounds(Scorer):
        name = "rounds"
        provides = ("score",)
        by = 1e-9

        def score(self, candidates: Candidates) -> Mapping[str, np.ndarray]:
            return {"score": np.full(len(candidates), 0.5 + self.by * len(candidates))}

    class Answers(Rounds):
        by = 1e-3

    assert stage_violations(Rounds(), two()) == []
    assert "one by one" in " ".join(stage_violations(Answers(), two()))


def test_observers_learn_no_count_of_a_refined_request() -> None:
    class Refines(Filter):
        name = "refines"

        def keep(self, candidates: Candidates) -> Kept:
            refined = candidates.requests.is_refined[candidates.request_of]
            return Kept(~refined | (candidates.item_ids == "a"), "another group")

    class Watch(Observer):
        name = "watch"

        def observe(self, slates: Slates) -> None:
            seen.append(slates)

    seen: list[Slates] = []
    refinements = (None, Refinement({"skin_tone": "8-10"}))
    requests = Requests(np.array(["plain", "refined"]), refinements=refinements)
    slates = Pipeline([Pair(), Refines(), Watch()]).run(requests)
    assert [o.items_out for o in slates.outcomes] == [4, 3, 3]
    [shown] = seen
    assert shown.outcomes == ()
    assert shown.candidates.requests.ids.tolist() == ["plain"]
    assert [len(part) for part in shown.removed] == [0]
