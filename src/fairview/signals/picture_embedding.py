"""Picture embedding: shape, outline, colour and texture in 128 numbers, without trained weights."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy.fft import dctn

from fairview.core import Settings, SignalColumn, State
from fairview.signals.base import Producer, shipped_contract
from fairview.signals.batch import ItemBatch, Picture
from fairview.signals.pixels import Plane, resized, to_lab

DIMENSION = 128

_SIDE = 128
_CELLS = 8
_ORIENTATIONS = 8
_MIRRORED = np.array([0, 7, 6, 5, 4, 3, 2, 1])
_SHAPE_WAVES, _OUTLINE_WAVES, _COLOUR_WAVES = 14, 20, 6
_SHAPE_WEIGHT, _OUTLINE_WEIGHT, _COLOUR_WEIGHT, _TEXTURE_WEIGHT = 0.58, 0.22, 0.15, 0.05
_COLOUR_CENTRE = np.array([50, 0, 0], np.float32)
_COLOUR_SCALE = np.array([25, 15, 15], np.float32)
_LBP_RADII = (1, 3)


class PictureEmbedding(Producer):
    """128-d vectors of pictures; two pictures that look alike point alike.

    A picture and its mirror image have the same vector. See `embed_picture` for what is in it.
    """

    contract = shipped_contract("picture_embedding")
    needs = "picture"

    @classmethod
    def configured(cls, settings: Settings) -> Producer:
        """Return this producer, or the configured backbone where it reads pictures."""
        from fairview.signals.backbone import picture_backbone

        return picture_backbone(settings.signals.backbone) or cls()

    def produce(self, batch: ItemBatch) -> SignalColumn:
        """Return each picture's vector; an item without a picture is not applicable."""
        n = len(batch)
        vectors = np.zeros((n, DIMENSION), np.float32)
        state = np.full(n, State.NOT_APPLICABLE, np.int8)
        for row, picture in enumerate(batch.pictures):
            if picture is not None:
                vectors[row] = embed_picture(picture)
                state[row] = State.PRESENT
        confidence = (state == State.PRESENT).astype(np.float32)
        return SignalColumn(self.contract.name, self.contract.version, vectors, state, confidence)


def embed_picture(picture: Picture) -> Plane:
    """Return the 128-d vector of one picture, length one.

    Four blocks, each scaled to its weight and made of the part that mirroring doesn't change:

    - shape, 70: histograms of gradient orientation (Dalal and Triggs, 2005) on an 8 x 8 grid,
      normalised per cell, as the 14 slowest cosine waves of 5 orientations;
    - outline, 20: cosine waves of how much each place differs from the picture's border;
    - colour, 18: cosine waves of CIELAB on the grid (the colour layout of MPEG-7);
    - texture, 20: uniform local binary patterns at two radii (Ojala et al., 2002).

    Examples
    --------
    >>> half = np.zeros((40, 30, 3), np.uint8)
    >>> half[:, :15] = 200
    >>> bool(np.allclose(embed_picture(half), embed_picture(half[:, ::-1].copy()), atol=1e-3))
    True
    """
    lab = to_lab(resized(picture, _SIDE, _SIDE))
    outline = _outline(lab)
    colour = resized(lab, _CELLS, _CELLS) - _COLOUR_CENTRE
    blocks = (
        (_SHAPE_WEIGHT, _waves(_orientations(lab), _SHAPE_WAVES, level=False)),
        (_OUTLINE_WEIGHT, _waves(outline[..., None], _OUTLINE_WAVES + 1)[1:]),
        (_COLOUR_WEIGHT, _waves(colour / _COLOUR_SCALE, _COLOUR_WAVES, rise=0)),
        (_TEXTURE_WEIGHT, _texture(lab[..., 0], outline)),
    )
    parts = [np.sqrt(weight) * _unit(block.ravel()) for weight, block in blocks]
    return _unit(np.concatenate(parts)).astype(np.float32)


def _unit(vector: Plane) -> Plane:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 1e-6 else np.zeros_like(vector)


def _waves(grid: Plane, count: int, *, level: bool = True, rise: float = 0.3) -> Plane:
    """Return the slowest `count` mirror-symmetric cosine waves of each channel, slowest first.

    Faster waves are weaker in every picture; `rise` lifts them by (1 + frequency)^rise. Without
    `level` the mean that all channels share is taken out of the constant wave.
    """
    vertical, horizontal = _slowest(grid.shape[0], count)
    waves: Plane = dctn(grid, axes=(0, 1), norm="ortho")[vertical, horizontal]
    if not level:
        waves[0] -= waves[0].mean()
    lift = (1 + np.hypot(vertical, horizontal)) ** rise
    waves *= lift[:, None].astype(np.float32)
    return waves


