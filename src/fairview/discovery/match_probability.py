"""How likely an item shows a group, given what was read and how often such readings are right.

A reading is a fact about a picture that is sometimes wrong. Its confusion matrix, measured in one
domain, says how often; by Bayes' rule it turns readings into probabilities, and sums of these into
honest counts. Outside the matrix's domain nothing is known of the errors, and readings stand as
they are, which the page says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core import Contract, GroupColumn, State
from fairview.core.columns import Array
from fairview.measure.statistics import corrected_counts

Floats = npt.NDArray[np.float64]

LIKELY = 0.5
"""From this probability on an item matches a choice."""

POSSIBLE = 0.15
"""From this probability on an item that doesn't match stays reachable behind "show more"."""

RENDERED = "rendered"
"""The domain of drawn pictures."""

_PSEUDO_COUNT = 0.5


@dataclass(frozen=True)
class MatchProbability:
    """n x K probabilities that an item shows each group.

    Parameters
    ----------
    probability
        n x K floats; those of an item that isn't calibrated are 1 or 0, as it was read.
    calibrated
        n booleans: is the item in a domain in which the signal's errors were measured?
    """

    probability: Floats
    calibrated: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, column: GroupColumn, contract: Contract | None, rendered: npt.NDArray[np.bool_]
    ) -> MatchProbability:
        """Return the probabilities of n items.

        Parameters
        ----------
        column
            The items' readings, one per person in the picture.
        contract
            The signal's contract, whose confusion matrices are used in their domain.
        rendered
            n booleans: is the item a drawn picture? Only those have a matrix today.
        """
        as_read = column.contains.astype(np.float64)
        counts = None if contract is None else counts_in(contract, RENDERED, column.ranges.names)
        has = rendered & (np.diff(column.offsets) > 0)
        if counts is None or not has.any():
            return cls(as_read, np.zeros(len(column), np.bool_))
        read = _read_groups(column)
        item = np.repeat(np.arange(len(column)), np.diff(column.offsets))
        inside = has[item]
        k = len(column.ranges.names)
        given = posterior(counts, np.bincount(read[inside], minlength=k + 1).astype(np.float64))
        nobody = np.zeros((len(column), k))
        np.add.at(nobody, item, np.log1p(-np.minimum(given[:, read].T, 1 - 1e-12)))
        chance = 1 - np.exp(nobody)
        return cls(np.where(has[:, None], chance, as_read), has)

    def expected(self, rows: Array, shown: npt.NDArray[np.bool_]) -> Floats:
        """Return K expected numbers of items that show each group.

        Parameters
        ----------
        rows
            Which items.
        shown
            One boolean per row: is the item's reading present?
        """
        total: Floats = self.probability[rows][shown].sum(axis=0)
        return total


def counts_in(contract: Contract, domain: str, groups: tuple[str, ...]) -> Floats | None:
    """Return K x (K+1) counts of truth by reading over all conditions of a domain, or None."""
    same = [c.counts for c in contract.confusion if c.domain == domain and c.groups == groups]
    return np.sum(np.array(same, np.float64), axis=0) if same else None


def posterior(counts: Floats, read: Floats) -> Floats:
    r"""Return K x (K+1): the probability of each true group, given each reading.

    .. math:: P(g \mid h) \propto \pi_g\, C_{gh}

    C are the matrix's rows as shares, with half a count added to each cell (Jeffreys), and
    :math:`\pi` the true shares that make what was read most likely, found by expectation
    maximisation. Source: Vardi and Lee, JRSS B 1993.

    Parameters
    ----------
    counts
        K x (K+1) counts of truth by reading; the last column is ``abstained``.
    read
        K+1 numbers of readings in the catalogue.

    Examples
    --------
    Readings right nine times of ten, and twice as many people read as a: reading b is less
    certain than reading a.

    >>> given = posterior(np.array([[90, 10, 0], [10, 90, 0.0]]), np.array([200, 100, 0.0]))
    >>> given[0, 0].round(2), given[1, 1].round(2)
    (np.float64(0.95), np.float64(0.78))
    """
    padded = counts + _PSEUDO_COUNT
    rate = padded / padded.sum(axis=1, keepdims=True)
    true = corrected_counts(read, rate) if read.sum() else np.ones(len(rate))
    share = true / true.sum()
    joint = share[:, None] * rate
    given: Floats = joint / np.maximum(joint.sum(axis=0), 1e-300)
    return given


def _read_groups(column: GroupColumn) -> npt.NDArray[np.int64]:
    """Return the group that each person was read as; K where the reading isn't present."""
    k = len(column.ranges.names)
    group = np.full(len(column.readings), k)
    for index, name in enumerate(column.ranges.names):
        values = np.array(column.ranges.groups[name])
        group[np.isin(column.readings, values)] = index
    group[np.not_equal(column.reading_state, State.PRESENT)] = k
    return group.astype(np.int64)


__all__ = ["LIKELY", "POSSIBLE", "MatchProbability", "counts_in", "posterior"]
