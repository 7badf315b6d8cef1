"""Food pictures: dishes seen from above, cakes and cups seen from the side."""

from __future__ import annotations

import math

import numpy as np

from fairview.catalog.world.draw.background import leaf
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.food_from_side import cake, pancakes
from fairview.catalog.world.draw.food_pieces import berry, citrus, cloth, plate, strawberry
from fairview.catalog.world.draw.outline import joined, polygon, smooth
from fairview.catalog.world.draw.palette import Story, pick


def draw_food(canvas: Canvas, kind: str, story: Story, rng: np.random.Generator) -> None:
    """Paint one food subject: ``kind`` is one of the values of `subjects.FOODS`."""
    {
        "tart": _tart,
        "ramen": _ramen,
        "cake": cake,
        "fruit": _fruit,
        "toast": _toast,
        "coffee": _coffee,
        "salad": _salad,
        "pancakes": pancakes,
    }[kind](canvas, story, rng)


def _middle(canvas: Canvas) -> tuple[float, float, float]:
    return canvas.width * 0.5, canvas.height * 0.48, canvas.width * 0.4


def _tart(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    x, y, r = _middle(canvas)
    plate(canvas, x, y, r, "#f6f1e8")
    rim = [
        (
            x + math.cos(k * math.pi / 20) * r * (0.8 + 0.03 * (k % 2)),
            y + math.sin(k * math.pi / 20) * r * (0.8 + 0.03 * (k % 2)),
        )
        for k in range(40)
    ]
    canvas.path(
        polygon(rim), canvas.radial([(0, "#f1c887", 1), (0.85, "#dba25c", 1), (1, "#b67a3c", 1)])
    )
    canvas.circle(x, y, r * 0.7, canvas.round("#fff6e0", "#f5dfb0"))
    for ring, count in ((0.58, 16), (0.4, 11), (0.2, 6), (0.0, 1)):
        for k in range(count):
            a = k / count * 2 * math.pi + ring * 4
            px, py = x + math.cos(a) * r * ring, y + math.sin(a) * r * ring
            if ring == 0.4:
                strawberry(canvas, px, py, r * 0.17, math.degrees(a) + 90)
            else:
                berry(
                    canvas,
                    px,
                    py,
                    r * float(rng.uniform(0.075, 0.095)),
                    pick(rng, ("#3e4a86", "#5a3a78", "#a3244d")),
                )
    for _ in range(5):
        a = float(rng.uniform(0, 6.28))
        leaf(
            canvas,
            x + math.cos(a) * r * 0.3,
            y + math.sin(a) * r * 0.3,
            0.28,
            float(rng.uniform(0, 360)),
            "#5f9a52",
        )


def _ramen(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    x, y, r = _middle(canvas)
    bowl = pick(rng, (story.deep, story.main, "#2f3a40"))
    plate(canvas, x, y, r, bowl)
    canvas.circle(x, y, r * 0.86, lit(bowl, 0.6))
    canvas.circle(
        x, y, r * 0.82, canvas.radial([(0, "#e3a658", 1), (0.8, "#c97f38", 1), (1, "#a35f26", 1)])
    )
    noodles = joined(
        smooth(
            [
                (x - r * 0.66 + k * 5.2, y + r * 0.05 + math.sin(k) * 14),
                (x - r * 0.4 + k * 5, y + r * (0.3 + 0.1 * math.cos(k * 1.7))),
                (x - r * 0.2 + k * 5, y + r * 0.2),
                (x + r * 0.05 + k * 4, y + r * (0.55 - 0.02 * k)),
            ]
        )
        for k in range(14)
    )
    canvas.path(noodles, stroke="#c98f3d", width=6)
    canvas.path(noodles, stroke="#f8dfa0", width=4.2)
    for dx in (-0.42, -0.1):
        canvas.ellipse(x + r * dx, y - r * 0.36, r * 0.2, r * 0.25, "#fffaf0", turn=14)
        canvas.circle(
            x + r * dx,
            y - r * 0.33,
            r * 0.115,
            canvas.round("#ffc64d", "#ef8f1f"),
        )
    for k in range(3):
        canvas.ellipse(
            x + r * (0.32 + k * 0.12),
            y - r * (0.3 - k * 0.2),
            r * 0.22,
            r * 0.15,
            canvas.down("#d99b86", "#a85f4e"),
            turn=40 - k * 10,
        )
        canvas.ellipse(
            x + r * (0.31 + k * 0.12),
            y - r * (0.31 - k * 0.2),
            r * 0.12,
            r * 0.07,
            "#f3cfbd",
            turn=40 - k * 10,
        )
    canvas.rect(x - r * 0.82, y - r * 0.2, r * 0.3, r * 0.44, "#2f4a3a", corner=3)
    for _ in range(26):
        a, d = float(rng.uniform(0, 6.28)), float(rng.uniform(0, 0.62))
        canvas.circle(
            x + math.cos(a) * r * d,
            y + math.sin(a) * r * d,
            2.8,
            "none",
            stroke=pick(rng, ("#6fa04e", "#8cbf62")),
            width=1.9,
        )
    for shift in (0, 10):
        canvas.path(
            f"M{x + r * 0.2 + shift} {y + r * 1.25}L{x + r * 1.15 + shift} {y - r * 0.9}",
            stroke="#8a4b2d",
            width=5,
        )


def _fruit(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    x, y, r = _middle(canvas)
    plate(canvas, x, y, r, mix(story.second, "#ffffff", 0.5))
    for k in range(4):
        citrus(
            canvas,
            x - r * 0.42 + k * r * 0.13,
            y - r * 0.38 + k * r * 0.04,
            r * 0.26,
            "#ee8b1f",
            "#f9b04a",
        )
    for k in range(3):
        citrus(
            canvas,
            x + r * (0.22 + 0.14 * k),
            y - r * (0.3 - 0.14 * k),
            r * 0.2,
            "#7da83f",
            "#c5dd7e",
        )
    with canvas.group(x - r * 0.36, y + r * 0.34, turn=-20):
        canvas.path(f"M{-r * 0.4} 0A{r * 0.4} {r * 0.4} 0 0 0 {r * 0.4} 0Z", "#4f8a4a")
        canvas.path(f"M{-r * 0.36} 0A{r * 0.36} {r * 0.36} 0 0 0 {r * 0.36} 0Z", "#f4f1d8")
        canvas.path(f"M{-r * 0.33} 0A{r * 0.33} {r * 0.33} 0 0 0 {r * 0.33} 0Z", "#ee5a5a")
        for k in range(7):
            canvas.ellipse(-r * 0.22 + k * r * 0.075, r * (0.1 + 0.07 * (k % 2)), 1.8, 3, "#3a2320")
    for k in range(4):
        strawberry(
            canvas,
            x + r * (0.1 + 0.17 * k),
            y + r * (0.36 + 0.06 * math.sin(k * 2)),
            r * 0.22,
            -30 + k * 25,
        )
    for _ in range(12):
        a, d = float(rng.uniform(0, 6.28)), float(rng.uniform(0, 0.22))
        berry(
            canvas,
            x - r * 0.02 + math.cos(a) * r * d,
            y + r * 0.04 + math.sin(a) * r * d,
            r * 0.075,
            pick(rng, ("#3e4a86", "#4c3d86", "#6a2f6f")),
        )
    for k in range(3):
        leaf(canvas, x + r * 0.02, y + r * 0.02, 0.36, k * 45 - 60, "#5f9a52")


def _toast(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    x, y, r = _middle(canvas)
    plate(canvas, x, y, r * 1.02, pick(rng, ("#f6f1e8", mix(story.main, "#ffffff", 0.55))))
    for k, (dx, dy, turn) in enumerate(((-0.22, -0.12, -18), (0.24, 0.14, -6))):
        with canvas.group(x + r * dx, y + r * dy, turn=turn, scale=r / 130):
            slab = (
                "M-48 -52C-66 -52 -66 -24 -52 -18L-52 56C-52 62 -48 64 -42 64L42 64"
                "C48 64 52 62 52 56L52 -18C66 -24 66 -52 48 -52C30 -62 -30 -62 -48 -52Z"
            )
            with canvas.group(4, 6):
                canvas.path(slab, "#241a18", opacity=0.28)
            canvas.path(slab, "#b5763c")
            with canvas.group(scale=0.92):
                canvas.path(slab, canvas.down("#f0cf97", "#dcae6c"))
            canvas.path(
                smooth(
                    [
                        (-42, -36),
                        (0, -46),
                        (44, -34),
                        (40, 10),
                        (44, 48),
                        (0, 54),
                        (-42, 48),
                        (-38, 6),
                    ],
                    closed=True,
                ),
                "#a9c25f",
            )
            canvas.path(
                smooth([(-32, -20), (-4, -28), (24, -14)])
                + smooth([(-30, 6), (0, 0), (30, 14)])
                + smooth([(-28, 32), (4, 26), (32, 38)]),
                stroke="#d3e08d",
                width=9,
                opacity=0.8,
            )
            if k == 0:
                canvas.path(
                    smooth(
                        [(-30, -8), (-8, -32), (24, -26), (34, 6), (18, 32), (-18, 30)], closed=True
                    ),
                    "#fffdf6",
                )
                canvas.circle(
                    4,
                    0,
                    15,
                    canvas.radial([(0, "#ffd25f", 1), (1, "#f39a1e", 1)], (0.4, 0.35), 0.6),
                )
            else:
                for dx2, dy2 in ((-22, -18), (14, -22), (-8, 8), (24, 14), (-24, 32), (8, 38)):
                    canvas.circle(dx2, dy2, 9.5, "#d9382f")
                    canvas.circle(dx2, dy2, 6.5, "#f07a5e")
            for _ in range(14):
                canvas.circle(
                    float(rng.uniform(-38, 38)),
                    float(rng.uniform(-38, 48)),
                    1.5,
                    pick(rng, ("#2b2320", "#fff4d6", "#c23b2e")),
                )
    leaf(canvas, x - r * 0.5, y + r * 0.62, 0.5, 100, "#5f9a52")
    leaf(canvas, x - r * 0.44, y + r * 0.66, 0.45, 60, "#6fae5c")


def _coffee(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    w, h = canvas.width, canvas.height
    cup = pick(rng, ("#fbf7f0", story.main, story.pop))
    x, y, r = w * 0.38, h * 0.36, w * 0.23
    plate(canvas, x, y, r * 1.35, mix(cup, "#ffffff", 0.3))
    canvas.path(
        f"M{x + r * 0.8} {y - 9}"
        f"C{x + r * 1.5} {y - 22} {x + r * 1.5} {y + 26} {x + r * 0.8} {y + 14}",
        stroke=lit(cup, 0.85),
        width=9,
    )
    canvas.circle(
        x,
        y,
        r,
        canvas.aslant(mix(cup, "#ffffff", 0.45), lit(cup, 0.75)),
    )
    canvas.circle(
        x, y, r * 0.86, canvas.radial([(0, "#b5763f", 1), (0.85, "#8a5228", 1), (1, "#5e3518", 1)])
    )
    for k in range(3):
        size = r * (0.5 - k * 0.13)
        yy = y + r * (0.22 - k * 0.27)
        canvas.path(
            f"M{x} {yy + size * 0.55}"
            f"C{x - size * 1.3} {yy - size * 0.2} {x - size * 0.7} {yy - size * 0.9} {x} "
            f"{yy - size * 0.25}"
            f"C{x + size * 0.7} {yy - size * 0.9} {x + size * 1.3} {yy - size * 0.2} {x} "
            f"{yy + size * 0.55}Z",
            "#f6e6cd",
            stroke="#a8683a",
            width=2,
        )
    px, py, pr = w * 0.64, h * 0.72, w * 0.27
    plate(canvas, px, py, pr, "#f6f1e8")
    with canvas.group(px, py, turn=float(rng.uniform(-35, 10)), scale=pr / 100):
        body = [
            (-72, 22),
            (-60, -14),
            (-30, -38),
            (0, -44),
            (30, -38),
            (60, -14),
            (72, 22),
            (56, 26),
            (40, 8),
            (20, -2),
            (0, -6),
            (-20, -2),
            (-40, 8),
            (-56, 26),
        ]
        canvas.path(
            smooth(body, closed=True),
            canvas.radial(
                [(0, "#f3c070", 1), (0.7, "#d08a3a", 1), (1, "#9c5a1f", 1)], (0.45, 0.3), 0.7
            ),
        )
        for k in (-2, -1, 0, 1, 2):
            canvas.path(
                smooth(
                    [
                        (k * 25, -44 + abs(k) * 10),
                        (k * 22 + 6, -24 + abs(k) * 8),
                        (k * 19 + 3, -3 + abs(k) * 5),
                    ]
                ),
                stroke="#9c5a1f",
                width=3,
                opacity=0.7,
            )
            canvas.path(
                smooth([(k * 25 - 6, -40 + abs(k) * 10), (k * 22 - 2, -24 + abs(k) * 8)]),
                stroke="#ffe2a6",
                width=3.4,
                opacity=0.6,
            )


def _salad(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    cloth(canvas, story, rng)
    x, y, r = _middle(canvas)
    bowl = pick(rng, (story.main, "#f6f1e8", story.deep, "#c29a67"))
    plate(canvas, x, y, r, bowl)
    canvas.circle(x, y, r * 0.84, lit(bowl, 0.55))
    canvas.circle(
        x, y, r * 0.8, canvas.radial([(0, "#6d9a4a", 1), (0.8, "#3f6b36", 1), (1, "#2f5230", 1)])
    )
    with canvas.group(x, y):
        for k in range(46):
            a, d = k * 2.4, r * 0.68 * math.sqrt(1 - k / 46)
            leaf(
                canvas,
                math.cos(a) * d * 0.85,
                math.sin(a) * d * 0.85,
                r / 130 * float(rng.uniform(0.5, 0.78)),
                math.degrees(a) + 90 + float(rng.uniform(-40, 40)),
                pick(rng, ("#5f9a4b", "#7db35a", "#4a8446", "#9cc66b", "#8a4a6a")),
            )
        for k in range(7):
            a, d = k * 0.9 + 0.4, r * (0.3 + 0.26 * (k % 2))
            cx, cy = math.cos(a) * d, math.sin(a) * d
            if k % 3 == 0:
                canvas.circle(cx, cy, r * 0.12, "#d9382f")
                canvas.circle(cx, cy, r * 0.085, "#f07a5e")
            elif k % 3 == 1:
                canvas.circle(cx, cy, r * 0.13, "#5d9a4f")
                canvas.circle(cx, cy, r * 0.11, "#e2f0c2")
            else:
                canvas.circle(cx, cy, r * 0.12, "none", stroke="#b0628c", width=3.6)
        for _ in range(9):
            cx, cy = float(rng.uniform(-0.5, 0.5)) * r, float(rng.uniform(-0.5, 0.5)) * r
            canvas.rect(
                cx,
                cy,
                r * 0.11,
                r * 0.1,
                canvas.down("#fffef8", "#e8e0cc"),
                corner=2,
            )
