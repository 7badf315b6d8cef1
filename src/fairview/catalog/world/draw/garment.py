"""Clothes: what an outfit is made of, and tops, dresses and layers drawn on a build."""

from __future__ import annotations

from dataclasses import dataclass

from fairview.catalog.world.draw.body import Build, Pose, arm_spine, taper
from fairview.catalog.world.draw.canvas import Canvas, Gradient
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.outline import Outline, Point, chained, ribbon, smooth

Paint = tuple[str, str, str]
"""A cloth's colour, its lit side and its shaded side."""


@dataclass(frozen=True)
class Outfit:
    """What is worn; empty strings are nothing. Lengths are head units or shares of a limb."""

    top: str
    bottom: str
    neckline: str = "crew"
    sleeve: float = 0.3
    layer: str = ""
    shoes: str = "flat"
    print: str = ""
    ease: float = 4.0
    one_colour: bool = False


def paint_of(colour: str) -> Paint:
    """Return a cloth's three values."""
    return colour, mix(colour, "#ffffff", 0.14), lit(colour, 0.62, 0.58, 0.60)


_NECKS: dict[str, tuple[float, float, float]] = {
    "crew": (1.35, 104, 122),
    "scoop": (1.75, 108, 150),
    "vee": (1.5, 106, 184),
    "square": (2.0, 110, 158),
    "high": (1.1, 84, 88),
    "strap": (2.6, 150, 166),
    "off": (3.3, 140, 164),
    "collar": (1.35, 102, 132),
}
"""Neckline: half-width in necks, height at the side, height at the middle."""


def neck_edge(build: Build, neckline: str) -> list[Point]:
    """Return the neckline from the left side to the right."""
    width, side, middle = _NECKS[neckline]
    x = build.neck * width
    if neckline == "vee":
        return [
            (-x, side),
            (-x * 0.55, (side + middle) / 2),
            (0, middle),
            (x * 0.55, (side + middle) / 2),
            (x, side),
        ]
    if neckline in ("square", "strap"):
        return [
            (-x, side),
            (-x * 0.93, middle - 8),
            (-x * 0.5, middle),
            (0, middle + 2),
            (x * 0.5, middle),
            (x * 0.93, middle - 8),
            (x, side),
        ]
    return [
        (-x, side),
        (-x * 0.72, side + (middle - side) * 0.75),
        (0, middle),
        (x * 0.72, side + (middle - side) * 0.75),
        (x, side),
    ]


def torso_outline(build: Build, outfit: Outfit, hem: float, flare: float, sway: float) -> Outline:
    """Outline of a garment on the trunk from the neckline to `hem`, `flare` wider there."""
    ease = outfit.ease
    shoulder = build.shoulder + ease * 0.4
    side: list[Point] = [
        (shoulder * 0.8, 119),
        (shoulder, 139),
        (build.chest + ease + 3, 192),
        (build.chest + ease, 228),
        (build.waist + ease * 1.5, 300),
    ]
    if outfit.neckline in ("strap", "off"):
        side = [(shoulder * 0.86, 156), *side[2:]]
    if hem > 345:
        side.append((max(build.hip * 0.92 + ease, build.waist + ease), 350))
    if hem > 395:
        side.append((build.hip + ease, 400))
    below = max(build.waist if hem < 340 else build.hip, build.waist)
    if hem > 405:
        side.append((build.hip + ease + flare * 0.45, (400 + hem) / 2))
    side.append((below + ease + flare, hem))

    def bent(points: list[Point]) -> list[Point]:
        return [(x + sway * max(0.0, min(1.0, (y - 250) / 160)), y) for x, y in points]

    right = bent(side)
    left = bent([(-x, y) for x, y in reversed(side)])
    neck = neck_edge(build, outfit.neckline)
    sag = bent([(below * 0.5, hem + 7), (0, hem + 9), (-below * 0.5, hem + 7)])
    return chained(smooth(neck), smooth(right), smooth([right[-1], *sag, left[0]]), smooth(left))


def cloth_fill(canvas: Canvas, paint: Paint) -> Gradient:
    """Return a garment's fill: lit from the left, shaded at the right."""
    colour, light, dark = paint
    middle = mix(colour, dark, 0.25)
    return canvas.linear(
        [
            (0, mix(colour, dark, 0.2), 1),
            (0.28, light, 1),
            (0.62, colour, 1),
            (0.85, middle, 1),
            (1, mix(colour, dark, 0.6), 1),
        ],
        (0, 0),
        (1, 0),
    )


def draw_top(
    canvas: Canvas, build: Build, pose: Pose, outfit: Outfit, paint: Paint, accent: Paint
) -> None:
    """Paint what covers the trunk."""
    hems = {"crop": 300.0, "tucked": 338.0, "top": 385.0, "long": 430.0}
    hem = hems.get(outfit.top, 385.0)
    outline = torso_outline(build, outfit, hem, 2.0 if hem > 320 else 0.0, pose.sway)
    canvas.path(outline, cloth_fill(canvas, paint))
    with canvas.clipped(outline):
        draw_print(canvas, build, outfit.print, accent, (100, hem + 10))
        draw_folds(canvas, build, paint, outfit.ease)
    draw_neck_trim(canvas, build, outfit, paint)


def draw_folds(canvas: Canvas, build: Build, paint: Paint, ease: float) -> None:
    """Paint the soft folds under the arms and at the waist."""
    dark = paint[2]
    for side in (-1, 1):
        chest, waist = build.chest + ease, build.waist + ease
        canvas.path(
            smooth([(side * chest, 196), (side * chest * 0.72, 214), (side * chest * 0.4, 221)]),
            stroke=dark,
            width=3,
            opacity=0.35,
        )
        canvas.path(
            smooth(
                [(side * waist * 1.05, 292), (side * waist * 0.7, 306), (side * waist * 0.35, 304)]
            ),
            stroke=dark,
            width=3,
            opacity=0.3,
        )
        canvas.ellipse(side * chest * 0.45, 215, chest * 0.42, 26, canvas.fade(dark, 0.22))


