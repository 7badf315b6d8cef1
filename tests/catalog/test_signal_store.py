from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairview.catalog import Catalog, SignalStore, Workspace, ingest
from fairview.core import (
    SKIN_TONE,
    Contract,
    DataError,
    GroupColumn,
    MissingError,
    ProhibitedUseError,
    SignalColumn,
    State,
)


def _contract(name: str = "light", **changed: Any) -> Contract:
    given: dict[str, Any] = {
        "name": name,
        "version": "1",
        "describes": "the picture's lightness",
        "value": "scalar",
        "coverage": 1.0,
        "calibration": "none",
        "freshness": "with the picture",
        "latency_ms": 5.0,
        "intended_use": ("ranking", "audit"),
        "owner": "tests",
        "consumers": ("tests",),
    }
    return Contract(**{**given, **changed})


VECTOR = _contract("vector", value="vector", dimension=3)
TONE = _contract("skin_tone", value="groups", ranges="skin_tone", may_abstain=True)


@pytest.fixture
def store(workspace: Workspace) -> SignalStore:
    return SignalStore(workspace)


def _ingest_texts(workspace: Workspace, tmp_path: Path, **titles: str) -> dict[str, str]:
    """Take in text items; return their ids by key."""
    rows = [json.dumps({"id": key, "title": title}) for key, title in titles.items()]
    (tmp_path / "items.jsonl").write_text("\n".join(rows))
    ingest(workspace, tmp_path / "items.jsonl")
    table = Catalog(workspace).items(["item_id", "source"]).to_pylist()
    return {row["source"].partition("/")[2]: row["item_id"] for row in table}


def test_what_was_written_is_read_in_the_asked_order(store: SignalStore) -> None:
    store.write(_contract(), ["b", "a"], SignalColumn.present("light", "1", np.array([2.0, 1.0])))
    ids, column = store.read("light", purpose="ranking")
    assert (ids.tolist(), column.values.tolist()) == (["a", "b"], [1.0, 2.0])
    ids, column = store.read("light", purpose="ranking", item_ids=["x", "b", "b", "a"])
    assert ids.tolist() == ["x", "b", "b", "a"]
    assert column.filled(-1).tolist() == [-1, 2, 2, 1]
    assert column.state.tolist() == [State.MISSING, 1, 1, 1]


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "uint8"])
def test_numbers_keep_their_type(store: SignalStore, dtype: str) -> None:
    values = np.array([1, 2], dtype)
    store.write(_contract(), ["a", "b"], SignalColumn.present("light", "1", values))
    found = store.read("light", purpose="audit")[1].values
    assert found.dtype == values.dtype
    assert found.tolist() == [1, 2]


