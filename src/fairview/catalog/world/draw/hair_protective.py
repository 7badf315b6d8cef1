"""Protective styles: braids, twists, locs, knots and cornrows."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas, Dash
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Outline, Point, Points, joined, smooth


def plait(
    canvas: Canvas, look: Look, spine: list[Point], half: float, kind: str, *, deep: bool = False
) -> None:
    """Paint one braid, twist or loc along a spine."""
    colour = mix(look.hair, look.hair_deep, 0.45) if deep else look.hair
    light = mix(colour, look.hair_glow, 0.3 if deep else 0.62)
    curve = smooth(spine)
    canvas.path(curve, stroke=look.hair_deep, width=half * 2 + 2)
    canvas.path(curve, stroke=colour, width=half * 2)
    left, right, bars = _strands(curve.lines[0][0], half)
    if kind == "box braids":
        canvas.path(left + right, stroke=look.hair_deep, width=1.3, opacity=0.85)
        canvas.path(left, stroke=light, width=1.1, opacity=0.7)
        return
    if kind == "twists":
        canvas.path(bars, stroke=look.hair_deep, width=1.7, opacity=0.9)
    else:
        canvas.path(Outline(bars.lines[::2]), stroke=look.hair_deep, width=1.2, opacity=0.5)
    gloss = Dash(half * 1.1, half * 1.6)
    canvas.path(curve, stroke=light, width=half * 0.45, opacity=0.5, dash=gloss)


def _strands(curve: Points, half: float) -> tuple[Outline, Outline, Outline]:
    """Return the leaves of a braid on its left and right, and slanting bars across it."""
    places = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    step = half * 1.45
    marks = np.arange(0, max(places[-1] - step * 0.5, step), step)
    at = np.stack([np.interp(marks, places, curve[:, k]) for k in (0, 1)], axis=1)
    on = np.stack([np.interp(marks + step, places, curve[:, k]) for k in (0, 1)], axis=1) - at
    on = on / np.maximum(np.hypot(on[:, 0], on[:, 1]), 1e-6)[:, None]
    side = np.stack([-on[:, 1], on[:, 0]], axis=1) * half
    ahead = on * step
    leaves = []
    for sign in (1, -1):
        leaf = np.stack(
            [at + sign * side, at + sign * side * 0.82 + ahead * 0.42, at + ahead * 0.92], axis=1
        )
        leaves.append(Outline(tuple((line, False) for line in leaf)))
    bars = np.stack([at + side, at - side + ahead * 0.8], axis=1)
    return leaves[0], leaves[1], Outline(tuple((line, False) for line in bars))


def _fall(x: float, low: float, top: float, sway: float) -> list[Point]:
    """Return the spine of a plait that hangs beside the face."""
    side = 1 if x > 0 else -1
    return [
        (x * 0.5, top),
        (x * 0.86, top + 24),
        (x, -12),
        (x + side * 4, 38),
        (x + side * 2 + sway, low * 0.6),
        (x + sway * 1.6, low),
    ]


_HALF = {"box braids": 4.6, "twists": 5.4, "locs": 5.6}


def draw_behind(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint what hangs behind the shoulders or is gathered on the crown."""
    back = -turn.lean * 14
    if hairdo in _HALF:
        low = float(rng.uniform(150, 215))
        mass: list[Point] = [
            (back, -84),
            (back + 50, -60),
            (back + 62, 0),
            (back + 60, low * 0.7),
            (back + 40, low - 14),
            (back, low - 20),
            (back - 40, low - 14),
            (back - 60, low * 0.7),
            (back - 62, 0),
            (back - 50, -60),
        ]
        canvas.path(smooth(mass, closed=True), look.hair_deep)
        for x in np.linspace(-62, 62, 13).tolist():
            plait(
                canvas,
                look,
                _fall(x + back, low + float(rng.uniform(-16, 10)), -50, float(rng.uniform(-4, 4))),
                _HALF[hairdo] + 0.4,
                hairdo,
                deep=True,
            )
    elif hairdo == "braided updo":
        _draw_crown(canvas, look, back, rng)
    elif hairdo == "cornrows":
        for x in (-46, -38, 38, 46):
            plait(
                canvas,
                look,
                [(x * 0.9, 10), (x, 50), (x * 1.1, 110), (x * 1.15, 150)],
                4.6,
                "box braids",
            )


def _draw_crown(canvas: Canvas, look: Look, back: float, rng: np.random.Generator) -> None:
    """Paint a bun of coiled braids on the crown."""
    cx, cy = back, -98
    canvas.ellipse(cx, cy, 38, 31, look.hair_deep)
    for turn_no, (rx, ry) in enumerate(((32, 25), (20, 15), (8, 6))):
        ring = [
            (cx + math.cos(a) * rx, cy + math.sin(a) * ry + turn_no * 1.5)
            for a in np.linspace(0.4, 0.4 + 2 * math.pi, 17).tolist()
        ]
        plait(canvas, look, ring, 6.2, "box braids")


