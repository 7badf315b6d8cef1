"""Dominant colours: up to five colours of a picture with their shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fairview.core import SignalColumn, State
from fairview.signals.base import Producer, shipped_contract
from fairview.signals.batch import ItemBatch, Picture
from fairview.signals.pixels import Plane, resized, to_lab

COLOURS = 5
"""The most colours that one picture has."""

_SIDE = 48
_ROUNDS = 8
_SAME = 7.0
_SMALLEST_SHARE = 0.02


class DominantColours(Producer):
    """Up to five colours per picture, largest share first.

    A vector holds five times (L*, a*, b*, share): CIELAB under D65 and the share of the
    picture's area, which sum to one. Unused places are zero. The confidence is the share of the
    picture that lies near its colours.
    """

    contract = shipped_contract("dominant_colours")
    needs = "picture"

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return the colours of each picture; an item without one is not applicable."""
        n = len(batch)
        values = np.zeros((n, COLOURS * 4), np.float32)
        state = np.full(n, State.NOT_APPLICABLE, np.int8)
        confidence = np.zeros(n, np.float32)
        for row, picture in enumerate(batch.pictures):
            if picture is not None:
                colours, near = dominant_colours(picture)
                values[row, : colours.size] = colours.ravel()
                state[row], confidence[row] = State.PRESENT, near
        return SignalColumn(self.contract.name, self.contract.version, values, state, confidence)


def dominant_colours(picture: Picture) -> tuple[Plane, float]:
    """Return the colours of one picture, at most 5 x 4 of (L*, a*, b*, share), and their fit.

    k-means in CIELAB on a small copy, started from the fullest cells of a coarse colour
    histogram and therefore deterministic; colours closer than a just visible step are one.

    Examples
    --------
    >>> red = np.full((20, 20, 3), (255, 0, 0), np.uint8)
    >>> colours, near = dominant_colours(red)
    >>> colours.round().tolist(), near
    ([[53.0, 80.0, 67.0, 1.0]], 1.0)
    """
    lab = to_lab(resized(picture, _SIDE, _SIDE)).reshape(-1, 3)
    centres = _fullest_cells(lab)
    for _ in range(_ROUNDS):
        nearest = _distances(lab, centres).argmin(axis=1)
        counts = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, lab[:, c], len(centres)) for c in range(3)], axis=1)
        used = counts > 0
        centres = (sums[used] / counts[used, None]).astype(np.float32)
    centres, shares = _merge(centres, counts[used] / len(lab))
    near = float((_distances(lab, centres).min(axis=1) < (2 * _SAME) ** 2).mean())
    return np.concatenate([centres, shares[:, None]], axis=1).astype(np.float32), near


def _fullest_cells(lab: Plane) -> Plane:
    """Return up to five starting colours: full histogram cells that lie well apart."""
    cell = np.floor((lab + np.array([0, 128, 128])) / 12).astype(np.int64)
    code = cell @ np.array([1024, 32, 1])
    codes, first, counts = np.unique(code, return_index=True, return_counts=True)
    centres: list[Plane] = []
    for index in np.lexsort((codes, -counts)):
        colour = lab[first[index]]
        if all(((colour - other) ** 2).sum() > 15**2 for other in centres):
            centres.append(colour)
        if len(centres) == COLOURS:
            break
    return np.stack(centres)


def _distances(lab: Plane, centres: Plane) -> Plane:
    squares = np.einsum("ij,ij->i", lab, lab)[:, None] + np.einsum("ij,ij->i", centres, centres)
    distances: Plane = np.maximum(squares - 2 * lab @ centres.T, 0)
    return distances


def _merge(
    centres: Plane, shares: npt.NDArray[np.float64]
) -> tuple[Plane, npt.NDArray[np.float64]]:
    """Join colours that look the same, drop specks, and order by share, then by lightness."""
    kept: list[Plane] = []
    weight: list[float] = []
    for index in np.lexsort((-centres[:, 0], -shares)):
        colour, share = centres[index], float(shares[index])
        close = [i for i, other in enumerate(kept) if ((colour - other) ** 2).sum() < _SAME**2]
        if close:
            i = close[0]
            kept[i] = (kept[i] * weight[i] + colour * share) / (weight[i] + share)
            weight[i] += share
        elif share >= _SMALLEST_SHARE or not kept:
            kept.append(colour)
            weight.append(share)
    order = np.argsort(-np.array(weight), kind="stable")
    total = sum(weight)
    return np.stack(kept)[order], np.array(weight)[order] / total
