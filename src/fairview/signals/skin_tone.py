"""Skin tone: how the skin that a picture shows looks, on the Monk scale; never who is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fairview.core import SKIN_TONE, DataError, GroupColumn, State
from fairview.signals.base import GroupReadings, Producer, shipped_contract
from fairview.signals.batch import ItemBatch, Picture, is_picture
from fairview.signals.faces import Face, find_faces
from fairview.signals.light import estimate_light
from fairview.signals.monk import (
    Lab,
    hue_angle,
    linear_to_lab,
    range_probabilities,
    to_linear,
    tone_distances,
    typology_angle,
)
from fairview.signals.pixels import resized, scaled
from fairview.signals.skin_mask import FaceSkin, face_skin

_SIDE = 400
_FEWEST_PIXELS = 40
_LEAST_SHARE = 0.12
_STRONGEST_CAST = 2.5
_LEAST_CONFIDENCE = 0.5
_SPREAD = 4.0
_SPREAD_PER_STOP = 1.5
_DOUBT_PER_TILT = 15.0
_SLIP = 0.04
_GREY = 6
_RANGES = len(SKIN_TONE.names)
_LIGHT_SHAPE = (96, 96)


@dataclass(frozen=True)
class ToneReading:
    """One reading of skin tone.

    Parameters
    ----------
    tone
        1 to 10 on the Monk scale; 0 where the state isn't present.
    lightness
        L* of CIELAB, 0 to 100.
    hue
        CIELAB hue angle in degrees.
    confidence
        Estimated probability that the tone's range is right, 0 to 1.
    state
        `State.PRESENT` or `State.ABSTAINED`.
    typology
        Individual typology angle in degrees.
    probabilities
        Of each range of `SKIN_TONE`; they sum to one.
    """

    tone: int
    lightness: float
    hue: float
    confidence: float
    state: State
    typology: float = 0.0
    probabilities: tuple[float, ...] = ()


_NO_READING = ToneReading(0, 0.0, 0.0, 0.0, State.ABSTAINED)


class SkinTone(Producer):
    """The skin tone ranges in each picture, one reading per face that is found.

    An item without a face is not applicable; one whose faces can't be read is abstained. The
    confidence of an item is the mean of its present readings'.
    """

    contract = shipped_contract("skin_tone")
    needs = "picture"

    def produce(self, batch: ItemBatch) -> GroupReadings:
        """Return the membership of each item in the ranges of `SKIN_TONE`."""
        people = [[] if p is None else read_people(p) for p in batch.pictures]
        return _group_readings(people)


def read_people(picture: Picture) -> list[ToneReading]:
    """Return one reading per face of a picture, from left to right."""
    if max(picture.shape[:2]) > _SIDE:
        picture = scaled(picture, _SIDE)
    faces = find_faces(picture)
    if not faces:
        return []
    small = resized(picture, *_LIGHT_SHAPE)
    if not _is_coloured(small):
        return [_NO_READING for _ in faces]
    light = estimate_light(to_linear(small), _outside(picture.shape, faces))
    readings = [_read_face(face_skin(picture, face, light), face) for face in faces]
    return [reading for reading in readings if reading is not None]


def read_tone(
    pixels: npt.NDArray[np.uint8], mask: npt.NDArray[np.bool_], *, doubt: float = 0.0
) -> ToneReading:
    """Return the tone of the skin that a mask marks, as the pixels show it.

    The middle half of the marked pixels by lightness is averaged in CIELAB and matched with the
    nearest tone.

    Parameters
    ----------
    pixels
        A picture, height x width x 3, uint8 sRGB.
    mask
        Which pixels are skin, height x width.
    doubt
        How uncertain the light is, in stops; 0 where the pixels are known to be well lit.

    Raises
    ------
    DataError
        Where the pixels are no picture or the mask's shape differs.

    Examples
    --------
    >>> swatch = np.full((16, 16, 3), (0x60, 0x41, 0x34), np.uint8)
    >>> reading = read_tone(swatch, np.ones((16, 16), bool))
    >>> reading.tone, reading.state.word
    (8, 'present')
    """
    if not is_picture(pixels) or mask.shape != pixels.shape[:2]:
        raise DataError(
            f"A tone is read from a uint8 picture and a mask of its height and width; these have "
            f"the shapes {pixels.shape} and {mask.shape}."
        )
    return _read_lab(linear_to_lab(to_linear(pixels[mask])), doubt)


def _read_lab(skin: Lab, doubt: float) -> ToneReading:
    if len(skin) < _FEWEST_PIXELS:
        return _NO_READING
    low, high = np.percentile(skin[:, 0], (25, 75))
    colour = skin[(skin[:, 0] >= low) & (skin[:, 0] <= high)].mean(axis=0)
    tone = int(tone_distances(colour).argmin()) + 1
    spread = np.hypot(_SPREAD, _SPREAD_PER_STOP * doubt)
    probabilities = (1 - _SLIP) * range_probabilities(colour, spread) + _SLIP / _RANGES
    confidence = float(probabilities[SKIN_TONE.index_of(SKIN_TONE.group_of(tone))])
    sure = confidence >= _LEAST_CONFIDENCE
    return ToneReading(
        tone=tone if sure else 0,
        lightness=float(colour[0]),
        hue=hue_angle(colour),
        confidence=confidence if sure else 0.0,
        state=State.PRESENT if sure else State.ABSTAINED,
        typology=typology_angle(colour),
        probabilities=tuple(float(p) for p in probabilities),
    )


def _read_face(skin: FaceSkin, face: Face) -> ToneReading | None:
    """Return a face's reading; None where nothing there could be skin, so that it is no face."""
    if skin.share < _LEAST_SHARE:
        return _NO_READING if face.passes > 1 else None
    if skin.light.cast > _STRONGEST_CAST:
        return _NO_READING
    doubt = skin.light.doubt + _DOUBT_PER_TILT * skin.tilt
    return _read_lab(skin.lab[skin.mask], doubt)