def draw_neck_trim(canvas: Canvas, build: Build, outfit: Outfit, paint: Paint) -> None:
    """Paint the edge of the neckline: rib, roll or collar."""
    colour, light, dark = paint
    edge = neck_edge(build, outfit.neckline)
    if outfit.neckline == "high":
        n = build.neck
        canvas.path(
            smooth(
                [
                    (-n * 1.12, 80),
                    (0, 92),
                    (n * 1.12, 80),
                    (n * 1.3, 118),
                    (0, 132),
                    (-n * 1.3, 118),
                ],
                closed=True,
            ),
            canvas.linear(
                [(0, dark, 1), (0.25, light, 1), (0.7, colour, 1), (1, dark, 1)], (0, 0), (1, 0)
            ),
        )
        canvas.path(
            smooth([(-n * 1.2, 106), (0, 118), (n * 1.2, 106)]), stroke=dark, width=1.6, opacity=0.5
        )
        return
    if outfit.neckline == "collar":
        for side in (-1, 1):
            n = build.neck
            canvas.path(
                f"M{side * n * 1.15} 92"
                f"C{side * n * 1.6} 98 {side * n * 2} 108 {side * n * 2.05} 120"
                f"L{side * n * 1.25} 158L{side * 1} 133"
                f"C{side * n * 0.8} 124 {side * n} 112 {side * n * 1.15} 92Z",
                light,
                stroke=dark,
                width=1.2,
            )
        canvas.path("M0 134L0 318", stroke=dark, width=1.6, opacity=0.55)
        for y in range(160, 312, 36):
            canvas.circle(3.5, y, 2.4, mix(light, "#ffffff", 0.5))
        return
    if outfit.neckline == "strap":
        x = build.neck * 2.15
        for side in (-1, 1):
            line = [(side * x * 0.94, 113), (side * x, 135), (side * x, 160)]
            canvas.path(smooth(line), stroke=mix(colour, dark, 0.2), width=5.5)
    canvas.path(smooth(edge), stroke=mix(colour, dark, 0.5), width=3.4, opacity=0.8)


def draw_sleeve(
    canvas: Canvas, build: Build, pose: Pose, side: int, share: float, ease: float, paint: Paint
) -> None:
    """Paint one sleeve down to `share` of the arm."""
    if share <= 0:
        return
    spine = arm_spine(build, pose, side, share)
    arm = build.arm + ease * 0.45
    stops = (arm * 1.1, arm * 1.06, arm, arm * 0.96, (build.wrist + ease * 0.6) * 1.15)
    colour, light, dark = paint
    tones = [
        (0, mix(colour, dark, 0.15), 1.0),
        (0.35, mix(colour, light, 0.7), 1.0),
        (0.7, colour, 1.0),
        (1, mix(colour, dark, 0.5), 1.0),
    ]
    fill = canvas.linear(tones, (0, 0), (1, 0))
    shape = ribbon(spine, [arm * 0.5, *taper(stops, len(spine) - 1, share)])
    canvas.path(shape, fill)
    if share > 0.5:
        elbow = pose.arms[side][1]
        canvas.path(
            smooth(
                [
                    (elbow[0] - arm * 0.8, elbow[1] - 4),
                    (elbow[0], elbow[1] + 6),
                    (elbow[0] + arm * 0.6, elbow[1] + 2),
                ]
            ),
            stroke=dark,
            width=2.4,
            opacity=0.35,
        )


def draw_print(
    canvas: Canvas, build: Build, name: str, accent: Paint, rows: tuple[float, float]
) -> None:
    """Paint a cloth's print inside the current clip."""
    top, low = rows
    wide = build.hip + 70
    colour = accent[0]
    if name == "stripe":
        lines = "".join(
            f"M{-wide} {y}Q0 {y + 16} {wide} {y}" for y in range(int(top) + 30, int(low), 26)
        )
        canvas.path(lines, stroke=colour, width=6, opacity=0.85)
    elif name == "dot":
        for i, y in enumerate(range(int(top), int(low), 24)):
            for x in range(int(-wide) + (i % 2) * 14, int(wide), 28):
                canvas.circle(x, y, 4.2, colour, opacity=0.9)
    elif name == "check":
        lines = "".join(f"M{-wide} {y}L{wide} {y}" for y in range(int(top), int(low), 34))
        lines += "".join(f"M{x} {top}L{x} {low}" for x in range(int(-wide), int(wide), 34))
        canvas.path(lines, stroke=colour, width=4.5, opacity=0.5)
    elif name == "flower":
        for i, y in enumerate(range(int(top), int(low), 40)):
            for x in range(int(-wide) + (i % 2) * 22, int(wide), 44):
                for dx, dy in ((-5, 0), (5, 0), (0, -5), (0, 5)):
                    canvas.circle(x + dx, y + dy, 4.4, colour, opacity=0.9)
                canvas.circle(x, y, 3, accent[1])
    elif name == "graphic":
        canvas.circle(0, 222, 34, colour)
        canvas.path("M-40 232Q-16 206 4 226T44 222L44 262L-40 262Z", accent[2], opacity=0.85)
    elif name == "knit":
        lines = "".join(f"M{x} {top}L{x} {low}" for x in range(int(-wide), int(wide), 9))
        canvas.path(lines, stroke=accent[2], width=1.6, opacity=0.28)
