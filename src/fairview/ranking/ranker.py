"""The ranker: calibrated heads, what their actions are worth, and how items fared; one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core import DataError, MissingError, digest_of
from fairview.core.atomic import write_bytes
from fairview.core.columns import Array
from fairview.ranking.features import FEATURES
from fairview.ranking.heads import Head
from fairview.ranking.popularity import Popularity

Floats = npt.NDArray[np.float64]

RANKER_FILE = "ranker.json"
FORMAT = 1

UTILITY_WEIGHTS: Mapping[str, float] = {"click": 1.0, "save": 2.0, "hide": -3.0}
"""What one expected action of each kind is worth; a hide costs more than a save gains."""


@dataclass(frozen=True)
class Ranker:
    """A trained ranker.

    Parameters
    ----------
    heads
        Action to its head.
    weights
        Action to what one expected action is worth.
    item_ids, popularity
        How each item fared until training; other items count as unseen.
    report
        What training found, as plain data.
    """

    heads: Mapping[str, Head]
    weights: Mapping[str, float]
    item_ids: Array
    popularity: Popularity
    report: Mapping[str, Any] = field(default_factory=dict)

    def probabilities(self, table: Array) -> dict[str, Floats]:
        """Return each action's calibrated probability for m rows of features."""
        return {action: head.predict(table) for action, head in self.heads.items()}

    def expected_worth(self, probabilities: Mapping[str, Array]) -> Floats:
        """Return what people are expected to gain from each item that suits them, at least 0.

        Examples
        --------
        >>> ranker = Ranker({}, UTILITY_WEIGHTS, np.zeros(0, "U16"), Popularity.unknown(0))
        >>> expected = {"click": np.array([0.2, 0.0]), "hide": np.array([0.0, 0.1])}
        >>> ranker.expected_worth(expected).tolist()
        [0.2, 0.0]
        """
        parts = [self.weights[action] * p for action, p in probabilities.items()]
        return np.asarray(np.maximum(np.sum(parts, axis=0), 0.0), np.float64)

    def popularity_of(self, item_ids: Array) -> Popularity:
        """Return how these items fared until training."""
        place = np.searchsorted(self.item_ids, item_ids)
        safe = np.minimum(place, max(len(self.item_ids) - 1, 0))
        known = (
            self.item_ids[safe] == item_ids
            if len(self.item_ids)
            else np.zeros(len(item_ids), np.bool_)
        )
        return self.popularity.take(safe, known)

    @property
    def version(self) -> str:
        """8 hex digits that name what was learned."""
        parts = [json.dumps(head.to_dict(), sort_keys=True) for head in self.heads.values()]
        return digest_of(parts)[:8]

    def save(self, folder: Path) -> Path:
        """Write the ranker into a folder, replacing an earlier one at once; return the file."""
        plain = {
            "format": FORMAT,
            "features": list(FEATURES),
            "weights": dict(self.weights),
            "heads": {action: head.to_dict() for action, head in self.heads.items()},
            "item_ids": self.item_ids.tolist(),
            "looks": self.popularity.looks.tolist(),
            "rates": {action: rate.tolist() for action, rate in self.popularity.rates.items()},
            "report": dict(self.report),
        }
        path = folder / RANKER_FILE
        write_bytes(path, json.dumps(plain).encode())
        return path

    @classmethod
    def open(cls, folder: Path) -> Ranker:
        """Open the ranker in a folder.

        Raises
        ------
        MissingError
            Where none was trained.
        DataError
            Where the file can't be read, or was made for other features.
        """
        path = folder / RANKER_FILE
        try:
            plain = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise MissingError("There is no trained ranker; run: fairview train") from None
        except (OSError, ValueError) as error:
            raise DataError(f"{path} can't be read ({error}); run: fairview train") from error
        if plain.get("format") != FORMAT or plain.get("features") != list(FEATURES):
            raise DataError(f"{path} was made for other features; run: fairview train")
        popularity = Popularity(
            np.array(plain["looks"], np.float64),
            {action: np.array(rate, np.float64) for action, rate in plain["rates"].items()},
        )
        return cls(
            {action: Head.from_dict(head) for action, head in plain["heads"].items()},
            plain["weights"],
            np.array(plain["item_ids"], np.str_),
            popularity,
            plain["report"],
        )
