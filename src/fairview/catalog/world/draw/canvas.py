"""What pictures are painted on: shapes with fills and strokes, groups, clips and gradients."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairview.catalog.world.draw.outline import NOTHING, Outline, Point, Points, traced

Stop = tuple[float, str, float]
"""Offset 0 to 1, colour, opacity 0 to 1."""
Matrix = tuple[float, float, float, float, float, float]
"""Affine map: x' = a x + c y + e, y' = b x + d y + f, as (a, b, c, d, e, f)."""

UNIT_CIRCLE = np.stack(
    [
        np.cos(np.linspace(0, 2 * np.pi, 48, endpoint=False)),
        np.sin(np.linspace(0, 2 * np.pi, 48, endpoint=False)),
    ],
    axis=1,
)
_CORNER = np.stack([np.sin(np.linspace(0, np.pi / 2, 7)), -np.cos(np.linspace(0, np.pi / 2, 7))], 1)


@dataclass(frozen=True)
class Gradient:
    """Colours along a line, or out from a centre, in units of the box of the shape filled."""

    stops: tuple[Stop, ...]
    start: Point
    end: Point
    radius: float = 0.0
    soft: bool = False


Fill = str | Gradient


@dataclass(frozen=True)
class Dash:
    """Lengths painted and left out along a stroke, in user units."""

    on: float
    off: float


class Canvas(ABC):
    """A surface of `width` × `height` user units; shapes are added in painting order."""

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

    @abstractmethod
    def _paint(self, outline: Outline, fill: Fill, opacity: float) -> None:
        """Fill every line of an outline."""

    @abstractmethod
    def _trace(
        self, outline: Outline, colour: str, width: float, opacity: float, dash: Dash | None
    ) -> None:
        """Stroke every line of an outline with round ends."""

    @abstractmethod
    def _glow(self, rx: float, ry: float, gradient: Gradient, opacity: float) -> None:
        """Lay a soft spot of one colour around the origin."""

    @abstractmethod
    def _push_clip(self, outline: Outline) -> None:
        """Keep what follows inside an outline."""

    @abstractmethod
    def _pop_clip(self) -> None:
        """End the innermost clip."""

    @abstractmethod
    def wash(self, top: str, low: str, glow: float) -> None:
        """Cover everything with a gradient from top to low, lit softly at the upper left."""

    def linear(self, stops: Sequence[Stop], start: Point = (0, 0), end: Point = (0, 1)) -> Gradient:
        """Return a gradient along a line across the box of the shape that it fills."""
        return Gradient(tuple(stops), start, end)

    def radial(
        self, stops: Sequence[Stop], centre: Point = (0.5, 0.5), radius: float = 0.5
    ) -> Gradient:
        """Return a gradient out from a centre in the box of the shape that it fills."""
        return Gradient(tuple(stops), centre, centre, radius)

    def down(self, top: str, low: str) -> Gradient:
        """Return a gradient from `top` to `low`."""
        return Gradient(((0, top, 1), (1, low, 1)), (0, 0), (0, 1))

    def across(self, left: str, right: str) -> Gradient:
        """Return a gradient from `left` to `right`."""
        return Gradient(((0, left, 1), (1, right, 1)), (0, 0), (1, 0))

    def aslant(self, first: str, last: str) -> Gradient:
        """Return a gradient from the upper left to the lower right."""
        return Gradient(((0, first, 1), (1, last, 1)), (0, 0), (1, 1))

    def round(self, middle: str, rim: str) -> Gradient:
        """Return a gradient from the middle to the rim."""
        return Gradient(((0, middle, 1), (1, rim, 1)), (0.5, 0.5), (0.5, 0.5), 0.5)

    def fade(self, colour: str, opacity: float) -> Gradient:
        """Return a soft spot: `opacity` in the middle, nothing at the rim."""
        stops = ((0, colour, opacity), (0.5, colour, opacity * 0.55), (1, colour, 0))
        return Gradient(stops, (0.5, 0.5), (0.5, 0.5), 0.5, soft=True)

    def path(
        self,
        outline: Outline | str,
        fill: Fill = "none",
        *,
        stroke: str = "",
        width: float = 1.0,
        opacity: float = 1.0,
        dash: Dash | None = None,
    ) -> None:
        """Fill, then stroke, an outline or SVG path text."""
        lines = traced(outline) if isinstance(outline, str) else outline
        if fill != "none":
            self._paint(lines, fill, opacity)
        if stroke:
            self._trace(lines, stroke, width, opacity, dash)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Fill,
        *,
        stroke: str = "",
        width: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Paint a circle."""
        self.ellipse(x, y, radius, radius, fill, stroke=stroke, width=width, opacity=opacity)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        fill: Fill,
        *,
        turn: float = 0.0,
        stroke: str = "",
        width: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Paint an ellipse, turned by degrees."""
        with self.group(x, y, turn):
            if isinstance(fill, Gradient) and fill.soft and not stroke:
                self._glow(rx, ry, fill, opacity)
                return
            outline = Outline(((UNIT_CIRCLE * (rx, ry), True),))
            self.path(outline, fill, stroke=stroke, width=width, opacity=opacity)

    def rect(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        fill: Fill,
        *,
        corner: float = 0.0,
        stroke: str = "",
        width: float = 1.0,
        opacity: float = 1.0,
    ) -> None:
        """Paint a rectangle with corners of radius `corner`."""
        self.path(
            Outline(((_box(x, y, wide, high, min(corner, wide / 2, high / 2)), True),)),
            fill,
            stroke=stroke,
            width=width,
            opacity=opacity,
        )

    @contextmanager
    def group(
        self,
        x: float = 0.0,
        y: float = 0.0,
        turn: float = 0.0,
        scale: float = 1.0,
        across: float = 1.0,
        pivot: Point = (0.0, 0.0),
    ) -> Iterator[None]:
        """Paint what follows moved to x, y, turned by degrees about `pivot`, and scaled.

        `across` scales the horizontal once more; a negative one mirrors.
        """
        outer = self._matrix
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        sx, sy = scale * across, scale
        a, b, c, d = cos * sx, sin * sx, -sin * sy, cos * sy
        e = x + pivot[0] - (cos * pivot[0] - sin * pivot[1])
        f = y + pivot[1] - (sin * pivot[0] + cos * pivot[1])
        self._matrix = multiply(outer, (a, b, c, d, e, f))
        try:
            yield
        finally:
            self._matrix = outer

    @contextmanager
    def clipped(self, outline: Outline | str) -> Iterator[None]:
        """Paint what follows only inside an outline."""
        self._push_clip(traced(outline) if isinstance(outline, str) else outline)
        yield
        self._pop_clip()


def multiply(outer: Matrix, inner: Matrix) -> Matrix:
    """Return the map that applies `inner`, then `outer`."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (
        a * p + c * q,
        b * p + d * q,
        a * r + c * s,
        b * r + d * s,
        a * t + c * u + e,
        b * t + d * u + f,
    )


