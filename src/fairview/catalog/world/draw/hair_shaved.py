"""Shaved heads: a shadow of stubble on the skull, a fade, or none."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.face import Turn, face_outline
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Outline, Point, smooth


def draw_front(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the skull: its shine, and the stubble of a buzz cut or a fade."""
    lean = turn.lean * 13
    skull = smooth(face_outline(look, turn), closed=True)
    if hairdo != "bald":
        line: list[Point] = [
            (-64, 6),
            (-64, -90),
            (64, -90),
            (64, 6),
            (48, 4),
            (44.5, -16),
            (38 + lean * 0.5, -38),
            (14 + lean, -49),
            (-14 + lean, -49),
            (-38 + lean * 0.5, -38),
            (-44.5, -16),
            (-48, 4),
        ]
        strong = 0.92 if hairdo == "fade" else 0.68
        with canvas.clipped(skull):
            fill = canvas.linear(
                [
                    (0, look.hair, strong),
                    (0.5, look.hair, strong * 0.85),
                    (0.78, look.hair, 0.4 * strong),
                    (1, look.hair, 0.05),
                ]
            )
            canvas.path(smooth(line, closed=True), fill)
            x, y = rng.uniform(-50, 50, 300), rng.uniform(-74, -14, 300)
            grown = y < -52 + ((x - lean) / 46) ** 2 * 34
            hairs = np.stack([x, y, x + 0.25, y + 0.5], axis=1)[grown].reshape(-1, 2, 2)
            dots = Outline(tuple((line, False) for line in hairs))
            canvas.path(dots, stroke=look.hair_deep, width=0.5, opacity=0.55)
    shine = "#ffffff" if look.skin.monk < 7 else look.skin.glow
    strength = 0.6 if hairdo == "bald" else 0.22
    canvas.ellipse(-12 + lean, -58, 17, 7, canvas.fade(shine, strength), turn=-14)
    canvas.ellipse(
        -4 + lean, -50, 34, 17, canvas.fade(look.skin.glow, 0.3 if hairdo == "bald" else 0.0)
    )
