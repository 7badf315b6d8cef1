"""Outer layers: blazers, jackets, coats, hoods."""

from __future__ import annotations

from fairview.catalog.world.draw.body import Build, Pose
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.garment import Paint, cloth_fill
from fairview.catalog.world.draw.outline import Point, smooth

_CUTS: dict[str, tuple[float, float, float, float]] = {
    "blazer": (425, 0.42, 12, 0.0),
    "suit": (412, 0.12, 7, 0.0),
    "denim": (345, 0.5, 10, 0.0),
    "bomber": (338, 0.5, 15, 0.0),
    "trench": (700, 0.5, 12, 40.0),
    "puffer": (372, 0.38, 24, 0.0),
    "cardigan": (440, 0.5, 9, 4.0),
    "shirt": (400, 0.55, 10, 4.0),
}
"""Layer: hem, how far it stands open at the hem in waists, ease, flare at the hem."""


def layer_ease(kind: str) -> float:
    """How far a layer's sleeves stand off the arm, in head units."""
    return _CUTS[kind][2]


def draw_layer(
    canvas: Canvas, build: Build, pose: Pose, kind: str, paint: Paint, metal: str
) -> None:
    """Paint an open outer layer: two fronts and what is typical of its kind."""
    hem, gap, ease, flare = _CUTS[kind]
    colour, light, dark = paint
    for side in (-1, 1):
        front = _front(build, pose, side, hem, gap, ease, flare)
        shape = smooth(front, closed=True)
        canvas.path(shape, cloth_fill(canvas, paint))
        with canvas.clipped(shape):
            if kind == "puffer":
                lines = "".join(
                    f"M{-260} {y}Q0 {y + 26} 260 {y}" for y in range(150, int(hem) + 20, 44)
                )
                canvas.path(lines, stroke=dark, width=6, opacity=0.4)
                canvas.path(lines, stroke=light, width=2, opacity=0.6)
            if kind in ("denim", "bomber"):
                canvas.rect(-260, hem - 20, 520, 26, mix(colour, dark, 0.45))
            if kind == "denim":
                x = side * (build.chest * 0.62)
                canvas.rect(
                    x - 22, 196, 44, 40, mix(colour, dark, 0.15), corner=3, stroke=light, width=1.8
                )
                canvas.circle(x, 206, 3, metal)
                canvas.path(f"M{-260} 182L260 182", stroke=light, width=2, opacity=0.7)
        _lapel(canvas, build, kind, side, paint)
    if kind in ("blazer", "suit", "trench"):
        _buttons(canvas, build, kind, dark, metal)
    if kind == "trench":
        waist = build.waist + ease
        canvas.path(
            smooth([(-waist - 3, 306), (0, 318), (waist + 3, 306)]),
            stroke=mix(colour, dark, 0.4),
            width=18,
        )
        canvas.rect(-14, 304, 28, 24, "none", corner=4, stroke=metal, width=4)


def _front(
    build: Build, pose: Pose, side: int, hem: float, gap: float, ease: float, flare: float
) -> list[Point]:
    """One front of a layer, from the neck around the shoulder to the hem and back up."""
    low = (build.hip if hem > 345 else build.waist) + ease + flare
    open_at = build.waist * gap
    points: list[Point] = [
        (build.neck * 1.12, 98),
        (build.shoulder * 0.6, 113),
        (build.shoulder + ease * 0.5, 134),
        (build.chest + ease + 4, 195),
        (build.waist + ease * 1.6, 300),
    ]
    if hem > 400:
        points += [(build.hip + ease, 396)]
    points += [
        (low, hem),
        (low * 0.6, hem + 6),
        (open_at, hem + 4),
        (open_at * 0.9, 330),
        (build.waist * min(gap, 0.4), 240),
        (build.neck * 1.0, 150),
    ]
    sway = pose.sway
    return [(side * x + sway * max(0.0, min(1.0, (y - 250) / 160)), y) for x, y in points]


