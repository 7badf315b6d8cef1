"""Straight and wavy hair: sheets of strands between two edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas, Gradient
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import (
    NOTHING,
    Outline,
    Point,
    between,
    joined,
    ribbon,
    smooth,
)

_LENGTHS = {
    "long": 215.0,
    "fringe": 200.0,
    "bob": 84.0,
    "long waves": 205.0,
    "wavy lob": 120.0,
    "side waves": 170.0,
}


def _fill(canvas: Canvas, look: Look) -> Gradient:
    return canvas.linear(
        [
            (0, mix(look.hair, look.hair_glow, 0.25), 1),
            (0.12, look.hair, 1),
            (0.2, mix(look.hair, look.hair_glow, 0.6), 1),
            (0.32, look.hair, 1),
            (1, mix(look.hair, look.hair_deep, 0.45), 1),
        ]
    )


def waved(points: Sequence[Point], swing: float, beat: float, phase: float) -> list[Point]:
    """`points` swung sideways by a wave that sets in below the eyes."""
    return [
        (x + swing * min(1.0, max(0.0, (y + 25) / 70)) * math.sin(y / beat + phase), y)
        for x, y in points
    ]


def _refined(points: Sequence[Point], step: float = 16.0) -> list[Point]:
    """More points along the same curve, so that waves have room."""
    out: list[Point] = []
    for i in range(len(points) - 1):
        p0, p1 = points[max(i - 1, 0)], points[i]
        p2, p3 = points[i + 1], points[min(i + 2, len(points) - 1)]
        count = max(1, round(math.dist(p1, p2) / step))
        for k in range(count):
            t = k / count
            out.append(
                (_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t))
            )
    return [*out, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3
    )


def draw_sheet(
    canvas: Canvas,
    look: Look,
    inner: Sequence[Point],
    outer: Sequence[Point],
    strands: int,
    rng: np.random.Generator,
    wave: tuple[float, float] = (0.0, 1.0),
) -> None:
    """Paint hair between two edges of equal length, with strands that follow both."""
    swing, beat = wave
    phase = float(rng.uniform(0, 6))
    first, second = list(inner), list(outer)
    if swing:
        first, second = _refined_pair(first, second)
        first = waved(first, swing * 0.8, beat, phase + 0.5)
        second = waved(second, swing, beat, phase)
    shape = smooth([*first, *reversed(second)], closed=True)
    canvas.path(shape, _fill(canvas, look))
    lines: dict[str, list[Outline]] = {look.hair_deep: [], look.hair_glow: []}
    for i in range(strands):
        share = (i + float(rng.uniform(0.2, 0.8))) / strands
        tone = look.hair_deep if rng.random() < 0.55 else look.hair_glow
        lines[tone].append(smooth(between(first, second, share)))
    canvas.path(joined(lines[look.hair_deep]), stroke=look.hair_deep, width=1.6, opacity=0.5)
    canvas.path(joined(lines[look.hair_glow]), stroke=look.hair_glow, width=1.3, opacity=0.42)


def _refined_pair(
    first: Sequence[Point], second: Sequence[Point]
) -> tuple[list[Point], list[Point]]:
    """Both edges with as many points more, at matching shares."""
    one, two = _refined(first, 15), _refined(second, 15)
    count = max(len(one), len(two))
    return _resampled(one, count), _resampled(two, count)


def _resampled(points: Sequence[Point], count: int) -> list[Point]:
    places = np.linspace(0, len(points) - 1, count)
    ticks = np.arange(len(points))
    xs = np.interp(places, ticks, [x for x, _ in points])
    ys = np.interp(places, ticks, [y for _, y in points])
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def _wave(look: Look, hairdo: str) -> tuple[float, float]:
    return (6.5, 13.5 if hairdo == "wavy lob" else 15.5) if look.pattern == "wavy" else (0.0, 1.0)


def draw_behind(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the mass behind the neck, or a ponytail."""
    back = -turn.lean * 12
    if hairdo == "ponytail":
        side = 1 if turn.lean <= 0 else -1
        tail = [
            (back + side * 10, -84),
            (side * 52, -88),
            (side * 74, -40),
            (side * 70, 40),
            (side * 84, 120),
            (side * 70, 175),
        ]
        canvas.path(ribbon(tail, [10, 17, 22, 25, 21, 4]), _fill(canvas, look))
        for shift in (-12, -5, 3, 10):
            line = [(x + shift * (0.6 if i else 0), y) for i, (x, y) in enumerate(tail)]
            canvas.path(
                smooth(line),
                stroke=look.hair_glow if shift > 0 else look.hair_deep,
                width=1.5,
                opacity=0.45,
            )
        canvas.ellipse(
            back + side * 14, -84, 9, 12, mix(look.hair_deep, look.metal, 0.35), turn=side * 30
        )
        return
    if hairdo == "crop":
        return
    low = _LENGTHS[hairdo]
    wide = 64 if look.pattern == "straight" else 72
    swing, beat = _wave(look, hairdo)
    half: list[Point] = [
        (0, -88),
        (34, -82),
        (56, -52),
        (wide - 2, -8),
        (wide + 1, 40),
        (wide + 3, low * 0.7),
        (wide * 0.9, low),
    ]
    right = [(x + back, y) for x, y in half]
    left = [(-x + back, y) for x, y in reversed(half)]
    if swing:
        right = waved(_refined(right), swing, beat, 1.0)
        left = waved(_refined(left), -swing, beat, 1.0)
    body = [*right, (back + 20, low + 6), (back - 20, low + 6), *left]
    deep = mix(look.hair, look.hair_deep, 0.55)
    canvas.path(
        smooth(body, closed=True),
        canvas.linear([(0, look.hair, 1), (0.5, deep, 1), (1, look.hair_deep, 1)]),
    )
    strands = [
        smooth(
            waved(
                _refined([(back + s * 0.4, -40), (back + s, 30), (back + s * 1.04, low)]),
                swing,
                beat,
                1.0,
            )
        )
        for s in np.linspace(-wide * 0.85, wide * 0.85, 9).tolist()
    ]
    canvas.path(
        joined(strands), stroke=mix(look.hair, look.hair_glow, 0.4), width=1.5, opacity=0.35
    )


