"""The head: its outline, ears, neck, the planes of the face and the light on them.

Lengths are head units: a face is about a hundred wide, the eyes lie on y = 0, the crown at
-72 and the chin at 70 to 75.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.features import draw_brows, draw_eyes, draw_mouth, draw_nose
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Point, mirror, smooth

_BALL = 51.0


@dataclass(frozen=True)
class Turn:
    """How far a head is turned, in degrees; negative looks to the picture's left."""

    degrees: float = 0.0

    def x(self, x: float, lift: float = 0.0) -> float:
        """Where a feature at frontal `x`, standing `lift` off the face, is seen."""
        radians = math.radians(self.degrees)
        angle = math.asin(max(-0.99, min(0.99, x / _BALL)))
        return _BALL * math.sin(angle + radians) + lift * math.sin(radians)

    def width(self, x: float) -> float:
        """How much narrower a feature at frontal `x` is seen."""
        angle = math.asin(max(-0.99, min(0.99, x / _BALL)))
        return max(math.cos(angle + math.radians(self.degrees)) / math.cos(angle), 0.45)

    @property
    def lean(self) -> float:
        """Sine of the turn."""
        return math.sin(math.radians(self.degrees))


def face_outline(look: Look, turn: Turn) -> list[Point]:
    """Points around the skull and jaw, clockwise from the crown."""
    jaw, chin, low = look.jaw, look.chin, look.length
    half: list[Point] = [
        (0, -72),
        (27, -67),
        (43, -48),
        (49, -22),
        (49, 4),
        (46.5, 22),
        (jaw + 4, 38),
        (jaw - 5, 53),
        (chin + 3, low - 4),
        (chin * 0.4, low),
    ]
    outline = half + mirror(half)[:-1]
    shift = turn.lean
    return [(x + shift * max(0.0, (y + 20) / 92) * 17 + shift * 2, y) for x, y in outline]


def draw_neck(canvas: Canvas, look: Look, turn: Turn, width: float) -> None:
    """Paint the neck and the shadow that the chin throws on it; `width` is half of it."""
    skin = look.skin
    lean = turn.lean * 6
    half: list[Point] = [
        (lean + width * 0.98, 20),
        (lean + width * 0.95, 60),
        (width * 1.0, 84),
        (width * 1.35, 102),
        (width * 2.2, 114),
        (width * 3.1, 124),
        (width * 3.0, 175),
        (0, 190),
    ]
    left = [(-x + 2 * lean * (1 if y < 70 else 0), y) for x, y in reversed(half[:-1])]
    neck = smooth(half + left, closed=True)
    canvas.path(neck, skin.base)
    shadow: list[Point] = [
        (lean - width - 9, 30),
        (lean + width + 9, 30),
        (lean + width + 4, 76),
        (width * 0.7, 90),
        (lean, 100),
        (-width * 0.75, 90),
        (lean - width - 4, 76),
    ]
    fill = canvas.linear([(0, skin.deep, 0.8), (0.55, skin.deep, 0.5), (1, skin.shade, 0.12)])
    with canvas.clipped(neck):
        canvas.path(smooth(shadow, closed=True), fill)
    for side in (-1, 1):
        canvas.path(
            smooth([(side * width * 0.7, 76), (side * width * 0.42, 100), (side * 7, 117)]),
            stroke=skin.shade,
            width=2.2,
            opacity=0.35,
        )
        canvas.path(
            smooth([(side * 9, 121), (side * 34, 119), (side * 62, 122)]),
            stroke=skin.shade,
            width=2.2,
            opacity=0.4,
        )


def draw_ears(canvas: Canvas, look: Look, turn: Turn) -> None:
    """Paint the ears that the turn of the head leaves in sight."""
    skin = look.skin
    for side in (-1, 1):
        showing = 1 - side * turn.lean * 1.8
        if showing < 0.35:
            continue
        x = side * (48.5 - max(0.0, -side * turn.lean) * 10) + turn.lean * 2
        canvas.ellipse(x, 8, 7.5 * min(showing, 1.4), 15.5, skin.base, turn=side * 8)
        canvas.ellipse(x, 8, 7.5 * min(showing, 1.4), 15.5, skin.shade, turn=side * 8, opacity=0.5)
        canvas.path(
            smooth([(x + side * 3.2, -1), (x + side * 4.2, 5), (x + side * 1, 12), (x, 17)]),
            stroke=skin.deep,
            width=1.5,
            opacity=0.5,
        )


