"""An audit that is looked at every day, from cells that are kept between days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fairview.core.errors import UsageError
from fairview.measure import Cells, Estimate, Status, buckets_of, estimates_of, parse_measure
from fairview.measure.evidence import Precision
from fairview.measure.persistence import Saved, from_bytes, to_bytes
from fairview.measure.watching import watched_estimates

RATE = parse_measure("ActionRate(by='group')")
GAP = parse_measure("Gap(of=\"ActionRate(by='group')\", to='overall')")
RATES = np.array([0.2, 0.3])


class Crowd:
    """People with a rate of their own each; the even ones are in group a, the odd in b."""

    def __init__(self, people: int, rng: np.random.Generator) -> None:
        group = np.arange(people) % 2
        self.own = rng.beta(6 * RATES[group], 6 * (1 - RATES[group]))
        self.buckets = buckets_of(np.char.mod("p%d", np.arange(people)))

    def day(self, rng: np.random.Generator) -> Cells:
        """900 rows of people who come back: a person's bucket stays theirs."""
        person = rng.integers(0, len(self.own), 900)
        y = (rng.random(900) < self.own[person]) * 1.0
        return Cells.from_rows(
            [*RATE.component_names],  # type: ignore[attr-defined]
            self.buckets[person],
            y[:, None],
            slices=["a", "b"],
            slice_of=person % 2,
        )

    def days(self, rng: np.random.Generator, number: int) -> Iterator[Cells]:
        """The merged cells at the end of each day, each read back from what was kept."""
        kept = to_bytes(Saved({"rate": self.day(rng)}))
        for _ in range(number):
            yesterday = from_bytes(kept).reduced["rate"]
            assert isinstance(yesterday, Cells)
            today = yesterday.merge(self.day(rng))
            kept = to_bytes(Saved({"rate": today}))
            yield today


@pytest.mark.parametrize("measure", [RATE, GAP], ids=["rates", "gaps"])
def test_sequences_are_wider_than_one_look_and_hold_the_same_figures(measure: object) -> None:
    rng = np.random.default_rng(1)
    for cells in Crowd(2000, rng).days(rng, 3):
        once = estimates_of(measure, cells, rng, Precision())  # type: ignore[arg-type]
        always = watched_estimates(measure, cells, 0.01, rng)  # type: ignore[arg-type]
        assert [e.value for e in always] == [e.value for e in once]
        for one, many in zip(once, always, strict=True):
            assert "confidence sequence" in many.method
            assert many.low is not None
            assert one.low is not None
            assert many.high is not None
            assert one.high is not None
            ratio = (many.high - many.low) / (one.high - one.low)
            assert 1.2 < ratio < 3


@pytest.mark.prove
def test_twelve_looks_hold_the_truth_together() -> None:
    """Sixty audits, read from kept cells each day. The rates of sequences are proven elsewhere."""
    rng = np.random.default_rng(2)
    measure = parse_measure("Gap(of=\"ActionRate(by='group')\", to='a')")
    truth = RATES[1] - RATES[0]
    wrong = once_wrong = 0
    for _ in range(60):
        bad = once_bad = False
        for cells in Crowd(4000, rng).days(rng, 12):
            [always] = watched_estimates(measure, cells, 0.008, rng)  # type: ignore[arg-type]
            [once] = estimates_of(measure, cells, rng, Precision())
            bad |= not _holds(always, truth)
            once_bad |= not _holds(once, truth)
        wrong += bad
        once_wrong += once_bad
    assert wrong <= 7
    assert once_wrong > wrong


def _holds(estimate: Estimate, truth: float) -> bool:
    return (
        estimate.low is not None
        and estimate.high is not None
        and estimate.low <= truth <= estimate.high
    )


def test_extremes_and_ratios_are_refused_and_small_slices_stay_withheld() -> None:
    rng = np.random.default_rng(3)
    cells = Crowd(50, rng).day(rng)
    for name in ("Gap(of=\"ActionRate(by='group')\", to='extremes')",
                 "Ratio(of=\"ActionRate(by='group')\", to='overall')"):  # fmt: skip
        with pytest.raises(UsageError, match="can't be watched"):
            watched_estimates(parse_measure(name), cells, 0.01, rng)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="planned error"):
        watched_estimates(RATE, cells, 0.0, rng)  # type: ignore[arg-type]
    few = Cells.from_rows(
        [*RATE.component_names], np.arange(4, dtype=np.int16), np.ones((4, 1)), slices=["a", "b"],
        slice_of=np.array([0, 0, 1, 1]),
    )  # fmt: skip
    found = watched_estimates(RATE, few, 0.01, rng)  # type: ignore[arg-type]
    assert {estimate.status for estimate in found} == {Status.SUPPRESSED}
