"""Rooms and what stands in them: sofas, lamps, chairs, books, vases, windows."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.background import leaf
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.outline import chained, smooth
from fairview.catalog.world.draw.palette import Story, pick


def room(canvas: Canvas, story: Story, rng: np.random.Generator, level: float) -> float:
    """Paint wall, skirting and floor; return where the floor begins."""
    w, h = canvas.width, canvas.height
    wall = pick(
        rng,
        (
            story.wall,
            mix(story.wall, story.second, 0.5),
            mix(story.main, story.wall, 0.55),
            story.haze,
        ),
    )
    floor = h * level
    canvas.rect(0, 0, w, h, canvas.down(mix(wall, "#ffffff", 0.25), lit(wall, 0.92)))
    canvas.ellipse(w * 0.2, h * 0.2, w * 0.8, h * 0.55, canvas.fade("#fff7e4", 0.5))
    wood = mix("#cfae86", story.second, 0.2)
    canvas.rect(0, floor, w, h - floor, canvas.down(lit(wood, 0.85), wood))
    for k in range(1, 5):
        y = floor + (h - floor) * (k / 4.6) ** 1.4
        canvas.path(f"M0 {y}L{w} {y}", stroke=lit(wood, 0.6), width=1, opacity=0.4)
    canvas.rect(0, floor - 9, w, 9, mix(wall, "#ffffff", 0.55))
    return floor


def framed_print(
    canvas: Canvas,
    story: Story,
    x: float,
    y: float,
    wide: float,
    high: float,
    rng: np.random.Generator,
) -> None:
    """Paint a framed abstract print."""
    canvas.rect(x + 3, y + 5, wide, high, "#2a2320", opacity=0.18)
    canvas.rect(
        x, y, wide, high, "#fbf7f0", stroke=pick(rng, ("#3a322d", "#b98a5a", "#f2ece2")), width=3
    )
    if rng.random() < 0.5:
        canvas.circle(x + wide * 0.34, y + high * 0.36, wide * 0.17, story.pop)
        for k, tint in enumerate((story.second, story.main)):
            top = y + high * (0.56 + 0.14 * k)
            hill = [
                (x + wide * 0.1, top + 9),
                (x + wide * 0.45, top - 2),
                (x + wide * 0.9, top + 7),
            ]
            low = [(x + wide * 0.9, y + high * 0.9), (x + wide * 0.1, y + high * 0.9)]
            canvas.path(chained(smooth(hill), low), tint)
    else:
        for k in (-1, 0, 1):
            leaf(
                canvas,
                x + wide * 0.5,
                y + high * 0.86,
                high / 125,
                k * 34,
                pick(rng, (story.main, story.pop, story.deep)),
            )


def rug(canvas: Canvas, story: Story, x: float, y: float, rx: float, ry: float) -> None:
    """Paint an oval rug with two rings."""
    canvas.ellipse(x, y, rx, ry, mix(story.second, "#ffffff", 0.35))
    canvas.ellipse(x, y, rx * 0.86, ry * 0.84, "none", stroke=story.main, width=2.5, opacity=0.7)
    canvas.ellipse(x, y, rx * 0.6, ry * 0.56, "none", stroke=story.pop, width=2, opacity=0.6)


def sofa(canvas: Canvas, x: float, y: float, wide: float, colour: str, cushion: str) -> None:
    """Paint a sofa whose feet stand on y."""
    dark, light = lit(colour, 0.6), mix(colour, "#ffffff", 0.16)
    high = wide * 0.36
    canvas.ellipse(x + wide / 2, y + 2, wide * 0.54, 9, canvas.fade("#241c18", 0.5))
    for leg in (0.08, 0.92):
        canvas.rect(x + wide * leg - 3, y - 14, 6, 14, "#6b4a30", corner=2)
    canvas.rect(
        x + wide * 0.05,
        y - high - 22,
        wide * 0.9,
        high,
        canvas.down(light, mix(colour, dark, 0.35)),
        corner=18,
    )
    canvas.path(
        f"M{x + wide / 2} {y - high - 18}L{x + wide / 2} {y - 46}",
        stroke=dark,
        width=1.6,
        opacity=0.5,
    )
    canvas.rect(
        x + wide * 0.05,
        y - 58,
        wide * 0.9,
        46,
        canvas.linear([(0, light, 1), (0.4, colour, 1), (1, dark, 1)]),
        corner=10,
    )
    canvas.path(
        f"M{x + wide / 2} {y - 56}L{x + wide / 2} {y - 20}M{x + wide * 0.1} {y - 34}"
        f"Q{x + wide / 2} {y - 30} {x + wide * 0.9} {y - 34}",
        stroke=dark,
        width=1.5,
        opacity=0.45,
    )
    for side in (0.0, 0.88):
        canvas.rect(
            x + wide * side,
            y - high * 0.86,
            wide * 0.12,
            high * 0.86 - 10,
            canvas.down(light, mix(colour, dark, 0.5)),
            corner=12,
        )
    for at, turn, tint in ((0.24, -10, cushion), (0.74, 12, mix(cushion, "#ffffff", 0.45))):
        with canvas.group(x + wide * at, y - high * 0.62, turn=turn):
            canvas.path(
                "M-22 -20Q0 -15 22 -20Q17 0 22 21Q0 16 -22 21Q-17 0 -22 -20Z",
                canvas.down(mix(tint, "#ffffff", 0.2), lit(tint, 0.75)),
            )


def lamp(canvas: Canvas, x: float, y: float, high: float, shade: str, *, floor: bool) -> None:
    """Paint a table or floor lamp that stands on y, lit."""
    canvas.ellipse(x, y - high * 0.85, high * 0.8, high * 0.6, canvas.fade("#ffdf9e", 0.55))
    width = high * (0.16 if floor else 0.3)
    top = y - high
    if floor:
        canvas.path(f"M{x} {y}L{x} {top + high * 0.2}", stroke="#5c4a3c", width=3.4)
        canvas.ellipse(x, y, width * 0.8, 5, "#5c4a3c")
    else:
        canvas.path(
            f"M{x - high * 0.12} {y}"
            f"C{x - high * 0.26} {y - high * 0.2} {x - high * 0.1} {y - high * 0.4} {x} "
            f"{y - high * 0.5}"
            f"C{x + high * 0.1} {y - high * 0.4} {x + high * 0.26} {y - high * 0.2} "
            f"{x + high * 0.12} {y}Z",
            canvas.across(mix(shade, "#ffffff", 0.3), lit(shade, 0.5)),
        )
    fall = high * (0.22 if floor else 0.46)
    canvas.path(
        f"M{x - width * 0.66} {top}L{x + width * 0.66} {top}L{x + width * 1.15} {top + fall}"
        f"L{x - width * 1.15} {top + fall}Z",
        canvas.down("#f6e4bd", "#fff6df"),
    )


def books(
    canvas: Canvas,
    story: Story,
    x: float,
    y: float,
    wide: float,
    high: float,
    rng: np.random.Generator,
) -> None:
    """Paint a row of books that stands on y."""
    at = x
    while at < x + wide - 5:
        thick, tall = float(rng.uniform(5, 10)), high * float(rng.uniform(0.7, 1.0))
        tint = pick(rng, (story.main, story.second, story.pop, story.deep, "#f3ece0", "#c9b79c"))
        canvas.rect(
            at,
            y - tall,
            thick,
            tall,
            canvas.across(mix(tint, "#ffffff", 0.2), lit(tint, 0.75)),
            corner=1,
        )
        at += thick + 0.6


def vase(
    canvas: Canvas, story: Story, x: float, y: float, high: float, rng: np.random.Generator
) -> None:
    """Paint a vase with dried stems that stands on y; `high` is the vase."""
    for angle in (-34, -14, 6, 24, 42):
        with canvas.group(x, y - high * 0.85, turn=angle):
            canvas.path(f"M0 0L0 {-high}", stroke="#8a8a5a", width=1.6)
            for k in range(4):
                canvas.ellipse(
                    (-1) ** k * high * 0.06,
                    -high * (0.55 + k * 0.14),
                    high * 0.05,
                    high * 0.1,
                    mix(story.pop, "#f5e3c0", 0.4),
                    turn=(-1) ** k * 30,
                )
    tint = pick(rng, ("#f4efe6", story.main, story.deep))
    canvas.path(
        f"M{x - high * 0.12} {y - high}"
        f"C{x - high * 0.1} {y - high * 0.8} {x - high * 0.36} {y - high * 0.6} "
        f"{x - high * 0.34} {y - high * 0.35}"
        f"C{x - high * 0.32} {y - high * 0.1} {x - high * 0.2} {y} {x - high * 0.16} {y}"
        f"L{x + high * 0.16} {y}"
        f"C{x + high * 0.2} {y} {x + high * 0.32} {y - high * 0.1} "
        f"{x + high * 0.34} {y - high * 0.35}"
        f"C{x + high * 0.36} {y - high * 0.6} {x + high * 0.1} {y - high * 0.8} "
        f"{x + high * 0.12} {y - high}Z",
        canvas.linear(
            [(0, mix(tint, "#ffffff", 0.35), 1), (0.5, tint, 1), (1, lit(tint, 0.5), 1)],
            (0, 0),
            (1, 0),
        ),
    )


def window(canvas: Canvas, story: Story, x: float, y: float, wide: float, high: float) -> None:
    """Paint a window with sky, hills and curtains."""
    canvas.rect(x - 5, y - 5, wide + 10, high + 10, "#fbf7f0", corner=3)
    canvas.rect(x, y, wide, high, canvas.down("#bfdcf0", "#f6efd9"))
    canvas.circle(x + wide * 0.7, y + high * 0.3, wide * 0.1, "#fff3c9")
    canvas.path(
        f"M{x} {y + high * 0.8}"
        f"Q{x + wide * 0.3} {y + high * 0.6} {x + wide * 0.6} {y + high * 0.78}"
        f"T{x + wide} {y + high * 0.7}L{x + wide} {y + high}L{x} {y + high}Z",
        mix("#8fae87", story.main, 0.25),
    )
    canvas.path(
        f"M{x + wide / 2} {y}L{x + wide / 2} {y + high}M{x} {y + high * 0.5}"
        f"L{x + wide} {y + high * 0.5}",
        stroke="#fbf7f0",
        width=4,
    )
    for side in (0, 1):
        edge = x - 14 if side == 0 else x + wide + 14
        into = x + wide * 0.17 if side == 0 else x + wide * 0.83
        canvas.path(
            f"M{edge} {y - 12}L{into} {y - 12}"
            f"Q{into + (6 if side else -6)} {y + high * 0.6} {into} {y + high + 26}"
            f"L{edge} {y + high + 26}Z",
            canvas.linear(
                [
                    (0, "#fffdf8", 0.95),
                    (0.5, mix(story.second, "#ffffff", 0.6), 0.95),
                    (1, "#fffdf8", 0.95),
                ],
                (0, 0),
                (1, 0),
            ),
        )
    canvas.path(f"M{x - 22} {y - 13}L{x + wide + 22} {y - 13}", stroke="#8a6a4a", width=4)


def chair(canvas: Canvas, x: float, y: float, wide: float, colour: str) -> None:
    """Paint a round armchair that stands on y."""
    dark, light = lit(colour, 0.58), mix(colour, "#ffffff", 0.18)
    canvas.ellipse(x, y, wide * 0.56, 8, canvas.fade("#241c18", 0.5))
    for leg in (-0.32, 0.32):
        canvas.path(
            f"M{x + wide * leg} {y - wide * 0.2}L{x + wide * leg * 1.2} {y}",
            stroke="#6b4a30",
            width=5,
        )
    canvas.path(
        f"M{x - wide * 0.5} {y - wide * 0.2}"
        f"C{x - wide * 0.62} {y - wide} {x - wide * 0.3} {y - wide * 1.15} {x} {y - wide * 1.15}"
        f"C{x + wide * 0.3} {y - wide * 1.15} {x + wide * 0.62} {y - wide} {x + wide * 0.5} "
        f"{y - wide * 0.2}Z",
        canvas.linear([(0, light, 1), (0.6, colour, 1), (1, dark, 1)], (0, 0), (1, 0.5)),
    )
    canvas.path(
        f"M{x - wide * 0.34} {y - wide * 0.42}"
        f"C{x - wide * 0.4} {y - wide * 0.9} {x - wide * 0.2} {y - wide} {x} {y - wide}"
        f"C{x + wide * 0.2} {y - wide} {x + wide * 0.4} {y - wide * 0.9} {x + wide * 0.34} "
        f"{y - wide * 0.42}Z",
        mix(colour, dark, 0.3),
    )
    canvas.rect(
        x - wide * 0.42,
        y - wide * 0.5,
        wide * 0.84,
        wide * 0.22,
        canvas.down(light, mix(colour, dark, 0.4)),
        corner=wide * 0.1,
    )
    canvas.rect(
        x - wide * 0.5,
        y - wide * 0.36,
        wide,
        wide * 0.2,
        canvas.down(colour, dark),
        corner=wide * 0.08,
    )


def trailing(
    canvas: Canvas, story: Story, x: float, y: float, size: float, rng: np.random.Generator
) -> None:
    """Paint a trailing plant in a bowl."""
    green = pick(rng, ("#5f7f5b", "#4f7a63", "#7c9468"))
    canvas.path(
        f"M{x - size} {y - size * 1.2}L{x + size} {y - size * 1.2}Q{x + size} {y} {x} {y}"
        f"Q{x - size} {y} {x - size} {y - size * 1.2}Z",
        canvas.across("#fbf6ec", "#cdbfab"),
    )
    for k in range(5):
        sx, drop = x - size + k * size * 0.5, size * float(rng.uniform(1.4, 3.4))
        vine = [
            (sx, y - size * 1.25),
            (sx + (k - 2) * 4, y - size * 0.6),
            (sx + (k - 2) * 5, y - size * 0.6 + drop),
        ]
        canvas.path(smooth(vine), stroke=lit(green, 0.7), width=1.4)
        for j in range(5):
            canvas.ellipse(
                sx + (k - 2) * 4.5 + (-1) ** j * 4,
                y - size + drop * j / 4,
                5.4,
                3.8,
                mix(green, story.second, 0.15 * j),
                turn=(-1) ** j * 35,
            )