def _model(canvas: Canvas, look: Look, turn: Turn) -> None:
    """Paint the planes of the face: hollows, cheeks, forehead, the light from above."""
    skin = look.skin
    lean = turn.lean
    dark = skin.monk >= 7
    edge = canvas.linear(
        [
            (0, skin.shade, 0.42),
            (0.22, skin.shade, 0.0),
            (0.80, skin.shade, 0.0),
            (1, skin.shade, 0.58),
        ],
        (0, 0),
        (1, 0),
    )
    canvas.rect(-60, -80, 125, 170, edge)
    canvas.ellipse(lean * 22, 78, 48, 22, canvas.fade(skin.shade, 0.9))
    canvas.ellipse(turn.x(-2), -43, 38, 23, canvas.fade(skin.glow, 0.8 if dark else 0.6))
    if dark:
        canvas.ellipse(turn.x(0), 20, 44, 20, canvas.fade(skin.glow, 0.42))
    for side in (-1, 1):
        x = turn.x(side * 23)
        socket = canvas.fade(skin.line if dark else skin.deep, 0.62 if dark else 0.42)
        canvas.ellipse(x, -3, 20 * turn.width(side * 23), 14, socket)
        cheek = turn.x(side * 29)
        blush = 0.22 + 0.45 * look.makeup.cheek
        canvas.ellipse(cheek, 25, 17 * turn.width(side * 27), 13, canvas.fade(skin.blush, blush))
        canvas.ellipse(
            turn.x(side * 27),
            15.5,
            (17 if dark else 13) * turn.width(side * 27),
            9.5 if dark else 7,
            canvas.fade(skin.glow, 0.85 if dark else 0.55),
            turn=-side * 18,
        )
    canvas.ellipse(turn.x(0, 4), 64, 10, 6, canvas.fade(skin.glow, 0.5))


def draw_face(canvas: Canvas, look: Look, turn: Turn, rng: np.random.Generator) -> None:
    """Paint ears, face and features of one head."""
    skin = look.skin
    draw_ears(canvas, look, turn)
    outline = smooth(face_outline(look, turn), closed=True)
    canvas.path(outline, skin.base)
    with canvas.clipped(outline):
        _model(canvas, look, turn)
        if look.beard:
            _draw_beard(canvas, look, turn)
    if look.freckles:
        _draw_freckles(canvas, look, turn, rng)
    draw_nose(canvas, look, turn)
    draw_mouth(canvas, look, turn)
    draw_eyes(canvas, look, turn)
    draw_brows(canvas, look, turn)


def _draw_freckles(canvas: Canvas, look: Look, turn: Turn, rng: np.random.Generator) -> None:
    for _ in range(34):
        x = float(rng.normal(0, 19))
        y = 17 + float(rng.normal(0, 4.5)) + abs(x) * 0.05
        canvas.circle(turn.x(x), y, float(rng.uniform(0.5, 1.0)), look.skin.deep, opacity=0.5)


def _draw_beard(canvas: Canvas, look: Look, turn: Turn) -> None:
    """Paint a close beard with a moustache, as a soft mass along the jaw."""
    low, mid = look.length, turn.x(0, 5)
    outer = [(-62, 8), (-58, 60), (0, low + 20), (60, 60), (62, 8)]
    inner = [
        (turn.x(42), 18),
        (turn.x(36), 34),
        (mid + 23, 40),
        (mid + 11, 35),
        (mid, 36.5),
        (mid - 11, 35),
        (mid - 23, 40),
        (turn.x(-36), 34),
        (turn.x(-42), 18),
    ]
    tint = mix(look.brow_tint, look.skin.deep, 0.25)
    stops = [(0, tint, 0.10), (0.3, tint, 0.5), (0.6, tint, 0.8), (1, tint, 0.9)]
    canvas.path(smooth([*outer, *inner], closed=True), canvas.linear(stops))
    canvas.ellipse(mid, low - 5, 22, 9, canvas.fade(look.hair_glow, 0.22))
