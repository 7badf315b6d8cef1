"""Curly and coily hair: ringlets, and clouds of small coils."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Outline, Point, Points, joined, rings, smooth


def cloud(
    canvas: Canvas,
    look: Look,
    centre: Point,
    radii: Point,
    rng: np.random.Generator,
    *,
    bump: float,
) -> None:
    """Paint a round mass of coils with a soft uneven edge, lit from above left."""
    (cx, cy), (rx, ry) = centre, radii
    count = int(2 * math.pi * max(rx, ry) / (bump * 0.8))
    around = np.linspace(0, 2 * math.pi, count, endpoint=False)
    reach = 1 + rng.uniform(-0.035, 0.03, count)
    rim = rings(
        cx + np.cos(around) * (rx - bump * 0.5) * reach,
        cy + np.sin(around) * (ry - bump * 0.5) * reach,
        bump * rng.uniform(0.6, 1.1, count),
    )
    canvas.path(rim, mix(look.hair, look.hair_deep, 0.3))
    body = canvas.radial(
        [
            (0, mix(look.hair, look.hair_glow, 0.5), 1),
            (0.45, look.hair, 1),
            (1, mix(look.hair, look.hair_deep, 0.45), 1),
        ],
        (0.38, 0.24),
        0.78,
    )
    canvas.ellipse(cx, cy, rx - bump * 0.2, ry - bump * 0.2, body)
    many = int(rx * ry / (bump * 2.1))
    angle, away = rng.uniform(0, 2 * math.pi, many), np.sqrt(rng.uniform(0, 1.04, many))
    x, y = cx + np.cos(angle) * rx * away, cy + np.sin(angle) * ry * away
    shade = (x - cx) / rx * 0.5 + (y - cy) / ry * 0.7
    paint_coils(canvas, look, x, y, shade, bump * 0.42, rng)


def paint_coils(
    canvas: Canvas,
    look: Look,
    x: Points,
    y: Points,
    shade: Points,
    size: float,
    rng: np.random.Generator,
) -> None:
    """Paint small open rings: light ones where `shade` is low, dark ones where it is high."""
    radius, start = size * rng.uniform(0.6, 1.25, len(x)), rng.uniform(0, 2 * math.pi, len(x))
    bright = rng.uniform(-1.0, 1.0, len(x)) > shade
    for chosen, tone, width, opacity in (
        (~bright, look.hair_deep, 1.5, 0.55),
        (bright, look.hair_glow, 1.25, 0.5),
    ):
        if chosen.any():
            arcs = rings(x[chosen], y[chosen], radius[chosen], start[chosen], 4.4)
            canvas.path(arcs, stroke=tone, width=width, opacity=opacity)


def ringlet(
    canvas: Canvas, look: Look, spine: list[Point], radius: float, *, deep: bool = False
) -> None:
    """Paint one corkscrew along a spine: a chain of tilted turns, each with its own light."""
    middle = _walk(spine, radius * 0.6)
    step = np.arange(len(middle))
    phase = spine[0][0] * 0.7 + step * (np.pi / 5.2)
    r = radius * (0.58 + 0.42 * np.abs(np.cos(phase))) * (1 - 0.45 * (step / len(middle)) ** 3)
    x, y = middle[:, 0] + radius * 0.5 * np.sin(2 * phase + 0.6), middle[:, 1]
    band = _arcs(x - r, y + r * 0.15, x + r * 0.1, y + r * 0.95, x + r, y - r * 0.55)
    full = r > radius * 0.72
    lx, ly, lr = x[full], y[full], r[full]
    light = _arcs(lx - lr * 0.8, ly + lr * 0.1, lx - lr * 0.1, ly + lr * 0.66, lx + lr * 0.5, ly)
    colour = mix(look.hair, look.hair_deep, 0.5) if deep else look.hair
    canvas.path(band, stroke=mix(colour, look.hair_deep, 0.55), width=radius * 0.98)
    canvas.path(band, stroke=colour, width=radius * 0.74)
    glow = mix(colour, look.hair_glow, 0.35 if deep else 0.85)
    canvas.path(light, stroke=glow, width=radius * 0.2, opacity=0.7)


def _arcs(ax: Points, ay: Points, bx: Points, by: Points, cx: Points, cy: Points) -> Outline:
    """Quadratic curves from a past b to c, one for each entry."""
    t = np.linspace(0, 1, 6)
    first, second, third = (1 - t) ** 2, 2 * t * (1 - t), t**2
    px = ax[:, None] * first + bx[:, None] * second + cx[:, None] * third
    py = ay[:, None] * first + by[:, None] * second + cy[:, None] * third
    return Outline(tuple((line, False) for line in np.stack([px, py], axis=-1)))


def _walk(spine: list[Point], step: float) -> Points:
    """Points every `step` along a smooth spine."""
    curve = smooth(spine).lines[0][0]
    places = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    marks = np.arange(0, places[-1], step)
    return np.stack([np.interp(marks, places, curve[:, k]) for k in (0, 1)], axis=1)


def _fall(
    x: float, low: float, rng: np.random.Generator, wide: float, top: float = -50
) -> list[Point]:
    """Return the spine of a ringlet that falls from the crown past the temple at `x`."""
    side = 1 if x > 0 else -1
    drift = float(rng.uniform(-5, 5))
    return [
        (x * 0.55, top),
        (x * 0.95, top + 28),
        (x * 1.05 + drift, 0),
        (x + side * wide * 0.10 - drift, low * 0.5),
        (x + side * wide * 0.06 + drift * 1.5, low + float(rng.uniform(-18, 14))),
    ]


def draw_behind(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the mass behind the head."""
    back = -turn.lean * 16
    if hairdo == "afro":
        size = float(rng.uniform(0.92, 1.1))
        cloud(canvas, look, (back, -30), (94 * size, 88 * size), rng, bump=8)
    elif hairdo == "puffs":
        for side in (-1, 1):
            cloud(canvas, look, (side * 60 + back * 0.5, -74), (40, 38), rng, bump=6.5)
    elif hairdo == "high puff":
        cloud(canvas, look, (back, -106), (56, 46), rng, bump=7)
    elif hairdo == "short coils":
        cloud(canvas, look, (back * 0.4, -34), (59, 60), rng, bump=6)
    else:
        _draw_curls_behind(canvas, look, hairdo, back, rng)