def draw_front(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the scalp with its parts and what hangs in front."""
    lean = turn.lean * 13
    if hairdo == "bantu knots":
        _draw_cap(canvas, look, lean, rows=False)
        _draw_knots(canvas, look, lean)
        return
    _draw_cap(canvas, look, lean, rows=hairdo in ("braided updo", "cornrows"))
    if hairdo not in _HALF:
        return
    half = _HALF[hairdo]
    low = float(rng.uniform(130, 190))
    _draw_roots(canvas, look, lean, half, hairdo)
    for x in (-58.0, 58.0, -50.0, 50.0):
        if abs(x) < 55 and x * turn.lean > 0.06:
            continue
        plait(
            canvas,
            look,
            _fall(x, low + float(rng.uniform(-14, 14)), -58, float(rng.uniform(-3, 3))),
            half,
            hairdo,
        )
    if rng.random() < 0.5:
        for x in (-57.0, 57.0):
            canvas.rect(x - half, 52, half * 2 + 2, 7, look.metal, corner=2.5)
            canvas.rect(x - half, 90, half * 2 + 2, 6, look.metal, corner=2.5)


def _draw_cap(canvas: Canvas, look: Look, lean: float, *, rows: bool) -> None:
    """Paint hair drawn tight over the skull; `rows` parts it into cornrows."""
    cap: list[Point] = [
        (-48, 2),
        (-54, -26),
        (-44, -66),
        (0, -82),
        (44, -66),
        (54, -26),
        (48, 2),
        (44, -18),
        (37 + lean * 0.5, -40),
        (lean + 12, -53),
        (lean - 12, -53),
        (-37 + lean * 0.5, -40),
        (-44, -18),
    ]
    shape = smooth(cap, closed=True)
    fill = canvas.linear(
        [(0, mix(look.hair, look.hair_glow, 0.3), 1), (0.5, look.hair, 1), (1, look.hair_deep, 1)]
    )
    canvas.path(shape, fill)
    if not rows:
        return
    with canvas.clipped(shape):
        for x in np.linspace(-52, 52, 9).tolist():
            root = (x * 0.94 + lean * 0.8, -50 + abs(x) ** 2 * 0.017)
            spine = [root, (x * 0.86 + lean * 0.4, -64 + abs(x) * 0.3), (x * 0.45, -82)]
            plait(canvas, look, spine, 4.8, "box braids")
        gaps = joined(
            smooth(
                [
                    (x * 0.94 + lean * 0.8, -44 + abs(x) ** 2 * 0.017),
                    (x * 0.86 + lean * 0.4, -64 + abs(x) * 0.3),
                    (x * 0.45, -84),
                ]
            )
            for x in (np.linspace(-52, 52, 9) + 6.5).tolist()
        )
        canvas.path(gaps, stroke=look.skin.shade, width=1.7, opacity=0.8)


def _draw_roots(canvas: Canvas, look: Look, lean: float, half: float, kind: str) -> None:
    """Paint plaits that leave the middle part and run back over the crown."""
    for ring, y0 in enumerate((-58, -66, -74)):
        for side in (-1, 1):
            start = (lean + side * (2 + ring), y0)
            end_x = side * (55 - ring * 3)
            spine: list[Point] = [
                start,
                (lean * 0.5 + side * 24, y0 - 4 + ring),
                (side * 43, -48 - ring * 6),
                (end_x, -14 - ring * 10),
            ]
            plait(canvas, look, spine, half * 0.95, kind)
    canvas.path(
        smooth([(lean, -54), (lean * 0.6, -82)]), stroke=look.skin.shade, width=1.8, opacity=0.85
    )


def _draw_knots(canvas: Canvas, look: Look, lean: float) -> None:
    """Paint bantu knots in two rows, with the parts between them."""
    parts = joined(
        smooth([(x + lean, -50 + abs(x) * 0.35), (x * 0.7, -82)]) for x in (-30, -10, 10, 30)
    )
    canvas.path(parts, stroke=look.skin.shade, width=1.7, opacity=0.85)
    places: list[tuple[float, float, float]] = [
        (-24, -92, 12.5),
        (0, -97, 13.5),
        (24, -92, 12.5),
        (-46, -70, 13),
        (46, -70, 13),
        (-19, -70, 13.5),
        (19, -70, 13.5),
    ]
    for x, y, r in places:
        x += lean * 0.4
        ball = canvas.radial(
            [
                (0, mix(look.hair, look.hair_glow, 0.55), 1),
                (0.55, look.hair, 1),
                (1, look.hair_deep, 1),
            ],
            (0.38, 0.3),
            0.75,
        )
        canvas.ellipse(x, y + 6, r * 1.15, r * 0.7, look.hair_deep)
        canvas.circle(x, y, r, ball)
        swirl = smooth(
            [
                (x + math.cos(t) * r * (1 - t / 16), y + math.sin(t) * r * 0.9 * (1 - t / 16))
                for t in np.linspace(0, 13, 22).tolist()
            ]
        )
        canvas.path(swirl, stroke=look.hair_deep, width=1.5, opacity=0.75)
