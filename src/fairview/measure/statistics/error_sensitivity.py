"""What corrected figures become where the assumptions behind the correction fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.measure.statistics.error_correction import (
    Figures,
    corrected_counts,
    shares,
)
from fairview.measure.statistics.error_model import ErrorModel

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Varied:
    """Figures under one assumption.

    Parameters
    ----------
    assumption
        What is assumed, in a few words.
    values
        K figures, NaN where it leaves one undefined.
    """

    assumption: str
    values: Floats


def varied(
    cells: npt.ArrayLike, model: ErrorModel, figures: Figures = shares, factor: float = 2.0
) -> list[Varied]:
    """Return the figures under assumptions that differ from the error model's.

    Five kinds: the readings as they are; the model as measured; errors `factor` times as
    frequent and as rare, as another domain may have them; errors that depend on the outcome
    (in each component's rows alone they are `factor` times as frequent); and abstentions that
    aren't at random (their odds are `factor` times as high in each component's rows, and for
    each group, in turn).

    Parameters
    ----------
    cells
        components x (K + 1) counts per read group, then abstained.
    model
        The error model; here its domain doesn't matter.
    figures
        As in `correct`.
    factor
        How far to vary, above 1.

    Raises
    ------
    DataError
        Where the cells don't fit the model.

    Examples
    --------
    >>> reader = ErrorModel(("a", "b"), ((90, 10, 0), (20, 80, 0)), "rendered", "1")
    >>> for one in varied([[41, 59, 0]], reader)[:4]:
    ...     print(one.assumption, one.values.round(3).tolist())
    readings are never wrong [0.41, 0.59]
    errors as measured [0.3, 0.7]
    errors 2 times as frequent [0.025, 0.975]
    errors 2 times as rare [0.365, 0.635]
    """
    o = np.atleast_2d(np.asarray(cells, np.float64))
    k = len(model.groups)
    if o.ndim != 2 or o.shape[1] != k + 1 or np.any(~(o >= 0)) or not factor > 1:
        raise DataError(f"Cells need {k + 1} counts of at least 0 per component; a factor > 1.")
    measured = model.matrix
    found = [
        Varied("readings are never wrong", figures(o[:, :k])),
        Varied("errors as measured", _under(o, measured, figures)),
        Varied(
            f"errors {factor:g} times as frequent", _under(o, scaled(measured, factor), figures)
        ),
        Varied(
            f"errors {factor:g} times as rare", _under(o, scaled(measured, 1 / factor), figures)
        ),
    ]
    if len(o) > 1:
        for component in range(len(o)):
            matrices = np.broadcast_to(measured, (len(o), *measured.shape)).copy()
            matrices[component] = scaled(measured, factor)
            name = f"errors {factor:g} times as frequent in component {component + 1}"
            found.append(Varied(name, _under(o, matrices, figures)))
            if not measured[:, -1].any():
                continue
            for row in range(k):
                matrices[component] = abstaining(
                    measured if row == 0 else matrices[component], row, factor
                )
            name = f"abstentions at {factor:g} times the odds in component {component + 1}"
            found.append(Varied(name, _under(o, matrices, figures)))
    if measured[:, -1].any():
        for row, group in enumerate(model.groups):
            name = f"{group} abstained on at {factor:g} times the odds"
            found.append(Varied(name, _under(o, abstaining(measured, row, factor), figures)))
    return found


def band(found: Sequence[Varied]) -> tuple[Floats, Floats]:
    """Return the lowest and the highest of K figures over all assumptions: a sensitivity band.

    It is no interval: it holds what these assumptions give, at no stated rate.

    Examples
    --------
    >>> low, high = band([Varied("x", np.array([0.1, 0.5])), Varied("y", np.array([0.3, 0.4]))])
    >>> low.tolist(), high.tolist()
    ([0.1, 0.4], [0.3, 0.5])
    """
    values = np.array([one.values for one in found])
    return np.asarray(np.fmin.reduce(values)), np.asarray(np.fmax.reduce(values))


def scaled(matrix: Floats, factor: float) -> Floats:
    """Return a matrix whose wrong reads are `factor` times as frequent among reads.

    Abstentions stay as they are. A group's errors stop where they would pass half of its reads.

    Examples
    --------
    >>> scaled(np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]), 2.0).round(2).tolist()
    [[0.8, 0.2, 0.0], [0.4, 0.6, 0.0]]
    """
    k = len(matrix)
    reads = matrix[:, :k]
    right = np.diagonal(reads)
    wrong = reads.sum(axis=1) - right
    most = np.maximum(reads.sum(axis=1) / 2, wrong)
    grown = np.minimum(wrong * factor, most)
    times = np.divide(grown, wrong, out=np.ones(k), where=wrong > 0)
    result = matrix.copy()
    result[:, :k] = reads * times[:, None]
    result[np.arange(k), np.arange(k)] = right + wrong - grown
    return result


def abstaining(matrix: Floats, group: int, factor: float) -> Floats:
    """Return a matrix whose odds of abstaining on one true group are `factor` times as high.

    Examples
    --------
    >>> abstaining(np.array([[0.4, 0.1, 0.5], [0.1, 0.9, 0.0]]), 0, 2.0)[0].round(3).tolist()
    [0.267, 0.067, 0.667]
    """
    result = matrix.copy()
    before = matrix[group, -1]
    if 0 < before < 1:
        odds = before / (1 - before) * factor
        after = odds / (1 + odds)
        result[group] *= (1 - after) / (1 - before)
        result[group, -1] = after
    return result


def _under(cells: Floats, matrix: Floats, figures: Figures) -> Floats:
    return figures(corrected_counts(cells, matrix))