def _draw_curls_behind(
    canvas: Canvas, look: Look, hairdo: str, back: float, rng: np.random.Generator
) -> None:
    low = {"ringlets": 165.0, "curly bob": 72.0}.get(hairdo, 30.0)
    wide = 78 if hairdo != "curly pile" else 56
    mass: list[Point] = [
        (back, -90),
        (back + 48, -76),
        (back + wide, -24),
        (back + wide + 2, low * 0.5),
        (back + wide * 0.8, low),
        (back, low + 8),
        (back - wide * 0.8, low),
        (back - wide - 2, low * 0.5),
        (back - wide, -24),
        (back - 48, -76),
    ]
    canvas.path(smooth(mass, closed=True), look.hair_deep)
    if hairdo == "curly pile":
        _pile(canvas, look, back, rng)
        return
    for x in np.linspace(-wide, wide, 10).tolist():
        ringlet(canvas, look, _fall(x + back, low, rng, wide), 10, deep=True)


def _pile(canvas: Canvas, look: Look, back: float, rng: np.random.Generator) -> None:
    """Paint curls piled up on the crown."""
    for k in range(26):
        angle, away = math.pi * (1 + (k * 0.618) % 1), 0.35 + 0.65 * ((k * 0.37) % 1)
        x, y = back + math.cos(angle) * 60 * away, -78 + math.sin(angle) * 46 * away
        tilt = float(rng.uniform(-10, 10))
        ringlet(canvas, look, [(x, y), (x + tilt, y + 24)], 8.8, deep=k % 3 == 0)


