"""Food seen from the side: cakes and pancakes on a counter."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.background import leaf
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.food_pieces import berry, counter, strawberry
from fairview.catalog.world.draw.outline import smooth
from fairview.catalog.world.draw.palette import Story, pick


def cake(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a layer cake with icing on a stand."""
    w, h = canvas.width, canvas.height
    y = counter(canvas, story, rng, 0.8)
    x, wide = w * 0.5, w * 0.27
    canvas.ellipse(x, y + h * 0.06, w * 0.34, 12, canvas.fade("#241a18", 0.5))
    canvas.path(
        f"M{x - 12} {y + h * 0.055}L{x - 7} {y - 14}L{x + 7} {y - 14}L{x + 12} {y + h * 0.055}Z",
        "#e9e2d6",
    )
    canvas.ellipse(x, y + h * 0.055, w * 0.13, 7, "#f4efe6")
    canvas.ellipse(x, y - 12, w * 0.37, 13, "#dcd3c4")
    canvas.ellipse(x, y - 16, w * 0.37, 13, "#fbf8f2")
    sponge, cream = pick(
        rng,
        (
            ("#e3b56e", "#fff6e6"),
            ("#6e4330", "#f7e4d4"),
            ("#d98a94", "#fff3f0"),
            ("#b5c48a", "#fbf8ea"),
        ),
    )
    tiers = 3 if rng.random() < 0.6 else 4
    base = y - 18
    for _ in range(tiers):
        high = h * 0.075
        canvas.path(
            f"M{x - wide} {base - high}L{x + wide} {base - high}L{x + wide} {base}"
            f"Q{x} {base + 15} {x - wide} {base}Z",
            canvas.linear(
                [
                    (0, lit(sponge, 0.75), 1),
                    (0.3, mix(sponge, "#ffffff", 0.12), 1),
                    (1, lit(sponge, 0.65), 1),
                ],
                (0, 0),
                (1, 0),
            ),
        )
        canvas.path(
            f"M{x - wide - 2} {base - high - 5}L{x + wide + 2} {base - high - 5}"
            f"L{x + wide + 2} {base - high + 5}"
            f"Q{x} {base - high + 22} {x - wide - 2} {base - high + 5}Z",
            canvas.linear(
                [(0, lit(cream, 0.8), 1), (0.3, cream, 1), (1, lit(cream, 0.75), 1)], (0, 0), (1, 0)
            ),
        )
        base -= high + 2
    icing = mix(story.main, "#ffffff", 0.35)
    canvas.ellipse(x, base - 5, wide + 2, 14, mix(icing, "#ffffff", 0.2))
    edge = [(x - wide - 2, base - 6)]
    for k in range(9):
        left = x - wide - 2 + (2 * wide + 4) * k / 9
        step, drop = (2 * wide + 4) / 9, 12 + (k * 37) % 19
        edge += [
            (left + step * 0.12, base + 4),
            (left + step * 0.34, base + drop),
            (left + step * 0.62, base + drop),
            (left + step * 0.86, base + 4),
        ]
    edge.append((x + wide + 2, base - 6))
    canvas.path(smooth(edge), icing)
    canvas.ellipse(x, base - 6, wide + 2, 13, mix(icing, "#ffffff", 0.2))
    for k in range(7):
        a = -1 + k / 3
        berry(
            canvas,
            x + wide * 0.8 * a,
            base - 12 - 6 * (1 - a * a),
            9,
            pick(rng, (story.pop, "#c22f46", "#4a3f85")),
        )
    strawberry(canvas, x, base - 28, 26, 0)
    leaf(canvas, x + 16, base - 22, 0.3, 60, "#5f9a52")


def pancakes(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a stack of pancakes with syrup, butter and berries."""
    w, h = canvas.width, canvas.height
    y = counter(canvas, story, rng, 0.74)
    x, wide = w * 0.5, w * 0.3
    canvas.ellipse(x, y + h * 0.09, w * 0.42, 18, canvas.fade("#241a18", 0.5))
    canvas.ellipse(x, y + h * 0.065, w * 0.42, 22, "#d9d0c0")
    canvas.ellipse(x, y + h * 0.055, w * 0.42, 21, "#fbf8f2")
    base = y + h * 0.05
    for _ in range(int(rng.integers(4, 7))):
        shift = float(rng.uniform(-6, 6))
        canvas.path(
            f"M{x + shift - wide} {base - 12}"
            f"C{x + shift - wide} {base + 16} {x + shift + wide} {base + 16} {x + shift + wide} "
            f"{base - 12}Z",
            canvas.linear([(0, "#f3d79b", 1), (0.5, "#e9bd73", 1), (1, "#b9783a", 1)]),
        )
        canvas.ellipse(
            x + shift,
            base - 13,
            wide,
            17,
            canvas.radial([(0, "#d9974a", 1), (0.8, "#c67f36", 1), (1, "#e3ae62", 1)]),
        )
        base -= 21
    top = base + 8
    canvas.path(
        f"M{x - wide * 0.7} {top}"
        f"C{x - wide * 0.5} {top - 12} {x + wide * 0.5} {top - 12} {x + wide * 0.72} {top}"
        f"C{x + wide * 0.75} {top + 30} {x + wide * 0.62} {top + 34} {x + wide * 0.55} {top + 8}"
        f"C{x + wide * 0.3} {top + 14} {x + wide * 0.2} {top + 52} {x + wide * 0.06} {top + 48}"
        f"C{x - wide * 0.06} {top + 44} {x} {top + 14} {x - wide * 0.3} {top + 12}"
        f"C{x - wide * 0.4} {top + 34} {x - wide * 0.62} {top + 28} {x - wide * 0.7} {top}Z",
        "#b5651d",
        opacity=0.88,
    )
    canvas.path(
        f"M{x - 20} {top - 16}L{x + 14} {top - 22}L{x + 24} {top - 8}L{x - 12} {top - 2}Z",
        "#ffe9a6",
    )
    canvas.path(
        f"M{x - 12} {top - 2}L{x + 24} {top - 8}L{x + 24} {top}L{x - 12} {top + 6}Z", "#f2cf6f"
    )
    for k in range(6):
        berry(
            canvas,
            x - w * 0.32 + k * w * 0.024 + (0 if k < 3 else w * 0.44),
            y + h * 0.045 + (k % 2) * 9,
            9,
            pick(rng, ("#3e4a86", "#c22f46", story.pop)),
        )
    strawberry(canvas, x - 34, top - 10, 24, -30)
    leaf(canvas, x + 34, top - 8, 0.34, 50, "#5f9a52")
