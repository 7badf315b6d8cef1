"""A canvas of pixels: anti-aliased shapes and gradients, painted at twice the final size."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from fairview.catalog.world.draw.canvas import (
    Canvas,
    Dash,
    Fill,
    Gradient,
    Matrix,
    Stop,
    dashed,
    multiply,
    stretch,
)
from fairview.catalog.world.draw.outline import Outline

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Contour = NDArray[np.int32]
Weight = NDArray[np.float32]
Colour = tuple[int, int, int]

_SHIFT = 4
_FINE = 1 << _SHIFT
_LARGE = 30_000
_COARSE = 4


@lru_cache(maxsize=4096)
def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=2048)
def _ramp(stops: tuple[Stop, ...]) -> tuple[Image, Image | None, bool]:
    """Colours at 256 places of a gradient, their opacity if any is not 1, and if all are one."""
    places = np.arange(256) / 255
    offsets = [stop[0] for stop in stops]
    colours = np.array([_rgb(stop[1]) for stop in stops], dtype=np.float64)
    table = np.stack([np.interp(places, offsets, colours[:, k]) for k in range(3)], axis=1)
    opacity = np.interp(places, offsets, [stop[2] for stop in stops])
    alpha = None if opacity.min() >= 1 else np.rint(opacity * 255).astype(np.uint8)
    return np.rint(table).astype(np.uint8)[:, None, :], alpha, len({stop[1] for stop in stops}) == 1


def _sparse(contour: Contour) -> Contour:
    """Return a polyline without vertices that lie within two pixels of the one kept before."""
    if len(contour) < 20:
        return contour
    steps = np.abs(np.diff(contour, axis=0)).sum(axis=1)
    groups = (np.cumsum(steps) // (3 * _FINE)).astype(np.int32)
    keep = np.concatenate([[True], np.diff(groups, append=groups[-1] + 1) > 0])
    keep[-1] = True
    kept: Contour = contour[keep]
    return kept


def _edge(contours: list[Contour], thickness: int) -> int:
    """How a stroke's edge is drawn: long wide ones leave smoothing to the reduction at the end."""
    return cv2.LINE_8 if thickness > 1 and sum(map(len, contours)) > 80 else cv2.LINE_AA


def _ink(
    target: Image,
    contours: list[Contour],
    colour: Colour | int,
    thickness: int,
    closed: list[bool],
) -> None:
    """Fill (thickness 0) or stroke contours on an array."""
    if not thickness:
        for contour in contours:
            cv2.fillPoly(target, [contour], colour, cv2.LINE_AA, _SHIFT)
        return
    edge = _edge(contours, thickness)
    for flag in set(closed):
        lines = [line for line, shut in zip(contours, closed, strict=True) if shut == flag]
        cv2.polylines(target, lines, flag, colour, thickness, edge, _SHIFT)


@lru_cache(maxsize=16)
def _spot(stops: tuple[tuple[float, float], ...]) -> Weight:
    """Return a soft round spot, 65 × 65: opacity 0 to 1 by distance from its middle."""
    side = np.linspace(-1, 1, 65)
    away = np.hypot(side[:, None], side[None, :])
    return np.interp(away, [s for s, _ in stops], [o for _, o in stops]).astype(np.float32)


@lru_cache(maxsize=1024)
def _veil(colour: Colour, opacity: float) -> Image:
    """Return what each code of each channel becomes under a veil of `colour`."""
    codes = np.arange(256)[:, None] * (1 - opacity) + np.array(colour) * opacity
    return np.rint(codes).astype(np.uint8)[:, None, :]


def _spread(values: cv2.typing.MatLike, size: tuple[int, int]) -> Image:
    """Stretch a row, a column or a coarse grid to `size`, width and height."""
    high, wide = values.shape[:2]
    if wide == 1 or high == 1:
        line = cv2.resize(values, (1, size[1]) if wide == 1 else (size[0], 1))
        values = cv2.repeat(line, 1, size[0]) if wide == 1 else cv2.repeat(line, size[1], 1)
    elif (wide, high) != size:
        values = cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(values, dtype=np.uint8)


