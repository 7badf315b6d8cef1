"""The columns that slices are made of: categories, bands of numbers, clusters of an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.core import UNKNOWN, DataError, UsageError

FEW_VALUES = 12
"""Whole numbers with at most so many different values are taken as categories."""


@dataclass(frozen=True)
class SliceColumn:
    """One attribute of n rows, as codes into its labels.

    Parameters
    ----------
    name
        The attribute.
    labels
        Its values, in order; ``unknown`` is a value like any other.
    codes
        n codes, each in 0 to len(labels) - 1.

    Examples
    --------
    >>> column = SliceColumn("sex", ("f", "m"), np.array([1, 0, 1], np.int32))
    >>> len(column), column.labels[column.codes[0]]
    (3, 'm')
    """

    name: str
    labels: tuple[str, ...]
    codes: npt.NDArray[np.int32]

    def __post_init__(self) -> None:
        if len(self.codes) and not 0 <= self.codes.min() <= self.codes.max() < len(self.labels):
            raise DataError(
                f"Column {self.name!r} has a code outside its {len(self.labels)} labels."
            )

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: npt.NDArray[Any]) -> SliceColumn:
        """Return the same column of these rows (indices or a mask)."""
        return SliceColumn(self.name, self.labels, self.codes[rows])


def slice_column(name: str, values: Any, *, bands: int = 5, category: bool = False) -> SliceColumn:
    """Return a column of n values of any kind.

    Text and booleans are categories. Numbers are cut into `bands` bands that hold about as many
    rows each; whole numbers with at most 12 different values, and those that are said to be codes
    of categories, stay as they are. What isn't there (null, NaN) is the value ``unknown``.

    Parameters
    ----------
    name
        The attribute.
    values
        An Arrow array or column, a numpy array, or a list.
    bands
        How many bands a numeric column is cut into.
    category
        Whether numbers are codes of categories, such as an occupation's.

    Raises
    ------
    DataError
        Where the values are nested, or a number is infinite.

    Examples
    --------
    >>> slice_column("age", list(range(20, 40)), bands=2).labels
    ('20 to 29', '30 to 39')
    >>> slice_column("sex", ["f", None, "m"]).labels
    ('f', 'm', 'unknown')
    """
    if bands < 2:
        raise UsageError(f"Numbers can't be cut into {bands} bands; use 2 or more.")
    array = _array(name, values)
    kind = array.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        numbers = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
        if np.isinf(numbers).any():
            raise DataError(f"Column {name!r} holds infinite numbers; leave them empty.")
        return _numeric(name, numbers, bands, category)
    return _categorical(name, array)


def slice_columns(
    table: pa.Table, names: Sequence[str], *, bands: int = 5, categories: Sequence[str] = ()
) -> list[SliceColumn]:
    """Return the named columns of a table, each as `slice_column` makes it.

    Raises
    ------
    DataError
        Where the table lacks one of them.
    """
    lacking = [name for name in (*names, *categories) if name not in table.column_names]
    if lacking:
        raise DataError(
            f"The log has no column {', '.join(lacking)}; it has {', '.join(table.column_names)}."
        )
    return [
        slice_column(name, table[name], bands=bands, category=name in categories) for name in names
    ]


def embedding_clusters(
    name: str,
    vectors: npt.NDArray[np.floating[Any]],
    rng: np.random.Generator,
    *,
    clusters: int = 16,
    sample: int = 50_000,
) -> SliceColumn:
    """Return the cluster that each of n vectors belongs to, as a column to slice by.

    The k means are found on at most `sample` vectors and never see a loss, so that slices of
    clusters are confirmed as honestly as any. A row with a vector that isn't finite is
    ``unknown``.

    Parameters
    ----------
    name
        What the column is called.
    vectors
        n x d.
    rng
        The source of chance of the sample and the first means.
    clusters
        How many clusters, at most one per different vector.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> two = np.repeat([[0.0, 0.0], [9.0, 9.0]], 5, axis=0)
    >>> column = embedding_clusters("looks", two, rng, clusters=2)
    >>> np.bincount(column.codes).tolist(), column.labels
    ([5, 5], ('cluster 1', 'cluster 2'))
    """
    from sklearn.cluster import KMeans

    known = np.isfinite(vectors).all(axis=1)
    usable = np.asarray(vectors[known], np.float32)
    chosen = rng.permutation(len(usable))[:sample]
    different = len(np.unique(usable[chosen], axis=0))
    if not different:
        raise DataError(f"No vector of {name!r} is finite, so there is nothing to cluster.")
    means = KMeans(min(clusters, different), n_init=1, random_state=int(rng.integers(2**31))).fit(
        usable[chosen]
    )
    found = np.asarray(means.predict(usable), np.int32)
    order = np.argsort(-np.bincount(found, minlength=means.n_clusters), kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    labels = tuple(f"cluster {number + 1}" for number in range(len(order)))
    codes = np.full(len(vectors), len(labels), np.int32)
    codes[known] = place[found]
    return SliceColumn(name, labels if known.all() else (*labels, UNKNOWN), codes)


def _array(name: str, values: Any) -> pa.Array:
    try:
        array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(f"Column {name!r} mixes kinds of values ({error}); give it one.") from None
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_decode()
    if pa.types.is_nested(whole.type):
        raise DataError(f"Column {name!r} holds {whole.type}; slices need one value per row.")
    return whole


def _categorical(name: str, array: pa.Array) -> SliceColumn:
    texts = pc.fill_null(array.cast(pa.string()), UNKNOWN)
    encoded = texts.dictionary_encode()
    found = np.asarray(encoded.dictionary.to_pylist(), np.str_)
    order = sorted(range(len(found)), key=lambda i: (found[i] == UNKNOWN, found[i]))
    place = np.empty(len(found), np.int32)
    place[order] = np.arange(len(found), dtype=np.int32)
    codes = place[encoded.indices.to_numpy(zero_copy_only=False)]
    return SliceColumn(name, tuple(str(found[i]) for i in order), codes.astype(np.int32))


def _numeric(
    name: str, numbers: npt.NDArray[np.float64], bands: int, category: bool
) -> SliceColumn:
    known = ~np.isnan(numbers)
    values, row = np.unique(numbers[known], return_inverse=True)
    whole = bool((values == np.floor(values)).all())
    if category or (whole and len(values) <= FEW_VALUES):
        labels, code_of = [_number(value) for value in values], np.arange(len(values))
    else:
        labels, code_of = _bands(values, row, bands)
    codes = np.full(len(numbers), len(labels), np.int32)
    codes[known] = code_of[row]
    return SliceColumn(name, tuple(labels if known.all() else (*labels, UNKNOWN)), codes)


def _bands(
    values: npt.NDArray[np.float64], row: npt.NDArray[np.int64], bands: int
) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the bands' labels and the band of each different value; equal values stay together."""
    count = np.bincount(row, minlength=len(values))
    middle = (np.cumsum(count) - count / 2) / max(count.sum(), 1)
    _, code_of = np.unique(np.floor(middle * bands), return_inverse=True)
    labels = []
    for band in range(code_of.max(initial=-1) + 1):
        inside = values[code_of == band]
        low, high = _number(inside[0]), _number(inside[-1])
        labels.append(low if low == high else f"{low} to {high}")
    return labels, code_of


def _number(value: float) -> str:
    return str(int(value)) if value == np.floor(value) and abs(value) < 1e15 else f"{value:.4g}"
