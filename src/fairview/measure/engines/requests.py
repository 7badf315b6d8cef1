"""From ordered rows to ragged batches of whole requests; fed by Arrow from any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.batches import RankedBatch
from fairview.measure.buckets import buckets_of
from fairview.measure.targets import Target

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AttributeTable:
    """Memberships of one attribute, by item or by the group that a row names itself.

    Parameters
    ----------
    key
        The column of the rows that `ids` are matched with.
    groups
        The K groups.
    ids
        m ids, sorted.
    membership, contains
        m x (K+1) and m x K, of each id; an id that isn't there is ``unknown``.
    closed
        Whether an id that isn't there is an error instead, unless it is ``unknown``.
    """

    key: str
    groups: tuple[str, ...]
    ids: npt.NDArray[np.str_]
    membership: Floats
    contains: npt.NDArray[np.bool_]
    closed: bool = False

    @classmethod
    def from_column(cls, column: str, groups: tuple[str, ...]) -> AttributeTable:
        """Return the table for rows that name one group each in `column`."""
        order = np.argsort(np.array(groups))
        one = np.eye(len(groups))[order]
        membership = np.concatenate([one, np.zeros((len(groups), 1))], axis=1)
        return cls(column, groups, np.array(groups)[order], membership, one > 0, closed=True)

    @classmethod
    def read(cls, table: Any, attribute: str, groups: tuple[str, ...]) -> AttributeTable:
        """Return the table of a long ibis table of memberships."""
        rows = table.filter(table.attribute == attribute)
        arrow = rows.select("item_id", "group", "probability", "contains").to_pyarrow()
        ids, row = np.unique(
            arrow["item_id"].to_numpy(zero_copy_only=False).astype(np.str_), return_inverse=True
        )
        names = (*groups, UNKNOWN)
        group = arrow["group"].to_numpy(zero_copy_only=False)
        extra = sorted(set(group) - set(names))
        if extra:
            raise DataError(f"{attribute!r} has the groups {', '.join(extra)}, not declared.")
        column = np.array([names.index(name) for name in group], np.int64)
        membership = np.zeros((len(ids), len(names)))
        membership[row, column] = arrow["probability"].to_numpy(zero_copy_only=False)
        contains = np.zeros((len(ids), len(names)), bool)
        contains[row, column] = arrow["contains"].to_numpy(zero_copy_only=False)
        return cls("item_id", groups, ids, membership, contains[:, :-1])

    def of(self, keys: npt.NDArray[np.str_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return n x (K+1) memberships and n x K sets of these keys."""
        k = len(self.groups)
        membership = np.zeros((len(keys), k + 1))
        membership[:, k] = 1.0
        contains = np.zeros((len(keys), k), bool)
        if len(self.ids):
            place = np.minimum(np.searchsorted(self.ids, keys), len(self.ids) - 1)
            known = self.ids[place] == keys
            if self.closed:
                _refuse_undeclared(self.key, keys[~known])
            membership[known] = self.membership[place[known]]
            contains[known] = self.contains[place[known]]
        return membership, contains


