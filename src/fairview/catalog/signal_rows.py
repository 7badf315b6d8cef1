"""Rows of stored signals: from columns to Arrow tables and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairview.core import RANGES, Contract, DataError, GroupColumn, Ranges, SignalColumn, State

_ID = pa.field("item_id", pa.string(), nullable=False)
_STATE = pa.field("state", pa.int8(), nullable=False)
_CONFIDENCE = pa.field("confidence", pa.float32(), nullable=False)
DIGEST: pa.Field[Any] = pa.field("row_digest", pa.string(), nullable=False)
_KEYS: list[Any] = [_ID, _STATE, DIGEST]
KEYS = pa.schema(_KEYS)
_TOLERANCE = 1e-5


def check_values(contract: Contract, item_ids: Sequence[str], column: SignalColumn) -> None:
    """Raise `DataError` where a column isn't what its contract promises."""
    if contract.value == "groups":
        raise DataError(f"Signal {contract.name!r} has groups; use SignalStore.write_groups.")
    if (column.name, column.version) != (contract.name, contract.version):
        raise DataError(
            f"Column {column.name!r} version {column.version!r} doesn't fit the contract of "
            f"{contract.name!r} version {contract.version!r}."
        )
    _check_ids(contract, item_ids, len(column))
    width = column.values.shape[1] if column.values.ndim == 2 else 1
    if (column.values.ndim == 2) != (contract.value == "vector") or width != contract.dimension:
        raise DataError(
            f"Signal {contract.name!r} promises a {contract.value} of dimension "
            f"{contract.dimension}; the column has the shape {column.values.shape}."
        )
    if column.values.dtype.kind in "fiu":
        _check_numbers(contract, column.values[column.is_present])


def _check_numbers(contract: Contract, values: npt.NDArray[Any]) -> None:
    if not np.all(np.isfinite(values)):
        raise DataError(f"Signal {contract.name!r} has a present value that isn't finite.")
    low, high = contract.minimum, contract.maximum
    if values.size and low is not None and values.min() < low - _TOLERANCE:
        raise DataError(f"Signal {contract.name!r} has {values.min()}, less than its {low}.")
    if values.size and high is not None and values.max() > high + _TOLERANCE:
        raise DataError(f"Signal {contract.name!r} has {values.max()}, more than its {high}.")


def check_groups(
    contract: Contract,
    item_ids: Sequence[str],
    column: GroupColumn,
    confidence: npt.NDArray[np.float32],
    state: npt.NDArray[np.int8] | None,
) -> None:
    """Raise `DataError` where memberships aren't what their contract promises."""
    if contract.value != "groups" or contract.ranges != column.ranges.name:
        raise DataError(
            f"Signal {contract.name!r} promises {contract.value} over {contract.ranges!r}; the "
            f"column has groups over {column.ranges.name!r}."
        )
    _check_ids(contract, item_ids, len(column))
    if len(confidence) != len(column) or (state is not None and len(state) != len(column)):
        raise DataError(f"Signal {contract.name!r} needs one confidence and state per item.")


def _check_ids(contract: Contract, item_ids: Sequence[str], n: int) -> None:
    if len(item_ids) != n:
        raise DataError(f"Signal {contract.name!r} has {n} values for {len(item_ids)} items.")
    if len(set(item_ids)) != n:
        raise DataError(f"Signal {contract.name!r} has an item twice in one write.")


def values_table(item_ids: Sequence[str], column: SignalColumn) -> pa.Table:
    """Return a column as rows."""
    return pa.table(
        {
            "item_id": pa.array([str(each) for each in item_ids], pa.string()),
            "value": _to_arrow(column.values),
            "state": pa.array(column.state, pa.int8()),
            "confidence": pa.array(column.confidence, pa.float32()),
        }
    )


def values_column(contract: Contract, table: pa.Table, rows: pa.Array[Any]) -> SignalColumn:
    """Return the asked rows as a column; a null row is missing."""
    values = _to_numpy(table["value"].combine_chunks(), rows, contract.dimension)
    return SignalColumn(contract.name, contract.version, values, *_knowledge(table, rows))


def groups_table(
    item_ids: Sequence[str],
    column: GroupColumn,
    confidence: npt.NDArray[np.float32],
    state: npt.NDArray[np.int8] | None,
) -> pa.Table:
    """Return memberships as rows."""
    offsets = pa.array(column.offsets, pa.int32())
    states = state_of_groups(column) if state is None else state
    return pa.table(
        {
            "item_id": pa.array([str(each) for each in item_ids], pa.string()),
            "probabilities": _to_arrow(column.probabilities),
            "contains": _to_arrow(column.contains),
            "readings": pa.ListArray.from_arrays(offsets, pa.array(column.readings, pa.int16())),
            "reading_state": pa.ListArray.from_arrays(
                offsets, pa.array(column.reading_state, pa.int8())
            ),
            "ranges_version": pa.array([column.ranges.version] * len(column), pa.string()),
            "state": pa.array(states, pa.int8()),
            "confidence": pa.array(confidence, pa.float32()),
        }
    )


