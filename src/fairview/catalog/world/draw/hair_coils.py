"""Curly and coily hair: ringlets, and clouds of small coils."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas, Point, smooth
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look


def cloud(
    canvas: Canvas, look: Look, centre: Point, radii: Point, rng: np.random.Generator, *,
    bump: float, density: float = 1.0,
) -> None:  # fmt: skip
    """Paint a round mass of coils with a soft uneven edge, lit from above left."""
    (cx, cy), (rx, ry) = centre, radii
    count = int(2 * math.pi * max(rx, ry) / (bump * 1.15))
    rim = "".join(
        _dot(
            cx + math.cos(a) * (rx - bump * 0.4), cy + math.sin(a) * (ry - bump * 0.4),
            bump * float(rng.uniform(0.75, 1.2)),
        )
        for a in np.linspace(0, 2 * math.pi, count, endpoint=False).tolist()
    )  # fmt: skip
    canvas.path(rim, mix(look.hair, look.hair_deep, 0.25))
    body = canvas.radial(
        [(0, mix(look.hair, look.hair_glow, 0.42), 1), (0.5, look.hair, 1), (1, mix(look.hair, look.hair_deep, 0.4), 1)],
        (0.38, 0.26), 0.75,
    )  # fmt: skip
    canvas.ellipse(cx, cy, rx, ry, body)
    coils: dict[bool, list[str]] = {True: [], False: []}
    for _ in range(int(rx * ry / 38 * density)):
        angle, away = float(rng.uniform(0, 2 * math.pi)), math.sqrt(float(rng.uniform(0, 1)))
        x, y = cx + math.cos(angle) * rx * away, cy + math.sin(angle) * ry * away
        bright = float(rng.uniform(-0.9, 0.9)) > (x - cx) / rx * 0.5 + (y - cy) / ry * 0.7
        coils[bright].append(
            _coil(x, y, bump * float(rng.uniform(0.28, 0.5)), float(rng.uniform(0, 6)))
        )
    canvas.path("".join(coils[False]), stroke=look.hair_deep, width=1.5, opacity=0.6)
    canvas.path("".join(coils[True]), stroke=look.hair_glow, width=1.3, opacity=0.55)


def _dot(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0"


def _coil(x: float, y: float, r: float, angle: float) -> str:
    """Three quarters of a small ring."""
    ax, ay = x + r * math.cos(angle), y + r * math.sin(angle)
    bx, by = x + r * math.cos(angle + 4.2), y + r * math.sin(angle + 4.2)
    return f"M{ax:.1f} {ay:.1f}A{r:.1f} {r:.1f} 0 1 1 {bx:.1f} {by:.1f}"


def ringlet(
    canvas: Canvas, look: Look, spine: list[Point], radius: float, *, deep: bool = False
) -> None:
    """Paint one corkscrew along a spine: a chain of tilted turns, each with its own light."""
    dense = _walk(spine, radius * 0.95)
    colour = mix(look.hair, look.hair_deep, 0.5) if deep else look.hair
    band, light = "", ""
    for i, (x, y) in enumerate(dense):
        r = (
            radius
            * (0.72 + 0.28 * math.sin(i * 0.9 + spine[0][0]) ** 2)
            * (1 - 0.45 * (i / len(dense)) ** 4)
        )
        band += f"M{x - r:.1f} {y - r * 0.25:.1f}Q{x:.1f} {y + r * 0.9:.1f} {x + r:.1f} {y - r * 0.35:.1f}"
        light += f"M{x - r * 0.75:.1f} {y - r * 0.05:.1f}Q{x - r * 0.1:.1f} {y + r * 0.62:.1f} {x + r * 0.45:.1f} {y + r * 0.1:.1f}"
    canvas.path(band, stroke=look.hair_deep, width=radius * 1.25)
    canvas.path(band, stroke=colour, width=radius * 0.95)
    glow = mix(colour, look.hair_glow, 0.35 if deep else 0.8)
    canvas.path(light, stroke=glow, width=radius * 0.22, opacity=0.75)


def _walk(spine: list[Point], step: float) -> list[Point]:
    """Points every `step` along straight pieces."""
    out: list[Point] = []
    for (ax, ay), (bx, by) in zip(spine, spine[1:], strict=False):
        count = max(1, round(math.dist((ax, ay), (bx, by)) / step))
        out += [(ax + (bx - ax) * k / count, ay + (by - ay) * k / count) for k in range(count)]
    return [*out, spine[-1]]


def _fall(
    x: float, low: float, rng: np.random.Generator, wide: float, top: float = -50
) -> list[Point]:
    """The spine of a ringlet that falls from the crown past the temple at `x`."""
    side = 1 if x > 0 else -1
    jitter = float(rng.uniform(-4, 4))
    return [
        (x * 0.55, top), (x * 0.95, top + 28), (x * 1.05 + jitter, 0),
        (x + side * wide * 0.10 - jitter, low * 0.5), (x + side * wide * 0.08 + jitter, low + float(rng.uniform(-16, 12))),
    ]  # fmt: skip


def draw_behind(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the mass behind the head."""
    back = -turn.lean * 16
    if hairdo == "afro":
        size = float(rng.uniform(0.92, 1.1))
        cloud(canvas, look, (back, -30), (94 * size, 88 * size), rng, bump=9)
    elif hairdo == "puffs":
        for side in (-1, 1):
            cloud(canvas, look, (side * 58 + back * 0.5, -74), (38, 36), rng, bump=7)
    elif hairdo == "high puff":
        cloud(canvas, look, (back, -106), (54, 44), rng, bump=8)
    elif hairdo == "short coils":
        cloud(canvas, look, (back * 0.4, -34), (57, 58), rng, bump=6, density=0.3)
    else:
        _draw_curls_behind(canvas, look, hairdo, back, rng)


