"""Eyes, brows, nose and mouth, in head units."""

from __future__ import annotations

from typing import Protocol

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Point, smooth


class Turned(Protocol):
    """A turned head: where frontal places are seen."""

    def x(self, x: float, lift: float = 0.0) -> float:
        """Seen place of frontal `x`."""

    def width(self, x: float) -> float:
        """Seen width of a feature at frontal `x`."""


def draw_eyes(canvas: Canvas, look: Look, turn: Turned) -> None:
    """Paint both eyes with lids, lashes, make-up and a catch of light."""
    for side in (-1, 1):
        x = turn.x(side * 22.5)
        scale = look.eye
        across = side * scale * turn.width(side * 22.5)
        with canvas.group(x, 0.5, scale=scale, across=across / scale):
            _draw_eye(canvas, look, side)


def _draw_eye(canvas: Canvas, look: Look, side: int) -> None:
    """Paint one eye whose outer corner lies to the right; `side` undoes the mirror for light."""
    skin, makeup = look.skin, look.makeup
    upper = "M-11.5 2.2C-8.5 -4.5 -2.5 -7.6 2.2 -7.4C7 -7 10.6 -3.6 12 -0.6"
    shape = upper + "C9 4.2 4.5 5.9 0 5.8C-5 5.6 -9 4.2 -11.5 2.2Z"
    _draw_lid(canvas, look)
    white = mix("#fbf8f4", skin.base, 0.10 if skin.monk < 7 else 0.10 + 0.07 * (skin.monk - 6))
    canvas.path(shape, white)
    with canvas.clipped(shape):
        canvas.circle(0.5, -1.2, 6.5, lit(look.iris, 0.4))
        iris = canvas.radial(
            [
                (0, mix(look.iris, "#ffffff", 0.12), 1),
                (0.7, look.iris, 1),
                (1, lit(look.iris, 0.55), 1),
            ],
            (0.5, 0.72),
            0.6,
        )
        canvas.circle(0.5, -1.2, 6.0, iris)
        canvas.circle(0.5, -1.2, 2.9, "#120b09")
        canvas.path(upper + "L12 -10L-12 -10Z", stroke=skin.line, width=3.6, opacity=0.35)
    canvas.circle(0.5 + side * 2.0, -3.3, 1.5, "#ffffff", opacity=0.95)
    canvas.circle(0.5 - side * 2.2, 1.2, 0.8, "#ffffff", opacity=0.5)
    lash = mix(skin.line, "#140d0b", 0.75)
    tip = 15.4 + 3.2 * makeup.liner if makeup.wing else 13.8 + 2.2 * makeup.liner
    rise = -7.2 if makeup.wing else -4.2 - makeup.liner
    thick = 0.9 + 1.5 * makeup.liner
    canvas.path(
        f"M-11.8 2.6C-8.5 -4.6 -2.5 -7.7 2.2 -7.5C7 -7.1 10.6 -3.7 {tip} {rise}"
        f"C10.8 {-5.8 - thick} 7 {-8.6 - thick} 2.2 {-8.9 - thick}"
        f"C-3 {-9 - thick * 0.8} -9 {-5.4 - thick * 0.3} -11.8 2.6Z",
        lash,
    )
    canvas.path("M-9 4C-4 6.6 5 7 11 1.6", stroke=skin.line, width=0.9, opacity=0.55)


def _draw_lid(canvas: Canvas, look: Look) -> None:
    """Paint the upper lid, its crease and any shadow on it."""
    skin, makeup = look.skin, look.makeup
    if makeup.lid:
        area = "M-12.5 1C-12 -8 -5 -15.5 3 -15.5C10 -15.5 16.5 -10.5 17 -4.5C12 -2 -6 -2 -12.5 1Z"
        fill = canvas.linear(
            [(0, makeup.lid, 0.0), (0.3, makeup.lid, 0.55), (1, makeup.lid, 0.95)],
            (0.5, 0),
            (0.5, 1),
        )
        canvas.path(area, fill)
        canvas.path("M-8 7.2C-2 9.6 6 9 14 0.6C9 4.6 0 7 -8 7.2Z", makeup.lid, opacity=0.5)
        if makeup.shimmer:
            canvas.ellipse(1.5, -9.6, 5.5, 2.6, canvas.fade("#fff6df", 0.85))
    else:
        canvas.path(
            "M-11 0C-9 -8.6 -3 -12.4 3 -12.2C9 -12 13 -8 14 -4C9 -6 -5 -6 -11 0Z",
            canvas.linear([(0, skin.shade, 0.75), (1, skin.glow, 0.35)]),
        )
    canvas.path(
        "M-11 -2.6C-8 -9.4 -2.6 -12.6 3 -12.4C8.4 -12.2 12.4 -9 14 -5.6",
        stroke=skin.deep if skin.monk < 9 else skin.line,
        width=1.1,
        opacity=0.6,
    )


