"""The log of slates in memory: a replay of many requests, audited without any events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairview.audit.corrections import Inferred
from fairview.audit.logs import (
    MEMBERSHIP_SCHEMA,
    AuditLog,
    Flags,
    concerned,
    concerns_column,
    membership_table,
    outside_words,
    read_table,
)
from fairview.core import DataError, GroupColumn, Slates, digest_of
from fairview.measure import Log

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SlateFacts:
    """What is known beside the slates themselves.

    Parameters
    ----------
    groups
        Attribute to the memberships of the n shown items, row by row; those that the slates
        carry where it isn't given.
    actions
        Action (``click``, …) to n booleans.
    relevance
        n grades; NaN where unknown.
    ideal_dcg
        R floats: the best discounted gain that a request's page could have had, in grades; NaN
        where unknown.
    qualified
        Attribute to R x K shares of the groups among each request's qualified candidates; NaN
        where unknown.
    concerns
        Attribute to R booleans: is the request judged on it? Give those of the first replay to
        the second, so that both are judged on the same requests; they are found from what is
        shown where it isn't given.
    applies_from
        See `AuditSpec.applies_from`.
    catalogue
        The items that could have been shown, as `AuditLog.catalogue` of another log.
    notes
        What a reader has to know, such as how an attribute was read: `AuditLog.notes` of another
        log.
    inferred
        How readings of an attribute err: `AuditLog.inferred` of another log.
    synthetic
        Whether any of it is synthetic.
    """

    groups: Mapping[str, GroupColumn] = field(default_factory=dict)
    actions: Mapping[str, Flags] = field(default_factory=dict)
    relevance: Floats | None = None
    ideal_dcg: Floats | None = None
    qualified: Mapping[str, Floats] = field(default_factory=dict)
    concerns: Mapping[str, Flags] = field(default_factory=dict)
    applies_from: float = 0.5
    catalogue: Log | None = None
    notes: tuple[str, ...] = ()
    inferred: Mapping[str, Inferred] = field(default_factory=dict)
    synthetic: bool = False


def log_from_slates(slates: Slates, facts: SlateFacts | None = None) -> AuditLog:
    """Return the log of R slates.

    The requests' columns ``cluster_id`` and ``query`` are used where they are there; without
    the first, each request is a unit of its own. Refined requests are left out and counted.

    Raises
    ------
    DataError
        Where a length in `facts` doesn't fit the slates.
    """
    known = facts or SlateFacts()
    groups = dict(known.groups or slates.candidates.groups)
    _check(slates, known, groups)
    requests = slates.candidates.requests
    owner = slates.candidates.request_of
    shown = ~requests.is_refined
    rows = shown[owner]
    columns = _columns(slates, known)
    counts = {
        "requests": int(shown.sum()),
        "pictures shown": int(rows.sum()),
        "refined requests, which are never audited": int((~shown).sum()),
    }
    for attribute, column in groups.items():
        concerns = known.concerns.get(attribute)
        if concerns is None:
            concerns = concerned_requests(slates, attribute, column, known.applies_from)
        columns[concerns_column(attribute)] = concerns[owner]
        counts[outside_words(attribute)] = int((shown & ~concerns).sum())
    table = pa.table({name: pa.array(value[rows]) for name, value in columns.items()})
    notes = known.notes
    if "cluster_id" not in requests.columns:
        notes += ("The slates name no people: each request counts as a unit of its own.",)
    names = {attribute: column.ranges.names for attribute, column in groups.items()}
    hard = {a: each.column for a, each in known.inferred.items() if a in groups}
    log = Log(
        table,
        memberships=_memberships(slates, groups, hard),
        qualified=_qualified(slates, known, groups),
        entities=None if known.catalogue is None else known.catalogue.rows,
        groups={**names, **{column: names[attribute] for attribute, column in hard.items()}},
        synthetic=known.synthetic,
    )
    return AuditLog(
        log,
        known.catalogue,
        counts,
        ()
        if known.actions
        else ("No events of these pages: the audit says nothing of what people did.",),
        notes,
        _digest(slates),
        known.synthetic,
        known.inferred,
    )


def concerned_requests(
    slates: Slates, attribute: str, column: GroupColumn | None = None, share: float = 0.5
) -> Flags:
    """Return which requests are judged on an attribute: R booleans.

    A request is where at least `share` of the items shown for its query have the attribute: a
    person in the picture, or a membership that is known.
    """
    found = slates.candidates.groups[attribute] if column is None else column
    applies = (np.diff(found.offsets) > 0) | (found.unknown < 1)
    requests = slates.candidates.requests
    owner = slates.candidates.request_of
    key = np.asarray(requests.columns.get("query", requests.ids), np.str_)
    flags = np.zeros(len(slates), bool)
    flags[owner] = concerned(key[owner], applies, share)
    return flags


def _columns(slates: Slates, known: SlateFacts) -> dict[str, Any]:
    requests, owner = slates.candidates.requests, slates.candidates.request_of
    ids = np.asarray(requests.ids, np.str_)
    clusters = np.asarray(requests.columns.get("cluster_id", ids), np.str_)
    columns: dict[str, Any] = {
        "request_id": ids[owner],
        "cluster_id": clusters[owner],
        "item_id": np.asarray(slates.candidates.item_ids, np.str_),
        "position": slates.positions.astype(np.int32),
        **known.actions,
    }
    if known.relevance is not None:
        columns["relevance"] = known.relevance
    if known.ideal_dcg is not None:
        columns["ideal_dcg"] = known.ideal_dcg[owner]
    return columns


def _memberships(
    slates: Slates, groups: Mapping[str, GroupColumn], hard: Mapping[str, str]
) -> pa.Table:
    """Return the memberships of the shown items, and those of hard readings by their own name."""
    ids, first = np.unique(np.asarray(slates.candidates.item_ids, np.str_), return_index=True)
    tables = [
        membership_table(attribute, ids, column.take(first)) for attribute, column in groups.items()
    ]
    tables += [read_table(name, ids, groups[a].take(first)) for a, name in hard.items()]
    return pa.concat_tables(tables or [MEMBERSHIP_SCHEMA.empty_table()])


def _qualified(
    slates: Slates, known: SlateFacts, groups: Mapping[str, GroupColumn]
) -> pa.Table | None:
    if not known.qualified:
        return None
    ids = np.asarray(slates.candidates.requests.ids, np.str_)
    tables = []
    for attribute, shares in known.qualified.items():
        names = np.array(groups[attribute].ranges.names)
        request, group = np.nonzero(~np.isnan(shares))
        tables.append(
            pa.table(
                {
                    "request_id": pa.array(ids[request]),
                    "attribute": pa.repeat(attribute, len(request)),
                    "group": pa.array(names[group]),
                    "share": pa.array(shares[request, group]),
                }
            )
        )
    return pa.concat_tables(tables)


def _digest(slates: Slates) -> str:
    candidates = slates.candidates
    lists = (candidates.requests.ids, candidates.item_ids, candidates.offsets)
    return digest_of(str(value) for part in lists for value in np.asarray(part).tolist())


def _check(slates: Slates, known: SlateFacts, groups: Mapping[str, GroupColumn]) -> None:
    n, r = len(slates.candidates), len(slates)
    sizes = [
        *((f"groups of {name!r}", len(column), n) for name, column in groups.items()),
        *((f"action {name!r}", len(flags), n) for name, flags in known.actions.items()),
        *((f"concerns of {name!r}", len(flags), r) for name, flags in known.concerns.items()),
        *((f"qualified of {name!r}", len(part), r) for name, part in known.qualified.items()),
    ]
    if known.relevance is not None:
        sizes.append(("relevance", len(known.relevance), n))
    if known.ideal_dcg is not None:
        sizes.append(("ideal gains", len(known.ideal_dcg), r))
    for name, size, wanted in sizes:
        if size != wanted:
            raise DataError(f"The {name} have {size} rows for {wanted}; give one each.")
