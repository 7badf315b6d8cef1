"""Intervals hold the truth at the stated rate, on people whose requests are alike.

10,000 simulated logs, three seeds. Smooth figures must be within three Monte-Carlo standard
errors of nominal; figures with a minimum or a maximum may be above it, never below.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from clusters_made import WEIGHTS, Drawn, People, drawn, true_div

from fairview.measure import Cells, Measured, Precision, estimates_of, paired_changes
from fairview.measure.measure import RequestMeasure
from fairview.measure.measures.div import Div
from fairview.measure.measures.exposure_gap import ExposureGap
from fairview.measure.measures.exposure_parity import ExposureParity
from fairview.measure.measures.exposure_share import ExposureShare
from fairview.measure.measures.group_exposure import GroupExposure
from fairview.measure.measures.group_exposure_difference import GroupExposureDifference
from fairview.measure.measures.group_exposure_ratio import GroupExposureRatio
from fairview.measure.measures.max_skew import MaxSkew
from fairview.measure.measures.min_skew import MinSkew
from fairview.measure.measures.skew import Skew

REPLICATIONS = 10_000
NOMINAL = 0.95
ERROR = float(np.sqrt(NOMINAL * (1 - NOMINAL) / REPLICATIONS))
EVEN = np.full(3, 1 / 3)
SEEDS = [21, 22, 23]
PRECISION = Precision(level=NOMINAL)

Reduce = Callable[[Drawn], Cells]


Truth = tuple[RequestMeasure, Reduce, np.ndarray]


def figures_of(mix: tuple[float, ...], sameness: float) -> dict[str, Truth]:
    """Each measure, its cells, and its true figures for people of this mean mix."""
    share = np.array(mix)
    skew = np.log(share / EVEN)

    def counted(log: Drawn) -> Cells:
        return log.pooled(log.counts, EVEN)

    def exposed(log: Drawn) -> Cells:
        return log.pooled(log.exposure, EVEN)

    return {
        "div": (Div(by="x"), Drawn.div, np.array([true_div(mix, sameness)])),
        "exposure share": (ExposureShare(by="x"), Drawn.shares, share),
        "skew": (Skew(by="x"), counted, skew),
        "min skew": (MinSkew(by="x"), counted, skew.min(keepdims=True)),
        "max skew": (MaxSkew(by="x"), counted, skew.max(keepdims=True)),
        "exposure gap": (
            ExposureGap(by="x"), exposed, np.abs(share - EVEN).max(keepdims=True),
        ),
        "exposure parity": (
            ExposureParity(by="x"), exposed, np.array([share.min() / share.max()]),
        ),
        "group exposure": (
            GroupExposure(by="x"), Drawn.per_item, np.full(3, WEIGHTS.mean()),
        ),
        "group exposure difference": (
            GroupExposureDifference(by="x"), Drawn.per_item, np.zeros(1),
        ),
        "group exposure ratio": (GroupExposureRatio(by="x"), Drawn.per_item, np.ones(1)),
    }  # fmt: skip


def measured(measure: RequestMeasure, cells: Cells, rng: np.random.Generator) -> Measured:
    return Measured(measure, cells, tuple(estimates_of(measure, cells, rng, PRECISION)))


def coverage(
    people: People, names: tuple[str, ...], seed: int, replications: int
) -> dict[str, np.ndarray]:
    """The share of simulated logs whose interval holds the truth, figure by figure.

    Of each name, the figures before, and under ``… change`` the paired changes.
    """
    rng = np.random.default_rng(seed)
    before = figures_of(people.mix, people.sameness)
    after = figures_of(people.moved, people.sameness)
    truth = {name: before[name][2] for name in names}
    truth |= {f"{name} change": after[name][2] - before[name][2] for name in names}
    held = {name: np.zeros(len(values)) for name, values in truth.items()}
    for sides in drawn(rng, people, replications):
        for name in names:
            measure, reduce, _ = before[name]
            one, two = (measured(measure, reduce(side), rng) for side in sides)
            for key, found in ((name, one.estimates), (f"{name} change", paired_changes(one, two))):
                for i, true in enumerate(truth[key]):
                    low, high = found[i].low, found[i].high
                    if low is not None and high is not None:
                        held[key][i] += low - 1e-12 <= true <= high + 1e-12
    return {name: counts / replications for name, counts in held.items()}


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["div", "exposure share", "skew", "group exposure"])
def test_smooth_figures_and_changes_are_covered_at_the_nominal_rate(name: str, seed: int) -> None:
    for figure, found in coverage(People(), (name,), seed, REPLICATIONS).items():
        assert np.abs(found - NOMINAL).max() <= 3 * ERROR, (figure, found)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_exposure_of_items_is_not_called_unequal(seed: int) -> None:
    """Positions are drawn without looking at groups: the true difference is 0, the ratio 1."""
    names = ("group exposure difference", "group exposure ratio")
    for figure, found in coverage(People(), names, seed, REPLICATIONS // 3 + 1).items():
        assert found.min() >= NOMINAL - 3 * ERROR * np.sqrt(3), (figure, found)


@pytest.mark.prove
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mix", [(0.5, 0.3, 0.2), (1 / 3, 1 / 3, 1 / 3), (0.35, 0.33, 0.32)])
def test_extremes_are_covered_at_least_at_the_nominal_rate(
    mix: tuple[float, ...], seed: int
) -> None:
    """Groups far apart, all the same (so that the true gap is 0), and nearly the same."""
    people = People(mix=mix, moved=(0.36, 0.34, 0.3))
    names = ("min skew", "max skew", "exposure gap", "exposure parity")
    for figure, found in coverage(people, names, seed, REPLICATIONS // 3 + 1).items():
        assert found.min() >= NOMINAL - 3 * ERROR * np.sqrt(3), (figure, found)


def test_the_simulation_agrees_with_its_truth() -> None:
    """A very large log has the figures that its parameters say."""
    people = People(people=60_000)
    [(first, second)] = list(drawn(np.random.default_rng(1), people, 1))
    for side, mix in ((first, people.mix), (second, people.moved)):
        for measure, reduce, truth in figures_of(mix, people.sameness).values():
            cells = reduce(side)
            [value] = measure.figures(cells.totals.sum(axis=0), cells.count.sum(axis=0))
            assert value[: len(truth)] == pytest.approx(truth, abs=0.012)