def draw_brows(canvas: Canvas, look: Look, turn: Turned) -> None:
    """Paint both brows, in a shade of the hair that stays readable on the skin."""
    tint = look.brow_tint
    thick = look.brow
    for side in (-1, 1):
        x = turn.x(side * 22.5)
        with canvas.group(x, -17.5, across=side * turn.width(side * 22.5)):
            shape = (
                f"M-12.5 {2.6 * thick:.2f}C-13 {-1.2 * thick:.2f} -11.5 {-2.2 * thick:.2f} -9 -2.6"
                f"C-3 {-3.6 - thick:.2f} 5 {-5.2 - thick:.2f} 10 -4.4C13 -3.6 16 -1.2 17.5 2.2"
                "C13 -0.6 9 -1.6 5 -1.2"
                f"C-1 -0.6 -7 {1.2 + 0.6 * thick:.2f} -12.5 {2.6 * thick:.2f}Z"
            )
            fill = canvas.linear(
                [(0, tint, 0.55), (0.35, tint, 0.95), (1, tint, 0.9)], (0, 0), (1, 0)
            )
            canvas.path(shape, fill)


def draw_nose(canvas: Canvas, look: Look, turn: Turned) -> None:
    """Paint the nose by the shadow beside its bridge, its wings and the light on its tip."""
    skin, wide = look.skin, look.nose
    root, tip, base = turn.x(0, 2), turn.x(0, 11), turn.x(0, 6)
    for side, strength in ((-1, 0.34), (1, 0.5)):
        edge: list[Point] = [
            (root + side * 9, -14),
            (root + side * 6, -2),
            (tip + side * 6.5, 16),
            (tip + side * 9 * wide, 25),
            (tip + side * 3, 22),
            (root + side * 3, -4),
        ]
        fade = canvas.linear(
            [(0, skin.deep, strength), (0.5, skin.deep, strength * 0.5), (1, skin.deep, 0.06)]
        )
        canvas.path(smooth(edge, closed=True), fade)
    canvas.ellipse(base, 31.5, 15 * wide, 6, canvas.fade(skin.deep, 0.6))
    canvas.ellipse(tip, 23.5, 8.5 * wide, 7, canvas.fade(skin.glow, 0.55))
    for side in (-1, 1):
        wing = base + side * 10.2 * wide
        canvas.path(
            f"M{wing - side * 1.2:.1f} 21.5"
            f"C{wing + side * 2.6:.1f} 22.6 {wing + side * 2.8:.1f} 29 "
            f"{wing - side * 2:.1f} 30",
            stroke=skin.deep,
            width=1.4,
            opacity=0.65,
        )
        canvas.ellipse(
            base + side * 5.4 * wide,
            29.4,
            3.1 * wide,
            1.5,
            skin.line,
            turn=-side * 16,
            opacity=0.75,
        )
    canvas.path(
        smooth([(base - 3, 31), (base, 31.8), (base + 3, 31)]),
        stroke=skin.deep,
        width=1.2,
        opacity=0.5,
    )
    canvas.ellipse(
        tip - 1.4, 19.6, 2.6, 3.4, canvas.fade("#fffaf2", 0.55 if skin.monk > 5 else 0.8)
    )
    canvas.ellipse(root - 0.8, 3, 3.4, 15, canvas.fade(skin.glow, 0.75))


