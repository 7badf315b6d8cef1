"""Producers of signals about pictures and texts, their contracts, and the job that runs them.

A signal describes an item and never a person's identity, race, gender or health. Where signals
are stored is decided in `catalog`, what they are used for in the rooms above. Names are imported
when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.signals.base import GroupReadings, Producer, Readings, producer, producers
    from fairview.signals.batch import ItemBatch, item_text
    from fairview.signals.fitted import open_producer
    from fairview.signals.picture_embedding import embed_picture
    from fairview.signals.run import SignalReport, run_signals
    from fairview.signals.skin_tone import ToneReading, read_tone

_HOME = {
    "batch": ("ItemBatch", "item_text"),
    "picture_embedding": ("embed_picture",),
    "base": ("GroupReadings", "Producer", "Readings", "producer", "producers"),
    "fitted": ("open_producer",),
    "run": ("SignalReport", "run_signals"),
    "skin_tone": ("ToneReading", "read_tone"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.signals' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.signals.{module}"), name)


__all__ = [
    "GroupReadings",
    "ItemBatch",
    "Producer",
    "Readings",
    "SignalReport",
    "ToneReading",
    "embed_picture",
    "item_text",
    "open_producer",
    "producer",
    "producers",
    "read_tone",
    "run_signals",
]
