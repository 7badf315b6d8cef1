"""Systems of others are audited from their log alone, and published figures come out.

Nothing of Fairview's discovery is in it: a table of decisions or of ranked lists is enough.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from real_logs import acs_income, adult, compas, engineering_students, figures, german, w3c_experts

from fairview.audit.finding import Roles, find_in_table, find_slices, slice_columns
from fairview.measure import Status

pytestmark = pytest.mark.data

FPR, FNR = "FPR(by='race')", "FNR(by='race')"
SHARE = "ExposureShare(by='group')@1000"
"""Of whole lists: none is longer."""


def test_compas_has_the_published_error_rates(data_dir: Path) -> None:
    """ProPublica 2016: false positives 44.85 / 23.45 %, false negatives 27.99 / 47.72 %."""
    found = figures(compas(data_dir), FPR, FNR)
    published = {
        (FPR, "African-American"): 44.85, (FPR, "Caucasian"): 23.45,
        (FNR, "African-American"): 27.99, (FNR, "Caucasian"): 47.72,
    }  # fmt: skip
    for key, percent in published.items():
        assert found[key].value is not None
        assert round(100 * found[key].value, 2) == percent
        assert found[key].low < found[key].value < found[key].high  # type: ignore[operator]


def test_compas_scores_with_a_threshold_give_the_same(data_dir: Path) -> None:
    """Medium and high are deciles 5 to 10, so the threshold 5 is the published decision."""
    by_decile = "FPR(by='race', y_pred='decile', threshold=5)"
    found = figures(compas(data_dir), FPR, by_decile)
    for race in ("African-American", "Caucasian", "Hispanic"):
        assert found[FPR, race].value == found[by_decile, race].value


def test_compas_gap_is_no_chance_and_small_groups_say_so(data_dir: Path) -> None:
    gap = f"Gap(of={FPR!r}, to='Caucasian')"
    found = figures(compas(data_dir), FPR, gap)
    african = found[gap, "African-American"]
    assert african.value == pytest.approx(0.4485 - 0.2345, abs=1e-4)
    assert african.low is not None
    assert african.low > 0.15
    rare = found[FPR, "Native American"]
    assert rare.n == 8
    assert rare.status is not Status.OK or rare.high - rare.low > 0.4  # type: ignore[operator]


def test_adult_has_its_known_rates(data_dir: Path) -> None:
    """More than 50,000 dollars: 24.1 % of all, 10.9 % of women, 30.6 % of men."""
    rate = "SelectionRate(by='sex', y_pred='income', positive='>50K')"
    found = figures(adult(data_dir), rate)
    assert round(100 * found[rate, "overall"].value, 1) == 24.1  # type: ignore[operator]
    assert round(100 * found[rate, "Female"].value, 1) == 10.9  # type: ignore[operator]
    assert round(100 * found[rate, "Male"].value, 1) == 30.6  # type: ignore[operator]


def test_acs_income_in_all_intersections(data_dir: Path) -> None:
    """332,900 people by sex and race: every rate is that of the rows counted one by one."""
    rows = acs_income(data_dir)
    tpr, rate = "TPR(by='sex*race')", "SelectionRate(by='sex*race', y_pred='y_true')"
    found = figures(rows, tpr, rate)
    assert found[rate, "overall"].n == 332_900
    cells = rows.groupby(["sex", "race"])
    for (sex, race), part in cells:
        assert found[rate, f"{sex} & {race}"].value == pytest.approx(part["y_true"].mean())
        positive = part[part["y_true"] == 1]
        if len(positive):
            assert found[tpr, f"{sex} & {race}"].value == pytest.approx(positive["y_pred"].mean())
    assert len(cells) == 18


def test_acs_income_has_slices_that_nobody_asked_for(data_dir: Path) -> None:
    table = pa.Table.from_pandas(acs_income(data_dir), preserve_index=False)
    roles = Roles(label="y_true", prediction="y_pred", error="false negative")
    found = find_in_table(table, roles, np.random.default_rng(0))
    assert found.excluded == int((acs_income(data_dir)["y_true"] == 0).sum())
    worst = found.confirmed[0]
    rows = acs_income(data_dir)
    rows = rows[rows["y_true"] == 1]
    inside = np.logical_and.reduce([rows[c] == v for c, v in worst.conditions])
    missed = rows["y_pred"] == 0
    gap = missed[inside].mean() - missed[~inside].mean()
    assert worst.low is not None
    assert worst.high is not None
    assert worst.low < gap < worst.high


def test_dealt_at_random_real_columns_show_nothing(data_dir: Path) -> None:
    """Losses of German credit dealt anew: 20 real columns, no slice truly worse, none confirmed."""
    rows = pd.read_csv(data_dir / "fairness-german-credit" / "german.csv")
    table = pa.Table.from_pandas(rows.drop(columns="credit"), preserve_index=False)
    columns = slice_columns(table, table.column_names)
    loss = (rows["credit"] == 2).to_numpy(float)
    confirmed, looked = 0, 0
    for deal in range(12):
        rng = np.random.default_rng(deal)
        found = find_slices(columns, rng.permutation(loss), rng)
        confirmed += bool(found.confirmed)
        looked += found.counted
    assert confirmed <= 1
    assert looked > 12 * 1000
    real = find_slices(columns, loss, np.random.default_rng(0))
    assert any("status=A11" in each.name for each in real.confirmed)


def test_german_credit_by_sex(data_dir: Path) -> None:
    """700 of 1,000 loans are good: 499 of 690 of men, 201 of 310 of women."""
    rate = "SelectionRate(by='sex')"
    found = figures(german(data_dir), rate, f"Gap(of={rate!r}, to='men')")
    assert found[rate, "overall"].value == pytest.approx(0.7)
    assert found[rate, "men"].value == pytest.approx(499 / 690)
    assert found[rate, "women"].value == pytest.approx(201 / 310)
    gap = found[f"Gap(of={rate!r}, to='men')", "women"]
    assert gap.value == pytest.approx(201 / 310 - 499 / 690)


def exposure_by_hand(lists: pd.DataFrame) -> float:
    """The protected group's share of 1 / log2(1 + rank), list by list, item by item."""
    held = {"protected": 0.0, "others": 0.0}
    for position, group in zip(lists["position"], lists["group"], strict=True):
        held[group] += 1 / math.log2(1 + position)
    return held["protected"] / sum(held.values())