def apply(matrix: Matrix, points: NDArray[np.float64]) -> Points:
    """Points n × 2 under an affine map."""
    a, b, c, d, e, f = matrix
    mapped: Points = points @ np.array([[a, b], [c, d]]) + (e, f)
    return mapped


def stretch(matrix: Matrix) -> float:
    """How much longer lines become under an affine map, on average over directions."""
    a, b, c, d, _, _ = matrix
    return math.sqrt(abs(a * d - b * c))


def dashed(outline: Outline, dash: Dash) -> Outline:
    """Return the painted pieces of an outline under a dash."""
    pieces: list[tuple[Points, bool]] = []
    for points, _ in outline.lines:
        steps = np.hypot(*(points[1:] - points[:-1]).T)
        places = np.concatenate([[0.0], np.cumsum(steps)])
        starts = np.arange(0, places[-1], dash.on + dash.off)
        ends = np.minimum(starts + dash.on, places[-1])
        marks = np.linspace(starts, ends, 3, axis=1)
        xs, ys = (np.interp(marks, places, points[:, k]) for k in (0, 1))
        pieces.extend((piece, False) for piece in np.stack([xs, ys], axis=-1))
    return Outline(tuple(pieces)) if pieces else NOTHING


def _box(x: float, y: float, wide: float, high: float, corner: float) -> Points:
    if corner <= 0:
        return np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
    arc = _CORNER * corner
    turns = [arc, arc[::-1] * (1, -1), arc * (-1, -1), arc[::-1] * (-1, 1)]
    at = [
        (x + wide - corner, y + corner),
        (x + wide - corner, y + high - corner),
        (x + corner, y + high - corner),
        (x + corner, y + corner),
    ]
    return np.concatenate([turn + place for turn, place in zip(turns, at, strict=True)])