@cache
def _slowest(size: int, count: int) -> npt.NDArray[np.int64]:
    """Return the vertical and horizontal frequencies of the slowest symmetric waves, 2 x count."""
    places = [(v, h) for v in range(size) for h in range(0, size, 2)]
    places = sorted(places, key=lambda place: (place[0] ** 2 + place[1] ** 2, place[0]))
    return np.array(places[:count], np.int64).T


def _orientations(lab: Plane) -> Plane:
    """Return 8 x 8 cells of 5 mirror-symmetric orientations, normalised per cell."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 1)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(dx, dy)
    strongest = strength.argmax(axis=2)[..., None]
    strength = np.take_along_axis(strength, strongest, 2)[..., 0]
    angle = np.take_along_axis(angle, strongest, 2)[..., 0]
    position = np.mod(angle, np.pi) * (_ORIENTATIONS / np.pi)
    lower = position.astype(np.int64)
    share = position - lower
    row = np.arange(_SIDE) * _CELLS // _SIDE
    cell = (row[:, None] * _CELLS + row[None]) * _ORIENTATIONS
    total = np.zeros(_CELLS * _CELLS * _ORIENTATIONS)
    for index, weight in ((lower, strength * (1 - share)), (lower + 1, strength * share)):
        code = (cell + index % _ORIENTATIONS).ravel()
        total += np.bincount(code, weight.ravel(), minlength=total.size)
    cells = total.reshape(_CELLS, _CELLS, _ORIENTATIONS)
    energy = np.sqrt((cells**2).sum(axis=2, keepdims=True))
    cells = cells / np.sqrt(energy**2 + (0.5 * energy.mean()) ** 2 + 1e-6)
    cells = (cells + cells[:, ::-1][..., _MIRRORED]) / 2
    pairs = np.array([1, np.sqrt(2), np.sqrt(2), np.sqrt(2), 1])
    folded: Plane = (cells[..., :5] * pairs).astype(np.float32)
    return folded


def _outline(lab: Plane) -> Plane:
    """Return a 16 x 16 map, 0 to 1, of how much each place stands out from the border.

    Each place is compared with the median colours of stretches of the left, top and right border
    and of the bottom corners, where a garment or a body rarely reaches; the centre counts more.
    """
    small = resized(lab, _SIDE // 2, _SIDE // 2)
    band, stretch = _SIDE // 32, _SIDE // 8
    ends = (slice(0, stretch), slice(-stretch, None))
    cuts = [slice(i * stretch, (i + 1) * stretch) for i in range(4)]
    strips = [small[:band, cut] for cut in cuts]
    strips += [small[cut, side] for cut in cuts for side in (slice(0, band), slice(-band, None))]
    strips += [small[-band:, end] for end in ends]
    borders = np.stack([np.median(strip.reshape(-1, 3), axis=0) for strip in strips])
    places = small.reshape(-1, 3)
    nearness = (borders**2).sum(axis=1) - 2 * places @ borders.T
    squared = np.einsum("ij,ij->i", places, places) + nearness.min(axis=1)
    distance = np.sqrt(np.maximum(squared, 0)).reshape(small.shape[:2])
    y = np.linspace(-0.5, 0.5, len(small))
    centre = np.exp(-(y[:, None] ** 2 + y[None] ** 2) / (2 * 0.35**2))
    standing = (0.3 + 0.7 * centre) / (1 + np.exp(-(distance - 15) / 5))
    return resized(standing.astype(np.float32), 16, 16)


def _texture(lightness: Plane, outline: Plane) -> Plane:
    """Return histograms of uniform local binary patterns, weighted by what stands out."""
    level = np.round(lightness * 2.55).astype(np.uint8)
    weight = resized(outline, _SIDE, _SIDE) + 1e-3
    histograms = []
    for radius in _LBP_RADII:
        inside = slice(radius, -radius)
        middle = level[inside, inside]
        code = np.zeros(middle.shape, np.uint8)
        for bit, (dy, dx) in enumerate(_RING):
            rows = slice(radius + dy * radius, _SIDE - radius + dy * radius)
            columns = slice(radius + dx * radius, _SIDE - radius + dx * radius)
            code |= (level[rows, columns] >= middle).astype(np.uint8) << np.uint8(bit)
        mass = weight[inside, inside].ravel()
        histogram = np.bincount(_PATTERN[code].ravel(), mass, minlength=10) / mass.sum()
        histograms.append(np.sqrt(histogram) - np.sqrt(0.1))
    return np.concatenate(histograms).astype(np.float32)


_RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def _pattern_table() -> npt.NDArray[np.int64]:
    """Return the class of each of 256 codes: the number of bits if uniform (0 to 8), else 9."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    changes = (bits != np.roll(bits, 1, axis=1)).sum(axis=1)
    return np.where(changes <= 2, bits.sum(axis=1), 9)


_PATTERN = _pattern_table()
