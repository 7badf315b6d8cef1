"""Home pictures: rooms with sofas, lamps, shelves, tables and plants."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.background import leaf, pot
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.furniture import (
    books,
    chair,
    framed_print,
    lamp,
    room,
    rug,
    sofa,
    trailing,
    vase,
    window,
)
from fairview.catalog.world.draw.outline import smooth
from fairview.catalog.world.draw.palette import Story, pick

_WOOD = ("#b98a5a", "#a9764a", "#c79f6e", "#7c5638")


def draw_home(canvas: Canvas, kind: str, story: Story, rng: np.random.Generator) -> None:
    """Paint one home subject: ``kind`` is one of the values of `subjects.HOMES`."""
    {
        "nook": _nook,
        "sofa": _living,
        "bedside": _bedside,
        "shelf": _shelf,
        "dining": _dining,
        "console": _console,
        "window": _seat,
        "desk": _desk,
    }[kind](canvas, story, rng)


def _nook(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.74)
    rug(canvas, story, w * 0.48, floor + h * 0.13, w * 0.44, h * 0.075)
    framed_print(canvas, story, w * 0.12, h * 0.12, w * 0.2, h * 0.2, rng)
    framed_print(canvas, story, w * 0.36, h * 0.16, w * 0.16, h * 0.16, rng)
    lamp(canvas, w * 0.82, floor + h * 0.07, h * 0.58, story.pop, floor=True)
    chair(
        canvas, w * 0.44, floor + h * 0.13, w * 0.42, pick(rng, (story.main, story.deep, story.pop))
    )
    canvas.ellipse(w * 0.8, floor + h * 0.07, w * 0.12, h * 0.02, "#8a6240")
    canvas.path(
        f"M{w * 0.8} {floor + h * 0.07}L{w * 0.8} {floor + h * 0.17}", stroke="#6b4a30", width=5
    )
    books(canvas, story, w * 0.73, floor + h * 0.065, w * 0.12, h * 0.07, rng)
    pot(canvas, story, w * 0.1, floor + h * 0.1, w * 0.08, rng)


def _living(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.7)
    for k, size in enumerate((0.2, 0.26, 0.2)):
        framed_print(
            canvas,
            story,
            w * (0.12 + k * 0.27),
            h * (0.17 - size * 0.2),
            w * size,
            h * size * 1.0,
            rng,
        )
    rug(canvas, story, w * 0.5, floor + h * 0.2, w * 0.5, h * 0.08)
    sofa(
        canvas,
        w * 0.1,
        floor + h * 0.1,
        w * 0.78,
        pick(rng, (story.main, "#e6dccb", story.deep, mix(story.second, "#ffffff", 0.2))),
        story.pop,
    )
    canvas.ellipse(w * 0.5, floor + h * 0.2, w * 0.2, h * 0.03, pick(rng, _WOOD))
    vase(canvas, story, w * 0.5, floor + h * 0.195, w * 0.11, rng)
    pot(canvas, story, w * 0.93, floor + h * 0.1, w * 0.09, rng)


def _bedside(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.86)
    wood = pick(rng, _WOOD)
    canvas.rect(
        -w * 0.1,
        h * 0.36,
        w * 0.56,
        h * 0.4,
        canvas.down(mix(story.main, "#ffffff", 0.12), lit(story.main, 0.7)),
        corner=24,
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
        canvas.down("#fffdf8", "#e5ddd0"),
    )
    canvas.path(
        f"M-10 {h * 0.66}L{w * 0.44} {h * 0.66}Q{w * 0.5} {h * 0.67} {w * 0.5} {h * 0.72}"
        f"L{w * 0.48} {h * 0.96}L-10 {h * 0.96}Z",
        canvas.down(mix(story.second, "#ffffff", 0.5), story.second),
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
        canvas.down(mix(wood, "#ffffff", 0.12), lit(wood, 0.7)),
        corner=5,
    )
    canvas.rect(w * 0.61, h * 0.68, w * 0.28, h * 0.08, lit(wood, 0.82), corner=3)
    canvas.circle(w * 0.75, h * 0.72, 3.6, "#e7c27a")
    for leg in (0.61, 0.89):
        canvas.rect(w * leg - 3, h * 0.88, 6, h * 0.06, lit(wood, 0.5))
    lamp(canvas, w * 0.76, h * 0.64, h * 0.3, story.pop, floor=False)
    framed_print(canvas, story, w * 0.12, h * 0.08, w * 0.2, h * 0.2, rng)
    canvas.rect(w * 0.6, h * 0.622, w * 0.1, h * 0.018, story.deep, corner=2)
    _ = floor


def _shelf(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    room(canvas, story, rng, 0.94)
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
            canvas.down(mix(wood, "#ffffff", 0.2), lit(wood, 0.75)),
            corner=2,
        )
        order = [0, 1, 2]
        rng.shuffle(order)
        for slot, what in enumerate(order):
            x = w * (0.2 + slot * 0.3)
            if what == 0:
                books(canvas, story, x - w * 0.1, h * y, w * 0.21, h * 0.15, rng)
            elif what == 1:
                pot(canvas, story, x, h * y, w * (0.06 + 0.01 * row), rng)
            elif row == 1:
                vase(canvas, story, x, h * y, h * 0.11, rng)
            else:
                trailing(canvas, story, x, h * y, w * 0.065, rng)


def _dining(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.76)
    wood = pick(rng, _WOOD)
    canvas.path(f"M{w * 0.5} 0L{w * 0.5} {h * 0.16}", stroke="#3a322d", width=2)
    canvas.ellipse(w * 0.5, h * 0.3, w * 0.5, h * 0.2, canvas.fade("#ffe4ad", 0.5))
    canvas.path(
        f"M{w * 0.32} {h * 0.26}C{w * 0.34} {h * 0.18} {w * 0.42} {h * 0.15} {w * 0.5} {h * 0.15}"
        f"C{w * 0.58} {h * 0.15} {w * 0.66} {h * 0.18} {w * 0.68} {h * 0.26}Z",
        canvas.across(mix(story.pop, "#ffffff", 0.2), lit(story.pop, 0.75)),
    )
    framed_print(canvas, story, w * 0.08, h * 0.3, w * 0.17, h * 0.17, rng)
    for side in (-1, 1):
        x = w * 0.5 + side * w * 0.34
        canvas.path(
            f"M{x + side * 18} {h * 0.5}Q{x + side * 24} {h * 0.6} {x + side * 18} {floor - 20}"
            f"L{x + side * 22} {floor + h * 0.12}M{x - side * 24} {floor - 14}"
            f"L{x - side * 28} {floor + h * 0.12}",
            stroke=lit(story.deep, 0.9),
            width=6,
        )
        canvas.rect(x - 30, floor - 26, 60, 14, story.main, corner=7)
    canvas.ellipse(w * 0.5, floor + h * 0.15, w * 0.2, 9, lit(wood, 0.5))
    canvas.path(
        f"M{w * 0.47} {h * 0.66}L{w * 0.44} {floor + h * 0.15}L{w * 0.56} {floor + h * 0.15}"
        f"L{w * 0.53} {h * 0.66}Z",
        lit(wood, 0.7),
    )
    canvas.ellipse(w * 0.5, h * 0.66, w * 0.36, h * 0.035, lit(wood, 0.7))
    canvas.ellipse(w * 0.5, h * 0.652, w * 0.36, h * 0.033, mix(wood, "#ffffff", 0.15))
    vase(canvas, story, w * 0.5, h * 0.655, w * 0.17, rng)
    canvas.ellipse(w * 0.68, h * 0.65, w * 0.08, h * 0.012, "#fffdf8")


def _console(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.86)
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
        canvas.down(mix(wood, "#ffffff", 0.2), lit(wood, 0.75)),
        corner=4,
    )
    for k in range(2):
        canvas.rect(w * (0.16 + k * 0.35), h * 0.6, w * 0.33, h * 0.06, lit(wood, 0.85), corner=3)
        canvas.circle(w * (0.325 + k * 0.35), h * 0.63, 3.4, "#e7c27a")
    for leg in (0.15, 0.85):
        canvas.rect(w * leg - 4, h * 0.67, 8, h * 0.24, lit(wood, 0.6))
    lamp(canvas, w * 0.24, h * 0.58, h * 0.22, story.main, floor=False)
    vase(canvas, story, w * 0.74, h * 0.58, h * 0.13, rng)
    canvas.ellipse(w * 0.5, floor + 12, w * 0.14, 8, canvas.fade("#241c18", 0.4))
    canvas.path(
        f"M{w * 0.38} {floor - 30}L{w * 0.62} {floor - 30}L{w * 0.59} {floor + 14}"
        f"L{w * 0.41} {floor + 14}Z",
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
    room(canvas, story, rng, 0.88)
    window(canvas, story, w * 0.2, h * 0.1, w * 0.6, h * 0.46)
    canvas.rect(
        w * 0.06,
        h * 0.68,
        w * 0.88,
        h * 0.22,
        canvas.down("#fbf7f0", "#ddd3c4"),
        corner=3,
    )
    canvas.rect(
        w * 0.05,
        h * 0.63,
        w * 0.9,
        h * 0.06,
        canvas.down(mix(story.main, "#ffffff", 0.2), lit(story.main, 0.75)),
        corner=9,
    )
    for x, tint, turn in (
        (0.18, story.pop, -12),
        (0.32, mix(story.second, "#ffffff", 0.3), 8),
        (0.8, story.deep, 10),
    ):
        with canvas.group(w * x, h * 0.575, turn=turn, scale=1.1):
            canvas.path(
                "M-22 -22Q0 -16 22 -22Q17 0 22 22Q0 17 -22 22Q-17 0 -22 -22Z",
                canvas.down(mix(tint, "#ffffff", 0.22), lit(tint, 0.75)),
            )
    books(canvas, story, w * 0.5, h * 0.632, w * 0.12, h * 0.06, rng)
    pot(canvas, story, w * 0.94, h * 0.95, w * 0.08, rng)


def _desk(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    w, h = canvas.width, canvas.height
    floor = room(canvas, story, rng, 0.84)
    wood = pick(rng, _WOOD)
    canvas.rect(w * 0.1, h * 0.2, w * 0.5, 8, wood, corner=2)
    books(canvas, story, w * 0.13, h * 0.2, w * 0.2, h * 0.1, rng)
    leaf(canvas, w * 0.5, h * 0.17, 0.5, -20, "#5f7f5b")
    leaf(canvas, w * 0.5, h * 0.17, 0.55, 24, "#7c9468")
    canvas.rect(w * 0.465, h * 0.165, w * 0.07, h * 0.035, story.pop, corner=2)
    framed_print(canvas, story, w * 0.7, h * 0.12, w * 0.2, h * 0.2, rng)
    for leg in (0.1, 0.9):
        canvas.path(
            f"M{w * leg} {h * 0.56}"
            f"L{w * (leg + (0.02 if leg < 0.5 else -0.02))} {floor + h * 0.08}",
            stroke=lit(wood, 0.6),
            width=7,
        )
    canvas.rect(
        w * 0.05,
        h * 0.54,
        w * 0.9,
        13,
        canvas.down(mix(wood, "#ffffff", 0.2), lit(wood, 0.75)),
        corner=3,
    )
    canvas.rect(w * 0.32, h * 0.36, w * 0.36, h * 0.15, "#33373c", corner=6)
    canvas.rect(
        w * 0.335,
        h * 0.37,
        w * 0.33,
        h * 0.13,
        canvas.aslant(story.main, mix(story.pop, "#ffffff", 0.3)),
        corner=3,
    )
    canvas.path(
        f"M{w * 0.28} {h * 0.54}L{w * 0.32} {h * 0.51}L{w * 0.68} {h * 0.51}"
        f"L{w * 0.72} {h * 0.54}Z",
        "#c9cdd1",
    )
    lamp(canvas, w * 0.17, h * 0.54, h * 0.19, story.deep, floor=False)
    canvas.rect(w * 0.79, h * 0.49, w * 0.07, h * 0.05, "#fbf6ec", corner=4)
    chair(canvas, w * 0.5, floor + h * 0.13, w * 0.32, story.deep)