@dataclass(frozen=True)
class QualifiedTable:
    """Each request's qualified candidates: shares of K groups, and whether a group was there.

    Shares are of the candidates whose group is known; ``unknown`` ones are left out.
    """

    ids: npt.NDArray[np.str_]
    shares: Floats
    supply: npt.NDArray[np.bool_]

    @classmethod
    def read(cls, table: Any, attribute: str, groups: tuple[str, ...]) -> QualifiedTable:
        """Return the table of a long ibis table (request_id, attribute, group, share)."""
        rows = table.filter(table.attribute == attribute).select("request_id", "group", "share")
        arrow = rows.to_pyarrow()
        ids, row = np.unique(
            arrow["request_id"].to_numpy(zero_copy_only=False).astype(np.str_), return_inverse=True
        )
        shares = np.zeros((len(ids), len(groups)))
        place = {name: i for i, name in enumerate(groups)}
        group = arrow["group"].to_numpy(zero_copy_only=False)
        known = np.array([name in place for name in group], bool)
        _refuse_undeclared(attribute, group[~known])
        column = np.array([place[name] for name in group[known]], np.int64)
        shares[row[known], column] = arrow["share"].to_numpy(zero_copy_only=False)[known]
        total = shares.sum(axis=1, keepdims=True)
        normal = np.divide(shares, total, out=np.full(shares.shape, np.nan), where=total > 0)
        return cls(ids, normal, shares > 0)

    def of(self, requests: npt.NDArray[np.str_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return R x K shares (NaN where a request isn't known) and R x K supply."""
        shares = np.full((len(requests), self.shares.shape[1]), np.nan)
        supply = np.zeros(shares.shape, bool)
        known = self.knows(requests)
        place = np.searchsorted(self.ids, requests[known])
        shares[known] = self.shares[place]
        supply[known] = self.supply[place]
        return shares, supply

    def knows(self, requests: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
        """Return which requests' candidates were logged: R booleans."""
        if not len(self.ids):
            return np.zeros(len(requests), bool)
        place = np.minimum(np.searchsorted(self.ids, requests), len(self.ids) - 1)
        return np.equal(self.ids[place], requests)


def cut_requests(
    chunks: Iterable[pa.RecordBatch],
    cluster: str,
    columns: tuple[str, ...],
    attribute: AttributeTable | None,
    qualified: QualifiedTable | None,
    targets: Mapping[str, Target],
) -> Iterator[RankedBatch]:
    """Yield batches of whole requests from rows ordered by request and position.

    A request that spans two chunks is held back until it is complete.

    Raises
    ------
    DataError
        Where a position stands twice in one request, is null or below 1.
    """
    import pyarrow as pa

    held: pa.Table | None = None
    for chunk in chunks:
        table = pa.Table.from_batches([chunk])
        table = table if held is None else pa.concat_tables([held, table])
        requests = _texts(table, "request_id")
        cut = int(np.searchsorted(requests == requests[-1], True)) if len(requests) else 0
        held = table.slice(cut)
        if cut:
            yield _batch(table.slice(0, cut), cluster, columns, attribute, qualified, targets)
    if held is not None and held.num_rows:
        yield _batch(held, cluster, columns, attribute, qualified, targets)


def _batch(
    table: pa.Table,
    cluster: str,
    columns: tuple[str, ...],
    attribute: AttributeTable | None,
    qualified: QualifiedTable | None,
    targets: Mapping[str, Target],
) -> RankedBatch:
    requests = _texts(table, "request_id")
    if table["position"].null_count:
        raise DataError(f"{table['position'].null_count} rows of the log lack a position.")
    position = table["position"].to_numpy()
    if position.min() < 1:
        raise DataError(f"Positions count from 1; the log has {position.min()}.")
    new = np.concatenate([[True], requests[1:] != requests[:-1]])
    twice = ~new[1:] & (position[1:] == position[:-1])
    if twice.any():
        where = int(np.flatnonzero(twice)[0])
        raise DataError(
            f"Request {requests[where]!r} has two items at position {position[where]}; "
            f"each position may stand once."
        )
    starts = np.flatnonzero(new)
    offsets = np.concatenate([starts, [len(requests)]]).astype(np.int64)
    membership, contains = np.zeros((len(requests), 1)), np.zeros((len(requests), 0), bool)
    groups: tuple[str, ...] = ()
    if attribute is not None:
        groups = attribute.groups
        membership, contains = attribute.of(_texts(table, attribute.key, null=UNKNOWN))
    shares, supply = (None, None) if qualified is None else qualified.of(requests[starts])
    return RankedBatch(
        offsets=offsets,
        buckets=buckets_of(_texts(table, cluster)[starts]),
        columns={name: table[name].to_numpy(zero_copy_only=False) for name in columns},
        groups=groups,
        membership=membership,
        contains=contains,
        qualified=shares,
        supply=supply,
        has_candidates=None if qualified is None else qualified.knows(requests[starts]),
        targets=targets,
        position=position.astype(np.int64),
    )


def _refuse_undeclared(attribute: str, found: npt.NDArray[Any]) -> None:
    extra = sorted({str(name) for name in found} - {UNKNOWN})
    if extra:
        raise DataError(f"{attribute!r} has the groups {', '.join(extra)}, not declared.")


def _texts(table: pa.Table, name: str, null: str | None = None) -> npt.NDArray[np.str_]:
    """Return a column as text; a null becomes `null`, or is an error where none is given."""
    import pyarrow as pa

    column = table[name].cast(pa.string())
    values = column.to_numpy(zero_copy_only=False)
    if column.null_count:
        if null is None:
            raise DataError(f"{column.null_count} rows of the log lack a {name}; give each one.")
        values = np.where(values == None, null, values)  # noqa: E711
    return np.asarray(values.astype(np.str_))
