"""What nail pictures share: tables, polish bottles and press-on nails."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.palette import Story, pick


def table(canvas: Canvas, story: Story, rng: np.random.Generator, level: float) -> None:
    """Paint a wall and a table top that begins at `level`, or a flat top for level 0."""
    w, h = canvas.width, canvas.height
    top = mix(story.haze, story.wall, float(rng.uniform(0.2, 0.8)))
    canvas.wash(top, mix(top, story.second, 0.45), 0.4)
    canvas.ellipse(w * 0.25, h * 0.15, w * 0.7, h * 0.5, canvas.fade("#ffffff", 0.4))
    if level:
        if rng.random() < 0.7:
            canvas.circle(
                w * float(rng.uniform(0.35, 0.65)),
                h * level * 0.72,
                w * 0.36,
                mix(story.second, story.wall, 0.35),
                opacity=0.75,
            )
        canvas.rect(
            0,
            h * level,
            w,
            h,
            canvas.down(mix(story.second, "#ffffff", 0.35), story.second),
        )


def shadow(canvas: Canvas, x: float, y: float, rx: float, ry: float) -> None:
    """Paint the soft shadow under a thing."""
    canvas.ellipse(x, y, rx, ry, canvas.fade("#2a1f26", 0.42))


def bottle(
    canvas: Canvas,
    x: float,
    y: float,
    size: float,
    colour: str,
    cap: str,
    *,
    square: bool,
    glitter: int = 0,
) -> None:
    """Paint a polish bottle that stands on y; `size` is its height."""
    with canvas.group(x, y, scale=size / 150):
        shadow(canvas, 12, 0, 52, 11)
        dark, light = lit(colour, 0.45), mix(colour, "#ffffff", 0.3)
        if square:
            canvas.path(
                "M-33 -66C-33 -74 -24 -77 -15 -78L15 -78C24 -77 33 -74 33 -66L33 -8"
                "C33 -2 29 0 24 0L-24 0C-29 0 -33 -2 -33 -8Z",
                mix(colour, "#ffffff", 0.55),
                opacity=0.75,
            )
            body = (
                "M-28 -62C-28 -68 -20 -71 -13 -71L13 -71C20 -71 28 -68 28 -62L28 -11"
                "C28 -7 26 -5 22 -5L-22 -5C-26 -5 -28 -7 -28 -11Z"
            )
        else:
            canvas.path(
                "M-12 -80C-36 -74 -40 -44 -38 -26C-37 -8 -28 0 -18 0L18 0C28 0 37 -8 38 -26"
                "C40 -44 36 -74 12 -80Z",
                mix(colour, "#ffffff", 0.55),
                opacity=0.75,
            )
            body = (
                "M-10 -73C-30 -68 -34 -44 -33 -27C-32 -11 -25 -5 -16 -5L16 -5"
                "C25 -5 32 -11 33 -27C34 -44 30 -68 10 -73Z"
            )
        canvas.path(
            body,
            canvas.linear(
                [(0, dark, 1), (0.18, colour, 1), (0.4, light, 1), (0.62, colour, 1), (1, dark, 1)],
                (0, 0),
                (1, 0),
            ),
        )
        if glitter:
            with canvas.clipped(body):
                rng = np.random.default_rng(glitter)
                for _ in range(60):
                    canvas.circle(
                        float(rng.uniform(-32, 32)),
                        float(rng.uniform(-72, -5)),
                        float(rng.uniform(0.7, 2.4)),
                        pick(rng, ("#fff6dc", "#ffe3a8", light, "#ffffff")),
                        opacity=0.85,
                    )
        canvas.path("M-22 -60C-24 -44 -24 -26 -21 -14", stroke="#ffffff", width=4.5, opacity=0.55)
        canvas.rect(-12, -86, 24, 9, mix(cap, "#000000", 0.25), corner=2)
        canvas.path(
            "M-14 -84L-10.5 -146C-10 -151 10 -151 10.5 -146L14 -84Z",
            canvas.linear(
                [
                    (0, lit(cap, 0.5), 1),
                    (0.3, mix(cap, "#ffffff", 0.4), 1),
                    (0.55, cap, 1),
                    (1, lit(cap, 0.4), 1),
                ],
                (0, 0),
                (1, 0),
            ),
        )


def press_on(
    canvas: Canvas,
    x: float,
    y: float,
    wide: float,
    high: float,
    colour: str,
    *,
    tip: str = "",
    art: int = 0,
    turn: float = 0.0,
) -> None:
    """One press-on nail, almond shaped, tip up."""
    with canvas.group(x, y, turn=turn, scale=high / 44, across=wide / 20 / (high / 44)):
        shape = (
            "M-10 18C-11 2 -10 -10 -5 -19C-2.5 -23 2.5 -23 5 -19C10 -10 11 2 10 18"
            "C7 23 -7 23 -10 18Z"
        )
        canvas.path(
            "M-9 21C-11 3 -9 -8 -4 -17C-1 -20 5 -20 7 -15C12 -7 13 5 12 21C8 27 -6 26 -9 21Z",
            "#2a1f26",
            opacity=0.16,
        )
        canvas.path(
            shape,
            canvas.linear(
                [
                    (0, lit(colour, 0.7), 1),
                    (0.3, mix(colour, "#ffffff", 0.25), 1),
                    (0.6, colour, 1),
                    (1, lit(colour, 0.62), 1),
                ],
                (0, 0),
                (1, 0),
            ),
        )
        with canvas.clipped(shape):
            if tip:
                canvas.path("M-12 -6C-6 -13 6 -13 12 -6L12 -30L-12 -30Z", tip)
            if art == 1:
                for dx, dy in ((-3, 0), (3, 0), (0, -3.4), (0, 3.4)):
                    canvas.circle(dx, 4 + dy, 2.4, "#fffaf0")
                canvas.circle(0, 4, 1.5, "#e9b54d")
            elif art == 2:
                canvas.path(
                    "M-12 -2Q-4 -10 2 -2T14 -4M-12 8Q-4 0 2 8T14 6", stroke="#fffaf0", width=2.2
                )
            elif art == 3:
                for k in range(12):
                    canvas.circle(
                        math.sin(k * 2.4) * 7, -18 + k * 3.2, 1.1, "#ffeec2", opacity=0.95
                    )
        canvas.path("M-5 14C-6.5 2 -6 -6 -3 -14", stroke="#ffffff", width=2.2, opacity=0.6)
