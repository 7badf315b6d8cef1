"""Holm and Benjamini-Hochberg agree with statsmodels, on every order and with gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from fairview.core.errors import DataError
from fairview.measure.statistics import benjamini_hochberg, holm


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_families_agree_with_statsmodels(p: list[float]) -> None:
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-15)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-15)


def test_a_test_that_could_not_be_made_stays_undefined_and_is_not_counted() -> None:
    for adjust in (holm, benjamini_hochberg):
        found = adjust([0.01, np.nan, 0.2])
        assert np.isnan(found[1])
        assert found[[0, 2]] == pytest.approx(adjust([0.01, 0.2]))
        assert len(adjust([])) == 0
        with pytest.raises(DataError, match="from 0 to 1"):
            adjust([0.5, 1.2])