def _is_coloured(picture: Picture) -> bool:
    spread = picture.max(axis=2).astype(int) - picture.min(axis=2)
    return bool(np.percentile(spread, 95) > _GREY)


def _outside(shape: tuple[int, ...], faces: list[Face]) -> npt.NDArray[np.bool_]:
    """Return, on the small copy that light is estimated on, what no face covers."""
    width, height = _LIGHT_SHAPE
    outside = np.ones((height, width), bool)
    for face in faces:
        rows = slice(face.top * height // shape[0], (face.top + face.size) * height // shape[0] + 1)
        start = face.left * width // shape[1]
        outside[rows, start : (face.left + face.size) * width // shape[1] + 1] = False
    return outside


def _group_readings(people: list[list[ToneReading]]) -> GroupReadings:
    n, k = len(people), len(SKIN_TONE.names)
    flat = [reading for persons in people for reading in persons]
    offsets = np.concatenate([[0], np.cumsum([len(persons) for persons in people])])
    column = GroupColumn.from_readings(
        SKIN_TONE, [r.tone for r in flat], [int(r.state) for r in flat], offsets.astype(np.int64)
    )
    probabilities = np.zeros((n, k + 1))
    state = np.full(n, State.NOT_APPLICABLE, np.int8)
    confidence = np.zeros(n, np.float32)
    for row, persons in enumerate(people):
        present = [reading for reading in persons if reading.state == State.PRESENT]
        if persons:
            state[row] = State.PRESENT if present else State.ABSTAINED
            probabilities[row, :k] = sum(np.array(r.probabilities) for r in present) / len(persons)
        if present:
            confidence[row] = np.mean([reading.confidence for reading in present])
        probabilities[row, k] = 1 - probabilities[row, :k].sum()
    probabilities = np.maximum(probabilities, 0)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return GroupReadings(replace(column, probabilities=probabilities), state, confidence)
