"""The smallest gap that could have been found is never written as no gap at all."""

from __future__ import annotations

from fairview.audit.power import power_sentence
from fairview.measure import Estimate, SamplingUnit, Status, parse_measure


def estimate(slice_name: str, low: float, high: float) -> Estimate:
    return Estimate(
        "Skew(by='skin_tone', target='uniform')@24", slice_name, (low + high) / 2, low, high, 0.95,
        5000, 5000.0, 0, Status.OK, SamplingUnit.PERSON, "by hand",
    )  # fmt: skip


def test_a_gap_smaller_than_the_decimals_gets_more_of_them() -> None:
    measure = parse_measure("Skew(by='skin_tone', target='uniform')@24")
    small = [estimate("6-7", -0.0015, 0.0016), estimate("1-3", 0.2, 0.3)]
    said = power_sentence(measure, small)
    assert "is 1.00 times" not in said
    assert "1.002" in said
    large = [estimate("6-7", -0.1, 0.12), estimate("1-3", 0.2, 0.3)]
    assert "1.17 times" in power_sentence(measure, large)
