"""Slice discovery: the search loses nothing, the other half decides, nothing is silent."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from slices_made import Rows, conditions_of, every_slice
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import confint_proportions_2indep

from fairview.audit.finding import (
    SliceColumn,
    SliceSearch,
    embedding_clusters,
    find_slices,
    slice_column,
    slice_columns,
)
from fairview.audit.finding.confirmation import gaps_of
from fairview.audit.finding.lattice import Wanted, search
from fairview.core import DataError, UsageError
from fairview.measure.statistics import difference_score

PLANTED = Rows(rows=8000, planted=((((1, 2), (3, 0)), 0.25),))


def found_in(world: Rows, seed: int = 0, **asked: object):
    rng = np.random.default_rng(seed)
    columns = world.columns_of(rng)
    loss = (rng.random(world.rows) < world.chance([c.codes for c in columns])).astype(float)
    return find_slices(columns, loss, rng, asked=SliceSearch(**asked))  # type: ignore[arg-type]


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    weight=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    keep=st.sampled_from([3, 10, 1000]),
    numeric=st.booleans(),
)
def test_search_loses_nothing(seed: int, weight: float, keep: int, numeric: bool) -> None:
    """Bounds and counting give what one mask per slice gives, for any loss, negative ones too."""
    rng = np.random.default_rng(seed)
    columns = [
        SliceColumn(f"c{j}", tuple("abcd"[:size]), rng.integers(0, size, 300).astype(np.int32))
        for j, size in enumerate(rng.integers(2, 5, 4))
    ]
    loss = rng.normal(-3, 2, 300) if numeric else (rng.random(300) < 0.3).astype(float)
    loss = loss + 0.5 * (columns[1].codes == 0) * (columns[2].codes == 1)
    wanted = Wanted(depth=3, support=12, size_weight=weight, keep=keep)
    fine = [c.score for c, above in every_slice(columns, loss, wanted) if c.score > above + 1e-12]
    expected = sorted((score for score in fine if score > 1e-12), reverse=True)[:keep]
    got = search(columns, loss, wanted)
    np.testing.assert_allclose([c.score for c in got.best[:keep]], expected, rtol=1e-9)


def test_bound_leaves_slices_uncounted() -> None:
    """Where few slices are wanted, most are never refined."""
    rng = np.random.default_rng(5)
    columns = Rows(rows=4000, columns=6).columns_of(rng)
    loss = np.where((columns[0].codes == 0) & (columns[1].codes == 1), 1.0, 0.0)
    few, many = (search(columns, loss, Wanted(3, 20, 0.5, keep)) for keep in (1, 10_000))
    assert few.best[0] == many.best[0]
    assert few.hopeless > 0
    assert few.counted < many.counted


def test_planted_slice_is_found_and_its_parents_explained() -> None:
    found = found_in(PLANTED)
    assert [each.name for each in found.confirmed] == ["c1=2 & c3=0"]
    best = found.confirmed[0]
    assert best.low is not None
    assert best.high is not None
    assert best.low < PLANTED.true_gap(conditions_of(best.conditions)) < best.high
    assert (best.by, best.slice) == ("c1*c3", "2 & 0")
    assert {"c1=2", "c3=0"} <= set(best.explains)
    assert best.excess == pytest.approx(best.share * best.gap / 0.2278, rel=0.1)


def test_a_condition_that_adds_nothing_is_no_finding() -> None:
    found = found_in(Rows(rows=8000, planted=((((2, 1),), 0.3),)))
    assert [each.name for each in found.confirmed] == ["c2=1"]


def test_size_weight_trades_gap_for_size() -> None:
    world = Rows(rows=20_000, planted=((((0, 0),), 0.1), (((1, 1), (2, 2), (3, 0)), 0.4)))
    small = found_in(world, size_weight=0.0).confirmed[0]
    large = found_in(world, size_weight=1.0).confirmed[0]
    assert small.name == "c1=1 & c2=2 & c3=0" or small.gap > 0.35
    assert large.name == "c0=0"


def test_the_same_seed_gives_the_same_findings() -> None:
    assert found_in(PLANTED, seed=3).to_dict() == found_in(PLANTED, seed=3).to_dict()


def test_findings_say_what_was_found_and_what_could_have_been() -> None:
    found, nothing = found_in(PLANTED), found_in(Rows())
    finding = found.finding()
    assert "The largest gap: c1=2 & c3=0, 12.1%" in finding.sentence
    assert finding.rows[0][0] == "c1=2 & c3=0"
    assert "Benjamini-Hochberg" in finding.method
    assert nothing.finding().rows == ()
    assert nothing.detectable is not None
    assert f"A gap of {nothing.detectable:.3g} or more would most likely" in nothing.sentence
    assert found.to_dict()["slices"][0]["name"] == "c1=2 & c3=0"


def test_depth_and_support_are_kept() -> None:
    found = found_in(PLANTED, depth=1, minimum_rows=200)
    assert {len(each.conditions) for each in found.slices} == {1}
    assert all(each.searched_n >= 100 for each in found.slices)


def test_people_are_not_split_and_their_sameness_counts() -> None:
    """300 people of 40 rows each, alike in loss: rows alone would confirm what is only chance."""
    wrong = right = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        person = np.repeat(np.arange(300), 40)
        own = rng.beta(0.5, 2.0, 300)[person]
        loss = (rng.random(len(person)) < own).astype(float)
        columns = [
            SliceColumn(f"c{j}", tuple("abc"), rng.integers(0, 3, 300).astype(np.int32)[person])
            for j in range(4)
        ]
        asked = SliceSearch(minimum_rows=400)
        wrong += bool(find_slices(columns, loss, np.random.default_rng(1), asked=asked).confirmed)
        clustered = find_slices(
            columns, loss, np.random.default_rng(1), clusters=person, asked=asked
        )
        assert clustered.clusters == 300
        assert clustered.searched == 40 * 150
        right += bool(clustered.confirmed)
    assert wrong >= 8
    assert right <= 2


def test_gaps_agree_with_independent_implementations() -> None:
    rng = np.random.default_rng(2)
    masks = rng.random((3, 900)) < np.array([[0.1], [0.4], [0.7]])
    numbers, flags = rng.gamma(2.0, 1.0, 900), (rng.random(900) < 0.15).astype(float)
    person = rng.integers(0, 60, 900)
    welch, counted = gaps_of(numbers, masks, None), gaps_of(flags, masks, None)
    robust = gaps_of(numbers, masks, np.unique(person, return_inverse=True)[1])
    low, high = counted.interval(0.95)
    for k, mask in enumerate(masks):
        peer = stats.ttest_ind(numbers[mask], numbers[~mask], equal_var=False)
        assert welch.gap[k] / welch.error[k] == pytest.approx(peer.statistic, rel=1e-9)
        assert welch.freedom[k] == pytest.approx(peer.df, rel=1e-9)
        ends = confint_proportions_2indep(
            flags[mask].sum(), mask.sum(), flags[~mask].sum(), (~mask).sum(),
            method="agresti-caffo", compare="diff",
        )  # fmt: skip
        assert (low[k], high[k]) == pytest.approx(ends, rel=1e-9)
        design = np.column_stack([np.ones(900), mask])
        groups = {"groups": person, "use_correction": False}
        fit = OLS(numbers, design).fit(cov_type="cluster", cov_kwds=groups)
        assert robust.error[k] == pytest.approx(fit.bse[1] * np.sqrt(60 / 59), rel=1e-9)


def test_rare_losses_in_small_slices_are_not_taken_for_certain() -> None:
    """Four of 30 against 3 %: the binomial chance is 1.2 %, and ours is on its safe side."""
    loss = np.r_[np.ones(4), np.zeros(26), np.ones(24), np.zeros(776)]
    mask = np.zeros((1, 830), bool)
    mask[0, :30] = True
    chance = float(stats.binom.sf(3, 30, 0.03))
    assert gaps_of(loss, mask, None).p_values()[0] > chance
    assert 2 * stats.norm.sf(float(difference_score(4, 30, 24, 800))) < chance / 2


def test_confirmed_is_what_its_interval_says() -> None:
    """With Benjamini-Hochberg a slice is confirmed exactly where its interval lies above 0."""
    for seed in range(15):
        found = found_in(Rows(planted=((((0, 0),), 0.12),)), seed)
        for each in found.slices:
            assert each.low is not None
            assert each.confirmed == (each.low > 0)


def test_what_is_missing_is_a_value_and_what_is_undefined_is_counted() -> None:
    rng = np.random.default_rng(0)
    sex = np.array(["f", "m", None], object)[rng.integers(0, 3, 6000)]
    loss = (rng.random(6000) < np.where(sex == None, 0.6, 0.2)).astype(float)  # noqa: E711
    loss[:500] = np.nan
    found = find_slices([slice_column("sex", sex)], loss, rng)
    assert [each.name for each in found.confirmed] == ["sex=unknown"]
    assert (found.rows, found.excluded) == (5500, 500)


def test_a_slice_without_rows_in_the_other_half_has_no_mean() -> None:
    """60 people of whom two, alike, are all that a slice holds: both can be in one half."""
    found = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        person = np.repeat(np.arange(60), 50)
        rare = (person < 2).astype(np.int32)
        loss = (rng.random(3000) < 0.2 + 0.6 * rare).astype(float)
        columns = [SliceColumn("rare", ("no", "yes"), rare)]
        found += find_slices(columns, loss, rng, clusters=person).slices
    rare_ones = [each for each in found if each.name == "rare=yes"]
    assert {each.confirmed for each in rare_ones} == {False}
    gone = [each for each in rare_ones if each.n == 0]
    assert gone
    assert all((each.mean, each.gap, each.low, each.excess) == (None,) * 4 for each in gone)
    assert "too few independent rows" in gone[0].note


def test_nothing_to_lose_gives_nothing() -> None:
    rng = np.random.default_rng(0)
    found = find_slices(Rows().columns_of(rng), np.zeros(2000), rng)
    assert (found.slices, found.mean, found.detectable) == ((), 0.0, None)


def test_bands_hold_as_many_rows_and_keep_equal_values_together() -> None:
    values = np.r_[np.repeat(0.0, 50), np.arange(1, 51), np.nan]
    column = slice_column("income", values, bands=4)
    assert column.labels == ("0", "1 to 25", "26 to 50", "unknown")
    assert np.bincount(column.codes).tolist() == [50, 25, 25, 1]
    codes = slice_column("job", values, category=True)
    assert len(codes.labels) == 52
    assert slice_column("flag", np.array([True, False])).labels == ("false", "true")


def test_clusters_of_an_embedding_are_a_column() -> None:
    rng = np.random.default_rng(1)
    place = rng.integers(0, 4, 6000)
    vectors = np.eye(4)[place] * 5 + rng.normal(0, 0.3, (6000, 4))
    loss = (rng.random(6000) < np.where(place == 2, 0.5, 0.2)).astype(float)
    vectors[0] = np.nan
    column = embedding_clusters("looks", vectors, rng, clusters=4)
    assert column.labels[column.codes[0]] == "unknown"
    confirmed = find_slices([column], loss, rng).confirmed
    assert len(confirmed) == 1
    label = confirmed[0].conditions[0][1]
    mine = column.codes == column.labels.index(label)
    assert (place[mine] == 2).mean() > 0.99


def test_bad_input_is_a_sentence() -> None:
    rng = np.random.default_rng(0)
    columns, loss = Rows().columns_of(rng), np.zeros(2000)
    with pytest.raises(DataError, match="infinite"):
        find_slices(columns, np.r_[loss[1:], np.inf], rng)
    with pytest.raises(DataError, match="'c0' has 2000 rows, and there are 10 losses"):
        find_slices(columns, loss[:10], rng)
    with pytest.raises(DataError, match="Only 2000 rows have a loss"):
        find_slices(columns, loss, rng, asked=SliceSearch(minimum_rows=1500))
    with pytest.raises(DataError, match="belong to 5 clusters"):
        find_slices(columns, loss, rng, clusters=np.arange(2000) % 5)
    with pytest.raises(UsageError, match="give each once"):
        find_slices([columns[0], columns[0]], loss, rng)
    with pytest.raises(UsageError, match="at least one column"):
        find_slices([], loss, rng)
    with pytest.raises(UsageError, match="depth 0"):
        SliceSearch(depth=0)
    with pytest.raises(DataError, match="no column colour; it has a"):
        slice_columns(pa.table({"a": [1]}), ["colour"])
    with pytest.raises(DataError, match="infinite"):
        slice_column("a", np.array([1.0, np.inf]))
    with pytest.raises(DataError, match="one value per row"):
        slice_column("a", pa.array([[1], [2]]))
    with pytest.raises(DataError, match="mixes kinds"):
        slice_column("a", ["x", 1])
