"""Candidates: a columnar, ragged batch of items for R requests, cut by offsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from fairview.core.columns import Array, GroupColumn, SignalColumn
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
        Item-level columns of length n, such as the source's score.
    """

    offsets: npt.NDArray[np.int64]
    item_ids: Array
    columns: Mapping[str, Array] = field(default_factory=dict)

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
        if len(self.offsets) != len(self.requests) + 1 or self.offsets[-1] != n:
            raise DataError(
                f"Offsets of {len(self.requests)} requests and {n} items must have "
                f"{len(self.requests) + 1} entries that end at {n}."
            )
        for kind in (self.columns, self.signals, self.groups):
            for name, column in kind.items():
                if len(column) != n:
                    raise DataError(f"Column {name!r} has {len(column)} rows for {n} candidates.")

    @classmethod
    def merge(cls, requests: Requests, found: Mapping[str, Found]) -> Candidates:
        """Return the union of what the sources found, each item once per request, sorted by id.

        A source's float column is NaN for the items that it didn't bring. A column that two
        sources bring under one name, or more than 63 sources, is a `DataError`.
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
        parts = list(found.values())
        names, codes = np.unique(
            np.concatenate([part.item_ids for part in parts]), return_inverse=True
        )
        request = np.concatenate(
            [np.repeat(np.arange(len(requests)), np.diff(part.offsets)) for part in parts]
        )
        keys, row = np.unique(request * max(len(names), 1) + codes, return_inverse=True)
        brought = np.zeros(len(keys), np.uint64)
        columns: dict[str, Array] = {}
        start = 0
        for index, part in enumerate(parts):
            rows = row[start : start + len(part.item_ids)]
            start += len(part.item_ids)
            brought[rows] |= np.uint64(1 << index)
            for name, column in part.columns.items():
                if name in columns:
                    raise DataError(f"Two sources bring a column named {name!r}; rename one.")
                filled = np.full((len(keys), *column.shape[1:]), np.nan)
                filled[rows] = column
                columns[name] = filled
        owner = keys // max(len(names), 1)
        offsets = np.searchsorted(owner, np.arange(len(requests) + 1)).astype(np.int64)
        return cls(
            requests, offsets, names[keys % max(len(names), 1)], tuple(found), brought, columns
        )

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
        self, signals: Mapping[str, SignalColumn], groups: Mapping[str, GroupColumn]
    ) -> Candidates:
        """Return the same items with these signals and memberships added or replaced."""
        return replace(self, signals={**self.signals, **signals}, groups={**self.groups, **groups})

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
        taken = replace(
            self,
            requests=self.requests.take(chosen),
            offsets=np.zeros(len(chosen) + 1, np.int64),
            item_ids=self.item_ids[:0],
            brought_by=self.brought_by[:0],
            columns={},
            signals={},
            groups={},
        )
        return replace(
            taken,
            offsets=offsets,
            item_ids=self.item_ids[rows],
            brought_by=self.brought_by[rows],
            columns={name: column[rows] for name, column in self.columns.items()},
            signals={name: column.take(rows) for name, column in self.signals.items()},
            groups={name: column.take(rows) for name, column in self.groups.items()},
        )
