"""Figures of slices that are to be compared: values, errors, what they share, and good ends.

A standard error and a normal law go wrong where counts are small, rates near 0 or 1, or clusters
few. So a `Parts` carries, beside them, the ends of each figure's own best interval at any critical
value on the normal scale: Beta tails for shares (on the effective count of their clusters),
Student's t on the figure's natural scale for the rest. `gaps_to` and its kin combine these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from fairview.core.errors import DataError
from fairview.measure.statistics.clopper_pearson import exact_ends
from fairview.measure.statistics.counts import checked_counts
from fairview.measure.statistics.jeffreys import jeffreys_ends

Floats = npt.NDArray[np.float64]
Ends = Callable[[float], tuple[Floats, Floats]]
Bounds = tuple[float, float]
_BORROWED = 10.0
ANYTHING: Bounds = (-np.inf, np.inf)


@dataclass(frozen=True)
class Parts:
    """G figures ready to be compared.

    Parameters
    ----------
    values
        G figures; NaN where one is undefined.
    errors
        Their standard errors, above 0 also where nothing was seen to vary.
    correlation
        G x G correlations of the estimates: 1 on the diagonal, 0 for independent samples.
    ends
        Given a critical value on the normal scale, G lower and G upper ends.
    """

    values: Floats
    errors: Floats
    correlation: Floats
    ends: Ends

    @classmethod
    def of_shares(
        cls,
        successes: npt.ArrayLike,
        trials: npt.ArrayLike,
        *,
        overall: bool = False,
        exact: bool = False,
    ) -> Parts:
        """Return the parts of G disjoint groups of independent rows.

        Parameters
        ----------
        successes, trials
            G counts.
        overall
            Add all rows together as a last part, correlated with each group's.
        exact
            Clopper-Pearson ends, which never cover too little, in place of Jeffreys' ends.

        Examples
        --------
        >>> parts = Parts.of_shares([20, 30], [100, 100], overall=True)
        >>> parts.values.tolist(), parts.correlation[0].round(2).tolist()
        ([0.2, 0.3, 0.25], [1.0, 0.0, 0.66])
        """
        x, n = checked_counts(successes, trials)
        groups = len(x)
        smooth = (x + 0.5) / (n + 1)
        variance = smooth * (1 - smooth) / n
        correlation = np.eye(groups + overall)
        if overall:
            there = ~np.isnan(n)
            rows = n[there].sum()
            total = x[there].sum()
            share = (total + 0.5) / (rows + 1)
            # A group's rows are part of all rows, and which group a row is in varies too.
            variance_all = share * (1 - share) / rows if rows else np.nan
            with np.errstate(invalid="ignore", divide="ignore"):
                shared = np.sqrt(variance / variance_all) * n / rows
            shared = np.where(np.isfinite(shared), np.clip(shared, 0, 1), 0.0)
            correlation[-1, :-1] = correlation[:-1, -1] = shared
            whole = (total, rows) if rows else (np.nan, np.nan)
            x, n = np.append(x, whole[0]), np.append(n, whole[1])
            variance = np.append(variance, variance_all)
        tails = exact_ends if exact else jeffreys_ends
        return cls(
            x / n, np.sqrt(variance), correlation, lambda c: tails(x, n, float(special.ndtr(-c)))
        )

    @classmethod
    def of_clusters(
        cls,
        left_out: npt.ArrayLike,
        values: npt.ArrayLike,
        bounds: Bounds = ANYTHING,
        effective_n: npt.ArrayLike | None = None,
    ) -> Parts:
        """Return the parts of figures that rest on shared clusters.

        Errors, correlations and degrees of freedom are those of the jackknife over buckets;
        figures of 0 or 1 without any spread get Jeffreys' ends on their effective n, and the
        errors of shares are moderated by each other's where they rest on few clusters.

        Parameters
        ----------
        left_out
            b x G figures without one bucket each. Add all rows together as one more figure to
            compare groups with the whole.
        values
            G figures of everything.
        bounds
            The figures' smallest and largest value; they decide the scale, as in
            `jackknife_interval`.
        effective_n
            G counts of equal units, (sum of n_b)^2 / (sum of n_b^2); only shares need them.

        Examples
        --------
        >>> x = np.array([[1.0, 1.1], [2.0, 2.3], [3.0, 2.9], [4.0, 4.1]])
        >>> parts = Parts.of_clusters((x.sum(axis=0) - x) / 3, x.mean(axis=0))
        >>> parts.errors.round(3).tolist(), round(float(parts.correlation[0, 1]), 2)
        ([0.645, 0.624], 0.99)
        """
        value, left = np.asarray(values, np.float64), np.asarray(left_out, np.float64)
        if left.ndim != 2 or left.shape[1:] != value.shape:
            raise DataError(
                f"Parts of clusters need b x G figures and G values, not {left.shape} and "
                f"{value.shape}."
            )
        b = len(left)
        usable = np.isfinite(left).all(axis=0) & np.isfinite(value)
        pull = np.where(usable, left - np.where(usable, left.mean(axis=0), 0), 0.0)
        pull = pull * np.sqrt((b - 1) / b)
        squares = pull**2
        spread = squares.sum(axis=0)
        excess = b * (squares**2).sum(axis=0) - spread**2
        freedom = np.divide(
            2 * b * spread**2, excess, out=np.full(len(value), b - 1.0), where=excess > 0
        )
        freedom = np.minimum(freedom, b - 1)
        errors = np.sqrt(spread)
        still = usable & (errors == 0) & (effective_n is not None)
        n = np.zeros(len(value)) if effective_n is None else np.asarray(effective_n, np.float64)
        still &= n > 0
        if still.any():
            smooth = (value * n + 0.5) / (n + 1)
            errors = np.where(still, np.sqrt(smooth * (1 - smooth) / np.maximum(n, 1)), errors)
        if bounds == (0.0, 1.0):
            weighed = np.where(usable & (spread > 0), n, 0.0)
            errors, freedom = _moderated(value, errors, freedom, weighed)
            freedom = np.minimum(freedom, b - 1)
        scaled = np.divide(pull, np.where(spread > 0, np.sqrt(spread), 1.0))
        correlation = np.clip(scaled.T @ scaled, -1, 1)
        np.fill_diagonal(correlation, 1.0)
        shown = np.where(usable, value, np.nan)
        ends = _t_ends(shown, errors, freedom, bounds)

        def both(critical: float) -> tuple[Floats, Floats]:
            low, high = ends(critical)
            if still.any():
                tail = float(special.ndtr(-critical))
                few = jeffreys_ends(value[still] * n[still], n[still], tail)
                low[still], high[still] = few
            return low, high

        return cls(shown, np.where(usable, errors, np.nan), correlation, both)

    @classmethod
    def of_means(
        cls,
        count: npt.ArrayLike,
        mean: npt.ArrayLike,
        m2: npt.ArrayLike,
        bounds: Bounds = ANYTHING,
    ) -> Parts:
        """Return the parts of means of G disjoint groups of independent rows, from moments.

        Parameters
        ----------
        count, mean, m2
            Rows, means and sums of squared deviations of G groups; fewer than two rows are NaN.
        bounds
            As in `of_clusters`.

        Examples
        --------
        >>> parts = Parts.of_means([3], [2.0], [2.0])
        >>> [round(float(end[0]), 3) for end in parts.ends(1.959964)]
        [-0.484, 4.484]
        """
        n, value, squares = (np.asarray(part, np.float64) for part in (count, mean, m2))
        enough = n >= 2
        rows = np.where(enough, n, np.nan)
        errors = np.sqrt(squares / (rows - 1) / rows)
        shown = np.where(enough, value, np.nan)
        return cls(shown, errors, np.eye(len(n)), _t_ends(shown, errors, rows - 1, bounds))

    @classmethod
    def of_resamples(
        cls, resampled: npt.ArrayLike, values: npt.ArrayLike, bounds: Bounds = ANYTHING
    ) -> Parts:
        """Return the parts of figures of which only B x G resamples are known.

        Examples
        --------
        >>> z = np.random.default_rng(1).standard_normal((5000, 2))
        >>> Parts.of_resamples(z, [0.0, 0.0]).errors.round(1).tolist()
        [1.0, 1.0]
        """
        value, drawn = np.asarray(values, np.float64), np.asarray(resampled, np.float64)
        usable = np.isfinite(drawn).all(axis=0) & np.isfinite(value)
        shown = np.where(usable, value, np.nan)
        away = np.where(usable, drawn - drawn.mean(axis=0), 0.0)
        errors = np.sqrt((away**2).sum(axis=0) / (len(drawn) - 1))
        scaled = away / np.where(errors > 0, errors, 1.0) / np.sqrt(len(drawn) - 1)
        correlation = np.clip(scaled.T @ scaled, -1, 1)
        np.fill_diagonal(correlation, 1.0)
        freedom = np.full(len(value), np.inf)
        return cls(
            shown,
            np.where(usable, errors, np.nan),
            correlation,
            _t_ends(shown, errors, freedom, bounds),
        )

    def known(self) -> npt.NDArray[np.bool_]:
        """Return which of the G figures have a value and an error."""
        return np.isfinite(self.values) & (self.errors > 0)

    def only(self, which: npt.NDArray[np.bool_]) -> Parts:
        """Return some of the parts."""

        def ends(critical: float) -> tuple[Floats, Floats]:
            low, high = self.ends(critical)
            return low[which], high[which]

        return replace(
            self,
            values=self.values[which],
            errors=self.errors[which],
            correlation=self.correlation[np.ix_(which, which)],
            ends=ends,
        )


def _moderated(values: Floats, errors: Floats, freedom: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return errors of shares, raised where a few clusters happen to look alike, and freedom.

    Twenty people of whom by chance none is badly served seem certain to be served well. What
    clusters do to the variance, the effective n times the variance over p (1 - p), is much the
    same in all groups, so each group's own is moderated by theirs, as if by ten more degrees of
    freedom (after Smyth 2004), and never lowered.
    """
    usable = (n > 0) & (values > 0) & (values < 1) & (errors > 0)
    weight = np.where(usable, freedom, 0.0)
    borrowed = np.minimum(weight.sum() - weight, _BORROWED)
    if usable.sum() < 2:
        return errors, freedom
    p = np.where(usable, values, 0.5)
    size = np.where(usable, n, 1.0)
    own = np.where(usable, errors**2 * size / (p * (1 - p)), 0.0)
    shared = float((weight * own).sum() / weight.sum())
    raised = usable & (own < shared)
    moderated = (weight * own + borrowed * shared) / np.where(usable, weight + borrowed, 1.0)
    larger = np.sqrt(np.where(raised, moderated, 0.0) * p * (1 - p) / size)
    return np.where(raised, larger, errors), np.where(raised, freedom + borrowed, freedom)


