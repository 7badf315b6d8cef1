"""What food pictures share: tables, plates, berries and slices."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.palette import Story, pick


def cloth(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a table seen from above, with a folded napkin."""
    w, h = canvas.width, canvas.height
    top = pick(
        rng,
        (
            story.wall,
            story.second,
            mix(story.main, story.wall, 0.4),
            mix("#d9bf9a", story.wall, 0.4),
        ),
    )
    canvas.rect(
        0,
        0,
        w,
        h,
        canvas.aslant(mix(top, "#ffffff", 0.25), lit(top, 0.88)),
    )
    with canvas.group(
        w * float(rng.uniform(0.05, 0.2)), h * 0.8, turn=float(rng.uniform(-30, -10))
    ):
        canvas.rect(-60, -20, 230, 120, mix(story.main, "#ffffff", 0.25), corner=4)
        canvas.path(
            "".join(f"M-60 {y}L170 {y}" for y in (-6, 4, 74, 84)),
            stroke=mix(story.deep, "#ffffff", 0.2),
            width=2.4,
            opacity=0.6,
        )


def plate(canvas: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """Paint a plate or a bowl seen from above."""
    canvas.circle(
        x + r * 0.05,
        y + r * 0.09,
        r * 1.04,
        canvas.radial([(0, "#241a18", 0.5), (0.85, "#241a18", 0.35), (1, "#241a18", 0)]),
    )
    canvas.circle(
        x,
        y,
        r,
        canvas.aslant(mix(colour, "#ffffff", 0.5), lit(colour, 0.82)),
    )
    canvas.circle(
        x,
        y,
        r * 0.76,
        canvas.aslant(lit(colour, 0.88), mix(colour, "#ffffff", 0.4)),
    )


def berry(canvas: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """Paint one round berry."""
    canvas.circle(x + r * 0.2, y + r * 0.3, r, "#241a18", opacity=0.25)
    canvas.circle(
        x,
        y,
        r,
        canvas.radial(
            [(0, mix(colour, "#ffffff", 0.4), 1), (0.5, colour, 1), (1, lit(colour, 0.4), 1)],
            (0.36, 0.3),
            0.7,
        ),
    )


def strawberry(canvas: Canvas, x: float, y: float, size: float, turn: float) -> None:
    """Paint one strawberry, tip down unless turned."""
    with canvas.group(x, y, turn=turn, scale=size / 20):
        canvas.path(
            "M0 16C-12 8 -16 -6 -10 -12C-5 -16 5 -16 10 -12C16 -6 12 8 0 16Z",
            canvas.radial(
                [(0, "#f4645c", 1), (0.6, "#d92f38", 1), (1, "#9d1626", 1)], (0.38, 0.35), 0.7
            ),
        )
        canvas.path(
            "M-5 -4v2M0 -7v2M5 -4v2M-7 2v2M0 0v2M6 2v2M-3 7v2M3 7v2", stroke="#ffe1a3", width=1.4
        )
        canvas.path("M-9 -12L-4 -17L0 -12L4 -17L9 -12L0 -9Z", "#5d8a46")


def citrus(canvas: Canvas, x: float, y: float, r: float, rind: str, flesh: str) -> None:
    """Paint a round of citrus."""
    canvas.circle(x + 2, y + 3, r, "#241a18", opacity=0.2)
    canvas.circle(x, y, r, rind)
    canvas.circle(x, y, r * 0.88, "#fff6df")
    for k in range(8):
        a, b = k * math.pi / 4 + 0.07, (k + 1) * math.pi / 4 - 0.07
        canvas.path(
            f"M{x + math.cos((a + b) / 2) * r * 0.1:.1f} "
            f"{y + math.sin((a + b) / 2) * r * 0.1:.1f}"
            f"L{x + math.cos(a) * r * 0.78:.1f} {y + math.sin(a) * r * 0.78:.1f}"
            f"A{r * 0.78:.1f} {r * 0.78:.1f} 0 0 1 {x + math.cos(b) * r * 0.78:.1f} "
            f"{y + math.sin(b) * r * 0.78:.1f}Z",
            flesh,
        )


def counter(canvas: Canvas, story: Story, rng: np.random.Generator, level: float) -> float:
    """Paint a wall and a counter seen from the side; return the counter's height."""
    w, h = canvas.width, canvas.height
    canvas.rect(0, 0, w, h, canvas.down(story.haze, mix(story.wall, story.second, 0.4)))
    if rng.random() < 0.6:
        canvas.path(
            f"M{w * 0.14} {h}L{w * 0.14} {h * 0.42}"
            f"A{w * 0.36} {w * 0.36} 0 0 1 {w * 0.86} {h * 0.42}L{w * 0.86} {h}Z",
            mix(story.second, story.main, 0.25),
            opacity=0.8,
        )
    else:
        canvas.circle(w * 0.5, h * 0.42, w * 0.38, mix(story.pop, story.wall, 0.5), opacity=0.8)
    y = h * level
    canvas.rect(
        0,
        y,
        w,
        h - y,
        canvas.down(mix(story.main, "#ffffff", 0.4), mix(story.main, "#ffffff", 0.1)),
    )
    return y
