"""Grounds that people are set before: plain light, arches, suns, leaves, windows, streets."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.outline import Point, chained, polygon, smooth
from fairview.catalog.world.draw.palette import Story, pick

Ground = Callable[[Canvas, Story, np.random.Generator], None]


def _wash(canvas: Canvas, top: str, low: str) -> None:
    canvas.wash(top, low, 0.35)


def draw_plain(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a studio wall with a soft pool of light."""
    _wash(canvas, story.haze, mix(story.wall, story.second, float(rng.uniform(0.1, 0.9))))


def draw_bold(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a saturated wall."""
    wall = pick(rng, (story.main, story.deep, story.pop))
    _wash(canvas, mix(wall, "#ffffff", 0.12), lit(wall, 0.75))


def draw_arch(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """One or two arches on a pale wall."""
    w, h = canvas.width, canvas.height
    _wash(canvas, story.haze, story.wall)
    for scale, colour in ((1.0, story.second), (0.78, story.main)):
        half = w * 0.40 * scale
        top = h * (0.10 + 0.10 * (1 - scale) * 4)
        canvas.path(
            f"M{w / 2 - half} {h}L{w / 2 - half} {top + half}"
            f"A{half} {half} 0 0 1 {w / 2 + half} {top + half}L{w / 2 + half} {h}Z",
            canvas.down(mix(colour, "#ffffff", 0.2), colour),
            opacity=0.85,
        )
        if rng.random() < 0.5:
            break


def draw_sun(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a sun disc over low hills."""
    w, h = canvas.width, canvas.height
    _wash(canvas, story.haze, story.wall)
    x, r = w * float(rng.uniform(0.3, 0.7)), w * float(rng.uniform(0.28, 0.38))
    canvas.circle(
        x,
        h * 0.36,
        r,
        canvas.down(mix(story.pop, "#fff3d8", 0.45), mix(story.pop, story.second, 0.4)),
    )
    for i, colour in enumerate(
        (mix(story.second, story.wall, 0.3), story.second, mix(story.main, story.second, 0.4))
    ):
        base = h * (0.62 + i * 0.1)
        sway = float(rng.uniform(-20, 20))
        hill: list[Point] = [
            (-20, base),
            (w * 0.25, base - 26 + sway),
            (w * 0.6, base + 14 - sway * 0.5),
            (w + 20, base - 18),
            (w + 20, h + 20),
            (-20, h + 20),
        ]
        canvas.path(chained(smooth(hill[:4]), hill[4:]), colour)


def leaf(canvas: Canvas, x: float, y: float, size: float, angle: float, colour: str) -> None:
    """One pointed leaf with a midrib."""
    with canvas.group(x, y, turn=angle, scale=size):
        canvas.path("M0 0C14 -14 20 -44 0 -78C-20 -44 -14 -14 0 0Z", lit(colour, 0.84))
        canvas.path("M0 0C-14 -14 -20 -44 0 -78Z", mix(colour, "#ffffff", 0.14))
        canvas.path("M0 0L0 -70", stroke=mix(colour, "#ffffff", 0.3), width=1.4)


def frond(canvas: Canvas, x: float, y: float, length: float, angle: float, colour: str) -> None:
    """Paint a stem with leaves on both sides."""
    with canvas.group(x, y, turn=angle):
        canvas.path(
            f"M0 0Q{length * 0.1} {-length * 0.5} 0 {-length}", stroke=lit(colour, 0.7), width=2
        )
        for i in range(6):
            up = -length * (0.15 + i * 0.15)
            for side in (-1, 1):
                leaf(
                    canvas,
                    length * 0.03,
                    up,
                    length / 240 * (1.1 - i * 0.08),
                    side * (58 - i * 5),
                    colour,
                )
        leaf(canvas, 0, -length * 0.95, length / 260, 0, colour)


def draw_leaves(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Large leaves that frame a pale wall."""
    w, h = canvas.width, canvas.height
    _wash(canvas, story.haze, story.wall)
    for x, y, angle in (
        (0, h * 0.55, 35),
        (w, h * 0.5, -35),
        (0, h * 0.95, 55),
        (w, h * 0.95, -50),
        (w * 0.05, 10, 140),
        (w * 0.95, 6, -140),
    ):
        if rng.random() < 0.8:
            colour = pick(
                rng,
                (
                    mix(story.second, story.main, 0.4),
                    story.main,
                    mix(story.second, story.wall, 0.3),
                ),
            )
            frond(
                canvas,
                x,
                y,
                w * float(rng.uniform(0.4, 0.55)),
                angle + float(rng.uniform(-14, 14)),
                colour,
            )


def draw_window(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a wall on which a window throws its light."""
    w, h = canvas.width, canvas.height
    wall = pick(rng, (story.wall, story.second, mix(story.main, story.wall, 0.45)))
    canvas.rect(0, 0, w, h, canvas.down(mix(wall, "#ffffff", 0.1), lit(wall, 0.85)))
    x, y = w * float(rng.uniform(0.02, 0.2)), h * 0.08
    pane_w, pane_h, slant = w * 0.24, h * 0.26, w * 0.12
    for row in range(2):
        for col in range(2):
            px, py = x + col * (pane_w + 9) + row * slant * 1.06, y + row * (pane_h + 9)
            pane: list[Point] = [
                (px, py),
                (px + pane_w, py + 12),
                (px + pane_w + slant, py + pane_h + 12),
                (px + slant, py + pane_h),
            ]
            canvas.path(polygon(pane), "#fff8e6", opacity=0.6)


def draw_terrazzo(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a wall of scattered chips."""
    w, h = canvas.width, canvas.height
    _wash(canvas, story.haze, mix(story.haze, story.wall, 0.7))
    for _ in range(46):
        x, y, r = float(rng.uniform(0, w)), float(rng.uniform(0, h)), float(rng.uniform(4, 13))
        chip = [
            (
                x + math.cos(a) * r * float(rng.uniform(0.6, 1.1)),
                y + math.sin(a) * r * float(rng.uniform(0.6, 1.1)),
            )
            for a in np.linspace(0, 2 * math.pi, 6, endpoint=False).tolist()
        ]
        canvas.path(
            polygon(chip), pick(rng, (story.main, story.second, story.pop, story.deep)), opacity=0.7
        )


def draw_shapes(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Large calm cut-out shapes."""
    w, h = canvas.width, canvas.height
    _wash(canvas, story.haze, story.wall)
    canvas.path(
        smooth(
            [
                (-30, h * 0.3),
                (w * 0.3, h * 0.12),
                (w * 0.5, h * 0.5),
                (w * 0.25, h * 0.95),
                (-30, h * 0.9),
            ],
            closed=True,
        ),
        story.second,
        opacity=0.8,
    )
    canvas.path(
        smooth(
            [(w * 0.7, -30), (w + 30, -30), (w + 30, h * 0.6), (w * 0.85, h * 0.4)], closed=True
        ),
        story.main,
        opacity=0.75,
    )
    canvas.circle(
        w * float(rng.uniform(0.7, 0.9)),
        h * float(rng.uniform(0.7, 0.85)),
        w * 0.16,
        story.pop,
        opacity=0.75,
    )
    canvas.path(
        smooth(
            [(w * 0.05, h * 0.2), (w * 0.3, h * 0.05), (w * 0.6, h * 0.14), (w * 0.95, h * 0.5)]
        ),
        stroke=story.deep,
        width=1.6,
        opacity=0.5,
    )


def draw_room(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a plain room with a floor, for whole figures."""
    w, h = canvas.width, canvas.height
    floor = h * 0.84
    _wash(canvas, story.haze, story.wall)
    if rng.random() < 0.6:
        half = w * 0.34
        canvas.path(
            f"M{w / 2 - half} {floor}L{w / 2 - half} {h * 0.2 + half * 0.6}"
            f"A{half} {half} 0 0 1 {w / 2 + half} {h * 0.2 + half * 0.6}L{w / 2 + half} {floor}Z",
            canvas.down(mix(story.second, "#ffffff", 0.25), story.second),
        )
    else:
        canvas.circle(
            w * 0.5,
            h * 0.36,
            w * 0.36,
            canvas.down(mix(story.pop, story.haze, 0.35), mix(story.pop, story.wall, 0.6)),
        )
    canvas.rect(
        0,
        floor,
        w,
        h - floor,
        canvas.down(lit(story.second, 0.8), mix(story.second, story.wall, 0.4)),
    )
    side = pick(rng, (0.12, 0.88))
    if rng.random() < 0.75:
        pot(canvas, story, w * side, floor + 14, w * 0.09, rng)


def pot(
    canvas: Canvas, story: Story, x: float, y: float, size: float, rng: np.random.Generator
) -> None:
    """Paint a plant in a pot that stands on y."""
    green = pick(rng, ("#5f7f5b", "#4f7a63", "#7c9468", "#3f6b52"))
    for angle in (-48, -26, -6, 14, 34, 54):
        leaf(
            canvas,
            x,
            y - size * 1.3,
            size / 38 * float(rng.uniform(0.8, 1.15)),
            angle,
            mix(green, story.main, float(rng.uniform(0, 0.3))),
        )
    canvas.path(
        f"M{x - size * 0.75} {y - size * 1.5}L{x + size * 0.75} {y - size * 1.5}"
        f"L{x + size * 0.55} {y}L{x - size * 0.55} {y}Z",
        canvas.linear(
            [
                (0, mix(story.pop, "#ffffff", 0.25), 1),
                (0.5, story.pop, 1),
                (1, lit(story.pop, 0.55), 1),
            ],
            (0, 0),
            (1, 0),
        ),
    )


def draw_street(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a street of calm façades with a pavement."""
    w, h = canvas.width, canvas.height
    floor = h * 0.82
    sky = mix(story.haze, "#dcebf5", 0.5)
    canvas.wash(mix(sky, "#bcd6ea", 0.35), sky, 0.2)
    canvas.circle(w * float(rng.uniform(0.2, 0.8)), h * 0.14, w * 0.09, "#fff4d6", opacity=0.9)
    x = -w * 0.08
    while x < w:
        wide = w * float(rng.uniform(0.24, 0.36))
        top = h * float(rng.uniform(0.06, 0.30))
        wall = mix(
            pick(
                rng,
                (
                    story.second,
                    story.wall,
                    mix(story.main, story.wall, 0.4),
                    mix(story.pop, story.wall, 0.55),
                ),
            ),
            "#ffffff",
            0.12,
        )
        _facade(canvas, story, wall, (x, top, wide, floor - top), rng)
        x += wide
    canvas.rect(
        0,
        floor,
        w,
        h - floor,
        canvas.linear(
            [(0, "#b9b3ab", 1), (0.15, "#cfc9c0", 1), (1, mix("#bdb6ac", story.second, 0.25), 1)]
        ),
    )
    canvas.path(f"M0 {floor + 8}L{w} {floor + 8}", stroke="#8f8981", width=1.4, opacity=0.5)
    for k in range(5):
        canvas.path(
            f"M{w * (0.1 + k * 0.2)} {floor + 8}L{w * (-0.25 + k * 0.375)} {h}",
            stroke="#8f8981",
            width=1.1,
            opacity=0.35,
        )


def _facade(
    canvas: Canvas,
    story: Story,
    wall: str,
    box: tuple[float, float, float, float],
    rng: np.random.Generator,
) -> None:
    """One house front with windows, and a shop below."""
    x, y, wide, high = box
    canvas.rect(
        x,
        y,
        wide,
        high,
        canvas.down(mix(wall, "#ffffff", 0.15), lit(wall, 0.85)),
    )
    canvas.rect(x - 2, y - 4, wide + 4, 7, lit(wall, 0.7))
    glass = mix(story.deep, "#a9c4d4", 0.55)
    arched = rng.random() < 0.4
    step = 58.0
    row = y + 20
    while row + step < y + high - 80:
        for col in range(2):
            wx, ww = x + wide * (0.16 + col * 0.42), wide * 0.26
            canvas.rect(
                wx - 2,
                row - 2,
                ww + 4,
                40,
                mix(wall, "#ffffff", 0.45),
                corner=ww / 2 if arched else 2,
            )
            canvas.rect(
                wx,
                row,
                ww,
                36,
                mix(glass, "#ffffff", 0.08),
                corner=ww / 2 if arched else 1,
            )
            glint = f"M{wx + 2} {row + 30}L{wx + 2} {row + ww * 0.5}L{wx + ww - 4} {row + 6}Z"
            canvas.path(glint, mix(glass, "#ffffff", 0.28))
        row += step
    base = y + high - 84
    canvas.rect(x + wide * 0.1, base + 20, wide * 0.8, 64, mix(glass, "#2b2f33", 0.3))
    canvas.rect(
        x + wide * 0.14,
        base + 26,
        wide * 0.46,
        46,
        canvas.linear([(0, "#fbe9c6", 0.75), (1, glass, 0.6)]),
    )
    awning = pick(rng, (story.main, story.pop, story.deep))
    count = 6
    for k in range(count):
        left = x + wide * (0.06 + 0.88 * k / count)
        canvas.path(
            f"M{left:.1f} {base + 8}L{left + wide * 0.88 / count:.1f} {base + 8}"
            f"L{left + wide * 0.88 / count:.1f} {base + 26}q{-wide * 0.073:.1f} 8 "
            f"{-wide * 0.88 / count:.1f} 0Z",
            awning if k % 2 else "#f6f0e6",
        )


WALLS: tuple[Ground, ...] = (
    draw_plain,
    draw_bold,
    draw_arch,
    draw_sun,
    draw_window,
    draw_terrazzo,
    draw_shapes,
)
"""Grounds for heads and busts."""