def groups_column(contract: Contract, table: pa.Table, rows: pa.Array[Any]) -> GroupColumn:
    """Return the asked rows as memberships; a null row is ``unknown``."""
    ranges = _ranges(contract, table)
    k = len(ranges.names)
    probabilities = _to_numpy(table["probabilities"].combine_chunks(), rows, k + 1)
    probabilities[rows.is_null().to_numpy(zero_copy_only=False), k] = 1.0
    contains = _to_numpy(table["contains"].combine_chunks(), rows, k)
    readings, lengths = _flat(table["readings"], rows)
    states, _ = _flat(table["reading_state"], rows)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return GroupColumn(
        ranges,
        probabilities,
        contains.astype(np.bool_),
        readings.astype(np.int16),
        states.astype(np.int8),
        offsets,
    )


def state_column(contract: Contract, table: pa.Table, rows: pa.Array[Any]) -> SignalColumn:
    """Return the asked rows' states, also as values."""
    state, confidence = _knowledge(table, rows)
    return SignalColumn(contract.name, contract.version, state, state, confidence)


def state_of_groups(column: GroupColumn) -> npt.NDArray[np.int8]:
    """Return what is known of each item as a whole, from its people's readings.

    Examples
    --------
    >>> from fairview.core import SKIN_TONE
    >>> column = GroupColumn.from_readings(SKIN_TONE, [2, 0, 0], [1, 2, 2], [0, 2, 3, 3])
    >>> [State(code).word for code in state_of_groups(column)]
    ['present', 'abstained', 'not_applicable']
    """
    state = np.full(len(column), State.NOT_APPLICABLE, np.int8)
    item = np.repeat(np.arange(len(column)), np.diff(column.offsets))
    for each in (State.FAILED, State.ABSTAINED, State.PRESENT):
        state[item[column.reading_state == each]] = each
    state[column.unknown < 1] = State.PRESENT
    return state


def schema_in(path: Path) -> pa.Schema:
    """Return the schema of a segment."""
    return pq.read_schema(path).remove_metadata()


def _ranges(contract: Contract, table: pa.Table) -> Ranges:
    ranges = RANGES.get(contract.ranges or "")
    if ranges is None:
        raise DataError(f"Signal {contract.name!r} has groups over {contract.ranges!r}, unknown.")
    other = set(pc.unique(table["ranges_version"]).to_pylist()) - {ranges.version}
    if other:
        raise DataError(
            f"Signal {contract.name!r} was stored for ranges {other.pop()}, and they are "
            f"{ranges.version} now; run: fairview signals run {contract.name}"
        )
    return ranges


def _knowledge(
    table: pa.Table, rows: pa.Array[Any]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    state: Any = table["state"].take(rows)
    confidence: Any = table["confidence"].take(rows)
    return (
        state.fill_null(int(State.MISSING)).to_numpy().astype(np.int8),
        confidence.fill_null(0.0).to_numpy().astype(np.float32),
    )


def _to_arrow(values: npt.NDArray[Any]) -> Any:
    if values.ndim == 2:
        flat: Any = pa.array(np.ascontiguousarray(values).reshape(-1))
        return pa.FixedSizeListArray.from_arrays(flat, values.shape[1])
    if values.dtype.kind in "UO":
        return pa.array([str(each) for each in values], pa.string())
    return pa.array(values)


def _to_numpy(values: Any, rows: pa.Array[Any], width: int) -> npt.NDArray[Any]:
    """Return the asked rows' values; those of null rows are zero, false or empty."""
    known = rows.is_valid().to_numpy(zero_copy_only=False)
    index = rows.fill_null(0).to_numpy()[known]
    if pa.types.is_fixed_size_list(values.type):
        stored = values.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
    else:
        stored = values.to_numpy(zero_copy_only=False)
        if stored.dtype == object:
            stored = stored.astype(np.str_)
    out = np.zeros((len(rows), *stored.shape[1:]), stored.dtype)
    out[known] = stored[index]
    return out


def _flat(lists: Any, rows: pa.Array[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    taken = lists.take(rows).combine_chunks()
    lengths = pc.fill_null(pc.list_value_length(taken), 0).to_numpy()
    return taken.flatten().to_numpy(zero_copy_only=False), lengths
