"""Columns, memberships and candidates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairview.core import (
    HAIR_PATTERN,
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


def test_an_item_that_a_source_brings_twice_is_refused() -> None:
    requests = Requests(np.array(["r1", "r2"]))
    twice = Found(np.array([0, 2, 4]), np.array(["a", "b", "c", "c"]))
    with pytest.raises(DataError, match="Source 's' brought 'c' twice"):
        Candidates.merge(requests, {"s": twice})


def test_merging_keeps_the_type_of_floats() -> None:
    columns = {"vector": np.ones((1, 4), np.float32), "count": np.array([3])}
    found = Found.one(["a"], **columns)
    merged = Candidates.merge(Requests(np.array(["r"])), {"s": found, "t": Found.one(["b"])})
    assert merged.columns["vector"].dtype == np.float32
    assert merged.columns["count"].tolist() == pytest.approx([3.0, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("offsets", "columns", "said"),
    [
        ([1, 2], {}, "rise from 0 to 2"),
        ([0, 3, 2], {}, "rise from 0 to 2"),
        ([0, 1], {}, "rise from 0 to 2"),
        ([0, 2], {"x": np.ones(1)}, "has 1 rows for 2"),
        ([0, 2], {"x": np.array(["p", "q"])}, "hold numbers"),
    ],
)
def test_what_a_source_finds_must_fit(
    offsets: list[int], columns: dict[str, np.ndarray], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        Found(np.array(offsets), np.array(["a", "b"]), columns)


def test_candidates_are_cut_from_the_first_to_the_last() -> None:
    requests, ids = Requests(np.array(["r1", "r2"])), np.array(["a", "b"])
    with pytest.raises(DataError, match="rise from 0 to 2"):
        Candidates(requests, np.array([0, 5, 2]), ids, ("s",), np.ones(2, np.uint64))
    with pytest.raises(DataError, match="1 sets of sources"):
        Candidates(requests, np.array([0, 1, 2]), ids, ("s",), np.ones(1, np.uint64))


@pytest.mark.parametrize(
    ("probabilities", "states", "offsets", "said"),
    [
        ([np.nan, 0, 0, 0, 1], [1], [0, 1], "sum to one"),
        ([-1.0, 1, 0, 0, 1], [1], [0, 1], "negative"),
        ([1.0, 0, 0, 0, 0], [], [0, 1], "0 states"),
        ([1.0, 0, 0, 0, 0], [1], [1, 1], "rise from 0"),
    ],
)
def test_bad_memberships_are_refused(
    probabilities: list[float], states: list[int], offsets: list[int], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        GroupColumn(
            SKIN_TONE,
            np.array([probabilities]),
            np.zeros((1, 4), bool),
            np.ones(1, np.int16),
            np.array(states, np.int8),
            np.array(offsets),
        )


def test_readings_are_on_the_scale_whatever_its_type() -> None:
    hair = GroupColumn.from_readings(HAIR_PATTERN, ["coily", ""], [1, 2], [0, 2])
    assert hair.contains.tolist() == [[False, True, False, False, False, False]]
    assert hair.take(np.array([0])).readings.tolist() == ["coily", ""]
    with pytest.raises(DataError, match="read as 11, which isn't on its scale"):
        GroupColumn.from_readings(SKIN_TONE, [11], [State.PRESENT], [0, 1])
    with pytest.raises(DataError, match="1 readings of skin_tone have 2 states"):
        GroupColumn.from_readings(SKIN_TONE, [1], [1, 1], [0, 1])
