"""Probabilities of matching: by hand, calibrated against truth, and used in their domain only."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core import SKIN_TONE, Contract, GroupColumn, Refinement, State
from fairview.discovery.match_probability import MatchProbability, counts_in, posterior
from fairview.discovery.refinement import MATCHING, UNCERTAIN, RefinementRules
from fairview.discovery.signals_in_memory import People
from fairview.signals.base import shipped_contract

TONES = {0: 2, 1: 5, 2: 7, 3: 9}
"""A tone of each of the four ranges."""


def column(read: list[list[int | None]]) -> GroupColumn:
    """Return items whose people were read as these ranges' indices, None where abstained."""
    flat = [person for item in read for person in item]
    return GroupColumn.from_readings(
        SKIN_TONE,
        np.array([0 if person is None else TONES[person] for person in flat], np.int16),
        [State.ABSTAINED if person is None else State.PRESENT for person in flat],
        np.concatenate([[0], np.cumsum([len(item) for item in read])]),
    )


def contract_of(counts: np.ndarray, domain: str = "rendered") -> Contract:
    confusion = {
        "condition": "all",
        "domain": domain,
        "groups": SKIN_TONE.names,
        "counts": counts.tolist(),
    }
    plain = shipped_contract("skin_tone").model_dump()
    return Contract.model_validate({**plain, "confusion": (confusion,)})


COUNTS = np.array([[90, 8, 0, 0, 2], [20, 70, 5, 0, 5], [0, 5, 90, 3, 2], [0, 0, 6, 84, 10]])


def test_bayes_rule_by_hand() -> None:
    """Two ranges, reading a twice as frequent: shares and posteriors by hand."""
    given = posterior(np.array([[80.0, 20, 0], [20, 80, 0]]) * 1e6, np.array([500.0, 500, 0]))
    assert given[:, 0] == pytest.approx([0.8, 0.2], abs=1e-4)
    skewed = posterior(np.array([[80.0, 20, 0], [20, 80, 0]]) * 1e6, np.array([740.0, 260, 0]))
    share = (0.74 - 0.2) / 0.6
    by_hand = share * 0.8 / 0.74
    assert skewed[0, 0] == pytest.approx(by_hand, abs=1e-4)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_probabilities_are_calibrated_and_counts_honest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rate = COUNTS / COUNTS.sum(axis=1, keepdims=True)
    truth = rng.choice(4, 20_000, p=[0.5, 0.3, 0.15, 0.05])
    read = np.array([rng.choice(5, p=rate[t]) for t in truth])
    items = column([[None if r == 4 else int(r)] for r in read])
    match = MatchProbability.of(items, contract_of(COUNTS * 50), np.ones(len(truth), np.bool_))
    for group in range(4):
        chance, really = match.probability[:, group], truth == group
        for low, high in ((0.02, 0.3), (0.3, 0.8), (0.8, 1.01)):
            inside = (chance >= low) & (chance < high)
            if inside.sum() > 300:
                error = 4 * np.sqrt(0.25 / inside.sum())
                assert really[inside].mean() == pytest.approx(chance[inside].mean(), abs=error)
        expected = match.expected(np.arange(len(truth)), np.ones(len(truth), np.bool_))[group]
        assert expected == pytest.approx(really.sum(), rel=0.1)
    raw = (read == 1).sum()
    assert abs(raw - (truth == 1).sum()) > 5 * abs(
        match.probability[:, 1].sum() - (truth == 1).sum()
    ), "the plain count of what was read is far off where the corrected one isn't"


def test_a_picture_of_several_people_holds_a_group_where_any_of_them_does() -> None:
    items = column([[0, 3], [0], [3]])
    match = MatchProbability.of(items, contract_of(COUNTS), np.ones(3, np.bool_))
    assert match.probability[0, 0] == pytest.approx(
        1 - (1 - match.probability[1, 0]) * (1 - match.probability[2, 0])
    )


def test_outside_the_domain_readings_stand_as_they_are() -> None:
    items = column([[0], [3], [None]])
    for match in (
        MatchProbability.of(items, contract_of(COUNTS), np.zeros(3, np.bool_)),
        MatchProbability.of(items, contract_of(COUNTS, "photographs"), np.ones(3, np.bool_)),
        MatchProbability.of(items, None, np.ones(3, np.bool_)),
    ):
        assert not match.calibrated.any()
        assert match.probability.tolist() == items.contains.astype(float).tolist()


def test_the_shipped_matrix_is_used_for_drawn_pictures() -> None:
    counts = counts_in(shipped_contract("skin_tone"), "rendered", SKIN_TONE.names)
    assert counts is not None
    assert counts.shape == (4, 5)
    assert counts_in(shipped_contract("skin_tone"), "photographs", SKIN_TONE.names) is None


def test_what_is_possible_but_not_likely_stays_reachable() -> None:
    counts = np.array([[80, 20, 0, 0, 0], [20, 80, 0, 0, 0], [0, 0, 99, 1, 0], [0, 0, 1, 99, 0]])
    read: list[list[int | None]] = [[0], [1], [2], [3], [None], []]
    items = column(read * 50)
    state = np.array([1, 1, 1, 1, State.ABSTAINED, State.NOT_APPLICABLE] * 50, np.int8)
    state[np.isin(np.arange(300) % 6, (0, 1, 2, 3))] = State.PRESENT
    match = MatchProbability.of(items, contract_of(counts), np.ones(300, np.bool_))
    rules = RefinementRules({"skin_tone": People(items, state, match)}, {}, np.arange(300))
    lightest = Refinement({"skin_tone": "1-3"})
    assert set(np.flatnonzero(rules.rows(lightest, MATCHING)) % 6) == {0}
    assert set(np.flatnonzero(rules.rows(lightest, UNCERTAIN)) % 6) == {1, 4}
    darkest = Refinement({"skin_tone": "8-10"})
    assert set(np.flatnonzero(rules.rows(darkest, MATCHING)) % 6) == {3}
    assert set(np.flatnonzero(rules.rows(darkest, UNCERTAIN)) % 6) == {4}
