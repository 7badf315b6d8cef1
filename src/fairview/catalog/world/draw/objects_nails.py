"""Nail pictures: polish bottles, press-on sets and tools on a table, and never a hand."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.background import leaf
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.nail_pieces import bottle, press_on, table
from fairview.catalog.world.draw.outline import smooth
from fairview.catalog.world.draw.palette import Story, pick

Size = tuple[float, float]


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
        "trio": _trio,
        "set": _set,
        "french": _french,
        "kit": _kit,
        "glitter": _glitter,
        "tray": _tray,
        "wheel": _wheel,
    }[kind](canvas, story, rng)


def _trio(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    table(canvas, story, rng, 0.66)
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
    table(canvas, story, rng, 0)
    paper = mix(story.second, "#ffffff", 0.25) if french else mix(story.haze, "#ffffff", 0.4)
    card = (w * 0.14, h * 0.12, w * 0.72, h * 0.76)
    canvas.rect(card[0] + 8, card[1] + 10, card[2], card[3], "#2a1f26", corner=16, opacity=0.16)
    canvas.rect(*card, canvas.down(mix(paper, "#ffffff", 0.3), paper), corner=16)
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
    table(canvas, story, rng, 0)
    w, h = canvas.width, canvas.height
    tones = _tones(story, rng)
    with canvas.group(w * 0.34, h * 0.5, turn=-14):
        for k, tint in enumerate((story.pop, story.deep, story.main)):
            x = -40 + k * 34
            canvas.rect(x + 4, -118, 13, 220, "#2a1f26", corner=6, opacity=0.16)
            canvas.rect(
                x,
                -122,
                13,
                160,
                canvas.across(mix(tint, "#ffffff", 0.35), lit(tint, 0.6)),
                corner=6,
            )
            canvas.rect(x + 1, 30, 11, 26, "#d8b56a", corner=2)
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
            corner=13,
            stroke=mix(story.second, story.deep, 0.2),
            width=2,
        )
        canvas.rect(75, -104, 16, 188, mix(story.pop, "#ffffff", 0.25), corner=8)
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
    for _ in range(9):
        at_x, at_y = w * float(rng.uniform(0.66, 0.94)), h * float(rng.uniform(0.10, 0.34))
        canvas.circle(at_x + 1.5, at_y + 2, 5, "#2a1f26", opacity=0.16)
        canvas.circle(
            at_x,
            at_y,
            float(rng.uniform(3, 6)),
            pick(rng, (story.main, story.pop, "#f4d58d", "#ffffff")),
        )


def _glitter(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    table(canvas, story, rng, 0.7)
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
    table(canvas, story, rng, 0)
    w, h = canvas.width, canvas.height
    canvas.ellipse(w * 0.52, h * 0.57, w * 0.44, h * 0.34, "#2a1f26", opacity=0.16)
    canvas.ellipse(w * 0.5, h * 0.54, w * 0.44, h * 0.34, canvas.down("#f7efe0", "#dcc9a6"))
    canvas.ellipse(
        w * 0.5,
        h * 0.545,
        w * 0.40,
        h * 0.305,
        canvas.down(mix(story.wall, "#ffffff", 0.2), mix(story.wall, "#ffffff", 0.6)),
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
    table(canvas, story, rng, 0)
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