def draw_front(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the hair that frames the face."""
    lean = turn.lean * 13
    if hairdo == "ponytail":
        _draw_sleek(canvas, look, lean, rng)
        return
    if hairdo == "crop":
        _draw_crop(canvas, look, lean, rng)
        return
    part = float(rng.choice([-18.0, 0.0, 16.0])) + lean
    if hairdo in ("fringe", "bob"):
        part = lean
    if hairdo == "side waves":
        part = 26.0 + lean
    low = _LENGTHS[hairdo]
    for side in (-1, 1):
        length = low - float(rng.uniform(5, 25))
        tuck = 4 if side * turn.lean > 0 else 0
        inner: list[Point] = [
            (part, -63),
            (lean + side * 26, -50),
            (lean * 0.6 + side * (40 - tuck), -24),
            (side * 45.5, 4),
            (side * 47, 34),
            (side * 45, min(70.0, low * 0.8)),
            (side * 41, length),
        ]
        outer: list[Point] = [
            (part, -86),
            (side * 36 + lean * 0.3, -80),
            (side * 57, -46),
            (side * 63, -2),
            (side * 66, 40),
            (side * 68, min(84.0, low * 0.85)),
            (side * 64, length + 8),
        ]
        if hairdo == "bob":
            inner[-1], outer[-1] = (side * 36, 82), (side * 62, 88)
        if hairdo == "wavy lob":
            outer = [(x * 1.06, y) for x, y in outer]
        draw_sheet(canvas, look, inner, outer, 11, rng, _wave(look, hairdo))
    if hairdo in ("fringe", "bob"):
        _draw_fringe(canvas, look, lean, rng)


def _draw_fringe(canvas: Canvas, look: Look, lean: float, rng: np.random.Generator) -> None:
    """Paint a full fringe down to the brows."""
    top: list[Point] = [
        (-46 + lean * 0.5, -58),
        (-20 + lean, -80),
        (20 + lean, -80),
        (46 + lean * 0.5, -58),
    ]
    low: list[Point] = [
        (-46 + lean * 0.4, -17),
        (-18 + lean, -23),
        (18 + lean, -23),
        (46 + lean * 0.4, -17),
    ]
    canvas.path(smooth([*top, *reversed(low)], closed=True), _fill(canvas, look))
    lines = NOTHING
    for share in np.linspace(0.04, 0.96, 15).tolist():
        x = -46 + 92 * share
        lines += smooth(
            [
                (x * 0.55 + lean, -78),
                (x * 0.95 + lean * 0.7, -48),
                (x + lean * 0.5, -19 - float(rng.uniform(0, 5))),
            ]
        )
    canvas.path(lines, stroke=look.hair_deep, width=1.3, opacity=0.5)
    canvas.path(
        smooth([(-38 + lean, -56), (lean, -64), (38 + lean, -56)]),
        stroke=look.hair_glow,
        width=6,
        opacity=0.28,
    )


def _draw_sleek(canvas: Canvas, look: Look, lean: float, rng: np.random.Generator) -> None:
    """Paint hair combed back to a ponytail."""
    cap: list[Point] = [
        (-50, 2),
        (-54, -30),
        (-44, -66),
        (lean * 0.3, -83),
        (44, -66),
        (54, -30),
        (50, 2),
        (46, -14),
        (40 + lean * 0.4, -34),
        (22 + lean, -52),
        (lean, -56),
        (-22 + lean, -52),
        (-40 + lean * 0.4, -34),
        (-46, -14),
    ]
    shape = smooth(cap, closed=True)
    canvas.path(shape, _fill(canvas, look))
    lines = joined(
        smooth(
            [
                (x * 0.98 + lean, -59 + abs(x) * 0.62),
                (x * 0.9 + lean * 0.6, -68 + abs(x) * 0.2),
                (x * 0.35, -81),
            ]
        )
        for x in range(-42, 43, 7)
    )
    with canvas.clipped(shape):
        canvas.path(lines, stroke=look.hair_deep, width=1.3, opacity=0.5)
    canvas.path(
        smooth([(-34 + lean, -58), (lean, -72), (30 + lean, -60)]),
        stroke=look.hair_glow,
        width=5,
        opacity=0.3,
    )


def _draw_crop(canvas: Canvas, look: Look, lean: float, rng: np.random.Generator) -> None:
    """Paint a short crop swept to one side."""
    sides: list[Point] = [
        (-49, 4),
        (-55, -24),
        (-50, -62),
        (-18, -88),
        (22, -89),
        (50, -66),
        (55, -24),
        (49, 4),
        (45, -20),
        (40 + lean * 0.4, -40),
        (0 + lean, -50),
        (-40 + lean * 0.4, -40),
        (-45, -20),
    ]
    canvas.path(smooth(sides, closed=True), _fill(canvas, look))
    lock: list[Point] = [
        (-44 + lean, -46),
        (-30 + lean, -80),
        (10, -92),
        (44, -78),
        (50 + lean * 0.4, -46),
        (30 + lean, -54),
        (2 + lean, -46),
    ]
    canvas.path(smooth(lock, closed=True), _fill(canvas, look))
    lines = joined(
        smooth(
            [
                (-38 + k * 8 + lean, -50 + k),
                (-18 + k * 7.5, -74 + k * 0.6),
                (20 + k * 4, -84 + k * 3),
            ]
        )
        for k in range(9)
    )
    canvas.path(lines, stroke=look.hair_deep, width=1.5, opacity=0.5)
    canvas.path(
        smooth([(-26 + lean, -62), (2, -78), (34, -74)]),
        stroke=look.hair_glow,
        width=3.5,
        opacity=0.4,
    )
