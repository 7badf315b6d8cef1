"""The items that a producer sees at once: their pictures and their texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import DataError

Picture = npt.NDArray[np.uint8]
"""One picture: height x width x 3, RGB in sRGB, 0 to 255."""


@dataclass(frozen=True)
class ItemBatch:
    """n items as producers see them.

    Parameters
    ----------
    item_ids
        The items' ids.
    pictures
        One RGB picture per item, None for an item without one.
    texts
        One text per item (title, description and tags, line by line), empty where there is none.
    attributes
        What the catalogue's source said of each item, by name; empty where nothing was said.

    Raises
    ------
    DataError
        Where the lengths differ, or a picture isn't height x width x 3 of uint8.

    Examples
    --------
    >>> batch = ItemBatch.of_texts(["a red coat", ""])
    >>> len(batch), batch.pictures
    (2, [None, None])
    """

    item_ids: list[str]
    pictures: list[Picture | None]
    texts: list[str]
    attributes: list[Mapping[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        n = len(self.item_ids)
        if len(self.pictures) != n or len(self.texts) != n:
            raise DataError(
                f"A batch has {n} ids, {len(self.pictures)} pictures and {len(self.texts)} texts; "
                f"give one of each per item."
            )
        if self.attributes and len(self.attributes) != n:
            raise DataError(f"A batch of {n} has {len(self.attributes)} attributes; give one each.")
        for item_id, picture in zip(self.item_ids, self.pictures, strict=True):
            if picture is not None and not is_picture(picture):
                raise DataError(
                    f"The picture of item {item_id} has shape {picture.shape} and type "
                    f"{picture.dtype}; give height x width x 3 of uint8."
                )

    def __len__(self) -> int:
        return len(self.item_ids)

    @classmethod
    def of_pictures(cls, pictures: Sequence[Picture | None]) -> ItemBatch:
        """Return a batch of pictures alone, with their positions as ids."""
        ids = [str(row) for row in range(len(pictures))]
        return cls(ids, list(pictures), [""] * len(ids))

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> ItemBatch:
        """Return a batch of texts alone, with their positions as ids."""
        ids = [str(row) for row in range(len(texts))]
        return cls(ids, [None] * len(ids), list(texts))

    def take(self, rows: Sequence[int]) -> ItemBatch:
        """Return the items at these positions, in that order."""
        return replace(
            self,
            item_ids=[self.item_ids[row] for row in rows],
            pictures=[self.pictures[row] for row in rows],
            texts=[self.texts[row] for row in rows],
            attributes=[self.attributes[row] for row in rows] if self.attributes else [],
        )


def is_picture(pixels: npt.NDArray[Any]) -> bool:
    """Return whether this is a picture: height x width x 3 of uint8, with at least one pixel."""
    return (
        pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8 and pixels.size > 0
    )


def item_text(title: str | None, description: str | None, tags: Sequence[str] | None) -> str:
    """Return one item's text: title, description and tags, each on a line, blanks left out.

    Examples
    --------
    >>> item_text("Coat", "", ["red", "wool"]).splitlines()
    ['Coat', 'red, wool']
    """
    parts = (title, description, ", ".join(tags or ()))
    return "\n".join(part.strip() for part in parts if part and part.strip())


Progress = Callable[[int, int], None]
"""Called with how many items are done, and of how many."""