@pytest.mark.parametrize("lists_of", [engineering_students, w3c_experts])
def test_rankings_of_others(data_dir: Path, lists_of: object) -> None:
    lists = lists_of(data_dir)  # type: ignore[operator]
    k = 10
    div, skew = f"Div(by='group')@{k}", f"Skew(by='group', target='uniform')@{k}"
    found = figures(lists, SHARE, div, skew)
    assert found[SHARE, "protected"].value == pytest.approx(exposure_by_hand(lists), rel=1e-12)
    top = lists[lists["position"] <= k]
    both = top.groupby("request_id")["group"].nunique() == 2
    assert found[div, "overall"].value == pytest.approx(both.mean())
    shown = (top["group"] == "protected").mean()
    if shown:
        assert found[skew, "protected"].value == pytest.approx(math.log(shown / 0.5))
    else:
        assert found[skew, "protected"].status is not Status.OK


def test_five_lists_are_too_few_for_an_interval(data_dir: Path) -> None:
    """Five years of students: a figure, and no claim of how sure it is."""
    found = figures(engineering_students(data_dir), SHARE)
    estimate = found[SHARE, "protected"]
    assert estimate.status is Status.INSUFFICIENT
    assert estimate.low is None
    experts = figures(w3c_experts(data_dir), SHARE)
    sure = experts[SHARE, "protected"]
    assert sure.status is Status.OK
