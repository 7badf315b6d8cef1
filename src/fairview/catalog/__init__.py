"""Items and events: workspace, ingest, storage of items, signals and events, and the doctor.

What a picture shows is read in `signals`, what is found is decided in `retrieval` and above. The
synthetic world with known truth is the room `catalog.world`. Names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.catalog.event_store import EventReport, EventStore
    from fairview.catalog.health import Finding, doctor
    from fairview.catalog.ingestion import IngestReport, ingest
    from fairview.catalog.items import Catalog
    from fairview.catalog.joins import Join
    from fairview.catalog.schema import ITEM_SCHEMA, item_id_of
    from fairview.catalog.signal_store import SignalStore
    from fairview.catalog.workspace import Workspace

_HOME = {
    "health": ("Finding", "doctor"),
    "event_store": ("EventReport", "EventStore"),
    "ingestion": ("IngestReport", "ingest"),
    "items": ("Catalog",),
    "joins": ("Join",),
    "schema": ("ITEM_SCHEMA", "item_id_of"),
    "signal_store": ("SignalStore",),
    "workspace": ("Workspace",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.catalog' has no attribute {name!r}") from None
    value = getattr(import_module(f"fairview.catalog.{module}"), name)
    globals()[name] = value
    return value


__all__ = [
    "ITEM_SCHEMA",
    "Catalog",
    "EventReport",
    "EventStore",
    "Finding",
    "IngestReport",
    "Join",
    "SignalStore",
    "Workspace",
    "doctor",
    "ingest",
    "item_id_of",
]
