"""The reranking stage: ragged batches, requests' own columns, and what may be missing."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core import (
    SKIN_TONE,
    Candidates,
    Found,
    GroupColumn,
    Hydrated,
    Hydrator,
    Pipeline,
    Refinement,
    Requests,
    SignalColumn,
    Source,
    UsageError,
)
from fairview.slate import Balance, KernelReranker, custom_target, parse_target

ITEMS = np.array([f"i{n:02d}" for n in range(12)])
RELEVANCE = np.linspace(1.0, 0.6, 12)


class Everything(Source):
    name = "everything"
    provides = ("fused",)

    def fetch(self, requests: Requests) -> Found:
        r = len(requests)
        return Found(
            np.arange(r + 1) * len(ITEMS), np.tile(ITEMS, r), {"fused": np.tile(RELEVANCE, r)}
        )


class People(Hydrator):
    name = "people"
    provides = ("picture_embedding", "skin_tone")

    def hydrate(self, candidates: Candidates) -> Hydrated:
        index = np.array([int(item[1:]) for item in candidates.item_ids])
        groups = GroupColumn.from_groups(SKIN_TONE, ["1-3" if i < 9 else "8-10" for i in index])
        vectors = np.eye(12, dtype=np.float32)[index]
        return Hydrated(
            signals={"picture_embedding": SignalColumn.present("picture_embedding", "1", vectors)},
            groups={"skin_tone": groups},
        )


def test_a_ragged_batch_gets_each_request_its_own_slate() -> None:
    requests = Requests(
        np.array(["on", "off", "short"]),
        {"k": np.array([8, 8, 3]), "diversify": np.array([True, False, True])},
    )
    reranker = KernelReranker("dpp", Balance(target="uniform"))
    slates = Pipeline([Everything(), People(), reranker]).run(requests)
    rows = [slates.candidates.rows_of(r) for r in range(3)]
    on, off, short = (slates.candidates.item_ids[r].tolist() for r in rows)
    assert off == ITEMS[:8].tolist()
    assert len(short) == 3
    assert {"i09", "i10", "i11"} <= set(on)
    moved = slates.candidates.columns["rank_before"][rows[0]]
    assert moved.tolist() == [int(i[1:]) + 1 for i in on]
    assert slates.candidates.columns["target_shortfall"][rows[0]].tolist() == [4.0] * 8


def test_chance_follows_the_key_or_else_the_request_s_id() -> None:
    def page(request_id: str, **columns: object) -> list[str]:
        balance = Balance(target="uniform", diversity=1.0)
        stages = [Everything(), People(), KernelReranker("plackett_luce", balance, k=8)]
        slates = Pipeline(stages).run(Requests.one(request_id, **columns))
        return list(slates.candidates.item_ids.tolist())

    assert page("one") == page("one")
    assert len({tuple(page(f"request {i}")) for i in range(10)}) > 1
    assert page("one", key=3) == page("two", key=3)


def test_a_refined_request_is_not_rebalanced() -> None:
    refined = Requests.one("r", k=6, refinement=Refinement({"skin_tone": "1-3"}))
    slates = Pipeline([Everything(), People(), KernelReranker("dpp", Balance())]).run(refined)
    assert not slates.candidates.columns["representation"].any()


def test_without_signals_it_still_answers() -> None:
    slates = Pipeline([Everything(), KernelReranker("dpp", Balance(), k=5)]).run(Requests.one("r"))
    assert slates.candidates.item_ids.tolist() == ITEMS[:5].tolist()


def test_no_candidates_make_an_empty_slate() -> None:
    class Nothing(Source):
        def fetch(self, requests: Requests) -> Found:
            return Found.one([])

    slates = Pipeline([Nothing(), KernelReranker("dpp", Balance())]).run(Requests.one("r"))
    assert len(slates.candidates) == 0


def test_targets_are_named_and_checked() -> None:
    membership = np.array([[1.0, 0, 0, 0, 0], [0, 0, 0, 0, 1.0]])
    assert parse_target("uniform", SKIN_TONE).shares(membership, np.ones(2, bool)) == (
        pytest.approx([0.25] * 4)
    )
    assert parse_target("qualified", SKIN_TONE).shares(membership, np.array([False, True])) is None
    custom = parse_target("1-3=0.1, 4-5=0.2, 6-7=0.3, 8-10=0.4", SKIN_TONE)
    assert custom.shares(membership, np.ones(2, bool)) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    for text in ("fair", "1-3=1", "1-3=x,4-5=0,6-7=0,8-10=1", "1-3=1,4-5=1,6-7=0,8-10=0"):
        with pytest.raises(UsageError):
            parse_target(text, SKIN_TONE)
    with pytest.raises(UsageError, match="exactly the groups"):
        custom_target({"1-3": 1.0, "9-11": 0.0}, SKIN_TONE)


def test_a_re_ranker_that_remembers_is_no_stage() -> None:
    """Without its state it would balance nothing over time, and nobody would notice."""
    with pytest.raises(UsageError, match="no page carries"):
        KernelReranker("amortised", Balance())
