"""The synthetic world: items, people and behaviour with known truth and biases of a known size.

What lives here: what is drawn at random (items, people, queries), how people react to a slate,
the policy whose log is written, the truth that all of it follows from, and the pictures (`draw`).
What does not: measures, audits and the product's own ranking; truth never comes from them.
Everything made here is synthetic and says so. Names are imported when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.catalog.world.behaviour import Reactions
    from fairview.catalog.world.expected import GROUPS, Expected
    from fairview.catalog.world.exports import EventCounts
    from fairview.catalog.world.history import Day
    from fairview.catalog.world.identity import item_ids, item_key
    from fairview.catalog.world.items import Items
    from fairview.catalog.world.known import WorldTruth
    from fairview.catalog.world.parameters import WorldParameters
    from fairview.catalog.world.people import People
    from fairview.catalog.world.queries import QUERIES, Query, Relevance
    from fairview.catalog.world.truth import PersonTruth, SceneTruth
    from fairview.catalog.world.world import World

_HOME = {
    "behaviour": ("Reactions",),
    "expected": ("GROUPS", "Expected"),
    "exports": ("EventCounts",),
    "history": ("Day",),
    "identity": ("item_ids", "item_key"),
    "items": ("Items",),
    "known": ("WorldTruth",),
    "parameters": ("WorldParameters",),
    "people": ("People",),
    "queries": ("QUERIES", "Query", "Relevance"),
    "truth": ("PersonTruth", "SceneTruth"),
    "world": ("World",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.catalog.world' has no attribute {name!r}") from None
    value = getattr(import_module(f"fairview.catalog.world.{module}"), name)
    globals()[name] = value
    return value


__all__ = [
    "GROUPS",
    "QUERIES",
    "Day",
    "EventCounts",
    "Expected",
    "Items",
    "People",
    "PersonTruth",
    "Query",
    "Reactions",
    "Relevance",
    "SceneTruth",
    "World",
    "WorldParameters",
    "WorldTruth",
    "item_ids",
    "item_key",
]
