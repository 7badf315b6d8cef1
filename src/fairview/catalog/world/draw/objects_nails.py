"""Nail pictures: polish bottles, press-on sets and tools on a table, and never a hand."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.background import leaf
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.outline import smooth
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.palette import Story, pick

Size = tuple[float, float]


def _table(canvas: Canvas, story: Story, rng: np.random.Generator, level: float) -> None:
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
            canvas.linear([(0, mix(story.second, "#ffffff", 0.35), 1), (1, story.second, 1)]),
        )


def _shadow(canvas: Canvas, x: float, y: float, rx: float, ry: float) -> None:
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
    """A polish bottle that stands on y; `size` is its height."""
    with canvas.group(x, y, scale=size / 150):
        _shadow(canvas, 12, 0, 52, 11)
        dark, light = lit(colour, 0.45), mix(colour, "#ffffff", 0.3)
        if square:
            canvas.path(
                "M-33 -66C-33 -74 -24 -77 -15 -78L15 -78C24 -77 33 -74 33 -66L33 -8C33 -2 29 0 24 0L-24 0C-29 0 -33 -2 -33 -8Z",
                mix(colour, "#ffffff", 0.55),
                opacity=0.75,
            )
            body = "M-28 -62C-28 -68 -20 -71 -13 -71L13 -71C20 -71 28 -68 28 -62L28 -11C28 -7 26 -5 22 -5L-22 -5C-26 -5 -28 -7 -28 -11Z"
        else:
            canvas.path(
                "M-12 -80C-36 -74 -40 -44 -38 -26C-37 -8 -28 0 -18 0L18 0C28 0 37 -8 38 -26C40 -44 36 -74 12 -80Z",
                mix(colour, "#ffffff", 0.55),
                opacity=0.75,
            )
            body = "M-10 -73C-30 -68 -34 -44 -33 -27C-32 -11 -25 -5 -16 -5L16 -5C25 -5 32 -11 33 -27C34 -44 30 -68 10 -73Z"
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
        canvas.rect(-12, -86, 24, 9, mix(cap, "#000000", 0.25), round=2)
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
        shape = "M-10 18C-11 2 -10 -10 -5 -19C-2.5 -23 2.5 -23 5 -19C10 -10 11 2 10 18C7 23 -7 23 -10 18Z"
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


def _tones(story: Story, rng: np.random.Generator) -> list[str]:
    tones = [
        story.main,
        story.pop,
        story.deep,
        mix(story.main, "#ffffff", 0.4),
        mix(story.pop, story.main, 0.5),
        mix(story.second, story.pop, 0.3),
    ]
    rng.shuffle(tones)
    return tones


def draw_nails(canvas: Canvas, kind: str, story: Story, rng: np.random.Generator) -> None:
    """Paint one nail subject: ``kind`` is one of the values of `subjects.NAILS`."""
    {
        "trio": _trio, "set": _set, "french": _french, "kit": _kit, "glitter": _glitter, "tray": _tray, "wheel": _wheel,
    }[kind](canvas, story, rng)  # fmt: skip


def _trio(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _table(canvas, story, rng, 0.66)
    w, h = canvas.width, canvas.height
    tones, cap, square = (
        _tones(story, rng),
        pick(rng, ("#2b2628", "#d9b36a", "#f3efe8")),
        bool(rng.random() < 0.5),
    )
    for x, y, size, tone in (
        (0.24, 0.76, 0.46, tones[0]),
        (0.76, 0.77, 0.42, tones[1]),
        (0.5, 0.84, 0.54, tones[2]),
    ):
        bottle(canvas, w * x, h * y, w * size * 1.05, tone, cap, square=square)
    canvas.path(
        smooth(
            [
                (w * 0.1, h * 0.93),
                (w * 0.16, h * 0.915),
                (w * 0.27, h * 0.93),
                (w * 0.24, h * 0.95),
                (w * 0.13, h * 0.955),
            ],
            closed=True,
        ),
        tones[2],
    )


def _set_nails(canvas: Canvas, story: Story, rng: np.random.Generator, *, french: bool) -> None:
    w, h = canvas.width, canvas.height
    _table(canvas, story, rng, 0)
    paper = mix(story.second, "#ffffff", 0.25) if french else mix(story.haze, "#ffffff", 0.4)
    card = (w * 0.14, h * 0.12, w * 0.72, h * 0.76)
    canvas.rect(card[0] + 8, card[1] + 10, card[2], card[3], "#2a1f26", round=16, opacity=0.16)
    canvas.rect(*card, canvas.linear([(0, mix(paper, "#ffffff", 0.3), 1), (1, paper, 1)]), round=16)
    tones = _tones(story, rng)
    for row in range(2):
        for col in range(5):
            big = (0.92, 1.0, 1.08, 1.0, 0.86)[col]
            base = mix("#efc4be", story.main, 0.12) if french else tones[(col + row * 2) % 3]
            x = card[0] + card[2] * (0.14 + col * 0.18)
            y = card[1] + card[3] * (0.36 + row * 0.38)
            art = 0 if french else int(rng.integers(0, 4))
            press_on(
                canvas,
                x,
                y,
                w * 0.095 * big,
                h * 0.2 * big,
                base,
                tip="#fffefb" if french and row == 0 else (tones[col % 3] if french else ""),
                art=art,
            )
    canvas.path(
        f"M{w * 0.38} {card[1] + card[3] * 0.09}L{w * 0.62} {card[1] + card[3] * 0.09}",
        stroke=story.deep,
        width=3,
        opacity=0.7,
    )
    leaf(canvas, w * 0.06, h * 0.98, 1.1, 24, mix(story.main, "#5f7f5b", 0.5))
    leaf(canvas, w * 0.97, h * 0.16, 1.0, -150, mix(story.main, "#5f7f5b", 0.5))


def _set(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _set_nails(canvas, story, rng, french=False)


def _french(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _set_nails(canvas, story, rng, french=True)


def _kit(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _table(canvas, story, rng, 0)
    w, h = canvas.width, canvas.height
    tones = _tones(story, rng)
    with canvas.group(w * 0.34, h * 0.5, turn=-14):
        for k, tint in enumerate((story.pop, story.deep, story.main)):
            x = -40 + k * 34
            canvas.rect(x + 4, -118, 13, 220, "#2a1f26", round=6, opacity=0.16)
            canvas.rect(
                x,
                -122,
                13,
                160,
                canvas.linear(
                    [(0, mix(tint, "#ffffff", 0.35), 1), (1, lit(tint, 0.6), 1)], (0, 0), (1, 0)
                ),
                round=6,
            )
            canvas.rect(x + 1, 30, 11, 26, "#d8b56a", round=2)
            canvas.path(
                f"M{x + 1} 55C{x} 72 {x + 4} 84 {x + 6.5} 96C{x + 9} 84 {x + 13} 72 {x + 12} 55Z",
                "#3a2f2c",
            )
        canvas.rect(
            70,
            -110,
            26,
            200,
            mix(story.wall, "#ffffff", 0.3),
            round=13,
            stroke=mix(story.second, story.deep, 0.2),
            width=2,
        )
        canvas.rect(75, -104, 16, 188, mix(story.pop, "#ffffff", 0.25), round=8)
    for k in range(4):
        press_on(
            canvas,
            w * (0.62 + 0.09 * k),
            h * 0.83,
            w * 0.085,
            h * 0.15,
            tones[k % 3],
            art=k % 4,
            turn=-8 + k * 5,
        )
    for k in range(9):
        x, y = w * float(rng.uniform(0.66, 0.94)), h * float(rng.uniform(0.10, 0.34))
        canvas.circle(x + 1.5, y + 2, 5, "#2a1f26", opacity=0.16)
        canvas.circle(
            x, y, float(rng.uniform(3, 6)), pick(rng, (story.main, story.pop, "#f4d58d", "#ffffff"))
        )


def _glitter(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _table(canvas, story, rng, 0.7)
    w, h = canvas.width, canvas.height
    for _ in range(70):
        canvas.circle(
            w * float(rng.uniform(0, 1)),
            h * float(rng.beta(3, 1.4)),
            float(rng.uniform(0.8, 3)),
            pick(rng, ("#ffe9b3", "#ffffff", story.pop)),
            opacity=0.8,
        )
    bottle(
        canvas,
        w * 0.5,
        h * 0.84,
        w * 0.82,
        story.main,
        pick(rng, ("#d9b36a", "#2b2628")),
        square=bool(rng.random() < 0.5),
        glitter=7,
    )


def _tray(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _table(canvas, story, rng, 0)
    w, h = canvas.width, canvas.height
    canvas.ellipse(w * 0.52, h * 0.57, w * 0.44, h * 0.34, "#2a1f26", opacity=0.16)
    canvas.ellipse(
        w * 0.5, h * 0.54, w * 0.44, h * 0.34, canvas.linear([(0, "#f7efe0", 1), (1, "#dcc9a6", 1)])
    )
    canvas.ellipse(
        w * 0.5,
        h * 0.545,
        w * 0.40,
        h * 0.305,
        canvas.linear(
            [(0, mix(story.wall, "#ffffff", 0.2), 1), (1, mix(story.wall, "#ffffff", 0.6), 1)]
        ),
    )
    tones = _tones(story, rng)
    for k, (x, y) in enumerate(((0.30, 0.62), (0.45, 0.58), (0.60, 0.66))):
        bottle(canvas, w * x, h * y, w * 0.34, tones[k], "#d9b36a", square=k != 1)
    for k in range(5):
        press_on(
            canvas,
            w * (0.36 + 0.075 * k),
            h * 0.75,
            w * 0.06,
            h * 0.09,
            tones[(k + 1) % 4],
            turn=-10 + 5 * k,
        )
    for k in range(7):
        a = k / 7 * 2 * math.pi
        canvas.ellipse(
            w * 0.76 + math.cos(a) * 17,
            h * 0.5 + math.sin(a) * 17,
            13,
            9,
            mix(story.pop, "#ffffff", 0.35),
            turn=math.degrees(a),
        )
    canvas.circle(w * 0.76, h * 0.5, 9, "#f2c14e")


def _wheel(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    _table(canvas, story, rng, 0)
    w, h = canvas.width, canvas.height
    cx, cy, r = w * 0.5, h * 0.5, w * 0.3
    canvas.circle(cx + 5, cy + 8, r * 0.8, "#2a1f26", opacity=0.14)
    canvas.circle(
        cx,
        cy,
        r * 0.78,
        canvas.linear([(0, "#ffffff", 0.95), (1, mix(story.haze, "#ffffff", 0.3), 1)]),
    )
    canvas.circle(cx, cy, r * 0.16, mix(story.second, "#ffffff", 0.2), stroke=story.deep, width=1.5)
    ramp = [
        story.deep,
        story.main,
        mix(story.main, "#ffffff", 0.35),
        story.second,
        mix(story.pop, "#ffffff", 0.4),
        story.pop,
        lit(story.pop, 0.6),
        mix(story.pop, story.deep, 0.5),
    ]
    for k in range(16):
        a = k / 16 * 2 * math.pi
        tone = mix(ramp[(k // 2) % 8], ramp[(k // 2 + 1) % 8], 0.5 * (k % 2))
        press_on(
            canvas,
            cx + math.sin(a) * r * 1.02,
            cy - math.cos(a) * r * 1.02,
            w * 0.075,
            w * 0.2,
            tone,
            turn=math.degrees(a),
        )
