"""Inferred attributes: closed forms, refusals, and what varies with the assumptions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

import fairview.signals
from fairview.core.contract import Contract
from fairview.core.errors import DataError
from fairview.measure import Status
from fairview.measure.statistics import (
    ErrorModel,
    band,
    correct,
    corrected_counts,
    rates,
    varied,
)

BINARY = ErrorModel(("a", "b"), ((900, 100, 0), (200, 800, 0)), "photographs", "1")
CONTRACT = Path(fairview.signals.__file__).parent / "contracts" / "skin_tone.yaml"


def rng() -> np.random.Generator:
    return np.random.default_rng(6)


@settings(deadline=None)
@given(st.floats(0.55, 0.99), st.floats(0.55, 0.99), st.floats(0.02, 0.98))
def test_two_groups_agree_with_rogan_and_gladen(se: float, sp: float, true: float) -> None:
    read = true * se + (1 - true) * (1 - sp)
    found = corrected_counts(
        [read * 1000, (1 - read) * 1000, 0], [[se, 1 - se, 0], [1 - sp, sp, 0]]
    )
    assert found[0] == pytest.approx(1000 * (read + sp - 1) / (se + sp - 1), abs=0.05)
    assert found.sum() == pytest.approx(1000)


def test_counts_are_the_likeliest_and_keep_abstentions_in_mind() -> None:
    """Against a general-purpose maximiser, where the plain inverse would be negative too."""
    matrix = np.array([[0.8, 0.1, 0.02, 0.08], [0.15, 0.7, 0.1, 0.05], [0.02, 0.08, 0.6, 0.3]])
    for reads in ([50.0, 200.0, 120.0, 60.0], [300.0, 20.0, 1.0, 9.0]):
        found = corrected_counts(reads, matrix)

        def loss(x: np.ndarray, reads: list[float] = reads) -> float:
            share = np.exp(x - x.max())
            return -float(np.array(reads) @ np.log(share / share.sum() @ matrix))

        peer = optimize.minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 9000})
        best = -loss(np.log(np.maximum(found, 1e-12)))
        assert best >= -peer.fun - 1e-6
        assert found.sum() == pytest.approx(sum(reads))
        assert (found >= 0).all()


def test_rates_are_those_of_the_true_groups() -> None:
    """Readings mix the groups' rates together; the correction takes them apart again."""
    people, true_rates = np.array([3000.0, 7000.0]), np.array([0.2, 0.5])
    cells = np.stack([people * true_rates, people * (1 - true_rates)]) @ BINARY.matrix
    found = correct(cells, BINARY, "photographs", rng(), figures=rates)
    assert found.values == pytest.approx(true_rates, abs=1e-4)
    assert found.raw[0] > 0.25
    assert (found.low < true_rates).all()
    assert (true_rates < found.high).all()


def test_the_matrix_own_uncertainty_widens_the_interval() -> None:
    few = ErrorModel(("a", "b"), ((45, 5, 0), (10, 40, 0)), "photographs", "1")
    wide = correct([[41_000, 59_000, 0]], few, "photographs", rng())
    narrow = correct([[41_000, 59_000, 0]], BINARY, "photographs", rng())
    assert wide.values == pytest.approx(narrow.values, abs=1e-3)
    assert wide.high[0] - wide.low[0] > 3 * (narrow.high[0] - narrow.low[0])


def test_clusters_come_in_as_resampled_cells() -> None:
    cells = np.array([[4100.0, 5900.0, 0.0]])
    shares = rng().normal(0.41, 0.03, 500)
    resampled = np.stack([10_000 * shares, 10_000 * (1 - shares), 0 * shares], axis=1)[:, None]
    found = correct(cells, BINARY, "photographs", rng(), resampled=resampled)
    plain = correct(cells, BINARY, "photographs", rng())
    assert found.high[0] - found.low[0] > 1.5 * (plain.high[0] - plain.low[0])


def test_another_domain_corrects_nothing() -> None:
    found = correct([[41, 59, 0]], BINARY, "rendered", rng())
    assert found.status is Status.INSUFFICIENT
    assert np.isnan(found.values).all()
    assert found.raw == pytest.approx([0.41, 0.59])
    assert "measured on photographs" in found.note
    low, high = band(varied([[41, 59, 0]], BINARY))
    assert (low <= found.raw).all()
    assert (found.raw <= high).all()
    assert (high - low > 0.3).all()


