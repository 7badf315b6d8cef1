"""What an audit reads: a log of slates, a catalogue, and what is known to be missing of either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.audit.corrections import Inferred
from fairview.core import UNKNOWN, GroupColumn
from fairview.measure import Log

Flags = npt.NDArray[np.bool_]

_FIELDS: list[Any] = [
    pa.field("item_id", pa.string()),
    pa.field("attribute", pa.string()),
    pa.field("group", pa.string()),
    pa.field("probability", pa.float64()),
    pa.field("contains", pa.bool_()),
]

MEMBERSHIP_SCHEMA: pa.Schema = pa.schema(_FIELDS)


@dataclass(frozen=True)
class AuditLog:
    """The tables of one audit.

    Parameters
    ----------
    slates
        What was shown; None where nothing is known of that.
    catalogue
        One row per item of the catalogue; None where it isn't audited.
    counts
        What was read, and what was left out and why, in words.
    missing
        What the audit can't say for lack of data, one sentence each.
    notes
        What a reader has to know of the data, one sentence each.
    data_digest
        Digest over the data.
    synthetic
        Whether any of it is synthetic.
    inferred
        Attributes that were read from pictures or otherwise inferred, and how readings err.
    is_foreign
        Whether it is the table of another system, which has no catalogue beside it.
    """

    slates: Log | None = None
    catalogue: Log | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    data_digest: str = ""
    synthetic: bool = False
    inferred: Mapping[str, Inferred] = field(default_factory=dict)
    is_foreign: bool = False


def concerns_column(attribute: str) -> str:
    """Return the name of the rows' column that says whether a request is judged on an attribute.

    Examples
    --------
    >>> concerns_column("skin_tone")
    'concerns_skin_tone'
    """
    return f"concerns_{attribute}"


def outside_words(attribute: str) -> str:
    """Return the words under which requests that an attribute doesn't apply to are counted."""
    return f"requests that {attribute.replace('_', ' ')} doesn't apply to"


def membership_table(
    attribute: str, item_ids: Sequence[str] | npt.NDArray[Any], column: GroupColumn
) -> pa.Table:
    """Return the long table of memberships, ``unknown`` included, of items with a column each."""
    probability = column.probabilities
    contains = np.concatenate([column.contains, np.zeros((len(column), 1), bool)], axis=1)
    item, group = np.nonzero((probability > 0) | contains)
    names = pa.array([*column.ranges.names, UNKNOWN], pa.string())
    ids = pa.array(np.asarray(item_ids, np.str_).tolist(), pa.string())
    columns: list[Any] = [
        ids.take(item),
        pa.repeat(attribute, len(item)),
        names.take(group),
        pa.array(probability[item, group]),
        pa.array(contains[item, group]),
    ]
    return pa.Table.from_arrays(columns, schema=MEMBERSHIP_SCHEMA)


def read_table(
    attribute: str, item_ids: Sequence[str] | npt.NDArray[Any], column: GroupColumn
) -> pa.Table:
    """Return the memberships of the hard readings alone: each item shares out what it holds."""
    held = column.contains.astype(np.float64)
    total = held.sum(axis=1, keepdims=True)
    unread = (total == 0).astype(np.float64)
    shared = np.concatenate([held / np.maximum(total, 1), unread], axis=1)
    return membership_table(attribute, item_ids, replace(column, probabilities=shared))


def names_in(value: str | None) -> list[str]:
    """Return the groups that a text attribute names, sorted; ``unknown`` isn't one.

    Examples
    --------
    >>> names_in(" b;a; "), names_in("unknown"), names_in(None)
    (['a', 'b'], [], [])
    """
    return sorted({part.strip() for part in (value or "").split(";")} - {"", UNKNOWN})


def plain_memberships(
    attribute: str, item_ids: Sequence[str], values: Sequence[str | None]
) -> tuple[pa.Table, tuple[str, ...]]:
    """Return the memberships that a text attribute gives, and its groups, sorted.

    A value such as ``a;b`` names several groups: the item holds each, and is shared evenly.

    Examples
    --------
    >>> table, groups = plain_memberships("gender", ["i", "j"], ["a;b", None])
    >>> groups, table["probability"].to_pylist()
    (('a', 'b'), [0.5, 0.5])
    """
    rows: list[tuple[str, str, float]] = []
    for item_id, value in zip(item_ids, values, strict=True):
        names = names_in(value)
        rows += [(item_id, name, 1 / len(names)) for name in names]
    columns: list[Any] = [
        pa.array([row[0] for row in rows], pa.string()),
        pa.repeat(attribute, len(rows)),
        pa.array([row[1] for row in rows], pa.string()),
        pa.array([row[2] for row in rows], pa.float64()),
        pa.repeat(True, len(rows)),
    ]
    groups = tuple(sorted({row[1] for row in rows}))
    return pa.Table.from_arrays(columns, schema=MEMBERSHIP_SCHEMA), groups


def concerned(key: npt.NDArray[Any], applies: Flags, share: float) -> Flags:
    """Return which rows belong to a key (a query) that an attribute applies to.

    Parameters
    ----------
    key
        n keys of the rows.
    applies
        n booleans: does the row's item have the attribute at all?
    share
        The least share of a key's rows for which it must.

    Examples
    --------
    >>> concerned(np.array(["x", "x", "y"]), np.array([True, False, False]), 0.5).tolist()
    [True, True, False]
    """
    names, row = np.unique(key, return_inverse=True)
    shown = np.bincount(row, minlength=len(names))
    having = np.bincount(row, weights=applies.astype(np.float64), minlength=len(names))
    result: Flags = (having >= share * np.maximum(shown, 1))[row]
    return result
