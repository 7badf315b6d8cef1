"""Pictures with known colours, made by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def photograph(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A noisy picture of a red square on a pale blue ground."""
    picture = np.full((90, 70, 3), (200, 215, 240), np.int16)
    picture[25:65, 20:50] = (180, 40, 35)
    noisy = picture + rng.normal(0, 4, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
