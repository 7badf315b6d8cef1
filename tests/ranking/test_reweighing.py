"""Training weights: independence by hand, and nothing where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.ranking.reweighing import reweighed


def test_reweighed_clicks_do_not_depend_on_the_group() -> None:
    member = np.repeat([[1.0, 0.0], [0.0, 1.0]], [60, 40], axis=0)
    clicked = np.concatenate([np.arange(60) < 30, np.arange(40) < 8])
    weight = reweighed(member, clicked, 1.0)
    rates = [
        float(weight[rows & clicked].sum() / weight[rows].sum())
        for rows in (member[:, 0] == 1, member[:, 1] == 1)
    ]
    assert rates == pytest.approx([0.38, 0.38])
    assert weight.mean() == pytest.approx(1.0)


def test_strength_zero_and_one_group_and_no_rows_change_nothing() -> None:
    member, clicked = np.ones((4, 1)), np.array([True, False, True, False])
    assert reweighed(member, clicked, 1.0).tolist() == [1.0] * 4
    assert reweighed(np.eye(4), clicked, 0.0).tolist() == [1.0] * 4
    assert reweighed(np.zeros((0, 3)), np.zeros(0, np.bool_), 1.0).tolist() == []
