"""Differential privacy: the noise, the clip, and a budget that can't be overdrawn."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fairview.core.errors import DataError, UsageError
from fairview.measure.statistics import PrivacyLedger, epsilon_of, private_totals
from fairview.measure.statistics.privacy import clipped_sums


def test_epsilon_agrees_with_opendp() -> None:
    dp = pytest.importorskip("opendp.prelude", reason="the extra 'privacy' isn't installed")
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l2_distance(T=float)
    profile = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=1.0))
    for rho in (1e-4, 0.01, 0.125, 2.0):
        for delta in (1e-9, 1e-6, 1e-3):
            theirs = profile.map(float(np.sqrt(2 * rho))).epsilon(delta=delta)
            assert epsilon_of(rho, delta) == pytest.approx(theirs, rel=0.02, abs=1e-3)


@settings(deadline=None)
@given(arrays(float, (4, 3), elements=st.floats(-1e6, 1e6)), st.floats(0.1, 100))
def test_nobody_contributes_more_than_the_clip(people: np.ndarray, clip: float) -> None:
    for person in people:
        alone = clipped_sums(person[None, :], clip).astype(float) / 2**20
        assert np.sqrt((alone**2).sum()) <= 1.0
    whole = clipped_sums(people, clip)
    without = clipped_sums(people[1:], clip)
    assert (whole - without == clipped_sums(people[:1], clip)).all()


def test_the_noise_has_the_stated_error_and_clipped_sums_are_its_centre(tmp_path: Path) -> None:
    pytest.importorskip("opendp", reason="the extra 'privacy' isn't installed")
    ledger = PrivacyLedger(tmp_path / "ledger", epsilon=50.0, delta=1e-6)
    people = np.column_stack([np.full(1000, 3.0), np.full(1000, 4.0)] * 200)
    clip = 5.0 * np.sqrt(200)
    found = private_totals(people, clip, 0.5, ledger, "counts")
    away = found.totals - people.sum(axis=0)
    assert found.error == pytest.approx(clip)
    assert away.std() == pytest.approx(found.error, rel=0.15)
    assert abs(away.mean()) < 4 * found.error / 20
    again = private_totals(people, clip, 0.5, ledger, "counts")
    assert not np.array_equal(found.totals, again.totals)
    assert ledger.spent() == 1.0


def test_the_budget_adds_up_over_runs_and_refuses_when_spent(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    PrivacyLedger(path, 1.0, 1e-6).spend("monday", 0.01)
    ledger = PrivacyLedger(path, 1.0, 1e-6)
    ledger.spend("tuesday", 0.01)
    assert ledger.entries() == [("monday", 0.01), ("tuesday", 0.01)]
    assert ledger.epsilon_spent() == pytest.approx(epsilon_of(0.02, 1e-6))
    with pytest.raises(UsageError, match="doesn't hold 'wednesday'"):
        ledger.spend("wednesday", 0.1)
    assert ledger.spent() == pytest.approx(0.02)
    with pytest.raises(UsageError, match="can't be changed"):
        PrivacyLedger(path, 5.0, 1e-6)


def _spend(path: str) -> int:
    ledger, spent = PrivacyLedger(Path(path), 1.0, 1e-6), 0
    for _ in range(20):
        try:
            ledger.spend("x", 0.002)
        except UsageError:
            break
        spent += 1
    return spent


def test_runs_at_the_same_time_do_not_overdraw(tmp_path: Path) -> None:
    path = str(tmp_path / "ledger")
    PrivacyLedger(Path(path), 1.0, 1e-6)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        spent = sum(pool.map(_spend, [path, path]))
    assert spent == len(PrivacyLedger(Path(path), 1.0, 1e-6).entries())
    assert epsilon_of(0.002 * spent, 1e-6) <= 1.0 < epsilon_of(0.002 * (spent + 1), 1e-6)


def test_nothing_is_released_of_what_can_not_be_protected(tmp_path: Path) -> None:
    pytest.importorskip("opendp", reason="the extra 'privacy' isn't installed")
    ledger = PrivacyLedger(tmp_path / "ledger", 1.0, 1e-6)
    with pytest.raises(DataError, match="people x cells"):
        private_totals([[np.nan]], 1.0, 0.01, ledger, "x")
    with pytest.raises(UsageError, match="clip"):
        private_totals([[1.0]], 0.0, 0.01, ledger, "x")
    with pytest.raises(UsageError, match="doesn't hold"):
        private_totals([[1.0]], 1.0, 9.0, ledger, "x")
    assert ledger.spent() == 0


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text("not a database, but long enough to look at" * 50)
    with pytest.raises(DataError, match="can't be used"):
        PrivacyLedger(path, 1.0, 1e-6)
    with pytest.raises(UsageError, match="budget needs"):
        PrivacyLedger(tmp_path / "other", 0.0, 1e-6)
