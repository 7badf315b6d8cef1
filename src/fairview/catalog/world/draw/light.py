"""The light on a finished picture, applied in linear light, and the camera's small failings."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from fairview.catalog.world.truth import Lighting
from fairview.core.errors import UsageError

Image = NDArray[np.uint8]

_LAMPS: Mapping[str, tuple[float, tuple[float, float, float]]] = {
    "even": (1.0, (1.0, 1.0, 1.0)),
    "dim": (0.40, (1.03, 1.0, 0.95)),
    "bright": (1.32, (1.0, 1.0, 0.99)),
    "warm": (0.97, (1.15, 0.98, 0.70)),
    "cool": (0.97, (0.84, 1.0, 1.20)),
    "side": (1.0, (1.02, 1.0, 0.97)),
}
"""Exposure and colour of the lamp for each lighting, as factors in linear light."""

_CODES = np.arange(256) / 255.0
_DECODE = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4)


def _exposed(light: NDArray[np.float64]) -> Image:
    """Return codes, 0 to 255, for linear light: straight up to 0.88, then rolling off."""
    knee, room = 0.88, 0.12
    over = np.maximum(light - knee, 0)
    rolled = np.where(light <= knee, light, knee + room * (1 - np.exp(-over / room)))
    encoded = np.where(rolled <= 0.0031308, rolled * 12.92, 1.055 * rolled ** (1 / 2.4) - 0.055)
    codes: Image = np.rint(encoded * 255).astype(np.uint8)
    return codes


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
    gain = np.asarray(tint) * exposure * np.exp(rng.normal(0, 0.006, 3))
    lamp = _exposed(_DECODE[:, None] * gain[None, :])
    across = np.linspace(-1, 1, width, dtype=np.float32)
    down = np.linspace(-1, 1, height, dtype=np.float32)
    field = 1 - np.float32(0.03) * (across[None, :] ** 2 + down[:, None] ** 2)
    if lighting == "side":
        direction = np.float32(1.4 if rng.random() < 0.5 else -1.4)
        field = field * (np.float32(0.72) + np.float32(0.38) * np.tanh(direction * across))[None, :]
    # The fall-off is a power of light, so it may be applied to codes as the root of it.
    fall = cv2.pow(np.maximum(field, 0), 1 / 2.2)
    shown = cv2.multiply(
        cv2.LUT(image, lamp[:, None, :]), cv2.merge([fall, fall, fall]), dtype=cv2.CV_8U
    )
    grain = rng.standard_normal((64, width), dtype=np.float32) * (1.5 if lighting == "dim" else 1.1)
    noise = np.tile(np.rint(grain).astype(np.int16), (height // 64 + 1, 1))[:height]
    grained = cv2.add(shown, cv2.merge([noise, noise, noise]), dtype=cv2.CV_8U)
    return np.asarray(grained, dtype=np.uint8)
