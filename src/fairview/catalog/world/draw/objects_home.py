"""Home pictures: rooms with sofas, lamps, shelves, tables and plants."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.background import leaf, pot
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.outline import chained, smooth
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.palette import Story, pick

_WOOD = ("#b98a5a", "#a9764a", "#c79f6e", "#7c5638")


def _room(canvas: Canvas, story: Story, rng: np.random.Generator, level: float) -> float:
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
    canvas.rect(
        0, 0, w, h, canvas.linear([(0, mix(wall, "#ffffff", 0.25), 1), (1, lit(wall, 0.92), 1)])
    )
    canvas.ellipse(w * 0.2, h * 0.2, w * 0.8, h * 0.55, canvas.fade("#fff7e4", 0.5))
    wood = mix("#cfae86", story.second, 0.2)
    canvas.rect(0, floor, w, h - floor, canvas.linear([(0, lit(wood, 0.85), 1), (1, wood, 1)]))
    for k in range(1, 5):
        y = floor + (h - floor) * (k / 4.6) ** 1.4
        canvas.path(f"M0 {y}L{w} {y}", stroke=lit(wood, 0.6), width=1, opacity=0.4)
    canvas.rect(0, floor - 9, w, 9, mix(wall, "#ffffff", 0.55))
    return floor


def _print(
    canvas: Canvas,
    story: Story,
    x: float,
    y: float,
    wide: float,
    high: float,
    rng: np.random.Generator,
) -> None:
    """A framed abstract print."""
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


def _rug(canvas: Canvas, story: Story, x: float, y: float, rx: float, ry: float) -> None:
    canvas.ellipse(x, y, rx, ry, mix(story.second, "#ffffff", 0.35))
    canvas.ellipse(x, y, rx * 0.86, ry * 0.84, "none", stroke=story.main, width=2.5, opacity=0.7)
    canvas.ellipse(x, y, rx * 0.6, ry * 0.56, "none", stroke=story.pop, width=2, opacity=0.6)


def _sofa(canvas: Canvas, x: float, y: float, wide: float, colour: str, cushion: str) -> None:
    """A sofa whose feet stand on y."""
    dark, light = lit(colour, 0.6), mix(colour, "#ffffff", 0.16)
    high = wide * 0.36
    canvas.ellipse(x + wide / 2, y + 2, wide * 0.54, 9, canvas.fade("#241c18", 0.5))
    for leg in (0.08, 0.92):
        canvas.rect(x + wide * leg - 3, y - 14, 6, 14, "#6b4a30", round=2)
    canvas.rect(
        x + wide * 0.05,
        y - high - 22,
        wide * 0.9,
        high,
        canvas.linear([(0, light, 1), (1, mix(colour, dark, 0.35), 1)]),
        round=18,
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
        round=10,
    )
    canvas.path(
        f"M{x + wide / 2} {y - 56}L{x + wide / 2} {y - 20}M{x + wide * 0.1} {y - 34}Q{x + wide / 2} {y - 30} {x + wide * 0.9} {y - 34}",
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
            canvas.linear([(0, light, 1), (1, mix(colour, dark, 0.5), 1)]),
            round=12,
        )
    for at, turn, tint in ((0.24, -10, cushion), (0.74, 12, mix(cushion, "#ffffff", 0.45))):
        with canvas.group(x + wide * at, y - high * 0.62, turn=turn):
            canvas.path(
                "M-22 -20Q0 -15 22 -20Q17 0 22 21Q0 16 -22 21Q-17 0 -22 -20Z",
                canvas.linear([(0, mix(tint, "#ffffff", 0.2), 1), (1, lit(tint, 0.75), 1)]),
            )


def _lamp(canvas: Canvas, x: float, y: float, high: float, shade: str, *, floor: bool) -> None:
    """A table or floor lamp that stands on y, lit."""
    canvas.ellipse(x, y - high * 0.85, high * 0.8, high * 0.6, canvas.fade("#ffdf9e", 0.55))
    width = high * (0.16 if floor else 0.3)
    top = y - high
    if floor:
        canvas.path(f"M{x} {y}L{x} {top + high * 0.2}", stroke="#5c4a3c", width=3.4)
        canvas.ellipse(x, y, width * 0.8, 5, "#5c4a3c")
    else:
        canvas.path(
            f"M{x - high * 0.12} {y}C{x - high * 0.26} {y - high * 0.2} {x - high * 0.1} {y - high * 0.4} {x} {y - high * 0.5}C{x + high * 0.1} {y - high * 0.4} {x + high * 0.26} {y - high * 0.2} {x + high * 0.12} {y}Z",
            canvas.linear(
                [(0, mix(shade, "#ffffff", 0.3), 1), (1, lit(shade, 0.5), 1)], (0, 0), (1, 0)
            ),
        )
    fall = high * (0.22 if floor else 0.46)
    canvas.path(
        f"M{x - width * 0.66} {top}L{x + width * 0.66} {top}L{x + width * 1.15} {top + fall}L{x - width * 1.15} {top + fall}Z",
        canvas.linear([(0, "#f6e4bd", 1), (1, "#fff6df", 1)]),
    )


def _books(
    canvas: Canvas,
    story: Story,
    x: float,
    y: float,
    wide: float,
    high: float,
    rng: np.random.Generator,
) -> None:
    """A row of books that stands on y."""
    at = x
    while at < x + wide - 5:
        thick, tall = float(rng.uniform(5, 10)), high * float(rng.uniform(0.7, 1.0))
        tint = pick(rng, (story.main, story.second, story.pop, story.deep, "#f3ece0", "#c9b79c"))
        canvas.rect(
            at,
            y - tall,
            thick,
            tall,
            canvas.linear(
                [(0, mix(tint, "#ffffff", 0.2), 1), (1, lit(tint, 0.75), 1)], (0, 0), (1, 0)
            ),
            round=1,
        )
        at += thick + 0.6


def _vase(
    canvas: Canvas, story: Story, x: float, y: float, high: float, rng: np.random.Generator
) -> None:
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
        f"M{x - high * 0.12} {y - high}C{x - high * 0.1} {y - high * 0.8} {x - high * 0.36} {y - high * 0.6} {x - high * 0.34} {y - high * 0.35}C{x - high * 0.32} {y - high * 0.1} {x - high * 0.2} {y} {x - high * 0.16} {y}L{x + high * 0.16} {y}C{x + high * 0.2} {y} {x + high * 0.32} {y - high * 0.1} {x + high * 0.34} {y - high * 0.35}C{x + high * 0.36} {y - high * 0.6} {x + high * 0.1} {y - high * 0.8} {x + high * 0.12} {y - high}Z",
        canvas.linear(
            [(0, mix(tint, "#ffffff", 0.35), 1), (0.5, tint, 1), (1, lit(tint, 0.5), 1)],
            (0, 0),
            (1, 0),
        ),
    )


def _window(canvas: Canvas, story: Story, x: float, y: float, wide: float, high: float) -> None:
    """A window with sky, hills and curtains."""
    canvas.rect(x - 5, y - 5, wide + 10, high + 10, "#fbf7f0", round=3)
    canvas.rect(x, y, wide, high, canvas.linear([(0, "#bfdcf0", 1), (1, "#f6efd9", 1)]))
    canvas.circle(x + wide * 0.7, y + high * 0.3, wide * 0.1, "#fff3c9")
    canvas.path(
        f"M{x} {y + high * 0.8}Q{x + wide * 0.3} {y + high * 0.6} {x + wide * 0.6} {y + high * 0.78}T{x + wide} {y + high * 0.7}L{x + wide} {y + high}L{x} {y + high}Z",
        mix("#8fae87", story.main, 0.25),
    )
    canvas.path(
        f"M{x + wide / 2} {y}L{x + wide / 2} {y + high}M{x} {y + high * 0.5}L{x + wide} {y + high * 0.5}",
        stroke="#fbf7f0",
        width=4,
    )
    for side in (0, 1):
        edge = x - 14 if side == 0 else x + wide + 14
        into = x + wide * 0.17 if side == 0 else x + wide * 0.83
        canvas.path(
            f"M{edge} {y - 12}L{into} {y - 12}Q{into + (6 if side else -6)} {y + high * 0.6} {into} {y + high + 26}L{edge} {y + high + 26}Z",
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


def _chair(canvas: Canvas, x: float, y: float, wide: float, colour: str) -> None:
    """A round armchair that stands on y."""
    dark, light = lit(colour, 0.58), mix(colour, "#ffffff", 0.18)
    canvas.ellipse(x, y, wide * 0.56, 8, canvas.fade("#241c18", 0.5))
    for leg in (-0.32, 0.32):
        canvas.path(
            f"M{x + wide * leg} {y - wide * 0.2}L{x + wide * leg * 1.2} {y}",
            stroke="#6b4a30",
            width=5,
        )
    canvas.path(
        f"M{x - wide * 0.5} {y - wide * 0.2}C{x - wide * 0.62} {y - wide} {x - wide * 0.3} {y - wide * 1.15} {x} {y - wide * 1.15}C{x + wide * 0.3} {y - wide * 1.15} {x + wide * 0.62} {y - wide} {x + wide * 0.5} {y - wide * 0.2}Z",
        canvas.linear([(0, light, 1), (0.6, colour, 1), (1, dark, 1)], (0, 0), (1, 0.5)),
    )
    canvas.path(
        f"M{x - wide * 0.34} {y - wide * 0.42}C{x - wide * 0.4} {y - wide * 0.9} {x - wide * 0.2} {y - wide} {x} {y - wide}C{x + wide * 0.2} {y - wide} {x + wide * 0.4} {y - wide * 0.9} {x + wide * 0.34} {y - wide * 0.42}Z",
        mix(colour, dark, 0.3),
    )
    canvas.rect(
        x - wide * 0.42,
        y - wide * 0.5,
        wide * 0.84,
        wide * 0.22,
        canvas.linear([(0, light, 1), (1, mix(colour, dark, 0.4), 1)]),
        round=wide * 0.1,
    )
    canvas.rect(
        x - wide * 0.5,
        y - wide * 0.36,
        wide,
        wide * 0.2,
        canvas.linear([(0, colour, 1), (1, dark, 1)]),
        round=wide * 0.08,
    )


def draw_home(canvas: Canvas, kind: str, story: Story, rng: np.random.Generator) -> None:
    """Paint one home subject: ``kind`` is one of the values of `subjects.HOMES`."""
    {
        "nook": _nook, "sofa": _living, "bedside": _bedside, "shelf": _shelf, "dining": _dining, "console": _console, "window": _seat, "desk": _desk,
    }[kind](canvas, story, rng)  # fmt: skip


def _nook(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.74)
    _rug(canvas, story, w * 0.48, floor + h * 0.13, w * 0.44, h * 0.075)
    _print(canvas, story, w * 0.12, h * 0.12, w * 0.2, h * 0.2, rng)
    _print(canvas, story, w * 0.36, h * 0.16, w * 0.16, h * 0.16, rng)
    _lamp(canvas, w * 0.82, floor + h * 0.07, h * 0.58, story.pop, floor=True)
    _chair(
        canvas, w * 0.44, floor + h * 0.13, w * 0.42, pick(rng, (story.main, story.deep, story.pop))
    )
    canvas.ellipse(w * 0.8, floor + h * 0.07, w * 0.12, h * 0.02, "#8a6240")
    canvas.path(
        f"M{w * 0.8} {floor + h * 0.07}L{w * 0.8} {floor + h * 0.17}", stroke="#6b4a30", width=5
    )
    _books(canvas, story, w * 0.73, floor + h * 0.065, w * 0.12, h * 0.07, rng)
    pot(canvas, story, w * 0.1, floor + h * 0.1, w * 0.08, rng)


def _living(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.7)
    for k, size in enumerate((0.2, 0.26, 0.2)):
        _print(
            canvas,
            story,
            w * (0.12 + k * 0.27),
            h * (0.17 - size * 0.2),
            w * size,
            h * size * 1.0,
            rng,
        )
    _rug(canvas, story, w * 0.5, floor + h * 0.2, w * 0.5, h * 0.08)
    _sofa(
        canvas,
        w * 0.1,
        floor + h * 0.1,
        w * 0.78,
        pick(rng, (story.main, "#e6dccb", story.deep, mix(story.second, "#ffffff", 0.2))),
        story.pop,
    )
    canvas.ellipse(w * 0.5, floor + h * 0.2, w * 0.2, h * 0.03, pick(rng, _WOOD))
    _vase(canvas, story, w * 0.5, floor + h * 0.195, w * 0.11, rng)
    pot(canvas, story, w * 0.93, floor + h * 0.1, w * 0.09, rng)


def _bedside(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.86)
    wood = pick(rng, _WOOD)
    canvas.rect(
        -w * 0.1,
        h * 0.36,
        w * 0.56,
        h * 0.4,
        canvas.linear([(0, mix(story.main, "#ffffff", 0.12), 1), (1, lit(story.main, 0.7), 1)]),
        round=24,
    )
    for k in range(5):
        canvas.path(
            f"M{w * (0.02 + k * 0.09)} {h * 0.37}L{w * (0.02 + k * 0.09)} {h * 0.7}",
            stroke=lit(story.main, 0.6),
            width=1.4,
            opacity=0.5,
        )
    canvas.path(
        smooth(
            [
                (-20, h * 0.57),
                (w * 0.14, h * 0.54),
                (w * 0.36, h * 0.56),
                (w * 0.4, h * 0.63),
                (w * 0.2, h * 0.68),
                (-20, h * 0.67),
            ],
            closed=True,
        ),
        canvas.linear([(0, "#fffdf8", 1), (1, "#e5ddd0", 1)]),
    )
    canvas.path(
        f"M-10 {h * 0.66}L{w * 0.44} {h * 0.66}Q{w * 0.5} {h * 0.67} {w * 0.5} {h * 0.72}L{w * 0.48} {h * 0.96}L-10 {h * 0.96}Z",
        canvas.linear([(0, mix(story.second, "#ffffff", 0.5), 1), (1, story.second, 1)]),
    )
    canvas.path(
        smooth([(-10, h * 0.76), (w * 0.2, h * 0.79), (w * 0.49, h * 0.77)]),
        stroke=story.pop,
        width=16,
        opacity=0.8,
    )
    canvas.rect(
        w * 0.58,
        h * 0.64,
        w * 0.34,
        h * 0.25,
        canvas.linear([(0, mix(wood, "#ffffff", 0.12), 1), (1, lit(wood, 0.7), 1)]),
        round=5,
    )
    canvas.rect(w * 0.61, h * 0.68, w * 0.28, h * 0.08, lit(wood, 0.82), round=3)
    canvas.circle(w * 0.75, h * 0.72, 3.6, "#e7c27a")
    for leg in (0.61, 0.89):
        canvas.rect(w * leg - 3, h * 0.88, 6, h * 0.06, lit(wood, 0.5))
    _lamp(canvas, w * 0.76, h * 0.64, h * 0.3, story.pop, floor=False)
    _print(canvas, story, w * 0.12, h * 0.08, w * 0.2, h * 0.2, rng)
    canvas.rect(w * 0.6, h * 0.622, w * 0.1, h * 0.018, story.deep, round=2)
    _ = floor


def _shelf(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    _room(canvas, story, rng, 0.94)
    wood = pick(rng, _WOOD)
    for row, y in enumerate((0.3, 0.57, 0.84)):
        canvas.rect(
            w * 0.08,
            h * y + 9,
            w * 0.84,
            12,
            canvas.linear([(0, "#2a1f18", 0.22), (1, "#2a1f18", 0)]),
        )
        canvas.rect(
            w * 0.08,
            h * y,
            w * 0.84,
            10,
            canvas.linear([(0, mix(wood, "#ffffff", 0.2), 1), (1, lit(wood, 0.75), 1)]),
            round=2,
        )
        order = [0, 1, 2]
        rng.shuffle(order)
        for slot, what in enumerate(order):
            x = w * (0.2 + slot * 0.3)
            if what == 0:
                _books(canvas, story, x - w * 0.1, h * y, w * 0.21, h * 0.15, rng)
            elif what == 1:
                pot(canvas, story, x, h * y, w * (0.06 + 0.01 * row), rng)
            elif row == 1:
                _vase(canvas, story, x, h * y, h * 0.11, rng)
            else:
                _trailing(canvas, story, x, h * y, w * 0.065, rng)


def _trailing(
    canvas: Canvas, story: Story, x: float, y: float, size: float, rng: np.random.Generator
) -> None:
    """A trailing plant in a bowl."""
    green = pick(rng, ("#5f7f5b", "#4f7a63", "#7c9468"))
    canvas.path(
        f"M{x - size} {y - size * 1.2}L{x + size} {y - size * 1.2}Q{x + size} {y} {x} {y}Q{x - size} {y} {x - size} {y - size * 1.2}Z",
        canvas.linear([(0, "#fbf6ec", 1), (1, "#cdbfab", 1)], (0, 0), (1, 0)),
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


def _dining(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.76)
    wood = pick(rng, _WOOD)
    canvas.path(f"M{w * 0.5} 0L{w * 0.5} {h * 0.16}", stroke="#3a322d", width=2)
    canvas.ellipse(w * 0.5, h * 0.3, w * 0.5, h * 0.2, canvas.fade("#ffe4ad", 0.5))
    canvas.path(
        f"M{w * 0.32} {h * 0.26}C{w * 0.34} {h * 0.18} {w * 0.42} {h * 0.15} {w * 0.5} {h * 0.15}C{w * 0.58} {h * 0.15} {w * 0.66} {h * 0.18} {w * 0.68} {h * 0.26}Z",
        canvas.linear(
            [(0, mix(story.pop, "#ffffff", 0.2), 1), (1, lit(story.pop, 0.75), 1)], (0, 0), (1, 0)
        ),
    )
    _print(canvas, story, w * 0.08, h * 0.3, w * 0.17, h * 0.17, rng)
    for side in (-1, 1):
        x = w * 0.5 + side * w * 0.34
        canvas.path(
            f"M{x + side * 18} {h * 0.5}Q{x + side * 24} {h * 0.6} {x + side * 18} {floor - 20}L{x + side * 22} {floor + h * 0.12}M{x - side * 24} {floor - 14}L{x - side * 28} {floor + h * 0.12}",
            stroke=lit(story.deep, 0.9),
            width=6,
        )
        canvas.rect(x - 30, floor - 26, 60, 14, story.main, round=7)
    canvas.ellipse(w * 0.5, floor + h * 0.15, w * 0.2, 9, lit(wood, 0.5))
    canvas.path(
        f"M{w * 0.47} {h * 0.66}L{w * 0.44} {floor + h * 0.15}L{w * 0.56} {floor + h * 0.15}L{w * 0.53} {h * 0.66}Z",
        lit(wood, 0.7),
    )
    canvas.ellipse(w * 0.5, h * 0.66, w * 0.36, h * 0.035, lit(wood, 0.7))
    canvas.ellipse(w * 0.5, h * 0.652, w * 0.36, h * 0.033, mix(wood, "#ffffff", 0.15))
    _vase(canvas, story, w * 0.5, h * 0.655, w * 0.17, rng)
    canvas.ellipse(w * 0.68, h * 0.65, w * 0.08, h * 0.012, "#fffdf8")


def _console(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.86)
    wood = pick(rng, _WOOD)
    canvas.circle(w * 0.5, h * 0.28, w * 0.25, "#c9a15c")
    canvas.circle(
        w * 0.5,
        h * 0.28,
        w * 0.235,
        canvas.linear(
            [(0, "#f3f7f8", 1), (0.5, "#d5e0e3", 1), (1, mix(story.wall, "#ffffff", 0.4), 1)],
            (0, 0),
            (1, 1),
        ),
    )
    canvas.path(
        f"M{w * 0.38} {h * 0.36}L{w * 0.56} {h * 0.19}", stroke="#ffffff", width=9, opacity=0.5
    )
    canvas.rect(
        w * 0.12,
        h * 0.58,
        w * 0.76,
        h * 0.1,
        canvas.linear([(0, mix(wood, "#ffffff", 0.2), 1), (1, lit(wood, 0.75), 1)]),
        round=4,
    )
    for k in range(2):
        canvas.rect(w * (0.16 + k * 0.35), h * 0.6, w * 0.33, h * 0.06, lit(wood, 0.85), round=3)
        canvas.circle(w * (0.325 + k * 0.35), h * 0.63, 3.4, "#e7c27a")
    for leg in (0.15, 0.85):
        canvas.rect(w * leg - 4, h * 0.67, 8, h * 0.24, lit(wood, 0.6))
    _lamp(canvas, w * 0.24, h * 0.58, h * 0.22, story.main, floor=False)
    _vase(canvas, story, w * 0.74, h * 0.58, h * 0.13, rng)
    canvas.ellipse(w * 0.5, floor + 12, w * 0.14, 8, canvas.fade("#241c18", 0.4))
    canvas.path(
        f"M{w * 0.38} {floor - 30}L{w * 0.62} {floor - 30}L{w * 0.59} {floor + 14}L{w * 0.41} {floor + 14}Z",
        "#c7a573",
    )
    canvas.path(
        "".join(
            f"M{w * 0.385} {floor - 22 + k * 10}L{w * 0.615} {floor - 22 + k * 10}"
            for k in range(4)
        ),
        stroke="#8f6f45",
        width=2,
        opacity=0.6,
    )


def _seat(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    _room(canvas, story, rng, 0.88)
    _window(canvas, story, w * 0.2, h * 0.1, w * 0.6, h * 0.46)
    canvas.rect(
        w * 0.06,
        h * 0.68,
        w * 0.88,
        h * 0.22,
        canvas.linear([(0, "#fbf7f0", 1), (1, "#ddd3c4", 1)]),
        round=3,
    )
    canvas.rect(
        w * 0.05,
        h * 0.63,
        w * 0.9,
        h * 0.06,
        canvas.linear([(0, mix(story.main, "#ffffff", 0.2), 1), (1, lit(story.main, 0.75), 1)]),
        round=9,
    )
    for x, tint, turn in (
        (0.18, story.pop, -12),
        (0.32, mix(story.second, "#ffffff", 0.3), 8),
        (0.8, story.deep, 10),
    ):
        with canvas.group(w * x, h * 0.575, turn=turn, scale=1.1):
            canvas.path(
                "M-22 -22Q0 -16 22 -22Q17 0 22 22Q0 17 -22 22Q-17 0 -22 -22Z",
                canvas.linear([(0, mix(tint, "#ffffff", 0.22), 1), (1, lit(tint, 0.75), 1)]),
            )
    _books(canvas, story, w * 0.5, h * 0.632, w * 0.12, h * 0.06, rng)
    pot(canvas, story, w * 0.94, h * 0.95, w * 0.08, rng)


def _desk(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = _room(canvas, story, rng, 0.84)
    wood = pick(rng, _WOOD)
    canvas.rect(w * 0.1, h * 0.2, w * 0.5, 8, wood, round=2)
    _books(canvas, story, w * 0.13, h * 0.2, w * 0.2, h * 0.1, rng)
    leaf(canvas, w * 0.5, h * 0.17, 0.5, -20, "#5f7f5b")
    leaf(canvas, w * 0.5, h * 0.17, 0.55, 24, "#7c9468")
    canvas.rect(w * 0.465, h * 0.165, w * 0.07, h * 0.035, story.pop, round=2)
    _print(canvas, story, w * 0.7, h * 0.12, w * 0.2, h * 0.2, rng)
    for leg in (0.1, 0.9):
        canvas.path(
            f"M{w * leg} {h * 0.56}L{w * (leg + (0.02 if leg < 0.5 else -0.02))} {floor + h * 0.08}",
            stroke=lit(wood, 0.6),
            width=7,
        )
    canvas.rect(
        w * 0.05,
        h * 0.54,
        w * 0.9,
        13,
        canvas.linear([(0, mix(wood, "#ffffff", 0.2), 1), (1, lit(wood, 0.75), 1)]),
        round=3,
    )
    canvas.rect(w * 0.32, h * 0.36, w * 0.36, h * 0.15, "#33373c", round=6)
    canvas.rect(
        w * 0.335,
        h * 0.37,
        w * 0.33,
        h * 0.13,
        canvas.linear([(0, story.main, 1), (1, mix(story.pop, "#ffffff", 0.3), 1)], (0, 0), (1, 1)),
        round=3,
    )
    canvas.path(
        f"M{w * 0.28} {h * 0.54}L{w * 0.32} {h * 0.51}L{w * 0.68} {h * 0.51}L{w * 0.72} {h * 0.54}Z",
        "#c9cdd1",
    )
    _lamp(canvas, w * 0.17, h * 0.54, h * 0.19, story.deep, floor=False)
    canvas.rect(w * 0.79, h * 0.49, w * 0.07, h * 0.05, "#fbf6ec", round=4)
    _chair(canvas, w * 0.5, floor + h * 0.13, w * 0.32, story.deep)
