"""Parameters are checked, and streams are independent of each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fairview.catalog.world import WorldParameters
from fairview.catalog.world.parameters import stream
from fairview.core import UsageError


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"items": 0}, "items"),
        ({"days": 0}, "days"),
        ({"people_share": 1.5}, "people_share"),
        ({"candidate_sampling": 0.0}, "candidate_sampling"),
        ({"engagement_skew": (1.0, 1.0)}, "engagement_skew"),
        ({"engagement_skew": (1.0, 1.0, 0.0, 1.0)}, "engagement_skew"),
        ({"ranking_skew": (0.0, 0.0, float("nan"), 0.0)}, "ranking_skew"),
        ({"signal_error": (0.99,) * 10}, "signal_error"),
        ({"slate_size": 50, "pool_size": 40}, "slate"),
        ({"items": 10}, "slate"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(given: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        WorldParameters(**given)


def test_streams_differ_by_seed_name_and_number() -> None:
    draws = {
        float(stream(seed, name, *more).random())
        for seed in (0, 1)
        for name in ("items", "people")
        for more in ((), (0,), (1,))
    }
    # A trailing zero is no entropy to numpy, so () and (0,) may agree; the numbers must differ.
    assert len(draws) >= 8
    assert stream(3, "picture", 1).random() != stream(3, "picture", 2).random()


def test_parameters_are_plain_data() -> None:
    plain = WorldParameters().to_dict()
    assert plain["engagement_skew"] == list(WorldParameters().engagement_skew)
    assert np.isfinite(plain["supply_skew"])
