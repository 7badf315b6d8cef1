"""From ordered rows to ragged batches of whole requests; fed by Arrow from any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN
from fairview.measure.batches import RankedBatch
from fairview.measure.slices import label_of
from fairview.measure.targets import Target

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Members:
    """Memberships of n items: n x (K+1), n x K, and n codes where each item is in one group."""

    groups: tuple[str, ...]
    membership: Floats
    contains: npt.NDArray[np.bool_]
    codes: npt.NDArray[np.int16] | None = None


@dataclass(frozen=True)
class AttributeTable:
    """Memberships of one attribute, by item or by the group that a row names itself.

    Parameters
    ----------
    groups
        The K groups.
    ids
        m ids, each once: of items, or the groups themselves.
    membership, contains
        (m+1) x (K+1) and (m+1) x K, of each id; the last row is of ids that aren't there: they
        are ``unknown``.
    closed
        Whether rows name their groups themselves, where one that isn't declared is an error.
    """

    groups: tuple[str, ...]
    ids: npt.NDArray[np.str_]
    membership: Floats
    contains: npt.NDArray[np.bool_]
    closed: bool = False

    @classmethod
    def from_groups(cls, groups: tuple[str, ...]) -> AttributeTable:
        """Return the table for rows that name one group each."""
        every = np.eye(len(groups) + 1)
        return cls(groups, np.array(groups), every, every[:, :-1] > 0, closed=True)

    @classmethod
    def read(cls, table: Any, attribute: str, groups: tuple[str, ...]) -> AttributeTable:
        """Return the table of a long ibis table of memberships."""
        rows = table.filter(table.attribute == attribute)
        arrow = rows.select("item_id", "group", "probability", "contains").to_pyarrow()
        ids, row = np.unique(
            arrow["item_id"].to_numpy(zero_copy_only=False).astype(np.str_), return_inverse=True
        )
        group = arrow["group"].to_numpy(zero_copy_only=False)
        names = (*groups, UNKNOWN)
        refuse_undeclared(attribute, [name for name in set(group) if name not in names])
        column = np.array([names.index(name) for name in group], np.int64)
        membership = np.zeros((len(ids) + 1, len(names)))
        membership[row, column] = arrow["probability"].to_numpy(zero_copy_only=False)
        membership[-1, -1] = 1.0
        contains = np.zeros((len(ids) + 1, len(names)), bool)
        contains[row, column] = arrow["contains"].to_numpy(zero_copy_only=False)
        return cls(groups, ids, membership, contains[:, :-1])

    @cached_property
    def codes(self) -> npt.NDArray[np.int16] | None:
        """The m+1 places of each id's one group; None where a membership is soft or of a set."""
        one = (self.membership == 1).sum(axis=1) == 1
        if not one.all() or (self.contains != (self.membership[:, :-1] > 0)).any():
            return None
        return np.asarray(self.membership.argmax(axis=1).astype(np.int16))

    def of(self, places: Places) -> Members:
        """Return the memberships of these rows of the table; -1 is ``unknown``."""
        codes = self.codes
        return Members(
            self.groups,
            self.membership[places],
            self.contains[places],
            None if codes is None else codes[places],
        )


def intersected(parts: list[Members]) -> Members:
    """Return the memberships of an intersection, every combination of groups.

    Probabilities multiply; what is unknown in one of the parts is unknown.
    """
    if len(parts) == 1:
        return parts[0]
    groups = tuple(label_of(names) for names in product(*(part.groups for part in parts)))
    membership, contains = parts[0].membership[:, :-1], parts[0].contains
    codes, known = parts[0].codes, np.ones(len(membership), bool)
    for part in parts[1:]:
        n = len(membership)
        membership = (membership[:, :, None] * part.membership[:, None, :-1]).reshape(n, -1)
        contains = (contains[:, :, None] & part.contains[:, None, :]).reshape(n, -1)
    unknown = np.maximum(1 - membership.sum(axis=1, keepdims=True), 0.0)
    if all(part.codes is not None for part in parts):
        codes = np.zeros(len(membership), np.int16)
        for part in parts:
            own = np.asarray(part.codes)
            known &= own < len(part.groups)
            codes = (codes * len(part.groups) + own).astype(np.int16)
        codes = np.where(known, codes, len(groups)).astype(np.int16)
    else:
        codes = None
    return Members(groups, np.concatenate([membership, unknown], axis=1), contains, codes)