def draw_mouth(canvas: Canvas, look: Look, turn: Turned) -> None:
    """Paint the lips, from a calm line to a soft smile."""
    if look.smile > 1:
        _draw_open_smile(canvas, look, turn)
        return
    skin, makeup = look.skin, look.makeup
    colour = makeup.lip or skin.lip
    deep = lit(colour, 0.62) if makeup.lip else skin.lip_deep
    x = turn.x(0, 7)
    full, half = look.lips, 16.5 + 2.2 * look.smile
    up, corner = 4.8 * full, -1.6 * look.smile
    width = turn.width(0)
    with canvas.group(x, 45, across=width):
        canvas.ellipse(0, 7.4 * full + 4, 13, 4, canvas.fade(skin.deep, 0.42))
        canvas.path(
            f"M{-half} {corner}C-10 {-up * 0.75:.2f} -6.5 {-up - 0.8:.2f} -3.6 {-up - 0.8:.2f}"
            f"C-2 {-up - 0.8:.2f} -1.2 {-up + 0.7:.2f} 0 {-up + 0.7:.2f}"
            f"C1.2 {-up + 0.7:.2f} 2 {-up - 0.8:.2f} 3.6 {-up - 0.8:.2f}"
            f"C6.5 {-up - 0.8:.2f} 10 {-up * 0.75:.2f} {half} {corner}C9 1.6 4 1 0 1.6"
            f"C-4 1 -9 1.6 {-half} {corner}Z",
            canvas.down(colour, mix(colour, deep, 0.5)),
        )
        canvas.path(
            f"M{-half} {corner}C-9 1.6 -4 1 0 1.6C4 1 9 1.6 {half} {corner}"
            f"C11 {6.2 * full:.2f} 6 {8.6 * full:.2f} 0 {8.6 * full:.2f}"
            f"C-6 {8.6 * full:.2f} -11 {6.2 * full:.2f} {-half} {corner}Z",
            canvas.linear(
                [
                    (0, mix(colour, deep, 0.25), 1),
                    (0.5, mix(colour, "#ffffff", 0.08), 1),
                    (1, colour, 1),
                ]
            ),
        )
        canvas.path(
            f"M{-half - 0.6} {corner - 0.4}C-9 1.7 -4 0.9 0 1.6"
            f"C4 0.9 9 1.7 {half + 0.6} {corner - 0.4}",
            stroke=mix(deep, "#1a0c0c", 0.45),
            width=1.3,
            opacity=0.85,
        )
        canvas.ellipse(-1, 4.6 * full, 7, 1.9, canvas.fade("#ffffff", makeup.gloss))
        for side in (-1, 1):
            canvas.ellipse(side * (half + 1.5), corner, 3.4, 3.4, canvas.fade(skin.deep, 0.45))


def _draw_open_smile(canvas: Canvas, look: Look, turn: Turned) -> None:
    """Paint a wide smile that shows the upper teeth."""
    skin, makeup = look.skin, look.makeup
    colour = makeup.lip or skin.lip
    deep = lit(colour, 0.62) if makeup.lip else skin.lip_deep
    full = look.lips
    with canvas.group(turn.x(0, 7), 44, scale=0.84, across=turn.width(0)):
        canvas.ellipse(0, 17 + 2 * full, 13, 4, canvas.fade(skin.deep, 0.4))
        inside = (
            "M-19 -3.6C-10 -1.4 -4 -1.6 0 -1C4 -1.6 10 -1.4 19 -3.6"
            "C15 7.5 7 11.5 0 11.5C-7 11.5 -15 7.5 -19 -3.6Z"
        )
        teeth = mix("#fbf6ef", skin.base, 0.06 + 0.015 * skin.monk)
        canvas.path(inside, mix(deep, "#2a0d10", 0.7))
        with canvas.clipped(inside):
            canvas.path("M-19 -5C-8 -2 8 -2 19 -5C14 4.6 7 6.4 0 6.4C-7 6.4 -14 4.6 -19 -5Z", teeth)
            canvas.ellipse(0, 12.5, 9, 4, mix(deep, "#c2565c", 0.5))
        up = -4.2 * full
        canvas.path(
            f"M-19.6 -3.8C-12 {up - 0.6:.2f} -6.5 {up - 1.6:.2f} -3.4 {up - 1.4:.2f}"
            f"C-1.8 {up - 1.2:.2f} -1.2 {up:.2f} 0 {up:.2f}C1.2 {up:.2f} 1.8 {up - 1.2:.2f} "
            f"3.4 {up - 1.4:.2f}C6.5 {up - 1.6:.2f} 12 {up - 0.6:.2f} 19.6 -3.8"
            "C10 -1 4 -1.2 0 -0.6C-4 -1.2 -10 -1 -19.6 -3.8Z",
            canvas.down(colour, mix(colour, deep, 0.4)),
        )
        low = 11 + 5.2 * full
        canvas.path(
            f"M-19.4 -3.4C-14.6 7.4 -7 10.6 0 10.6C7 10.6 14.6 7.4 19.4 -3.4"
            f"C16 {low - 5:.2f} 7.5 {low:.2f} 0 {low:.2f}"
            f"C-7.5 {low:.2f} -16 {low - 5:.2f} -19.4 -3.4Z",
            canvas.down(mix(colour, deep, 0.3), colour),
        )
        canvas.ellipse(-1, low - 2.6, 7, 1.6, canvas.fade("#ffffff", makeup.gloss))
        for side in (-1, 1):
            crease = [(side * 22, -9), (side * 25.5, -3), (side * 24.5, 4)]
            canvas.path(smooth(crease), stroke=skin.deep, width=1.3, opacity=0.4)
