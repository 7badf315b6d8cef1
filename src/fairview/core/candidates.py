"""Candidates: a columnar, ragged batch of items for R requests, cut by offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array, GroupColumn, SignalColumn, check_offsets
from fairview.core.errors import DataError
from fairview.core.requests import Requests

MAX_SOURCES = 63


@dataclass(frozen=True)
class Found:
    """What one source brought: items of R requests, cut by offsets, with its own columns.

    Parameters
    ----------
    offsets
        R+1 positions; request r's items are ``item_ids[offsets[r]:offsets[r + 1]]``.
    item_ids
        n item ids; an item stands at most once per request.
    columns
        Item-level columns of numbers, of length n, such as the source's score.

    Raises
    ------
    DataError
        Where offsets or lengths don't fit, or a column doesn't hold numbers.
    """

    offsets: npt.NDArray[np.int64]
    item_ids: Array
    columns: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, requests = len(self.item_ids), len(self.offsets) - 1
        check_offsets(self.offsets, requests, n, f"{n} found items of {requests} requests")
        for name, column in self.columns.items():
            if len(column) != n:
                raise DataError(f"Column {name!r} has {len(column)} rows for {n} found items.")
            if column.dtype.kind not in "fiub":
                raise DataError(
                    f"Column {name!r} holds {column.dtype}; a source's columns hold numbers, "
                    f"because items that it doesn't bring have NaN there."
                )

    @classmethod
    def one(cls, item_ids: Array | Sequence[str], **columns: Array) -> Found:
        """Return what was found for a single request."""
        ids = np.asarray(item_ids, dtype=np.str_)
        return cls(np.array([0, len(ids)], np.int64), ids, columns)


@dataclass(frozen=True)
class Candidates:
    """R requests' candidates.

    Parameters
    ----------
    requests
        The R requests.
    offsets
        R+1 positions that cut the item-level arrays into requests.
    item_ids
        n item ids.
    sources, brought_by
        The sources' names, and n bit sets (uint64): bit i says that source i brought the item.
    columns
        Item-level arrays by name, 1-D (n) or 2-D (n x d): features and scores.
    signals
        Item-level signals by name: values with their states.
    groups
        Item-level memberships by attribute.

    Examples
    --------
    >>> requests = Requests.one("r1", query="tea")
    >>> bm25 = Found.one(["a", "b"], bm25=np.array([2.0, 1.0]))
    >>> near = Found.one(["b", "c"], cosine=np.array([0.9, 0.8]))
    >>> candidates = Candidates.merge(requests, {"text": bm25, "vector": near})
    >>> candidates.item_ids.tolist(), candidates.sources_of(1)
    (['a', 'b', 'c'], ('text', 'vector'))
    >>> candidates.columns["cosine"].tolist()
    [nan, 0.9, 0.8]
    """

    requests: Requests
    offsets: npt.NDArray[np.int64]
    item_ids: Array
    sources: tuple[str, ...]
    brought_by: npt.NDArray[np.uint64]
    columns: Mapping[str, Array] = field(default_factory=dict)
    signals: Mapping[str, SignalColumn] = field(default_factory=dict)
    groups: Mapping[str, GroupColumn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.item_ids)
        requests = len(self.requests)
        check_offsets(self.offsets, requests, n, f"{n} candidates of {requests} requests")
        if len(self.brought_by) != n:
            raise DataError(f"{len(self.brought_by)} sets of sources stand for {n} candidates.")
        for kind in (self.columns, self.signals, self.groups):
            for name, column in kind.items():
                if len(column) != n:
                    raise DataError(f"Column {name!r} has {len(column)} rows for {n} candidates.")

    @classmethod
    def merge(cls, requests: Requests, found: Mapping[str, Found]) -> Candidates:
        """Return the union of what the sources found, each item once per request, sorted by id.

        A source's column is NaN for the items that it didn't bring; columns that aren't of
        floats become float64. A column that two sources bring under one name, an item that one
        source brings twice to a request, or more than 63 sources, is a `DataError`.
        """
        if len(found) > MAX_SOURCES:
            raise DataError(f"{len(found)} sources were merged; at most {MAX_SOURCES} fit.")
        if not found:
            return cls(
                requests,
                np.zeros(len(requests) + 1, np.int64),
                np.zeros(0, np.str_),
                (),
                np.zeros(0, np.uint64),
            )
        offsets, item_ids, rows_by_source = _union(len(requests), list(found.values()))
        brought = np.zeros(len(item_ids), np.uint64)
        columns: dict[str, Array] = {}
        for index, (source, part) in enumerate(found.items()):
            rows, bit = rows_by_source[index], np.uint64(1 << index)
            brought[rows] |= bit
            if np.count_nonzero(brought & bit) != len(rows):
                twice = item_ids[np.bincount(rows, minlength=len(item_ids)) > 1][0]
                raise DataError(f"Source {source!r} brought {str(twice)!r} twice to one request.")
            for name, column in part.columns.items():
                if name in columns:
                    raise DataError(f"Two sources bring a column named {name!r}; rename one.")
                kind = column.dtype if column.dtype.kind == "f" else np.float64
                filled = np.full((len(item_ids), *column.shape[1:]), np.nan, kind)
                filled[rows] = column
                columns[name] = filled
        return cls(requests, offsets, item_ids, tuple(found), brought, columns)

    def __len__(self) -> int:
        return len(self.item_ids)

    @property
    def request_of(self) -> npt.NDArray[np.int64]:
        """The request (0 to R-1) that each item belongs to."""
        return np.repeat(np.arange(len(self.requests)), np.diff(self.offsets))

    def rows_of(self, request: int) -> slice:
        """Return the slice of item rows that belongs to one request."""
        return slice(int(self.offsets[request]), int(self.offsets[request + 1]))

    def sources_of(self, row: int) -> tuple[str, ...]:
        """Return the names of the sources that brought the item in this row."""
        bits = int(self.brought_by[row])
        return tuple(name for i, name in enumerate(self.sources) if bits >> i & 1)

    def with_columns(self, columns: Mapping[str, Array]) -> Candidates:
        """Return the same items with these columns added or replaced."""
        return replace(self, columns={**self.columns, **columns})

    def with_signals(
        self,
        signals: Mapping[str, SignalColumn],
        groups: Mapping[str, GroupColumn],
        columns: Mapping[str, Array] | None = None,
    ) -> Candidates:
        """Return the same items with these signals, memberships and columns added or replaced."""
        return replace(
            self,
            columns={**self.columns, **(columns or {})},
            signals={**self.signals, **signals},
            groups={**self.groups, **groups},
        )

    def take(self, rows: Array, offsets: npt.NDArray[np.int64] | None = None) -> Candidates:
        """Return the items at these rows.

        `rows` is a mask, or indices together with the `offsets` (R+1) that cut them into the
        same R requests.
        """
        if rows.dtype == np.bool_:
            kept = np.concatenate([[0], np.cumsum(rows)])
            offsets = kept[self.offsets].astype(np.int64)
            rows = np.flatnonzero(rows)
        elif offsets is None:
            raise DataError("Rows given as indices need the offsets that cut them into requests.")
        return Candidates(
            self.requests,
            offsets,
            self.item_ids[rows],
            self.sources,
            self.brought_by[rows],
            {name: column[rows] for name, column in self.columns.items()},
            {name: column.take(rows) for name, column in self.signals.items()},
            {name: column.take(rows) for name, column in self.groups.items()},
        )

    def take_requests(self, index: Array) -> Candidates:
        """Return only these requests' items (indices or a mask over the R requests)."""
        chosen = np.flatnonzero(index) if index.dtype == np.bool_ else index
        lengths = np.diff(self.offsets)[chosen]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        rows = np.repeat(self.offsets[chosen] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return Candidates(
            self.requests.take(chosen),
            offsets,
            self.item_ids[rows],
            self.sources,
            self.brought_by[rows],
            {name: column[rows] for name, column in self.columns.items()},
            {name: column.take(rows) for name, column in self.signals.items()},
            {name: column.take(rows) for name, column in self.groups.items()},
        )


def _union(
    requests: int, parts: Sequence[Found]
) -> tuple[npt.NDArray[np.int64], Array, list[npt.NDArray[np.int64]]]:
    """Return offsets and ids of each request's distinct items, and where each part's rows went.

    Ids are sorted request by request: many short sorts are several times faster than one sort
    of a whole batch's text.
    """
    names: list[Array] = [part.item_ids[:0] for part in parts]
    rows: list[list[Array]] = [[np.zeros(0, np.int64)] for _ in parts]
    offsets = np.zeros(requests + 1, np.int64)
    for request in range(requests):
        lists = [p.item_ids[p.offsets[request] : p.offsets[request + 1]] for p in parts]
        ids = lists[0] if len(lists) == 1 else np.concatenate(lists)
        distinct, row = np.unique(ids, return_inverse=True)
        names.append(distinct)
        row = row + offsets[request]
        offsets[request + 1] = offsets[request] + len(distinct)
        start = 0
        for index, own in enumerate(lists):
            rows[index].append(row[start : start + len(own)])
            start += len(own)
    return offsets, np.concatenate(names), [np.concatenate(part) for part in rows]
