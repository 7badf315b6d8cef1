"""Finding slices in a table that somebody else's system wrote: which column says what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from fairview.audit.finding.slice_columns import slice_columns
from fairview.audit.finding.slice_findings import SliceFindings, SliceSearch
from fairview.audit.finding.slices import find_slices
from fairview.core import DataError, MissingError, UsageError

Error = Literal["wrong", "false positive", "false negative"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Roles:
    """Which column of a table says what.

    Parameters
    ----------
    loss
        The column whose mean is to be explained; larger is worse. Or give `label` and
        `prediction`, both 0 and 1.
    label, prediction
        What was true, and what was said of it.
    error
        Which mistakes are losses: all, false positives among the truly negative, or false
        negatives among the truly positive; rows that can't have the mistake are left out and
        counted.
    by
        The columns that slices are made of; all others where empty.
    categories
        Number columns that are codes of categories.
    cluster
        The column that names independent units, such as people.
    bands
        How many bands a numeric column is cut into.
    """

    loss: str | None = None
    label: str | None = None
    prediction: str | None = None
    error: Error = "wrong"
    by: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    cluster: str | None = None
    bands: int = 5


def find_in_table(
    table: pa.Table,
    roles: Roles,
    rng: np.random.Generator,
    *,
    asked: SliceSearch | None = None,
) -> SliceFindings:
    """Return the slices of a table that are served worst; see `find_slices`.

    Raises
    ------
    UsageError
        Where neither a loss nor a label with a prediction is named.
    DataError
        Where a column lacks, or isn't what its role needs.
    """
    loss = loss_of(table, roles)
    own = {roles.loss, roles.label, roles.prediction, roles.cluster}
    names = roles.by or tuple(name for name in table.column_names if name not in own)
    columns = slice_columns(table, names, bands=roles.bands, categories=roles.categories)
    clusters = None
    if roles.cluster is not None:
        clusters = np.asarray(_column(table, roles.cluster).cast(pa.string()).to_pylist(), np.str_)
    return find_slices(columns, loss, rng, clusters=clusters, asked=asked)


def loss_of(table: pa.Table, roles: Roles) -> Floats:
    """Return n losses, NaN where a row has none.

    Examples
    --------
    >>> table = pa.table({"y": [0, 0, 1], "said": [1, 0, 0]})
    >>> loss_of(table, Roles(label="y", prediction="said", error="false positive")).tolist()
    [1.0, 0.0, nan]
    """
    if roles.loss is not None:
        return _numbers(table, roles.loss)
    if roles.label is None or roles.prediction is None:
        raise UsageError("Name the column of the loss, or those of the label and the prediction.")
    label, said = _flags(table, roles.label), _flags(table, roles.prediction)
    known = ~np.isnan(label) & ~np.isnan(said)
    if roles.error == "false positive":
        known &= label == 0
    elif roles.error == "false negative":
        known &= label == 1
    elif roles.error != "wrong":
        raise UsageError(
            f"There is no error {roles.error!r}; use wrong, false positive or false negative."
        )
    return np.where(known, (label != said).astype(np.float64), np.nan)


def read_table(path: Path, names: Sequence[str] = ()) -> pa.Table:
    """Return a Parquet or CSV file, or the named columns of it.

    Raises
    ------
    MissingError, DataError
        Where it isn't there, can't be read, or lacks a column.
    """
    if not path.is_file():
        raise MissingError(f"There is no file at {path}; check the path.")
    try:
        if path.suffix == ".csv" or path.name.endswith(".csv.gz"):
            table = csv.read_csv(path)
        else:
            table = pq.read_table(path)
    except pa.ArrowException as error:
        first = str(error).splitlines()[0].rstrip(".")
        raise DataError(f"{path} can't be read as Parquet or CSV: {first}.") from None
    for name in names:
        _column(table, name)
    return table.select(list(names)) if names else table


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise DataError(f"The log has no column {name}; it has {', '.join(table.column_names)}.")
    return table[name]


def _numbers(table: pa.Table, name: str) -> Floats:
    try:
        column = _column(table, name).cast(pa.float64())
    except pa.ArrowException:
        raise DataError(
            f"Column {name!r} holds {table[name].type}, and a loss must be numbers."
        ) from None
    return np.asarray(column.to_numpy(), np.float64)


def _flags(table: pa.Table, name: str) -> Floats:
    values = _numbers(table, name)
    odd = ~np.isnan(values) & ~np.isin(values, (0.0, 1.0))
    if odd.any():
        raise DataError(
            f"Column {name!r} holds {values[odd][0]:g} among others; it must hold 0 and 1."
        )
    return values