def _draw_curls_behind(
    canvas: Canvas, look: Look, hairdo: str, back: float, rng: np.random.Generator
) -> None:
    low = {"ringlets": 165.0, "curly bob": 72.0}.get(hairdo, 30.0)
    wide = 78 if hairdo != "curly pile" else 56
    mass: list[Point] = [
        (back, -90), (back + 48, -76), (back + wide, -24), (back + wide + 2, low * 0.5), (back + wide * 0.8, low),
        (back, low + 8), (back - wide * 0.8, low), (back - wide - 2, low * 0.5), (back - wide, -24), (back - 48, -76),
    ]  # fmt: skip
    canvas.path(smooth(mass, closed=True), look.hair_deep)
    if hairdo == "curly pile":
        _pile(canvas, look, back, rng)
        return
    for x in np.linspace(-wide, wide, 10).tolist():
        ringlet(canvas, look, _fall(x + back, low, rng, wide), 10, deep=True)


def _pile(canvas: Canvas, look: Look, back: float, rng: np.random.Generator) -> None:
    """Paint curls piled up on the crown."""
    for _ in range(30):
        angle, away = float(rng.uniform(math.pi, 2 * math.pi)), float(rng.uniform(0.3, 1))
        x, y = back + math.cos(angle) * 58 * away, -76 + math.sin(angle) * 44 * away
        tilt = float(rng.uniform(-10, 10))
        ringlet(canvas, look, [(x, y), (x + tilt, y + 22)], 8.5, deep=bool(rng.random() < 0.4))


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
        (-54, 6), (-63, -30), (-48, -74), (0, -92), (48, -74), (63, -30), (54, 6), (47, -16),
        (38 + lean * 0.5, -40), (lean, -52), (-38 + lean * 0.5, -40), (-47, -16),
    ]  # fmt: skip
    canvas.path(smooth(cap, closed=True), look.hair)
    if hairdo != "curly pile":
        for x in (-60.0, 60.0, -50.0, 50.0):
            if abs(x) < 55 and x * turn.lean > 0.05:
                continue
            ringlet(canvas, look, _fall(x, low, rng, 70, -40), 9.5)
    for ring in (1, 0):
        for a in np.linspace(math.pi * 1.02, math.pi * 1.98, 12 if ring else 10).tolist():
            rx, ry = (58, 52) if ring else (44, 36)
            x, y = lean * (0.3 + 0.5 * (1 - ring)) + math.cos(a) * rx, -34 + math.sin(a) * ry
            lean_out = math.cos(a) * 13
            ringlet(canvas, look, [(x - lean_out * 0.4, y - 9), (x + lean_out * 0.5, y + 10)], 8.5)


def _draw_coily_front(
    canvas: Canvas, look: Look, hairdo: str, lean: float, rng: np.random.Generator
) -> None:
    """Paint the hairline of coily hair, as an uneven soft edge of small coils."""
    high = -82 if hairdo in ("puffs", "high puff") else -88
    cap: list[Point] = [
        (-49, 0), (-55, -28), (-44, -68), (0, high), (44, -68), (55, -28), (49, 0), (45, -20),
        (37 + lean * 0.5, -42), (lean + 12, -54), (lean - 12, -54), (-37 + lean * 0.5, -42), (-45, -20),
    ]  # fmt: skip
    fill = canvas.radial(
        [(0, mix(look.hair, look.hair_glow, 0.4), 1), (0.6, look.hair, 1), (1, mix(look.hair, look.hair_deep, 0.3), 1)],
        (0.4, 0.25), 0.7,
    )  # fmt: skip
    shape = smooth(cap, closed=True)
    canvas.path(shape, fill)
    if hairdo in ("puffs", "high puff"):
        lines = "".join(
            smooth(
                [
                    (x + lean, -52 + abs(x) * 0.5),
                    (x * 0.95 + lean * 0.5, -68 + abs(x) * 0.25),
                    (x * 0.5, -80),
                ]
            )
            for x in range(-42, 43, 6)
        )
        canvas.path(lines, stroke=look.hair_deep, width=1.4, opacity=0.5)
    edge = ""
    for share in np.linspace(0, 1, 30).tolist():
        a = math.pi * (1.06 + 0.88 * share)
        edge += _dot(
            lean * 0.8 + math.cos(a) * 46, -18 + math.sin(a) * 36, float(rng.uniform(2.2, 4.2))
        )
    canvas.path(edge, look.hair)
    coils: dict[bool, str] = {True: "", False: ""}
    for _ in range(150):
        a, r = float(rng.uniform(math.pi * 1.02, math.pi * 1.98)), float(rng.uniform(0.98, 1.32))
        x, y = lean * 0.6 + math.cos(a) * 44 * r, -22 + math.sin(a) * 40 * r
        coils[bool(rng.random() < 0.5)] += _coil(
            x, y, float(rng.uniform(1.8, 3.4)), float(rng.uniform(0, 6))
        )
    canvas.path(coils[False], stroke=look.hair_deep, width=1.4, opacity=0.6)
    canvas.path(coils[True], stroke=look.hair_glow, width=1.2, opacity=0.5)
