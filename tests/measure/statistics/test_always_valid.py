"""Daily looks: the state merges, persists, and agrees with the formula."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairview.core.errors import DataError, UsageError
from fairview.measure.statistics import Watched, always_valid, mixture_reach, tuning

days = st.lists(st.lists(st.floats(-5, 5), max_size=6), min_size=1, max_size=6)


@settings(deadline=None)
@given(days, st.randoms())
def test_days_add_up_in_any_order(seen: list[list[float]], shuffle: object) -> None:
    start = Watched(rho=2.0)
    at_once = start.update([value for day in seen for value in day])
    states = [start.update(day) for day in seen]
    shuffle.shuffle(states)  # type: ignore[attr-defined]
    merged = start
    for state in states:
        merged = merged.merge(Watched.from_dict(json.loads(json.dumps(state.to_dict()))))
    assert merged.count == at_once.count
    assert merged.mean == pytest.approx(at_once.mean, abs=1e-12)
    assert merged.m2 == pytest.approx(at_once.m2, abs=1e-9)


def test_large_close_values_keep_their_spread() -> None:
    values = 1e9 + np.random.default_rng(1).normal(0, 0.3, 1000)
    state = Watched(rho=5.0)
    for part in np.array_split(values, 7):
        state = state.update(part)
    assert state.m2 / 999 == pytest.approx(values.var(ddof=1), rel=1e-6)


def test_both_forms_are_one_boundary_and_narrowest_where_planned() -> None:
    rho = tuning(4000, 0.21)
    reach = mixture_reach([100, 4000, 90_000], 0.21, rho)
    errors = np.sqrt(0.21 / np.array([100, 4000, 90_000]))
    low, high = always_valid(0.3, errors, np.sqrt(0.21 / 4000))
    assert (high - low) / 2 == pytest.approx(reach, rel=1e-3)
    around = [float(mixture_reach(4000, 0.21, rho * times)) for times in (0.5, 0.9, 1, 1.1, 2)]
    assert min(around) == around[2]


def test_what_can_not_be_watched_is_refused() -> None:
    with pytest.raises(DataError, match="NaN or infinite"):
        Watched(rho=1.0).update([1.0, np.nan])
    with pytest.raises(DataError, match="tuning or level"):
        Watched(rho=1.0).merge(Watched(rho=2.0))
    for broken in ({"rho": -1.0}, {"rho": 1.0, "count": -2}, {"day": 3}):
        with pytest.raises(DataError, match="watched mean"):
            Watched.from_dict(broken)
    for planned in (0.0, -1.0, np.nan):
        with pytest.raises(UsageError, match="planned error"):
            always_valid(0.1, 0.1, planned)
    assert np.isnan(Watched(rho=1.0).update([3.0]).interval()).all()
