"""How often readings of an attribute are wrong: calibration counts, and where they are valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError

Floats = npt.NDArray[np.float64]
LEAST_SEPARATION = 0.1
"""Below this, errors of the reads are magnified more than tenfold."""


@dataclass(frozen=True)
class ErrorModel:
    """A confusion matrix with its counts, so that its own uncertainty is known.

    Parameters
    ----------
    groups
        The K groups.
    counts
        K rows, one per true group, of K + 1 calibration counts: how often it was read as each
        group, then how often the reader abstained.
    domain
        Where the counts were made, such as ``rendered`` or ``photographs``: the only place where
        they correct anything.
    version
        Of the reader.
    condition
        Under which the counts were made, such as a light.

    Raises
    ------
    DataError
        Where the counts aren't K rows of K + 1, one is negative, or a row is empty.

    Examples
    --------
    >>> reader = ErrorModel(("light", "dark"), ((90, 10, 0), (20, 80, 0)), "photographs", "1")
    >>> reader.matrix.tolist()
    [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]
    """

    groups: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]
    domain: str
    version: str
    condition: str = "all"

    def __post_init__(self) -> None:
        k = len(self.groups)
        if k < 2 or len(self.counts) != k or any(len(row) != k + 1 for row in self.counts):
            raise DataError(
                f"The error model of {k} groups needs {k} rows of {k + 1} counts, the last of "
                f"them abstained, and at least two groups."
            )
        if any(not count >= 0 for row in self.counts for count in row):
            raise DataError("Calibration counts can't be negative or NaN.")
        for group, row in zip(self.groups, self.counts, strict=True):
            if not sum(row) > 0:
                raise DataError(f"The error model has no calibration count for {group!r}.")

    @classmethod
    def pooled(cls, models: Sequence[ErrorModel]) -> ErrorModel:
        """Return the model of all conditions together, for audits that don't know theirs.

        Raises
        ------
        DataError
            Where groups, domain or version differ.
        """
        first = models[0]
        same = (first.groups, first.domain, first.version)
        if any((m.groups, m.domain, m.version) != same for m in models):
            raise DataError("Only error models of the same groups, domain and version add up.")
        total = np.sum([model.counts for model in models], axis=0)
        counts = tuple(tuple(float(count) for count in row) for row in total)
        return cls(first.groups, counts, first.domain, first.version)

    @property
    def matrix(self) -> Floats:
        """K x (K + 1) chances of each read, given the true group."""
        counts = np.array(self.counts, np.float64)
        return np.asarray(counts / counts.sum(axis=1, keepdims=True))

    @property
    def separation(self) -> float:
        """The smallest singular value of the matrix: 1 if reads are never wrong, 0 for a guess."""
        return float(np.linalg.svd(self.matrix, compute_uv=False)[-1])

    @property
    def noise(self) -> float:
        r"""How far calibration noise moves the separation: the largest error of a row.

        .. math:: \max_t \sqrt{\sum_j C_{tj}(1 - C_{tj}) / n_t}
        """
        counts = np.array(self.counts, np.float64)
        rows = (self.matrix * (1 - self.matrix)).sum(axis=1) / counts.sum(axis=1)
        return float(np.sqrt(rows.max()))

    @property
    def refusal(self) -> str:
        """Why nothing can be corrected with this matrix; empty where it can.

        By Weyl's inequality noise moves a singular value by at most the norm of the noise, so a
        separation within two of its errors may be none at all.
        """
        separation, noise = self.separation, self.noise
        if separation < max(LEAST_SEPARATION, 2 * noise):
            return (
                f"the readings hardly tell the groups apart (separation {separation:.2f}, "
                f"calibration noise {noise:.2f})"
            )
        return ""

    def drawn(self, replicates: int, rng: np.random.Generator) -> Floats:
        """Return B x K x (K + 1) matrices that the calibration counts allow."""
        return drawn_matrices(np.array(self.counts, np.float64), replicates, rng)


def drawn_matrices(counts: Floats, replicates: int, rng: np.random.Generator) -> Floats:
    """Return B x ... x K x (K + 1) matrices that (... x K x (K + 1)) calibration counts allow.

    Each row is Dirichlet with its counts plus 1/3 (Kerman 2011): calibration drawn again, but a
    mistake that was never seen isn't thereby impossible. Without the third, intervals from 45
    counts per group covered 0.89 in place of 0.95.

    Examples
    --------
    >>> counts = np.array([[90.0, 10.0, 0.0], [20.0, 80.0, 0.0]])
    >>> drawn = drawn_matrices(counts, 2000, np.random.default_rng(1))
    >>> drawn.shape, drawn.mean(axis=0).round(2).tolist()
    ((2000, 2, 3), [[0.89, 0.1, 0.0], [0.2, 0.8, 0.0]])
    """
    gammas = rng.standard_gamma(np.broadcast_to(counts + 1 / 3, (replicates, *counts.shape)))
    return np.asarray(gammas / gammas.sum(axis=-1, keepdims=True))
