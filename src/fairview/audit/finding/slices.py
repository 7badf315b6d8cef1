"""Slice discovery: who is served worst, searched for in one half and confirmed in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.audit.finding.confirmation import FEWEST_UNITS, Gaps, family_level, gaps_of
from fairview.audit.finding.lattice import Candidate, Searched, Wanted, search
from fairview.audit.finding.slice_columns import SliceColumn
from fairview.audit.finding.slice_findings import FoundSlice, SliceFindings, SliceSearch, name_of
from fairview.core import DataError, UsageError
from fairview.measure.statistics import benjamini_hochberg, holm, smallest_gap

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_KEPT_FOR_EACH = 50
"""Slices that are kept for each that is given, so that there are enough once like ones go."""


def find_slices(
    columns: Sequence[SliceColumn],
    loss: npt.NDArray[Any],
    rng: np.random.Generator,
    *,
    clusters: npt.NDArray[Any] | None = None,
    asked: SliceSearch | None = None,
) -> SliceFindings:
    """Return the groups of rows that are served worst, searched in one half, tested in the other.

    Every conjunction of up to `SliceSearch.depth` values of different columns is looked at in
    the searched half. Of those that beat everything that they are part of, the best are tested
    in the half that was held out; whole clusters are in one half or the other.

    Parameters
    ----------
    columns
        m columns of n codes (`slice_columns`, `embedding_clusters`).
    loss
        n losses: 0 and 1, or any numbers; larger is worse. NaN is undefined, and counted.
    rng
        The source of chance of the halves; the same generator gives the same findings.
    clusters
        n values that name independent units, such as people; rows are independent where None.
    asked
        What is searched for.

    Raises
    ------
    DataError
        Where lengths differ, a loss is infinite, or there are too few rows to hold a half out.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sex, age = rng.integers(0, 2, 4000), rng.integers(0, 3, 4000)
    >>> wrong = (rng.random(4000) < np.where((sex == 1) & (age == 2), 0.4, 0.2)).astype(float)
    >>> columns = [SliceColumn("sex", ("m", "f"), sex.astype(np.int32)),
    ...            SliceColumn("age", ("young", "middle", "old"), age.astype(np.int32))]
    >>> [found.name for found in find_slices(columns, wrong, rng).confirmed]
    ['sex=f & age=old']
    """
    wanted = asked or SliceSearch()
    values, known, units = _checked(columns, loss, clusters, wanted)
    half = _halves(len(values), units, wanted.searched_share, rng)
    first = [column.take(known).take(half) for column in columns]
    second = [column.take(known).take(~half) for column in columns]
    support = max(round(wanted.minimum_rows * wanted.searched_share), 1)
    limits = Wanted(wanted.depth, support, wanted.size_weight, _KEPT_FOR_EACH * wanted.most)
    searched = search(first, values[half], limits)
    chosen, explained = _different(searched, first, values[half], wanted)
    masks = np.array([_mask(second, each) for each in chosen], bool)
    masks = masks.reshape(len(chosen), int((~half).sum()))
    held_units = None if units is None else np.unique(units[~half], return_inverse=True)[1]
    gaps = gaps_of(values[~half], masks, held_units)
    found, level = _told(chosen, explained, gaps, (values[half], values[~half]), columns, wanted)
    return SliceFindings(
        slices=found,
        mean=float(values.mean()),
        rows=len(values),
        searched=int(half.sum()),
        held_out=int((~half).sum()),
        clusters=None if units is None else int(units.max()) + 1,
        excluded=len(loss) - len(values),
        counted=searched.counted,
        small=searched.small,
        hopeless=searched.hopeless,
        detectable=_detectable(gaps, wanted, wanted.minimum_rows - support),
        interval_level=level,
        asked=wanted,
        columns=tuple(column.name for column in columns),
    )


def _checked(
    columns: Sequence[SliceColumn],
    loss: npt.NDArray[Any],
    clusters: npt.NDArray[Any] | None,
    wanted: SliceSearch,
) -> tuple[Floats, Flags, npt.NDArray[np.int64] | None]:
    if not columns:
        raise UsageError("Slices need at least one column to be made of.")
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise UsageError(f"Columns repeat among {', '.join(names)}; give each once.")
    numbers = np.asarray(loss, np.float64)
    for name, length in (
        *((column.name, len(column)) for column in columns),
        *((("clusters", len(clusters)),) if clusters is not None else ()),
    ):
        if length != len(numbers):
            raise DataError(f"{name!r} has {length} rows, and there are {len(numbers)} losses.")
    if np.isinf(numbers).any():
        raise DataError("A loss is infinite; leave such rows empty, or cap them.")
    known = ~np.isnan(numbers)
    if known.sum() < 2 * wanted.minimum_rows:
        raise DataError(
            f"Only {int(known.sum())} rows have a loss; slices of {wanted.minimum_rows} rows need "
            f"{2 * wanted.minimum_rows} at least. Lower the minimum, or bring more rows."
        )
    units = None
    if clusters is not None:
        units = np.unique(np.asarray(clusters)[known], return_inverse=True)[1].astype(np.int64)
        if int(units.max()) + 1 < 2 * FEWEST_UNITS:
            raise DataError(
                f"The rows belong to {int(units.max()) + 1} clusters, and holding half of them out "
                f"needs {2 * FEWEST_UNITS} at least; name a finer unit."
            )
    return numbers[known], known, units


def _halves(
    rows: int,
    units: npt.NDArray[np.int64] | None,
    share: float,
    rng: np.random.Generator,
) -> Flags:
    """Return which rows are searched; rows of one unit go together."""
    number = rows if units is None else int(units.max()) + 1
    searched = np.zeros(number, bool)
    searched[rng.permutation(number)[: round(number * share)]] = True
    return searched if units is None else searched[units]


def _mask(columns: Sequence[SliceColumn], candidate: Candidate) -> Flags:
    mask: Flags = np.ones(len(columns[0]), bool)
    for column, code in zip(candidate.columns, candidate.codes, strict=True):
        mask &= columns[column].codes == code
    return mask


def _different(
    searched: Searched, columns: Sequence[SliceColumn], loss: Floats, wanted: SliceSearch
) -> tuple[list[Candidate], list[list[Candidate]]]:
    """Return the best slices that aren't explained by better ones, and those that each explains.

    What each chosen slice loses above everybody else is taken out of its rows' losses; of a later
    slice, enough of the score must be left.
    """
    left = loss.copy()
    chosen: list[Candidate] = []
    explained: list[list[Candidate]] = []
    bits: list[npt.NDArray[np.uint8]] = []
    for candidate in searched.best:
        mask = _mask(columns, candidate)
        share = candidate.n / len(loss)
        gap = float(left[mask].mean() - left[~mask].mean())
        if gap * (share * (1 - share)) ** wanted.size_weight >= wanted.new * candidate.score:
            if len(chosen) == wanted.most:
                break
            left[mask] -= gap
            chosen.append(candidate)
            explained.append([])
            bits.append(np.packbits(mask))
        else:
            own = np.packbits(mask)
            shared = [int(np.bitwise_count(own & other).sum()) for other in bits]
            explained[int(np.argmax(shared))].append(candidate)
    return chosen, explained


def _told(
    chosen: Sequence[Candidate],
    explained: Sequence[Sequence[Candidate]],
    gaps: Gaps,
    halves: tuple[Floats, Floats],
    columns: Sequence[SliceColumn],
    wanted: SliceSearch,
) -> tuple[tuple[FoundSlice, ...], float]:
    """Return the slices, and the level of each interval; `halves` are the losses of both."""
    p = gaps.p_values()
    family = (holm if wanted.adjust == "holm" else benjamini_hochberg)(p)
    confirmed = family <= 1 - wanted.level
    level = family_level(int(confirmed.sum()), len(p), wanted.level, wanted.adjust)
    low, high = gaps.interval(level)
    rows, loss = len(halves[0]), float(halves[0].sum())
    held_rows, held_loss = len(halves[1]), float(halves[1].sum())
    found = []
    for k, candidate in enumerate(chosen):
        n, mean, gap = candidate.n, candidate.mean, _known(gaps.gap[k])
        testable = bool(gaps.testable[k])
        found.append(
            FoundSlice(
                conditions=_conditions(candidate, columns),
                searched_n=n,
                searched_gap=mean - (loss - mean * n) / (rows - n),
                n=int(gaps.n[k]),
                share=float(gaps.n[k] / held_rows),
                mean=_known(gaps.mean[k]),
                rest=_known(gaps.rest[k]),
                gap=gap,
                low=float(low[k]) if testable else None,
                high=float(high[k]) if testable else None,
                p=float(p[k]),
                adjusted_p=float(family[k]),
                confirmed=bool(confirmed[k]),
                excess=(
                    None if gap is None or held_loss <= 0 else float(gaps.n[k]) * gap / held_loss
                ),
                explains=tuple(name_of(_conditions(each, columns)) for each in explained[k][:3]),
                note="" if testable else "too few independent rows in the other half",
            )
        )
    found.sort(key=lambda each: not each.confirmed)
    return tuple(found), level


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _detectable(gaps: Gaps, wanted: SliceSearch, support: float) -> float | None:
    """Return the gap that the smallest slice shows with probability 0.8 among all that are tested.

    Its standard error is taken from those that were tested, each scaled to the smallest size; the
    level is Bonferroni's, which the family's is no stricter than.
    """
    there = gaps.testable
    if not there.any():
        return None
    error = float(np.median(gaps.error[there] * np.sqrt(gaps.n[there] / support)))
    each = 1 - (1 - wanted.level) / len(gaps.n)
    return float(smallest_gap(error, each, 0.8))


def _conditions(
    candidate: Candidate, columns: Sequence[SliceColumn]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (columns[column].name, columns[column].labels[code])
        for column, code in zip(candidate.columns, candidate.codes, strict=True)
    )


__all__ = ["find_slices"]
