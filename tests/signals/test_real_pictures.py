"""The skin tone reader on real pictures: only that it holds up; what it reads is not kept."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fairview.signals.faces import find_faces
from fairview.signals.skin_tone import read_people

pytestmark = pytest.mark.data


def pictures(path: Path, step: int) -> Iterator[np.ndarray]:
    with tarfile.open(path) as archive:
        files = sorted((m for m in archive if m.isfile()), key=lambda member: member.name)
        for member in files[::step]:
            stream = archive.extractfile(member)
            assert stream is not None
            yield np.asarray(Image.open(io.BytesIO(stream.read())).convert("RGB"))


def test_faces_of_portraits_are_found(data_dir: Path) -> None:
    found = [
        bool(find_faces(picture))
        for picture in pictures(data_dir / "portraits-us-congress117" / "images.tar", 9)
    ]
    assert np.mean(found) > 0.95


def test_portraits_are_never_without_a_person(data_dir: Path) -> None:
    states = [
        bool(read_people(picture))
        for picture in pictures(data_dir / "portraits-us-congress117" / "images.tar", 12)
    ]
    assert np.mean(states) > 0.9


def test_garments_without_people_are_mostly_not_applicable(data_dir: Path) -> None:
    found = [
        bool(read_people(picture))
        for picture in pictures(data_dir / "catalog-clothing-cc0" / "validation.tar", 9)
    ]
    assert np.mean(found) < 0.25
