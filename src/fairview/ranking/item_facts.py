"""What features need of the items themselves, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.catalog import Catalog, SignalStore, Workspace
from fairview.core.columns import Array
from fairview.ranking.colour_words import colour_match, targets_of
from fairview.ranking.features import MATCH_COLUMNS, PairFacts, feature_table
from fairview.ranking.popularity import Popularity

DAY = 86_400_000_000
"""Microseconds of a day."""

COLOURS = "dominant_colours"


@dataclass(frozen=True)
class ItemFacts:
    """Facts of n items, row by row.

    Parameters
    ----------
    ingested
        n times in microseconds since 1970; NaN where the catalogue lacks the item.
    popularity
        How the items fared so far.
    colours
        n x 20 dominant colours, or None where that signal isn't there.
    """

    ingested: npt.NDArray[np.float64]
    popularity: Popularity
    colours: Array | None = None

    @classmethod
    def load(
        cls, workspace: Workspace, item_ids: Array, popularity: Popularity | None = None
    ) -> ItemFacts:
        """Read the facts of these items, in this order; what isn't there stays undefined."""
        table: Any = Catalog(workspace).items(["item_id", "ingest_time"])
        ids = np.array(table["item_id"].to_pylist(), np.str_)
        times = table["ingest_time"].to_numpy().astype("datetime64[us]").astype(np.float64)
        place = np.minimum(np.searchsorted(ids, item_ids), max(len(ids) - 1, 0))
        ingested = np.full(len(item_ids), np.nan)
        known = ids[place] == item_ids if len(ids) else np.zeros(len(item_ids), np.bool_)
        ingested[known] = times[place[known]]
        return cls(
            ingested,
            popularity or Popularity.unknown(len(item_ids)),
            _colours(workspace, item_ids),
        )

    def with_popularity(self, popularity: Popularity) -> ItemFacts:
        """Return the same facts at another time."""
        return replace(self, popularity=popularity)

    def feature_table(
        self,
        query: str,
        rows: npt.NDArray[np.int64],
        match: Mapping[str, Array],
        *,
        now: Array | int,
        position: Array | float = 1.0,
    ) -> npt.NDArray[np.float32]:
        """Return the features of m candidates of one query; the same when training and scoring.

        Parameters
        ----------
        query
            What was searched for.
        rows
            m rows of these facts.
        match
            The columns `MATCH_COLUMNS`, m floats each.
        now
            The time of the request, microseconds since 1970, one or m.
        position
            See `features.feature_table`.
        """
        facts = PairFacts(
            match={name: match[name] for name in MATCH_COLUMNS},
            colour=self._colour_of(query, rows),
            looks=self.popularity.looks[rows],
            rates={action: rate[rows] for action, rate in self.popularity.rates.items()},
            age_days=(now - self.ingested[rows]) / DAY,
        )
        return feature_table(facts, position)

    def _colour_of(self, query: str, rows: Array) -> Array:
        targets = targets_of(query)
        if self.colours is None or not len(targets):
            return np.full(len(rows), np.nan)
        return colour_match(self.colours[rows], targets)


def _colours(workspace: Workspace, item_ids: Array) -> Array | None:
    store = SignalStore(workspace)
    if COLOURS not in store.contracts():
        return None
    _, column = store.read(COLOURS, purpose="ranking", item_ids=item_ids.tolist())
    values: Array = column.filled(0.0)
    return values
