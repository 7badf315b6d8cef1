"""The catalogue's columns in memory, in the index's rows: what pages show and filters read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.catalog import Catalog, Workspace
from fairview.core import Candidates, Filter, Kept
from fairview.core.columns import Array

SHOWN = (
    "item_id",
    "kind",
    "title",
    "description",
    "tags",
    "width",
    "height",
    "media",
    "provider",
    "synthetic",
    "duplicate_of",
)


@dataclass(frozen=True)
class ShownItems:
    """n items in the index's order.

    Parameters
    ----------
    item_ids
        n ids.
    exists
        Whether each is still in the catalogue.
    picture_of
        n rows: the item that has the same content and the smallest id, or the item itself.
    columns
        Column name to a list of n values.
    unindexed
        How many items of the catalogue the index lacks.
    """

    item_ids: Array
    exists: npt.NDArray[np.bool_]
    picture_of: npt.NDArray[np.int64]
    columns: dict[str, list[Any]]
    unindexed: int

    @classmethod
    def load(cls, workspace: Workspace, item_ids: Array | None = None) -> ShownItems:
        """Read these items' columns; all items', where None."""
        table: Any = Catalog(workspace).items(list(SHOWN))
        ids = np.array(table["item_id"].to_pylist(), np.str_)
        wanted = ids if item_ids is None else item_ids
        place = np.minimum(np.searchsorted(ids, wanted), max(len(ids) - 1, 0))
        exists = ids[place] == wanted if len(ids) else np.zeros(len(wanted), np.bool_)
        taken = table.take(place) if len(ids) else table
        original = np.array(
            [
                first or own
                for first, own in zip(
                    taken["duplicate_of"].to_pylist(), wanted.tolist(), strict=True
                )
            ],
            np.str_,
        )
        _, picture_of = np.unique(original, return_inverse=True)
        columns = {name: taken[name].to_pylist() for name in SHOWN if name != "item_id"}
        return cls(
            wanted, exists, picture_of.astype(np.int64), columns, len(ids) - int(exists.sum())
        )

    def facets(self) -> dict[str, Array]:
        """Return the columns that a filter expression may name."""
        texts = {name: np.array(self.columns[name], object) for name in ("kind", "provider")}
        sizes = {
            name: np.array([value or 0 for value in self.columns[name]], np.int64)
            for name in ("width", "height")
        }
        return {"item_id": self.item_ids, **texts, **sizes}


class InCatalogue(Filter):
    """Removes items that the index has and the catalogue no longer."""

    name = "catalogue"
    needs = ("row",)

    def __init__(self, items: ShownItems) -> None:
        self.items = items

    def keep(self, candidates: Candidates) -> Kept:
        """Keep what exists."""
        mask = self.items.exists[candidates.columns["row"]]
        return Kept(mask, "it is no longer in the catalogue")


class Duplicates(Filter):
    """Keeps one item of those with the same content: the best by fused relevance, then by id."""

    name = "duplicates"
    needs = ("row", "fused")

    def __init__(self, items: ShownItems) -> None:
        self.items = items

    def keep(self, candidates: Candidates) -> Kept:
        """Keep the first of each content in each request."""
        picture = self.items.picture_of[candidates.columns["row"]]
        order = np.lexsort(
            (candidates.item_ids, -candidates.columns["fused"], picture, candidates.request_of)
        )
        request, content = candidates.request_of[order], picture[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (request[1:] != request[:-1]) | (content[1:] != content[:-1])
        mask = np.zeros(len(order), np.bool_)
        mask[order[first]] = True
        return Kept(mask, "the same content is on the page already")
