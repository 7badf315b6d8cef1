"""Cells that may leave the team: clipped per person, with Gaussian noise, from a budget."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError, ExtraError, UsageError
from fairview.measure.statistics.privacy_ledger import PrivacyLedger

Floats = npt.NDArray[np.float64]
_GRID = 2**20


@dataclass(frozen=True)
class PrivateTotals:
    """Noisy sums.

    Parameters
    ----------
    totals
        m sums over people of their clipped contributions, with noise. They can be negative.
    error
        The noise's standard deviation; add its square to any sampling variance.
    rho
        What it cost.
    clip
        The largest norm of one person's contributions.
    """

    totals: Floats
    error: float
    rho: float
    clip: float


def private_totals(
    contributions: npt.ArrayLike, clip: float, rho: float, ledger: PrivacyLedger, what: str
) -> PrivateTotals:
    r"""Return sums over people that hardly depend on any one of them.

    .. math:: \sum_i x_i \min\!\left(1, \frac{c}{\lVert x_i \rVert_2}\right) + N(0, \sigma^2),
        \quad \sigma = \frac{c}{\sqrt{2\rho}}

    The Gaussian mechanism under zero-concentrated privacy (Bun and Steinke 2016): adding or
    removing one person with all their rows changes the sums by at most c. Noise is discrete
    Gaussian on a grid of c / 2^20 (OpenDP), so that no rounding of floats betrays anybody; it
    comes from the operating system's secure source and can't be repeated, on purpose: noise of a
    known seed can be taken off again.

    How many people were clipped, and how many there are, is not reported: it isn't private.

    Parameters
    ----------
    contributions
        people x m sums of each person over all their rows, per cell.
    clip
        c, chosen without looking at these data.
    rho
        What to spend; see `epsilon_of`.
    ledger
        The budget of these people; the spend is written before the noise is drawn.
    what
        What is released, for the ledger.

    Raises
    ------
    UsageError
        Where the budget doesn't hold it, or the clip isn't above 0.
    DataError
        Where contributions aren't people x m or not finite.
    ExtraError
        Where OpenDP isn't installed.
    """
    x = np.asarray(contributions, np.float64)
    if x.ndim != 2 or not np.all(np.isfinite(x)):
        raise DataError("Contributions must be people x cells, all of them finite.")
    if not (clip > 0 and np.isfinite(clip)):
        raise UsageError("A clip is above 0 and finite.")
    dp = _opendp()
    sums = clipped_sums(x, clip)
    error = clip / np.sqrt(2 * rho) if rho > 0 else np.inf
    ledger.spend(what, rho)
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l2_distance(T=float)
    mechanism = dp.m.make_gaussian(*space, scale=float(error / clip * _GRID))
    if mechanism.map(float(_GRID)) > rho * (1 + 1e-9):
        raise UsageError("The mechanism would cost more than was spent; nothing is released.")
    noisy = np.array(mechanism(sums.tolist()), np.float64) * (clip / _GRID)
    return PrivateTotals(noisy, float(error), rho, clip)


def clipped_sums(contributions: Floats, clip: float) -> npt.NDArray[np.int64]:
    """Return sums of contributions clipped to a norm of `clip`, in whole units of clip / 2^20.

    Every contribution is rounded towards 0 on the grid, so no norm grows.

    Examples
    --------
    One person's (3, 4) has norm 5 and is clipped to (.6, .8); another's (0, .5) stays:

    >>> clipped_sums(np.array([[3.0, 4.0], [0.0, 0.5]]), 1.0) / 2**20
    array([0.59999943, 1.29999924])
    """
    norm = np.sqrt((contributions**2).sum(axis=1, keepdims=True))
    shrunk = contributions * np.minimum(1.0, clip / np.where(norm > 0, norm, 1.0))
    whole = np.trunc(shrunk / clip * _GRID).astype(np.int64)
    # Rounding of the norm itself may leave one unit too many.
    over = (whole**2).sum(axis=1) > _GRID**2
    if over.any():
        whole[over] -= np.sign(whole[over])
    return np.asarray(whole.sum(axis=0))


def _opendp() -> Any:
    try:
        dp = import_module("opendp.prelude")
    except ImportError as error:
        raise ExtraError("opendp", "privacy") from error
    dp.enable_features("contrib")
    return dp
