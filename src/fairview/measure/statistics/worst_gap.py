"""The largest gap between any two groups, and the ratio of the worst to the best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.measure.statistics.gaps import DRAWS, Pairs, gaps_between, ratios_between
from fairview.measure.statistics.max_t import Simultaneous
from fairview.measure.statistics.parts import Parts

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Worst:
    """An extreme comparison of groups.

    Parameters
    ----------
    value
        The largest gap, or the smallest ratio; NaN with fewer than two known groups.
    low, high
        Its interval.
    first, second
        The two parts that it is about: the largest and the smallest figure for a gap, the
        smallest and the largest for a ratio; -1 where there are none.
    p_value
        Of "all groups are alike", adjusted for all pairs.
    critical
        The simultaneous critical value.
    compared
        How many groups were compared.
    """

    value: float
    low: float
    high: float
    first: int
    second: int
    p_value: float
    critical: float
    compared: int


def worst_gap(
    parts: Parts,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> Worst:
    r"""Return the largest difference between any two parts.

    .. math:: \Delta = \max_g \theta_g - \min_g \theta_g \in
        \left[\max_{gh} l_{gh},\; \max_{gh} u_{gh}\right]

    with the simultaneous intervals of all pairs (`gaps_between`). Where all pairs hold, this
    holds, so it covers at least at the level, 0 included; percentiles of resampled max - min
    can't, because every resample has a gap. Range [0, inf).

    Parameters
    ----------
    parts
        G figures; undefined ones are left out, so count them in the report.
    rng, level, draws, p_values
        As in `gaps_to`.

    Examples
    --------
    >>> parts = Parts.of_shares([200, 260, 225], [1000, 1000, 1000])
    >>> worst = worst_gap(parts, np.random.default_rng(1))
    >>> worst.first, worst.second, round(worst.value, 3), round(worst.low, 3), round(worst.high, 3)
    (1, 0, 0.06, 0.016, 0.104)
    """
    pairs, found = gaps_between(parts, rng, level, draws, p_values=p_values)
    if not len(found.values):
        return _nothing(parts)
    at = int(np.argmax(found.values))
    low, high = max(float(found.low.max()), 0.0), float(found.high.max())
    return _worst(parts, pairs, found, at, (low, high))


def worst_ratio(
    parts: Parts,
    rng: np.random.Generator,
    level: float = 0.95,
    draws: int = DRAWS,
    *,
    p_values: bool = True,
) -> Worst:
    r"""Return the smallest ratio of any two parts: the worst group over the best.

    .. math:: \rho = \frac{\min_g \theta_g}{\max_g \theta_g} \in
        \left[\min_{gh} l_{gh},\; \min(1, \min_{gh} u_{gh})\right]

    with the simultaneous intervals of the ratios of all pairs (`ratios_between`). Range [0, 1];
    the four-fifths rule asks for 0.8. Figures must not be negative; where all are 0 it is NaN.

    Parameters are those of `worst_gap`.

    Examples
    --------
    >>> parts = Parts.of_shares([200, 250, 225], [1000, 1000, 1000])
    >>> worst = worst_ratio(parts, np.random.default_rng(1))
    >>> worst.first, worst.second, worst.value, round(worst.low, 2), round(worst.high, 2)
    (0, 1, 0.8, 0.66, 0.97)
    """
    pairs, found = ratios_between(parts, rng, level, draws, p_values=p_values)
    if not np.isfinite(found.values).any():
        return _nothing(parts)
    at = int(np.nanargmin(found.values))
    low, high = float(np.nanmin(found.low)), min(float(np.nanmin(found.high)), 1.0)
    return _worst(parts, pairs, found, at, (low, high))


def _worst(
    parts: Parts, pairs: Pairs, found: Simultaneous, at: int, ends: tuple[float, float]
) -> Worst:
    return Worst(
        float(found.values[at]),
        *ends,
        int(pairs.first[at]),
        int(pairs.second[at]),
        float(np.fmin.reduce(found.p_values)),
        found.critical,
        int(parts.known().sum()),
    )


def _nothing(parts: Parts) -> Worst:
    nan = float("nan")
    return Worst(nan, nan, nan, -1, -1, nan, nan, int(parts.known().sum()))
