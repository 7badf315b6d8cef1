"""The light on a finished picture, applied in linear light, and the camera's small failings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fairview.catalog.world.truth import Lighting
from fairview.core.errors import UsageError

Image = NDArray[np.uint8]

_LAMPS: Mapping[str, tuple[float, tuple[float, float, float]]] = {
    "even": (1.0, (1.0, 1.0, 1.0)),
    "dim": (0.40, (1.03, 1.0, 0.95)),
    "bright": (1.42, (1.0, 1.0, 0.99)),
    "warm": (0.97, (1.15, 0.98, 0.70)),
    "cool": (0.97, (0.84, 1.0, 1.20)),
    "side": (1.0, (1.02, 1.0, 0.97)),
}
"""Exposure and colour of the lamp for each lighting, as factors in linear light."""

_LEVELS = 4095
_CODES = np.arange(256) / 255.0
_DECODE = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
_LIGHT = np.arange(_LEVELS + 1) / _LEVELS * 1.5


def _film() -> NDArray[np.float32]:
    """Encoded code, 0 to 255, for linear light 0 to 1.5: straight up to 0.88, then rolling off."""
    knee, room = 0.88, 0.12
    rolled = np.where(_LIGHT <= knee, _LIGHT, knee + room * (1 - np.exp(-(_LIGHT - knee) / room)))
    encoded = np.where(rolled <= 0.0031308, rolled * 12.92, 1.055 * rolled ** (1 / 2.4) - 0.055)
    return (encoded * 255).astype(np.float32)


_FILM = _film()


def light_picture(image: Image, lighting: Lighting, rng: np.random.Generator) -> Image:
    """Light an evenly lit H × W × 3 picture as `lighting` says; sRGB in, sRGB out.

    The lamp multiplies linear light; exposure differs by a few per cent from picture to
    picture, corners fall off by up to six per cent and the sensor adds a little noise.
    An unknown lighting is a `UsageError`.
    """
    if lighting not in _LAMPS:
        raise UsageError(f"lighting {lighting!r} is unknown; use one of {', '.join(_LAMPS)}.")
    exposure, tint = _LAMPS[lighting]
    height, width = image.shape[:2]
    exposure *= float(np.exp(rng.normal(0, 0.018)))
    gain = np.asarray(tint, dtype=np.float32) * exposure
    gain = gain * np.exp(rng.normal(0, 0.006, 3)).astype(np.float32)
    across = np.linspace(-1, 1, width, dtype=np.float32)
    down = np.linspace(-1, 1, height, dtype=np.float32)
    field = 1 - 0.03 * (across[None, :] ** 2 + down[:, None] ** 2)
    if lighting == "side":
        direction = 1.0 if rng.random() < 0.5 else -1.0
        field = field * (0.76 + 0.42 * np.tanh(1.4 * direction * across))[None, :]
    table = _DECODE[:, None] * gain[None, :]
    light = np.stack([table[:, channel][image[..., channel]] for channel in range(3)], axis=-1)
    light *= field[..., None]
    index = np.minimum(light * np.float32(_LEVELS / 1.5), np.float32(_LEVELS)).astype(np.int16)
    coarse = rng.standard_normal((64, width, 1), dtype=np.float32)
    noise = np.tile(coarse, (height // 64 + 1, 1, 1))[:height] * np.float32(
        1.1 if lighting != "dim" else 1.5
    )
    return np.clip(_FILM[index] + noise + np.float32(0.5), 0, 255).astype(np.uint8)