def _stamp(under: Image, mask: Image, patch: Image) -> None:
    """Replace covered pixels and mix only those on the edge; faster than mixing all."""
    # Codes 1 to 254 are the edge: subtracting one wraps 0 round to 255.
    edge = np.flatnonzero((mask - np.uint8(1)) < 254)
    rows, columns = np.divmod(edge, mask.shape[1])
    share = mask.ravel()[edge, None].astype(np.float32) / 255
    rim = under[rows, columns] * (1 - share) + patch.reshape(-1, 3)[edge] * share
    cv2.copyTo(patch, (mask == 255).view(np.uint8), under)
    under[rows, columns] = np.rint(rim).astype(np.uint8)


class Raster(Canvas):
    """Pixels of `width` × `height` user units, painted at `zoom` pixels per unit."""

    def __init__(self, width: float, height: float, zoom: float) -> None:
        super().__init__(width, height)
        self._matrix: Matrix = (zoom, 0.0, 0.0, zoom, 0.0, 0.0)
        self.pixels: Image = np.full(
            (round(height * zoom), round(width * zoom), 3), 255, dtype=np.uint8
        )
        self._clips: list[tuple[Image, Box]] = []

    def _contours(self, outline: Outline) -> list[Contour]:
        """Return the lines of an outline in fixed-point pixels."""
        lines = outline.lines
        if not lines:
            return []
        points = lines[0][0] if len(lines) == 1 else np.concatenate([line for line, _ in lines])
        a, b, c, d, e, f = self._matrix
        turn = np.array(((a * _FINE, b * _FINE), (c * _FINE, d * _FINE)))
        # Pixel centres lie half a pixel in; the last half rounds on conversion.
        shift = (e * _FINE - _FINE / 2 + 0.5, f * _FINE - _FINE / 2 + 0.5)
        fixed = (np.dot(points, turn) + shift).astype(np.int32)
        if len(lines) == 1:
            return [fixed]
        cuts, start = [], 0
        for line, _ in lines:
            cuts.append(fixed[start : start + len(line)])
            start += len(line)
        return cuts

    def _box(self, contours: list[Contour], margin: float) -> Box | None:
        """Left, top, right, low of the pixels that contours touch; None outside the picture."""
        points = contours[0] if len(contours) == 1 else np.concatenate(contours)
        x, y, wide, high = cv2.boundingRect(points)
        height, width = self.pixels.shape[:2]
        left, top, right, base = self._clips[-1][1] if self._clips else (0, 0, width, height)
        reach = math.ceil(margin) + 1
        left, top = max(left, (x >> _SHIFT) - reach), max(top, (y >> _SHIFT) - reach)
        right = min(right, ((x + wide) >> _SHIFT) + reach + 1)
        base = min(base, ((y + high) >> _SHIFT) + reach + 1)
        return (left, top, right, base) if right > left and base > top else None

    def _mask(self, contours: list[Contour], box: Box, thickness: int, closed: list[bool]) -> Image:
        """Coverage of filled (thickness 0) or stroked contours within a box, clipped."""
        left, top, right, base = box
        mask = np.zeros((base - top, right - left), dtype=np.uint8)
        corner = np.array((left * _FINE, top * _FINE), np.int32)
        _ink(mask, [contour - corner for contour in contours], 255, thickness, closed)
        return self._clip(mask, box)

    def _clip(self, mask: Image, box: Box) -> Image:
        if not self._clips:
            return mask
        return np.asarray(cv2.min(mask, self._window(box)), dtype=np.uint8)

    def _window(self, box: Box) -> Image:
        """Return what the innermost clip keeps of a box inside it."""
        clip, (left, top, _, _) = self._clips[-1]
        return clip[box[1] - top : box[3] - top, box[0] - left : box[2] - left]

    def _paint(self, outline: Outline, fill: Fill, opacity: float) -> None:
        contours = self._contours(outline)
        if not contours:
            return
        if isinstance(fill, str) and not self._clips:
            self._draw(contours, _rgb(fill), opacity, 0, [])
            return
        box = self._box(contours, 1)
        if box is None:
            return
        mask = self._mask(contours, box, 0, [])
        if isinstance(fill, str):
            self._blend(box, mask, _rgb(fill), opacity)
        else:
            self._shade(outline, fill, opacity, box, mask)

    def _trace(
        self, outline: Outline, colour: str, width: float, opacity: float, dash: Dash | None
    ) -> None:
        cut = dashed(outline, dash) if dash else outline
        contours = [_sparse(contour) for contour in self._contours(cut)]
        if not contours:
            return
        exact = width * stretch(self._matrix)
        thickness = max(1, round(exact))
        opacity *= min(1.0, exact / thickness) if exact < 1 else 1.0
        closed = [flag for _, flag in cut.lines]
        if not self._clips:
            self._draw(contours, _rgb(colour), opacity, thickness, closed)
            return
        box = self._box(contours, thickness / 2 + 1)
        if box is not None:
            self._blend(box, self._mask(contours, box, thickness, closed), _rgb(colour), opacity)

    def _draw(
        self,
        contours: list[Contour],
        colour: Colour,
        opacity: float,
        thickness: int,
        closed: list[bool],
    ) -> None:
        """Fill (thickness 0) or stroke contours with one colour, without a clip."""
        if opacity >= 1:
            _ink(self.pixels, contours, colour, thickness, closed)
            return
        box = self._box(contours, thickness / 2 + 1)
        if box is None:
            return
        left, top, right, base = box
        under = self.pixels[top:base, left:right]
        over = under.copy()
        corner = np.array((left * _FINE, top * _FINE), np.int32)
        _ink(over, [contour - corner for contour in contours], colour, thickness, closed)
        cv2.addWeighted(over, opacity, under, 1 - opacity, 0, under)

    def _push_clip(self, outline: Outline) -> None:
        contours = self._contours(outline)
        box = self._box(contours, 0) or (0, 0, 1, 1)
        mask = self._mask(contours, box, 0, [])
        self._clips.append((mask, box))

    def _pop_clip(self) -> None:
        self._clips.pop()

    def _shade(
        self, outline: Outline, gradient: Gradient, opacity: float, box: Box, mask: Image
    ) -> None:
        """Paint a gradient through a mask."""
        colours, alphas, plain = _ramp(gradient.stops)
        size = (mask.shape[1], mask.shape[0])
        places = self._places(outline, gradient, box, _COARSE if mask.size > _LARGE else 1)
        if alphas is not None:
            alpha = _spread(cv2.LUT(places, alphas), size)
            mask = np.asarray(cv2.multiply(mask, alpha, scale=1 / 255), dtype=np.uint8)
        if plain:
            self._lay(box, mask * np.float32(opacity / 255), _rgb(gradient.stops[0][1]))
            return
        patch = _spread(cv2.applyColorMap(places, colours), size)
        self._blend(box, mask, patch, opacity)

    def _places(self, outline: Outline, gradient: Gradient, box: Box, coarse: int) -> Image:
        """Where along a gradient, 0 to 255, the pixels of a box lie.

        One row or column where the gradient runs along an axis, else every `coarse`-th pixel.
        """
        lines = [line for line, _ in outline.lines]
        points = lines[0] if len(lines) == 1 else np.concatenate(lines)
        low = points.min(axis=0)
        wide, high = np.maximum(points.max(axis=0) - low, 1e-6).tolist()
        unit = multiply(self._matrix, (wide, 0.0, 0.0, high, float(low[0]), float(low[1])))
        a, b, c, d, e, f = unit
        det = a * d - b * c or 1e-9
        left, top, right, base = box
        ux, uy, vx, vy = d / det, -c / det, -b / det, a / det
        (x0, y0), (x1, y1) = gradient.start, gradient.end
        across = np.arange(left, right, coarse, dtype=np.float32) + np.float32(coarse / 2 - e)
        down = np.arange(top, base, coarse, dtype=np.float32) + np.float32(coarse / 2 - f)
        if gradient.radius:
            k = 255 / gradient.radius
            u = (ux * k * across)[None, :] + (uy * k * down - x0 * k)[:, None]
            v = (vx * k * across)[None, :] + (vy * k * down - y0 * k)[:, None]
            return np.asarray(cv2.convertScaleAbs(cv2.magnitude(u, v)), dtype=np.uint8)
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        gx, gy = (x1 - x0) / length * 255, (y1 - y0) / length * 255
        by_x, by_y = gx * ux + gy * vx, gx * uy + gy * vy
        # A tilt that shifts the ramp by under a twentieth across the box is not seen.
        if abs(by_x) * (right - left) < 12:
            across = across[len(across) // 2 : len(across) // 2 + 1]
        elif abs(by_y) * (base - top) < 12:
            down = down[len(down) // 2 : len(down) // 2 + 1]
        ramp = (across * np.float32(by_x))[None, :] + (
            down * np.float32(by_y) - np.float32(gx * x0 + gy * y0)
        )[:, None]
        return np.clip(ramp, 0, 255).astype(np.uint8)

    def _blend(self, box: Box, mask: Image, patch: Image | Colour, opacity: float) -> None:
        """Lay a colour or a patch over a box of the picture through a mask of coverage."""
        if mask.size > _LARGE and (opacity >= 1 or isinstance(patch, tuple)):
            left, top, right, base = box
            under = self.pixels[top:base, left:right]
            if isinstance(patch, tuple):
                patch = np.asarray(cv2.LUT(under, _veil(patch, round(opacity, 2))), dtype=np.uint8)
            _stamp(under, mask, patch)
            return
        self._lay(box, mask * np.float32(opacity / 255), patch)

    def _lay(self, box: Box, weight: Weight, patch: Image | Colour) -> None:
        """Mix a colour or a patch into a box of the picture, `weight` 0 to 1 of it."""
        left, top, right, base = box
        under = self.pixels[top:base, left:right]
        if isinstance(patch, tuple):
            over = np.empty(under.shape, dtype=np.uint8)
            cv2.rectangle(over, (0, 0), (right - left, base - top), patch, cv2.FILLED)
        else:
            over = patch
        cv2.blendLinear(under, over, np.float32(1) - weight, weight, under)

    def _glow(self, rx: float, ry: float, gradient: Gradient, opacity: float) -> None:
        peak = gradient.stops[0][2] * opacity
        a, b, c, d, e, f = self._matrix
        wide, high = math.hypot(a * rx, c * ry), math.hypot(b * rx, d * ry)
        height, width = self.pixels.shape[:2]
        left, top, right, base = self._clips[-1][1] if self._clips else (0, 0, width, height)
        left, top = max(left, int(e - wide)), max(top, int(f - high))
        right, base = min(right, int(e + wide) + 2), min(base, int(f + high) + 2)
        if right <= left or base <= top or peak <= 0.004:
            return
        spot = _spot(tuple((offset, o / gradient.stops[0][2]) for offset, _, o in gradient.stops))
        det = (a * d - b * c) or 1e-9
        u, v = 32 / rx / det, 32 / ry / det
        back = np.array(
            [
                [d * u, -c * u, 32 + (d * (left + 0.5 - e) - c * (top + 0.5 - f)) * u],
                [-b * v, a * v, 32 + (-b * (left + 0.5 - e) + a * (top + 0.5 - f)) * v],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (right - left, base - top)
        weight = np.asarray(cv2.warpAffine(spot, back, size, flags=flags), dtype=np.float32)
        weight *= np.float32(peak)
        box = (left, top, right, base)
        if self._clips:
            weight *= self._window(box) * np.float32(1 / 255)
        self._lay(box, weight, _rgb(gradient.stops[0][1]))

    def wash(self, top: str, low: str, glow: float) -> None:
        """Cover everything with a gradient from top to low and a soft light at the upper left."""
        height, width = self.pixels.shape[:2]
        small = (max(width // 8, 2), max(height // 8, 2))
        down = np.linspace(0, 1, small[1], dtype=np.float32)[:, None]
        across = np.linspace(0, 1, small[0], dtype=np.float32)[None, :]
        base = (1 - down) * np.array(_rgb(top), np.float32) + down * np.array(_rgb(low), np.float32)
        light = 1 - np.sqrt(((across - 0.3) / 0.8) ** 2 + ((down - 0.2) / 0.6) ** 2)
        light = (np.maximum(light, 0) ** 1.4 * glow)[..., None]
        picture = base[:, None, :] * (1 - light) + 255 * light
        codes = np.rint(picture).astype(np.uint8)
        whole = cv2.resize(codes, (width, height), interpolation=cv2.INTER_LINEAR)
        self.pixels = np.asarray(whole, dtype=np.uint8)

    def finished(self, width: int, height: int) -> Image:
        """Return the picture at its final size."""
        small = cv2.resize(self.pixels, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(small, dtype=np.uint8)