def test_categories_are_text(store: SignalStore) -> None:
    contract = _contract("kind", value="category")
    column = SignalColumn.present("kind", "1", np.array(["coat", "hat"]))
    store.write(contract, ["a", "b"], column)
    _, found = store.read("kind", purpose="audit", item_ids=["b", "x"])
    assert found.values.tolist() == ["hat", ""]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_vectors_and_states_survive(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    workspace = Workspace.create(tmp_path_factory.mktemp("w") / "w")
    store = SignalStore(workspace)
    n = data.draw(st.integers(0, 6))
    states = np.array(data.draw(st.lists(st.sampled_from(State), min_size=n, max_size=n)), np.int8)
    rng = np.random.default_rng(n)
    column = SignalColumn(
        "vector", "1", rng.random((n, 3), np.float32), states, rng.random(n, np.float32)
    )
    ids = [f"i{k}" for k in range(n)]
    for start in range(0, n, 2):
        store.write(
            VECTOR, ids[start : start + 2], column.take(np.arange(start, min(start + 2, n)))
        )
    if not n:
        store.write(VECTOR, [], column)
    asked, found = store.read("vector", purpose="ranking")
    assert asked.tolist() == ids
    assert found.values.shape == (n, 3)
    np.testing.assert_array_equal(found.values, column.values)
    np.testing.assert_array_equal(found.state, states)
    np.testing.assert_array_equal(found.confidence, column.confidence)


def test_a_later_write_replaces_an_earlier_one(store: SignalStore) -> None:
    for value in (1.0, 2.0):
        store.write(_contract(), ["a"], SignalColumn.present("light", "1", np.array([value])))
    assert store.read("light", purpose="audit")[1].values.tolist() == [2.0]


def test_groups_survive_with_their_readings(store: SignalStore) -> None:
    column = GroupColumn.from_readings(SKIN_TONE, [2, 9, 0, 5], [1, 1, 2, 1], [0, 2, 3, 3, 4])
    store.write_groups(TONE, list("abcd"), column, np.array([0.9, 0, 0, 1], np.float32))
    ids, found = store.read_groups("skin_tone", purpose="audit", item_ids=list("dxcba"))
    expected = column.take(np.array([3, 2, 1, 0]))
    rows = np.array([0, 2, 3, 4])
    assert ids.tolist() == list("dxcba")
    np.testing.assert_array_equal(found.take(rows).probabilities, expected.probabilities)
    np.testing.assert_array_equal(found.take(rows).contains, expected.contains)
    np.testing.assert_array_equal(found.take(rows).readings, expected.readings)
    np.testing.assert_array_equal(found.take(rows).offsets, expected.offsets)
    assert found.unknown.tolist() == [0, 1, 1, 1, 0]
    assert not found.contains[1].any()
    _, states = store.states("skin_tone", purpose="audit", item_ids=list("abcdx"))
    words = [State(code).word for code in states.state]
    assert words == ["present", "abstained", "not_applicable", "present", "missing"]


def test_given_states_of_groups_are_kept(store: SignalStore) -> None:
    column = GroupColumn.from_groups(SKIN_TONE, [None, "4-5"])
    states = np.array([State.FAILED, State.PRESENT], np.int8)
    store.write_groups(TONE, ["a", "b"], column, np.ones(2, np.float32), state=states)
    assert store.states("skin_tone", purpose="audit")[1].state.tolist() == states.tolist()


def test_a_prohibited_purpose_is_refused(store: SignalStore) -> None:
    store.write(_contract(), ["a"], SignalColumn.present("light", "1", np.ones(1)))
    for purpose in ("refinement", "identity"):
        with pytest.raises(ProhibitedUseError, match=purpose):
            store.read("light", purpose=purpose)


def test_a_signal_that_isnt_computed_says_what_to_run(store: SignalStore) -> None:
    with pytest.raises(MissingError, match="fairview signals run light"):
        store.read("light", purpose="ranking")
    assert store.covered("light", "1") == set()
    assert store.contracts() == {}


def test_the_last_written_version_is_the_current_one(store: SignalStore) -> None:
    store.write(_contract(), ["a"], SignalColumn.present("light", "1", np.ones(1)))
    store.write(_contract(version="2"), ["b"], SignalColumn.present("light", "2", np.ones(1)))
    assert store.contracts()["light"].version == "2"
    _, column = store.read("light", purpose="audit", item_ids=["a", "b"])
    assert column.is_present.tolist() == [False, True]
    assert store.covered("light", "1") == {"a"}


def test_a_changed_item_needs_its_signals_again(
    store: SignalStore, workspace: Workspace, tmp_path: Path
) -> None:
    ids = _ingest_texts(workspace, tmp_path, a="coat", b="hat")
    column = SignalColumn.present("light", "1", np.array([1.0, 2.0]))
    store.write(_contract(), [ids["a"], ids["b"]], column)
    assert store.summary() == {
        "light": {"missing": 0, "present": 2, "abstained": 0, "not_applicable": 0, "failed": 0}
    }
    _ingest_texts(workspace, tmp_path, a="warm coat", b="hat")
    assert store.covered("light", "1") == {ids["b"]}
    _, found = store.read("light", purpose="audit", item_ids=[ids["a"], ids["b"]])
    assert found.filled(0).tolist() == [0, 2]
    assert store.summary()["light"]["missing"] == 1


@pytest.mark.parametrize(
    ("contract", "ids", "values", "match"),
    [
        (_contract("other"), ["a"], np.ones(1), "doesn't fit"),
        (_contract(version="2"), ["a"], np.ones(1), "doesn't fit"),
        (_contract(), ["a"], np.ones(2), "2 values for 1 items"),
        (_contract(), ["a", "a"], np.ones(2), "twice"),
        (_contract(value="vector", dimension=4), ["a"], np.ones((1, 3)), "dimension 4"),
        (_contract(), ["a"], np.ones((1, 1)), "dimension 1"),
        (_contract(), ["a"], np.array([np.nan]), "isn't finite"),
        (_contract(maximum=0.5), ["a"], np.ones(1), "more than"),
        (_contract(minimum=1.5), ["a"], np.ones(1), "less than"),
    ],
)
def test_what_breaks_the_contract_isnt_stored(
    store: SignalStore, contract: Contract, ids: list[str], values: Any, match: str
) -> None:
    with pytest.raises(DataError, match=match):
        store.write(contract, ids, SignalColumn.present("light", "1", values))
    assert store.contracts() == {}


def test_groups_and_values_arent_mixed_up(store: SignalStore) -> None:
    groups = GroupColumn.from_groups(SKIN_TONE, ["4-5"])
    with pytest.raises(DataError, match="write_groups"):
        store.write(TONE, ["a"], SignalColumn.present("skin_tone", "1", np.ones(1)))
    with pytest.raises(DataError, match="over 'skin_tone'"):
        store.write_groups(_contract(), ["a"], groups, np.ones(1, np.float32))
    store.write_groups(TONE, ["a"], groups, np.ones(1, np.float32))
    with pytest.raises(DataError, match="read_groups"):
        store.read("skin_tone", purpose="audit")
    store.write(_contract(), ["a"], SignalColumn.present("light", "1", np.ones(1)))
    with pytest.raises(DataError, match=r"SignalStore\.read"):
        store.read_groups("light", purpose="audit")


def test_a_version_that_leads_elsewhere_is_refused(store: SignalStore) -> None:
    bad = _contract(version="../../elsewhere")
    with pytest.raises(DataError, match="no folder's name"):
        store.write(bad, ["a"], SignalColumn.present("light", "../../elsewhere", np.ones(1)))
