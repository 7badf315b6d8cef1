"""What measures of every prefix of a list share: its divergence from a target, and chance's own.

A short prefix can't match a target, so even the fairest order diverges: what draws from the
target would show is said beside it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.measure.batches import RankedBatch
from fairview.measure.measure import Floats, ratio
from fairview.measure.representation import TINY


def prefix_divergences(batch: RankedBatch, target: str, smoothing: float = 0.0) -> Floats:
    """Return the Kullback-Leibler divergence of each prefix from the target, natural log.

    Parameters
    ----------
    batch
        The requests.
    target
        The target's name.
    smoothing
        alpha, added to the count of every group with a target above 0.

    Returns
    -------
    array
        n floats; NaN where the prefix holds nothing known, and infinity where it holds a group
        whose target is 0.
    """
    wanted = np.nan_to_num(batch.target(target))
    logs = np.log(wanted, out=np.full(wanted.shape, -np.inf), where=wanted > 0)
    return batch.once(
        ("prefix divergences", target, smoothing),
        lambda: (
            _divergences(batch, wanted, logs, smoothing)
            if smoothing or batch.codes is None
            else _divergences_of_codes(batch, batch.codes, logs)
        ),
    )


def _divergences_of_codes(batch: RankedBatch, codes: npt.NDArray[np.int16], logs: Floats) -> Floats:
    """Return the same where each item is in one group or in none, by one running sum.

    An item adds c ln c - (c - 1) ln(c - 1) - ln p to the sum of `_divergences`, where c counts
    its own group so far.
    """
    known = codes < len(batch.groups)
    group = np.where(known, codes, 0)
    count = batch.running[np.arange(len(codes)), group].astype(np.int64) * known
    each = np.arange(int(count.max(initial=0)) + 2, dtype=np.float64)
    each *= np.log(np.maximum(each, 1.0))
    log_p = logs[batch.request_of, group]
    possible = np.isfinite(log_p) | ~known
    steps = each[count] - each[np.maximum(count - 1, 0)] - np.where(known & possible, log_p, 0.0)
    n = batch.running_sums(known.astype(np.float64))
    divergence = ratio(batch.running_sums(steps), n) - np.log(n, where=n > 0, out=1.0 * n)
    if not possible.all():
        divergence[batch.running_sums((~possible).astype(np.float64)) > 0] = np.inf
    return np.maximum(divergence, 0.0)


def _divergences(batch: RankedBatch, wanted: Floats, logs: Floats, smoothing: float) -> Floats:
    """Return sum_g c_g ln(c_g / p_g) / n - ln n of the counts c and their sum n."""
    own = batch.request_of
    count = np.where(batch.running > TINY, batch.running, 0.0)
    if smoothing:
        count += smoothing * (wanted > 0)[own]
    known = count.sum(axis=1)
    terms = count * np.log(count, out=np.zeros_like(count), where=count > 0)
    terms -= np.where(count > 0, count * np.where(np.isfinite(logs), logs, 0.0)[own], 0.0)
    divergence = ratio(terms.sum(axis=1), known) - np.log(known, where=known > 0, out=1.0 * known)
    impossible = ((count > 0) & ~np.isfinite(logs)[own]).any(axis=1)
    return np.where(impossible, np.inf, np.maximum(divergence, 0.0))


def shortfalls(batch: RankedBatch, target: str) -> Floats:
    """Return how many groups have fewer items in each prefix than the target asks, rounded down.

    Returns
    -------
    array
        n floats; a prefix that ends at rank r asks for floor(p r) items of a group with share p.
    """

    def make() -> Floats:
        wanted = np.nan_to_num(batch.target(target))
        asked = np.floor(wanted[batch.request_of] * batch.rank[:, None] + TINY)
        return np.asarray((batch.running < asked - TINY).sum(axis=1).astype(np.float64))

    return batch.once(("shortfalls", target), make)


def chance_divergences(batch: RankedBatch, target: str) -> Floats:
    r"""Return the mean divergence of prefixes whose known items are drawn from the target.

    .. math:: E[KL] = \sum_g \sum_c Binom(c; i, p_g) \frac{c}{i} \ln \frac{c}{i p_g}

    for a prefix of i known items; soft items count as the nearest whole number of them.

    Returns
    -------
    array
        n floats; NaN where nothing is known.
    """

    def make() -> Floats:
        wanted = np.nan_to_num(batch.target(target))
        known = np.rint(batch.running.sum(axis=1)).astype(np.int64)
        shares, place = np.unique(wanted, return_inverse=True)
        table = chance_terms(shares, int(known.max(initial=0)))
        place = place.reshape(wanted.shape)
        found = np.zeros(len(known))
        for g in range(wanted.shape[1]):
            found += table[known, place[batch.request_of, g]]
        found[known == 0] = np.nan
        return found

    return batch.once(("chance divergences", target), make)


def chance_terms(shares: Floats, most: int) -> npt.NDArray[np.float64]:
    """Return (most + 1) x m terms of the mean divergence, by number of draws and share.

    Examples
    --------
    One draw of a fair coin is off by ln 2 whatever it shows: each side adds half of that.

    >>> chance_terms(np.array([0.5]), 1).round(4).tolist()
    [[0.0], [0.3466]]
    """
    table = np.zeros((most + 1, len(shares)))
    there = (shares > 0) & (shares <= 1)
    p = shares[there]
    log_p, log_rest = np.log(p), np.log1p(-np.minimum(p, 1 - 1e-16))
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])
    for i in range(1, most + 1):
        c = np.arange(1, i + 1)[:, None]
        ways = log_factorial[i] - log_factorial[c] - log_factorial[i - c]
        chance = np.exp(ways + c * log_p + (i - c) * log_rest)
        table[i, there] = (chance * (c / i) * (np.log(c / i) - log_p)).sum(axis=0)
    return table