@pytest.mark.parametrize(
    "counts",
    [((52, 48, 0), (48, 52, 0)), ((5, 2, 0), (2, 5, 0)), ((10, 10, 80), (10, 12, 78))],
    ids=["a coin", "seven labels each", "nearly always abstains"],
)
def test_a_matrix_that_hardly_tells_groups_apart_is_refused(
    counts: tuple[tuple[int, ...], ...],
) -> None:
    found = correct([[41, 59, 0]], ErrorModel(("a", "b"), counts, "x", "1"), "x", rng())
    assert found.status is Status.INSUFFICIENT
    assert "hardly tell" in found.note


def test_the_shipped_contract_fills_the_model_and_corrects_rendered_pictures_only() -> None:
    contract = Contract.load(CONTRACT)
    conditions = [
        ErrorModel(c.groups, c.counts, c.domain, contract.version, c.condition)
        for c in contract.confusion
    ]
    model = ErrorModel.pooled(conditions)
    assert sum(map(sum, model.counts)) == sum(sum(map(sum, c.counts)) for c in conditions)
    true = np.array([400.0, 300.0, 200.0, 100.0])
    found = correct([true @ model.matrix], model, "rendered", rng())
    assert found.status is Status.OK
    assert found.values == pytest.approx(true / 1000, abs=1e-3)
    assert correct([true @ model.matrix], model, "photographs", rng()).status is (
        Status.INSUFFICIENT
    )


def test_assumptions_are_varied_one_by_one() -> None:
    model = ErrorModel(("a", "b"), ((85, 10, 5), (18, 76, 6)), "photographs", "1")
    people, true_rates = np.array([3000.0, 7000.0]), np.array([0.2, 0.5])
    cells = np.stack([people * true_rates, people * (1 - true_rates)]) @ model.matrix
    found = {one.assumption: one.values for one in varied(cells, model, rates)}
    assert found["errors as measured"] == pytest.approx(true_rates, abs=1e-4)
    assert len(found) == 10
    assert len({tuple(values.round(6)) for values in found.values()}) == 10
    low, high = band(varied(cells, model, rates))
    assert (low <= true_rates).all()
    assert (true_rates <= high).all()


def test_the_true_assumption_gives_the_truth() -> None:
    """Errors that are twice as frequent among positives are undone when that is assumed."""
    from fairview.measure.statistics.error_sensitivity import scaled

    people, true_rates = np.array([3000.0, 7000.0]), np.array([0.2, 0.5])
    cells = np.stack(
        [
            (people * true_rates) @ scaled(BINARY.matrix, 2.0),
            (people * (1 - true_rates)) @ BINARY.matrix,
        ]
    )
    found = {one.assumption: one.values for one in varied(cells, BINARY, rates)}
    assert found["errors 2 times as frequent in component 1"] == pytest.approx(true_rates, abs=1e-3)
    assert np.abs(found["errors as measured"] - true_rates).max() > 0.03


def test_wrong_matrices_and_cells_are_refused() -> None:
    for counts in (((1, 2), (3, 4)), ((1, 2, -1), (1, 1, 1)), ((0, 0, 0), (1, 1, 1))):
        with pytest.raises(DataError, match=r"error model|negative"):
            ErrorModel(("a", "b"), counts, "x", "1")
    with pytest.raises(DataError, match="same groups"):
        ErrorModel.pooled([BINARY, ErrorModel(("a", "b"), ((1, 1, 1), (1, 1, 1)), "x", "1")])
    with pytest.raises(DataError, match="Cells need 3"):
        correct([[1, 2]], BINARY, "photographs", rng())
    with pytest.raises(DataError, match="Cells need 3"):
        varied([[1, -2, 3]], BINARY)
    with pytest.raises(DataError, match="count per group"):
        corrected_counts([1.0, 2.0], BINARY.matrix)


def test_nothing_read_is_undefined() -> None:
    found = correct([[0, 0, 0]], BINARY, "photographs", rng())
    assert np.isnan(found.values).all()
    cells = np.zeros((2, 3))
    assert np.isnan(correct(cells, BINARY, "photographs", rng(), figures=rates).values).all()