def draw_front(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the hair above and beside the face."""
    lean = turn.lean * 13
    if look.pattern == "coily":
        _draw_coily_front(canvas, look, hairdo, lean, rng)
        return
    low = {"ringlets": 150.0, "curly bob": 62.0}.get(hairdo, 22.0)
    cap: list[Point] = [
        (-54, 6),
        (-63, -30),
        (-48, -74),
        (0, -92),
        (48, -74),
        (63, -30),
        (54, 6),
        (47, -16),
        (38 + lean * 0.5, -40),
        (lean, -52),
        (-38 + lean * 0.5, -40),
        (-47, -16),
    ]
    canvas.path(smooth(cap, closed=True), mix(look.hair, look.hair_deep, 0.3))
    if hairdo != "curly pile":
        for x in (-60.0, 60.0, -50.0, 50.0):
            if abs(x) < 55 and x * turn.lean > 0.05:
                continue
            ringlet(canvas, look, _fall(x, low, rng, 70, -40), 9.5)
    for ring in (1, 0):
        for a in np.linspace(math.pi * 1.02, math.pi * 1.98, 12 if ring else 10).tolist():
            rx, ry = (58, 52) if ring else (44, 36)
            x, y = lean * (0.3 + 0.5 * (1 - ring)) + math.cos(a) * rx, -34 + math.sin(a) * ry
            out = math.cos(a) * 13 + float(rng.uniform(-5, 5))
            ringlet(
                canvas,
                look,
                [(x - out * 0.4, y - 10), (x + out * 0.1, y), (x + out * 0.5, y + 11)],
                8.5,
            )


def _draw_coily_front(
    canvas: Canvas, look: Look, hairdo: str, lean: float, rng: np.random.Generator
) -> None:
    """Paint the hairline of coily hair, as an uneven soft edge of small coils."""
    gathered = hairdo in ("puffs", "high puff")
    cap: list[Point] = [
        (-49, 0),
        (-55, -28),
        (-44, -68),
        (0, -82 if gathered else -88),
        (44, -68),
        (55, -28),
        (49, 0),
        (45, -20),
        (37 + lean * 0.5, -42),
        (lean + 12, -54),
        (lean - 12, -54),
        (-37 + lean * 0.5, -42),
        (-45, -20),
    ]
    fill = canvas.radial(
        [
            (0, mix(look.hair, look.hair_glow, 0.4), 1),
            (0.6, look.hair, 1),
            (1, mix(look.hair, look.hair_deep, 0.3), 1),
        ],
        (0.4, 0.25),
        0.7,
    )
    shape = smooth(cap, closed=True)
    canvas.path(shape, fill)
    share = np.pi * (1.06 + 0.88 * np.linspace(0, 1, 34))
    edge_x, edge_y = lean * 0.8 + np.cos(share) * 46, -18 + np.sin(share) * 36
    canvas.path(rings(edge_x, edge_y, rng.uniform(1.6, 3.2, 34)), look.hair)
    if gathered:
        lines = joined(
            smooth(
                [
                    (x * 0.98 + lean, -58 + abs(x) * 0.62),
                    (x * 0.92 + lean * 0.5, -68 + abs(x) * 0.3),
                    (x * 0.45, -81),
                ]
            )
            for x in range(-44, 45, 6)
        )
        with canvas.clipped(shape):
            canvas.path(lines, stroke=look.hair_deep, width=1.3, opacity=0.45)
        glow = [(-34 + lean, -58), (-10 + lean * 0.8, -71), (20 + lean * 0.8, -70)]
        canvas.path(smooth(glow), stroke=look.hair_glow, width=4, opacity=0.25)
        return
    angle, reach = rng.uniform(np.pi * 1.0, np.pi * 2.0, 210), rng.uniform(0.97, 1.45, 210)
    x, y = lean * 0.6 + np.cos(angle) * 44 * reach, -22 + np.sin(angle) * 40 * reach
    paint_coils(canvas, look, x, y, x / 70 * 0.5 + (y + 60) / 60, 2.7, rng)