def _t_ends(values: Floats, errors: Floats, freedom: Floats, bounds: Bounds) -> Ends:
    """Return ends by Student's t on the scale that the bounds suggest.

    Shares get Beta tails on their effective count (Korn and Graubard 1998, with Jeffreys' ends):
    the logit scale, tried before, is too wide for thirty rare rates at once.
    """
    share, positive = bounds == (0.0, 1.0), bounds[0] == 0.0
    inside = (values > 0) & (values < 1) if share else (values > 0) & positive
    safe = np.where(inside, values, 0.5)

    def ends(critical: float) -> tuple[Floats, Floats]:
        tail = float(special.ndtr(-critical))
        t = np.where(
            np.isfinite(freedom),
            -special.stdtrit(np.where(np.isfinite(freedom), freedom, 1.0), tail),
            critical,
        )
        plain = t * errors
        if share:
            effective = np.where(inside & (errors > 0), errors, np.inf) * (t / critical)
            n = np.maximum(safe * (1 - safe) / effective**2, 1e-9)
            low, high = jeffreys_ends(safe * n, n, tail)
        else:
            half = np.minimum(plain / safe, 700.0)
            low, high = safe * np.exp(-half), safe * np.exp(half)
        low = np.where(inside, low, values - plain)
        high = np.where(inside, high, values + plain)
        return np.maximum(low, bounds[0]), np.minimum(high, bounds[1])

    return ends
