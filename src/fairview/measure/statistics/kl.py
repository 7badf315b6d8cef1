"""Divergence of counts from a target, and what it would be by chance alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]


def plug_in_kl(counts: npt.ArrayLike, target: npt.ArrayLike) -> Floats:
    r"""Return the divergence of observed shares from a target.

    .. math:: \mathrm{KL}(\hat p \,\|\, q) = \sum_k \hat p_k \ln(\hat p_k / q_k)

    Range [0, inf), lower is nearer. It is above 0 by chance even where the source is the target,
    by about (K - 1) / 2n: read it beside `kl_null`, or take `corrected_kl`.

    Parameters
    ----------
    counts
        (... x K) counts of n independent draws. None at all give NaN.
    target
        K shares that sum to 1. Counts where the target is 0 make it infinite.

    Raises
    ------
    DataError
        Where the target isn't a distribution over K bins or counts are negative.

    Examples
    --------
    >>> float(plug_in_kl([30, 10], [0.5, 0.5]).round(4))
    0.1308
    """
    c, q = _checked(counts, target)
    n = c.sum(axis=-1, keepdims=True)
    share = c / np.where(n > 0, n, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(share > 0, share * np.log(share / q), np.where(np.isnan(share), share, 0))
    return np.asarray(terms.sum(axis=-1))


def corrected_kl(counts: npt.ArrayLike, target: npt.ArrayLike) -> Floats:
    r"""Return the divergence less its expected excess, (K - 1) / 2n.

    Source: Miller (1955). K counts the bins that the target allows. It can be below 0, as an
    unbiased estimate of 0 must sometimes be. Parameters and errors are those of `plug_in_kl`.

    Examples
    --------
    >>> float(corrected_kl([30, 10], [0.5, 0.5]).round(4))
    0.1183
    """
    c, q = _checked(counts, target)
    n = c.sum(axis=-1)
    excess = ((q > 0).sum() - 1) / (2 * np.where(n > 0, n, np.nan))
    return np.asarray(plug_in_kl(c, q) - excess)


def kl_null(
    target: npt.ArrayLike, n: int, rng: np.random.Generator, replicates: int = 10_000
) -> Floats:
    """Return sorted divergences of `replicates` samples of n draws from the target itself.

    Its mean is what chance alone reads; the share of it at or above an observed divergence is
    the p-value of "the source is the target".

    Examples
    --------
    Ten bins and 50 draws read .095 where nothing is wrong:

    >>> null = kl_null([0.1] * 10, 50, np.random.default_rng(1))
    >>> round(float(null.mean()), 3)
    0.095
    """
    _, q = _checked(np.zeros(np.shape(target)), target)
    return np.sort(plug_in_kl(rng.multinomial(n, q, replicates), q))


def _checked(counts: npt.ArrayLike, target: npt.ArrayLike) -> tuple[Floats, Floats]:
    c, q = np.asarray(counts, np.float64), np.asarray(target, np.float64)
    if q.ndim != 1 or c.shape[-1:] != q.shape or np.any(~(q >= 0)) or abs(q.sum() - 1) > 1e-9:
        raise DataError("A target needs one share per bin, at least 0, that sum to 1.")
    if np.any(~(c >= 0)):
        raise DataError("Counts must be at least 0; check the cells.")
    return c, q
