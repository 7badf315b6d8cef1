"""The truth's tables: items, queries, relevance, expected exposure and boards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from fairview.catalog.world.expected import GROUPS, query_traffic
from fairview.catalog.world.identity import item_key, provider_name
from fairview.catalog.world.items import MOST_PEOPLE
from fairview.catalog.world.lexicon import STYLES, THEMES
from fairview.catalog.world.people import BOARDS
from fairview.catalog.world.queries import query_shares
from fairview.catalog.world.readings import read_tones
from fairview.catalog.world.subjects import SUBJECTS
from fairview.catalog.world.truth import LIGHTINGS, OCCLUSIONS
from fairview.catalog.world.world import World
from fairview.core.ranges import HAIR_PATTERN


def items_table(world: World) -> pa.Table:
    """Return what is true of each item; people are lists, empty where nobody is shown."""
    items, parameters = world.items, world.parameters
    reading = read_tones(parameters, items)
    shown = np.arange(MOST_PEOPLE)[None, :] < items.people[:, None]
    columns: dict[str, Any] = {
        "item_key": [item_key(parameters, item) for item in range(len(items))],
        "item_id": world.item_ids,
        "theme": _words(THEMES, items.theme),
        "style": _words(STYLES, items.style),
        "subject": _words([s.name for s in SUBJECTS], items.subject),
        "lighting": _words(LIGHTINGS, items.lighting),
        "provider": [provider_name(code) for code in items.provider.tolist()],
        "people": items.people,
        "monk": _lists(items.monk, shown),
        "tone_range": _lists(_words(GROUPS, items.tone_range.ravel()), shown),
        "hair_pattern": _lists(_words(HAIR_PATTERN.names, items.hair.ravel()), shown),
        "body_type": _lists(items.body, shown),
        "occlusion": _lists(_words(OCCLUSIONS, items.occlusion.ravel()), shown),
        "tone_reading": _lists(reading, shown),
        "quality": items.quality,
        "popularity": items.popularity,
        "synthetic": np.ones(len(items), np.bool_),
    }
    return pa.table(columns)


def queries_table(world: World) -> pa.Table:
    """Return the queries: intent, share of requests before taste, and expected share in the log."""
    queries = world.queries
    columns: dict[str, Any] = {
        "query": [query.text for query in queries],
        "theme": [query.theme for query in queries],
        "facets": [list(query.facets) for query in queries],
        "style": [query.style or None for query in queries],
        "shows_people": [query.shows_people for query in queries],
        "popularity": query_shares(),
        "traffic": query_traffic(world.people),
    }
    return pa.table(columns)


def relevance_table(world: World) -> pa.Table:
    """Return every pair of query and item with a grade above 0; all other pairs have grade 0."""
    everything = np.arange(len(world.items))
    item_id = pa.array(world.item_ids, pa.string())
    parts = []
    for code, query in enumerate(world.queries):
        grades = world.relevance.grades(world.items, code, everything)
        some = np.flatnonzero(grades)
        columns: dict[str, Any] = {
            "query": pa.array([query.text], pa.string()).take(np.zeros(len(some), np.int64)),
            "item_id": item_id.take(some),
            "grade": pa.array(grades[some]),
        }
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)


def exposure_table(world: World) -> pa.Table:
    """Return expected amounts of day 0 per request of each query, by group of people shown."""
    expected = world.expected()
    queries, groups = expected.exposure.shape
    columns: dict[str, Any] = {
        "query": np.repeat([query.text for query in world.queries], groups),
        "group": np.tile(GROUPS, queries),
        "impressions": expected.impressions.ravel(),
        "exposure": expected.exposure.ravel(),
        "random_exposure": expected.random_exposure.ravel(),
        "views": expected.views.ravel(),
        "clicks": expected.clicks.ravel(),
    }
    return pa.table(columns)


def boards_table(world: World) -> pa.Table:
    """Return the boards: id, owner, name and theme."""
    people = world.people
    columns: dict[str, Any] = {
        "board_id": people.board_ids(),
        "cluster_id": [name for name in people.cluster_ids() for _ in range(BOARDS)],
        "name": [name for person in range(len(people)) for name in people.board_names(person)],
        "theme": _words(THEMES, people.board_theme.ravel()),
    }
    return pa.table(columns)


def _words(names: Any, codes: Any) -> pa.StringArray:
    return pa.array(list(names), pa.string()).take(np.asarray(codes, np.int64))


def _lists(values: Any, shown: Any) -> Any:
    """Return one list per item of the people who are shown; `values` is n x 2, or flat."""
    flat = pa.array(values.ravel()) if isinstance(values, np.ndarray) else values
    offsets = np.concatenate([[0], np.cumsum(shown.sum(axis=1))]).astype(np.int32)
    cuts: Any = pa.array(offsets)
    return pa.ListArray.from_arrays(cuts, flat.take(np.flatnonzero(shown.ravel())))
