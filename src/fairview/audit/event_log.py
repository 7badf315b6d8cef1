"""The log of a workspace's events: what was shown to whom, and what people did with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.audit.attributes import ItemAttributes
from fairview.audit.event_tables import EventTables, Reading
from fairview.audit.logs import AuditLog, Flags, concerned, concerns_column, outside_words
from fairview.catalog import Catalog, EventStore, Workspace
from fairview.core import MissingError, digest_of
from fairview.measure import Log

_CATALOGUE_ONLY = (
    "No events: the audit covers representation in the catalogue only, not what is shown to "
    "people or what they do."
)


def log_from_events(
    workspace: Workspace,
    attributes: Sequence[str],
    reading: Reading | None = None,
    domain: str | None = None,
) -> AuditLog:
    """Return the log of a workspace's events, with its catalogue beside it.

    Repeated impressions of an item in one request count once; of two items logged for one
    position the first is kept. Everything that is left out is counted.

    Raises
    ------
    DataError
        Where the catalogue is empty.
    MissingError
        Where there are no events.
    """
    chosen = reading or Reading()
    known = ItemAttributes.read(workspace, attributes, domain)
    if not EventStore(workspace).count():
        raise MissingError("There are no events; run: fairview events PATH")
    tables = EventTables(workspace, chosen)
    rows, counts = tables.shown()
    for attribute, applies in known.applies.items():
        flags = _concerned(rows, known.item_ids, applies, chosen.applies_from)
        rows = rows.append_column(concerns_column(attribute), [pa.array(flags.tolist())])
        outside = rows["request_id"].filter(pa.array((~flags).tolist()))
        counts[outside_words(attribute)] = int(pc.count_distinct(outside).as_py())
    qualified, said = tables.qualified(rows, known)
    catalogue = _catalogue(known)
    slates = Log(
        rows,
        memberships=known.memberships,
        qualified=qualified,
        entities=catalogue.rows,
        groups=known.groups,
        synthetic=known.synthetic,
    )
    return AuditLog(
        slates,
        catalogue,
        counts,
        (*known.missing, *(() if qualified is not None else (said,))),
        (*known.notes, *((said,) if qualified is not None else ())),
        digest_of([Catalog(workspace).digest(), tables.digest()]),
        known.synthetic,
        known.inferred,
    )


def log_from_catalogue(
    workspace: Workspace, attributes: Sequence[str], domain: str | None = None
) -> AuditLog:
    """Return the log of a catalogue alone: what there is to show, for want of events.

    Raises
    ------
    DataError
        Where the catalogue is empty.
    """
    known = ItemAttributes.read(workspace, attributes, domain)
    return AuditLog(
        None,
        _catalogue(known),
        {"items in the catalogue": len(known.item_ids)},
        (_CATALOGUE_ONLY, *known.missing),
        known.notes,
        Catalog(workspace).digest(),
        known.synthetic,
        known.inferred,
    )


def _catalogue(known: ItemAttributes) -> Log:
    return Log(
        pa.table({"item_id": pa.array(known.item_ids.tolist(), pa.string())}),
        memberships=known.memberships,
        groups=known.groups,
        synthetic=known.synthetic,
    )


def _concerned(rows: pa.Table, ids: npt.NDArray[np.str_], applies: Flags, share: float) -> Flags:
    """Return which rows are of requests that an attribute applies to, judged query by query."""
    item = _texts(rows["item_id"])
    place = np.minimum(np.searchsorted(ids, item), len(ids) - 1)
    has = (ids[place] == item) & applies[place]
    return concerned(_texts(pc.coalesce(rows["query"], rows["request_id"])), has, share)


def _texts(column: Any) -> npt.NDArray[np.str_]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.str_)
