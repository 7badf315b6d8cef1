"""Outlines: polylines that shapes are painted from, made of smooth curves or SVG path text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Outline:
    """Polylines, each with whether it is closed; points are n × 2 in user units.

    Outlines add up: ``a + b`` holds the lines of both.
    """

    lines: tuple[tuple[Points, bool], ...]

    def __add__(self, other: Outline) -> Outline:
        return Outline(self.lines + other.lines)

    def close(self) -> Outline:
        """Return the same lines, each closed."""
        return Outline(tuple((points, True) for points, _ in self.lines))


NOTHING = Outline(())


def joined(parts: Iterable[Outline]) -> Outline:
    """All the lines of several outlines."""
    return Outline(tuple(line for part in parts for line in part.lines))


def chained(*parts: Outline | Sequence[Point]) -> Outline:
    """One closed line through the first lines of several outlines, end to start."""
    runs = [
        part.lines[0][0] if isinstance(part, Outline) else np.asarray(part, dtype=np.float64)
        for part in parts
    ]
    return Outline(((np.concatenate(runs), True),))


_SHARES = np.linspace(0, 1, 6)[1:]
_T1, _T2, _T3 = _SHARES, _SHARES**2, _SHARES**3
_WEIGHTS = 0.5 * np.stack(
    [-_T1 + 2 * _T2 - _T3, 2 - 5 * _T2 + 3 * _T3, _T1 + 4 * _T2 - 3 * _T3, _T3 - _T2], axis=1
)
"""Catmull-Rom weights of four neighbours at five places of a span."""


def smooth(points: Sequence[Point], *, closed: bool = False) -> Outline:
    """Return a Catmull-Rom curve through `points`."""
    given = np.asarray(points, dtype=np.float64)
    if closed:
        padded = np.concatenate([given[-1:], given, given[:2]])
    else:
        padded = np.concatenate([given[:1], given, given[-1:]])
    spans = np.stack([padded[i : len(padded) - 3 + i] for i in range(4)], axis=1)
    curve = np.matmul(_WEIGHTS, spans).reshape(-1, 2)
    return Outline(((np.concatenate([given[:1], curve]), closed),))


def polygon(points: Sequence[Point]) -> Outline:
    """Straight lines through `points`, closed."""
    return Outline(((np.asarray(points, dtype=np.float64), True),))


def ribbon(spine: Sequence[Point], widths: Sequence[float]) -> Outline:
    """Return a limb-like shape: half-width `widths[i]` around each point of `spine`."""
    middle = np.asarray(spine, dtype=np.float64)
    ahead = np.concatenate([middle[1:], middle[-1:]]) - np.concatenate([middle[:1], middle[:-1]])
    length = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    across = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / length[:, None]
    offset = across * np.asarray(widths, dtype=np.float64)[:, None]
    tip = middle[-1:] + (middle[-1:] - middle[-2:-1]) * 0.02
    edge = np.concatenate([middle + offset, tip, (middle - offset)[::-1]])
    return smooth(edge, closed=True)  # type: ignore[arg-type]


def rings(
    x: Points, y: Points, radius: Points, start: Points | float = 0.0, sweep: float = 2 * math.pi
) -> Outline:
    """Arcs of circles, one for each centre; whole circles are closed."""
    whole = sweep >= 2 * math.pi
    steps = np.linspace(0, sweep, 9 if not whole else 12, endpoint=not whole)
    angles = np.asarray(start)[..., None] + steps
    px = x[:, None] + radius[:, None] * np.cos(angles)
    py = y[:, None] + radius[:, None] * np.sin(angles)
    return Outline(tuple((line, whole) for line in np.stack([px, py], axis=-1)))


def between(first: Sequence[Point], second: Sequence[Point], share: float) -> list[Point]:
    """Return the polyline `share` of the way from `first` to `second`, point by point."""
    return [
        (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        for a, b in zip(first, second, strict=True)
    ]


def mirror(points: Sequence[Point]) -> list[Point]:
    """`points` reflected left to right, in reverse order, to close a symmetric outline."""
    return [(-x, y) for x, y in reversed(points)]


_TOKEN = re.compile(r"[MLHVCSQTAZqalvhc]|-?\d*\.?\d+(?:e-?\d+)?")
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "T": 2, "A": 7, "Z": 0}
_CUBIC = tuple((1 - t, t) for t in (k / 8 for k in range(1, 9)))


@lru_cache(maxsize=4096)
def traced(text: str) -> Outline:
    """Return the outline of SVG path text, curves flattened.

    Understands M, L, H, V, C, Q, T, A and Z, and their relative forms.
    """
    lines: list[tuple[Points, bool]] = []
    run: list[Point] = []
    for command, numbers in _commands(text):
        if command in "MZ":
            if len(run) > 1:
                lines.append((np.asarray(run, dtype=np.float64), command == "Z"))
            run = [(numbers[0], numbers[1])] if command == "M" else []
        else:
            _extend(run, command, numbers)
    if len(run) > 1:
        lines.append((np.asarray(run, dtype=np.float64), False))
    return Outline(tuple(lines))


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    """Commands with absolute numbers; a smooth quadratic comes out as a quadratic."""
    tokens = _TOKEN.findall(text)
    i, name = 0, "M"
    x = y = bend_x = bend_y = 0.0
    while i < len(tokens):
        if tokens[i].isalpha():
            name, i = tokens[i], i + 1
        upper = name.upper()
        count = _ARITY[upper]
        numbers = [float(token) for token in tokens[i : i + count]]
        i += count
        if name.islower():
            numbers = _absolute(upper, numbers, x, y)
        if upper == "H":
            upper, numbers = "L", [numbers[0], y]
        elif upper == "V":
            upper, numbers = "L", [x, numbers[0]]
        elif upper == "T":
            upper, numbers = "Q", [2 * x - bend_x, 2 * y - bend_y, *numbers]
        if numbers:
            bend_x, bend_y = (numbers[0], numbers[1]) if upper == "Q" else numbers[-2:]
            x, y = numbers[-2:]
        yield upper, numbers
        if name in "Mm":
            name = "L" if name == "M" else "l"


def _absolute(command: str, numbers: list[float], x: float, y: float) -> list[float]:
    if command == "H":
        return [numbers[0] + x]
    if command == "V":
        return [numbers[0] + y]
    if command == "A":
        return [*numbers[:5], numbers[5] + x, numbers[6] + y]
    return [number + (y if k % 2 else x) for k, number in enumerate(numbers)]


def _extend(run: list[Point], command: str, numbers: list[float]) -> None:
    """Append the points of one drawing command."""
    x0, y0 = run[-1]
    if command == "L":
        run.append((numbers[0], numbers[1]))
    elif command == "C":
        x1, y1, x2, y2, x3, y3 = numbers
        for s, t in _CUBIC:
            a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
            run.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    elif command == "Q":
        x1, y1, x2, y2 = numbers
        for s, t in _CUBIC:
            a, b, c = s * s, 2 * s * t, t * t
            run.append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))
    else:
        run.extend(_arc(x0, y0, numbers))


def _arc(x0: float, y0: float, numbers: list[float]) -> list[Point]:
    """Points of an elliptical arc without rotation (SVG 1.1, F.6.5)."""
    rx, ry, _, large, sweep, x1, y1 = numbers
    mx, my = (x0 - x1) / 2 / rx, (y0 - y1) / 2 / ry
    reach = max(mx * mx + my * my, 1e-12)
    size = math.sqrt(max(reach, 1.0))
    rx, ry, mx, my = rx * size, ry * size, mx / size, my / size
    push = math.sqrt(max(0.0, 1 / max(mx * mx + my * my, 1e-12) - 1))
    push = -push if large == sweep else push
    cx, cy = push * my, -push * mx
    first = math.atan2(my - cy, mx - cx)
    turn = math.atan2(-my - cy, -mx - cx) - first
    if sweep and turn < 0:
        turn += 2 * math.pi
    elif not sweep and turn > 0:
        turn -= 2 * math.pi
    centre_x, centre_y = (x0 + x1) / 2 + cx * rx, (y0 + y1) / 2 + cy * ry
    count = max(6, math.ceil(abs(turn) / 0.13))
    angles = [first + turn * k / count for k in range(1, count + 1)]
    return [(centre_x + rx * math.cos(a), centre_y + ry * math.sin(a)) for a in angles]