def _lapel(canvas: Canvas, build: Build, kind: str, side: int, paint: Paint) -> None:
    """Paint a lapel, a collar or a hood's edge."""
    colour, light, dark = paint
    n = build.neck
    if kind in ("blazer", "suit", "trench"):
        low = 262 if kind != "suit" else 278
        canvas.path(
            f"M{side * n * 1.05:.1f} 92"
            f"C{side * n * 1.7:.1f} 102 {side * n * 2.2:.1f} 116 {side * n * 2.35:.1f} 132"
            f"L{side * n * 2.9:.1f} 158L{side * n * 2.2:.1f} 168"
            f"L{side * build.waist * 0.18:.1f} {low}"
            f"C{side * n * 0.9:.1f} 190 {side * n * 0.8:.1f} 140 {side * n * 1.05:.1f} 92Z",
            mix(colour, light, 0.5),
            stroke=dark,
            width=1.6,
        )
    elif kind in ("denim", "shirt"):
        canvas.path(
            f"M{side * n * 1.05:.1f} 90"
            f"C{side * n * 1.9:.1f} 100 {side * n * 2.2:.1f} 112 {side * n * 2.3:.1f} 128"
            f"L{side * n * 1.7:.1f} 160L{side * n * 0.95:.1f} 140"
            f"C{side * n * 0.9:.1f} 120 {side * n:.1f} 104 {side * n * 1.05:.1f} 90Z",
            mix(colour, light, 0.5),
            stroke=dark,
            width=1.4,
        )
    elif kind in ("bomber", "puffer", "cardigan"):
        canvas.path(
            smooth(
                [(side * n * 1.12, 92), (side * n * 1.02, 150), (side * build.waist * 0.4, 244)]
            ),
            stroke=mix(colour, dark, 0.45),
            width=13,
        )


def _buttons(canvas: Canvas, build: Build, kind: str, dark: str, metal: str) -> None:
    tint = metal if kind != "suit" else dark
    xs = (-16, 16) if kind == "trench" else (build.waist * 0.2,)
    for x in xs:
        for y in (286, 344):
            canvas.circle(x, y, 4.6, tint)


def draw_hood(canvas: Canvas, build: Build, paint: Paint) -> None:
    """Paint the hood that lies behind the neck."""
    colour, _, dark = paint
    n = build.neck
    canvas.path(
        smooth(
            [
                (-n * 2.6, 112),
                (-n * 2.1, 66),
                (-n, 52),
                (n, 52),
                (n * 2.1, 66),
                (n * 2.6, 112),
                (0, 140),
            ],
            closed=True,
        ),
        canvas.down(mix(colour, dark, 0.5), dark),
    )


def draw_cords(canvas: Canvas, build: Build, paint: Paint) -> None:
    """Paint a hoodie's front edge and its cords."""
    colour, light, dark = paint
    n = build.neck
    for side in (-1, 1):
        canvas.path(
            f"M{side * n * 2.3} 110C{side * n * 1.9} 88 {side * n * 1.4} 82 {side * n * 1.05} 86"
            f"C{side * n} 108 {side * n * 0.6} 128 0 140"
            f"C{side * n * 1.3} 146 {side * n * 2.2} 130 {side * n * 2.3} 110Z",
            mix(colour, light, 0.5),
            stroke=dark,
            width=1.4,
        )
        canvas.path(
            f"M{side * 12} 134C{side * 16} 160 {side * 12} 180 {side * 15} 206",
            stroke="#f3efe6",
            width=4,
        )
    canvas.path(
        f"M{-build.waist * 0.75} 372L{-build.waist * 0.55} 300L{build.waist * 0.55} 300"
        f"L{build.waist * 0.75} 372Z",
        mix(colour, dark, 0.14),
        stroke=dark,
        width=1.6,
        opacity=0.8,
    )
