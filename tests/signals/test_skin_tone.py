"""The skin tone producer: states, sets of several people, masks, faces."""

from __future__ import annotations

import numpy as np
import pytest

from fairview.core import SKIN_TONE, State
from fairview.signals import GroupReadings, ItemBatch, producer
from fairview.signals.faces import Face, find_faces
from fairview.signals.light import Light
from fairview.signals.monk import PALETTE
from fairview.signals.skin_mask import face_skin, skin_doubt
from fairview.signals.skin_tone import ToneReading, _group_readings, read_people

EVEN = Light((0.9, 0.9, 0.9), 0.0)


def present(tone: int) -> ToneReading:
    shares = tuple(float(tone in SKIN_TONE.groups[name]) for name in SKIN_TONE.names)
    return ToneReading(tone, 50.0, 60.0, 0.9, State.PRESENT, probabilities=shares)


ABSTAINED = ToneReading(0, 0.0, 0.0, 0.0, State.ABSTAINED)


def test_several_people_make_a_set() -> None:
    readings = _group_readings([[present(2), present(9)], [ABSTAINED], [], [present(5), ABSTAINED]])
    column = readings.column
    assert [State(code).word for code in readings.state] == [
        "present",
        "abstained",
        "not_applicable",
        "present",
    ]
    assert column.contains.tolist() == [
        [True, False, False, True],
        [False] * 4,
        [False] * 4,
        [False, True, False, False],
    ]
    assert column.probabilities[0].tolist() == [0.5, 0, 0, 0.5, 0]
    assert column.unknown.tolist() == [0, 1, 1, 0.5]
    assert column.readings.tolist() == [2, 9, 0, 5, 0]
    assert column.offsets.tolist() == [0, 2, 3, 3, 5]
    assert readings.confidence[1] == 0


def test_a_picture_without_a_face_is_not_applicable(photograph: np.ndarray) -> None:
    given = producer("skin_tone").produce(ItemBatch.of_pictures([photograph, None]))
    assert isinstance(given, GroupReadings)
    assert set(given.state.tolist()) == {int(State.NOT_APPLICABLE)}
    assert given.column.unknown.tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (700, 2), (21, 19)])
def test_odd_pictures_are_read_without_a_crash(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 120, np.uint8)
    assert read_people(picture) == []


def drawn_face(tone: int, side: int = 96) -> np.ndarray:
    """A plain face: an oval of one tone with eyes, brows and lips on a grey ground."""
    colour = [int(PALETTE[tone - 1][i : i + 2], 16) for i in (1, 3, 5)]
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    picture = np.full((side, side, 3), 150, np.uint8)
    picture[(x / 0.38) ** 2 + (y / 0.48) ** 2 < 1] = colour
    for centre in (-0.17, 0.17):
        picture[((x - centre) / 0.08) ** 2 + ((y + 0.1) / 0.04) ** 2 < 1] = 235
        picture[(x - centre) ** 2 + (y + 0.1) ** 2 < 0.035**2] = 30
    picture[(np.abs(x) < 0.12) & (np.abs(y - 0.3) < 0.03)] = (180, 60, 70)
    return picture


@pytest.mark.parametrize("tone", range(1, 11))
def test_the_mask_of_a_face_holds_its_skin_and_little_else(tone: int) -> None:
    picture = drawn_face(tone)
    skin = face_skin(picture, Face(0, 0, 96), EVEN)
    colour = np.array([int(PALETTE[tone - 1][i : i + 2], 16) for i in (1, 3, 5)])
    assert skin.share > 0.4
    assert (np.abs(picture[skin.mask].astype(int) - colour).max(axis=1) < 3).mean() > 0.97


def test_a_square_without_skin_has_none() -> None:
    green = np.full((80, 80, 3), (30, 160, 60), np.uint8)
    assert face_skin(green, Face(0, 0, 80), EVEN).share == 0
    assert skin_doubt(np.array([60.0, -50.0, 40.0])) > 12


def test_the_far_side_of_a_sidelit_face_is_left_out() -> None:
    picture = drawn_face(5).astype(float)
    picture[:, :48] *= 0.75
    skin = face_skin(picture.astype(np.uint8), Face(0, 0, 96), EVEN)
    assert skin.mask[:, 48:].sum() > 20 * max(skin.mask[:, :43].sum(), 1)


def test_faces_that_overlap_are_one() -> None:
    one, same, other = Face(10, 10, 40), Face(14, 8, 44), Face(60, 10, 40)
    assert one.overlaps(same)
    assert same.overlaps(one)
    assert not one.overlaps(other)
    assert find_faces(np.full((60, 60, 3), 255, np.uint8)) == []


def test_a_grey_picture_with_faces_abstains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairview.signals.skin_tone.find_faces", lambda _: [Face(0, 0, 96)])
    grey = np.repeat(drawn_face(6).mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    (reading,) = read_people(grey)
    assert reading.state is State.ABSTAINED


def test_a_strong_cast_abstains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairview.signals.skin_tone.find_faces", lambda _: [Face(60, 60, 96)])
    picture = np.full((240, 240, 3), 220, np.uint8)
    picture[60:156, 60:156] = drawn_face(5)
    lamp = (picture * np.array([1.0, 0.35, 0.15])).astype(np.uint8)
    (reading,) = read_people(picture)
    assert SKIN_TONE.group_of(reading.tone) == "4-5"
    assert all(each.state is State.ABSTAINED for each in read_people(lamp))
