"""Columns, memberships and candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairview.core import (
    SKIN_TONE,
    Candidates,
    DataError,
    Found,
    GroupColumn,
    Requests,
    SignalColumn,
    State,
    UsageError,
)

people = st.lists(
    st.lists(st.tuples(st.integers(1, 10), st.sampled_from([1, 1, 1, 2, 4])), max_size=3),
    max_size=12,
)


def column_of(pictures: list[list[tuple[int, int]]]) -> GroupColumn:
    flat = [person for picture in pictures for person in picture]
    return GroupColumn.from_readings(
        SKIN_TONE,
        [reading for reading, _ in flat],
        [state for _, state in flat],
        np.concatenate([[0], np.cumsum([len(p) for p in pictures])]),
    )


@given(people)
def test_membership_follows_from_the_readings(pictures: list[list[tuple[int, int]]]) -> None:
    column = column_of(pictures)
    for i, picture in enumerate(pictures):
        groups = [SKIN_TONE.group_of(r) for r, state in picture if state == State.PRESENT]
        assert {SKIN_TONE.names[k] for k in np.flatnonzero(column.contains[i])} == set(groups)
        for k, name in enumerate(SKIN_TONE.names):
            expected = groups.count(name) / len(picture) if picture else 0.0
            assert column.probabilities[i, k] == pytest.approx(expected)
        assert column.probabilities[i].sum() == pytest.approx(1)


@given(people, st.randoms(use_true_random=False))
def test_taking_rows_takes_their_people(
    pictures: list[list[tuple[int, int]]], random: object
) -> None:
    column = column_of(pictures)
    rows = np.random.default_rng(len(pictures)).permutation(len(pictures))
    expected = column_of([pictures[i] for i in rows])
    taken = column.take(rows)
    assert taken.readings.tolist() == expected.readings.tolist()
    assert taken.offsets.tolist() == expected.offsets.tolist()
    assert taken.contains.tolist() == expected.contains.tolist()


def test_groups_given_by_name() -> None:
    column = GroupColumn.from_groups(SKIN_TONE, ["1-3", None, "8-10"])
    assert column.unknown.tolist() == [0, 1, 0]
    with pytest.raises(UsageError, match="no group 'dark'"):
        GroupColumn.from_groups(SKIN_TONE, ["dark"])


def test_states_are_five_things_and_none_is_a_value() -> None:
    states = np.array(list(State), np.int8)
    column = SignalColumn("x", "1", np.arange(5.0), states, np.zeros(5, np.float32))
    assert column.is_present.tolist() == [False, True, False, False, False]
    assert np.isnan(column.filled(np.nan)).sum() == 4
    assert column.coverage() == dict.fromkeys(
        ["missing", "present", "abstained", "not_applicable", "failed"], 1
    )


@pytest.mark.parametrize(
    ("values", "state", "confidence", "said"),
    [
        ([1.0], [1, 1], [1.0], "give one of each"),
        ([1.0], [9], [1.0], "state code"),
        ([1.0], [1], [1.5], "confidence outside"),
    ],
)
def test_bad_columns_are_refused(
    values: list[float], state: list[int], confidence: list[float], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        SignalColumn(
            "x",
            "1",
            np.array(values),
            np.array(state, np.int8),
            np.array(confidence, np.float32),
        )


found = st.lists(
    st.lists(st.sampled_from("abcdef"), unique=True, max_size=6), min_size=1, max_size=4
)


@given(found, found)
def test_merging_sources_keeps_each_item_once_and_says_who_brought_it(
    one: list[list[str]], two: list[list[str]]
) -> None:
    size = min(len(one), len(two))
    parts = {}
    for name, lists in (("s1", one[:size]), ("s2", two[:size])):
        ids = np.array([i for part in lists for i in part], np.str_)
        cuts = np.concatenate([[0], np.cumsum([len(p) for p in lists])]).astype(np.int64)
        parts[name] = Found(cuts, ids, {name: np.arange(len(ids)) * 1.0})
    merged = Candidates.merge(Requests(np.array([f"r{i}" for i in range(size)])), parts)
    for r in range(size):
        rows = merged.rows_of(r)
        assert merged.item_ids[rows].tolist() == sorted({*one[r], *two[r]})
        for row in range(rows.start, rows.stop):
            item = merged.item_ids[row]
            expected = tuple(n for n, p in (("s1", one[r]), ("s2", two[r])) if item in p)
            assert merged.sources_of(row) == expected
            assert np.isnan(merged.columns["s1"][row]) == (item not in one[r])


def test_candidates_refuse_what_does_not_fit() -> None:
    requests = Requests(np.array(["r"]))
    merged = Candidates.merge(requests, {"s": Found.one(["a", "b"])})
    with pytest.raises(DataError, match="has 3 rows for 2 candidates"):
        merged.with_columns({"x": np.zeros(3)})
    with pytest.raises(DataError, match="named 'x'"):
        Candidates.merge(
            requests,
            {"s": Found.one(["a"], x=np.ones(1)), "t": Found.one(["b"], x=np.ones(1))},
        )
    assert len(Candidates.merge(requests, {})) == 0