@dataclass(frozen=True)
class QualifiedTable:
    """Each request's qualified candidates: shares of K groups, and whether a group was there.

    Shares are of the candidates whose group is known; ``unknown`` ones are left out.

    Parameters
    ----------
    ids
        The q requests whose candidates are known, increasing.
    shares, supply
        q x K.
    """

    ids: npt.NDArray[Any]
    shares: Floats
    supply: npt.NDArray[np.bool_]

    @classmethod
    def from_rows(
        cls, requests: npt.NDArray[Any], arrow: pa.Table, attribute: str, groups: tuple[str, ...]
    ) -> QualifiedTable:
        """Return the table of rows (a request, and ``group`` and ``share`` of `arrow`)."""
        ids, row = np.unique(requests, return_inverse=True)
        share = arrow["share"].to_numpy(zero_copy_only=False).astype(np.float64)
        if not (np.isfinite(share) & (share >= 0)).all():
            raise DataError(
                f"The qualified candidates have shares of {attribute!r} that are missing, "
                f"negative or infinite; give each group a number from 0."
            )
        group = arrow["group"].to_numpy(zero_copy_only=False)
        place = {name: i for i, name in enumerate(groups)}
        known = np.array([name in place for name in group], bool)
        refuse_undeclared(attribute, {str(name) for name in group[~known]})
        column = np.array([place[name] for name in group[known]], np.int64)
        shares = np.zeros((len(ids), len(groups)))
        shares[row[known], column] = share[known]
        total = shares.sum(axis=1, keepdims=True)
        normal = np.divide(shares, total, out=np.full(shares.shape, np.nan), where=total > 0)
        return cls(ids, normal, shares > 0)

    def knows(self, requests: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Return which requests' candidates were logged: R booleans."""
        if not len(self.ids):
            return np.zeros(len(requests), bool)
        place = np.minimum(np.searchsorted(self.ids, requests), len(self.ids) - 1)
        return np.asarray(np.equal(self.ids[place], requests))

    def of(self, requests: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return R x K shares (NaN where a request isn't known) and R x K supply."""
        shares = np.full((len(requests), self.shares.shape[1]), np.nan)
        supply = np.zeros(shares.shape, bool)
        known = self.knows(requests)
        place = np.searchsorted(self.ids, requests[known])
        shares[known] = self.shares[place]
        supply[known] = self.supply[place]
        return shares, supply


def whole_requests(chunks: Iterable[pa.RecordBatch], key: str) -> Iterator[tuple[pa.Table, Places]]:
    """Yield tables of whole requests with their offsets, from rows ordered by `key`.

    A request that spans two chunks is held back until it is complete.
    """
    import pyarrow as pa

    held: pa.Table | None = None
    for chunk in chunks:
        table = pa.Table.from_batches([chunk])
        table = table if held is None else pa.concat_tables([held, table])
        starts = changes(table[key])
        if not len(starts):
            continue
        if starts[-1]:
            yield table.slice(0, starts[-1]), starts
        held = table.slice(starts[-1])
    if held is not None and held.num_rows:
        yield held, np.concatenate([changes(held[key]), [held.num_rows]])


def changes(column: pa.ChunkedArray) -> Places:
    """Return the rows, from 0, at which a column has another value than in the row before."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(column):
        return np.zeros(0, np.int64)
    whole = pa.concat_arrays(column.chunks)
    differs = pc.not_equal(whole[1:], whole[:-1]).fill_null(True)
    rows = np.flatnonzero(differs.to_numpy(zero_copy_only=False)) + 1
    return np.concatenate([[0], rows]).astype(np.int64)


def positions(table: pa.Table, starts: Places) -> Places:
    """Return the n positions of ordered rows, whose rankings start at these rows.

    Raises
    ------
    RowsError
        Where a position stands twice in one ranking, is null or below 1.
    """
    if table["position"].null_count:
        raise RowsError(f"{table['position'].null_count} rows of the log lack a position.")
    position = table["position"].to_numpy().astype(np.int64)
    if position.min() < 1:
        raise RowsError(f"Positions count from 1; the log has {position.min()}.")
    twice = position[1:] == position[:-1]
    twice[starts[starts > 0] - 1] = False
    if twice.any():
        where = int(np.flatnonzero(twice)[0])
        raise TwiceError(where, int(position[where]))
    return np.asarray(position)


class RowsError(DataError):
    """The rows can't be read as rankings, whatever is measured."""


class TwiceError(RowsError):
    """Two rows of one ranking have the same position."""

    def __init__(self, row: int, position: int, request: str = "") -> None:
        self.row, self.position = row, position
        super().__init__(
            f"Request {request!r} has two items at position {position}; each position may stand "
            f"once."
        )


def column_of(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """Return a column as numbers, texts, or n x d numbers where it holds lists."""
    import pyarrow as pa
    import pyarrow.types as kinds

    column = table[name]
    if kinds.is_boolean(column.type):
        column = column.cast(pa.int8())
    if kinds.is_list(column.type) or kinds.is_large_list(column.type):
        return _vectors(pa.concat_arrays(column.chunks), name)
    if kinds.is_fixed_size_list(column.type):
        return _vectors(
            pa.concat_arrays(column.chunks).cast(pa.list_(column.type.value_type)), name
        )
    return np.asarray(column.to_numpy(zero_copy_only=False))


def _vectors(lists: Any, name: str) -> Floats:
    import pyarrow.compute as pc

    lengths = pc.list_value_length(lists)
    if lists.null_count or pc.count_distinct(lengths).as_py() > 1:
        raise DataError(f"The column {name!r} must hold a list of one length in every row.")
    values = lists.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
    return np.asarray(values.reshape(len(lists), -1))


def batch_of(
    offsets: Places,
    buckets: npt.NDArray[np.int16],
    columns: Mapping[str, npt.NDArray[Any]],
    members: Members | None,
    *,
    position: Places,
    candidates: tuple[QualifiedTable, npt.NDArray[Any]] | None,
    targets: Mapping[str, Target],
    rankings: Places | None = None,
) -> RankedBatch:
    """Return the batch of whole requests; `candidates` are a table and the R requests' ids."""
    n = int(offsets[-1])
    given = members or Members((), np.ones((n, 1)), np.zeros((n, 0), bool))
    shares, supply, known = None, None, None
    if candidates is not None:
        table, requests = candidates
        shares, supply = table.of(requests)
        known = table.knows(requests)
    return RankedBatch(
        offsets=offsets,
        buckets=buckets,
        columns=columns,
        groups=given.groups,
        membership=given.membership,
        contains=given.contains,
        qualified=shares,
        supply=supply,
        has_candidates=known,
        targets=targets,
        position=position,
        codes=given.codes,
        rankings=rankings,
    )


def refuse_undeclared(attribute: str, found: Iterable[str]) -> None:
    """Raise `DataError` where a group is found that isn't declared; ``unknown`` always is."""
    extra = sorted({str(name) for name in found} - {UNKNOWN})
    if extra:
        raise DataError(f"{attribute!r} has the groups {', '.join(extra)}, not declared.")
