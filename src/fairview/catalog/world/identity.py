"""The ids that a world's items have, in its manifest and in the catalogue that ingests it."""

from __future__ import annotations

from fairview.catalog.schema import item_id_of
from fairview.catalog.world.parameters import WorldParameters

MANIFEST_FILE = "manifest.parquet"
"""The manifest's file name; the catalogue makes item ids from it and the keys."""

TRUTH_FILE = "world.json"
"""The file of the truth that a world can be made again from."""

MEDIA_FOLDER = "pictures"
PICTURES_PER_FOLDER = 500


def item_key(parameters: WorldParameters, item: int) -> str:
    """Return the key of an item in its world's manifest.

    Examples
    --------
    >>> item_key(WorldParameters(seed=3), 41)
    'world3-0000041'
    """
    return f"world{parameters.seed}-{item:07d}"


def item_ids(parameters: WorldParameters) -> list[str]:
    """Return the id that the catalogue gives each item when it ingests the world's folder."""
    return [
        item_id_of(MANIFEST_FILE, item_key(parameters, item)) for item in range(parameters.items)
    ]


def picture_file(parameters: WorldParameters, item: int) -> str:
    """Return the path of an item's picture, relative to the manifest."""
    return f"{MEDIA_FOLDER}/{item // PICTURES_PER_FOLDER:04d}/{item_key(parameters, item)}.jpg"


def provider_name(code: int) -> str:
    """Return what a provider is called.

    Examples
    --------
    >>> provider_name(0), provider_name(37)
    ('Amber Studio', 'Lantern House')
    """
    first = _FIRST[code % len(_FIRST)]
    number = code // (len(_FIRST) * len(_SECOND))
    name = f"{first} {_SECOND[(code // len(_FIRST)) % len(_SECOND)]}"
    return f"{name} {number + 1}" if number else name


_FIRST = (
    "Amber", "Birch", "Cedar", "Dune", "Elm", "Fern", "Grove", "Harbour", "Iris", "Juniper",
    "Kite", "Lantern", "Maple", "Nectar", "Orchard", "Pebble", "Quill", "River", "Saffron",
    "Thistle", "Umber", "Violet", "Willow", "Yarrow", "Zephyr", "Meadow",
)  # fmt: skip
_SECOND = ("Studio", "House", "Collective", "Atelier", "Journal")
