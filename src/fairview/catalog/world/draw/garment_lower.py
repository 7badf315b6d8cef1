"""Skirts, dresses, trousers and shoes."""

from __future__ import annotations

from fairview.catalog.world.draw.body import Build, Pose, along, taper
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.garment import (
    Outfit,
    Paint,
    cloth_fill,
    draw_folds,
    draw_neck_trim,
    draw_print,
    torso_outline,
)
from fairview.catalog.world.draw.outline import Outline, Point, chained, ribbon, smooth

_SKIRTS: dict[str, tuple[float, float, int]] = {
    "pleated": (690, 70, 11),
    "pencil": (640, -12, 2),
    "a-line": (600, 52, 5),
    "maxi": (850, 62, 6),
    "mini": (525, 26, 4),
    "gown": (905, 120, 8),
    "ball": (912, 205, 10),
}
"""Skirt: hem, flare beyond the hip, number of folds."""

_LEGS: dict[str, tuple[float, float, float, float]] = {
    "slim": (1.06, 1.14, 1.7, 0.99),
    "straight": (1.1, 1.45, 2.3, 1.0),
    "wide": (1.16, 1.9, 4.2, 1.03),
    "cargo": (1.14, 1.75, 2.6, 0.98),
    "jogger": (1.12, 1.6, 1.5, 0.96),
    "shorts": (1.2, 1.5, 1.5, 0.42),
}
"""Trouser leg: half-width at thigh, knee and hem in those of the limb, share of the leg."""


def draw_trousers(canvas: Canvas, build: Build, pose: Pose, cut: str, paint: Paint) -> None:
    """Paint a pair of trousers with seat, legs, waistband and creases."""
    colour, light, dark = paint
    thigh, knee, hem, share = _LEGS[cut]
    sway = pose.sway
    for side in (1, -1):
        spine = along(pose.legs[side], min(share, 1.0))
        stops = (
            build.thigh * thigh * 1.04,
            build.thigh * thigh,
            build.knee * knee,
            (build.knee * knee + build.ankle * hem) / 2,
            build.ankle * hem,
        )
        shape = ribbon(spine, taper(stops, len(spine), share))
        fill = canvas.linear(
            [
                (0, mix(colour, dark, 0.25), 1),
                (0.3, light, 1),
                (0.65, colour, 1),
                (1, mix(colour, dark, 0.6), 1),
            ],
            (0, 0),
            (1, 0),
        )
        canvas.path(shape, fill)
        if share > 0.5:
            middle = [(x - 2, y) for x, y in spine[1:]]
            canvas.path(smooth(middle), stroke=dark, width=2, opacity=0.4)
            kx, ky = pose.legs[side][1]
            canvas.path(
                smooth(
                    [
                        (kx - build.knee * 0.8, ky + 6),
                        (kx, ky + 14),
                        (kx + build.knee * 0.6, ky + 8),
                    ]
                ),
                stroke=dark,
                width=2.4,
                opacity=0.3,
            )
        if cut == "cargo":
            kx, ky = pose.legs[side][1]
            canvas.rect(
                kx + side * build.knee * 0.8 - 20,
                ky - 86,
                40,
                54,
                mix(colour, dark, 0.18),
                corner=5,
                stroke=dark,
                width=1.6,
            )
            canvas.rect(
                kx + side * build.knee * 0.8 - 21,
                ky - 88,
                42,
                16,
                mix(colour, light, 0.4),
                corner=4,
                stroke=dark,
                width=1.2,
            )
    seat: list[Point] = [
        (-build.waist * 1.04, 296),
        (0, 302),
        (build.waist * 1.04, 296),
        (build.hip * 0.97 + sway, 350),
        (build.hip * 1.03 + sway, 405),
        (build.hip * 0.98 + sway, 445),
        (build.thigh * 0.4 + sway, 462),
        (sway, 452),
        (-build.thigh * 0.4 + sway, 462),
        (-build.hip * 0.98 + sway, 445),
        (-build.hip * 1.03 + sway, 405),
        (-build.hip * 0.97 + sway, 350),
    ]
    canvas.path(smooth(seat, closed=True), cloth_fill(canvas, paint))
    canvas.path(
        smooth([(sway, 318), (sway * 1.1, 400), (sway, 452)]), stroke=dark, width=2, opacity=0.5
    )
    band = smooth([(-build.waist * 1.05, 312), (0, 319), (build.waist * 1.05, 312)])
    canvas.path(band, stroke=mix(colour, dark, 0.35), width=13)
    for side in (-1, 1):
        canvas.path(
            smooth([(side * build.waist * 0.7, 322), (side * build.hip * 0.9 + sway, 366)]),
            stroke=dark,
            width=2,
            opacity=0.5,
        )


def skirt_outline(build: Build, pose: Pose, cut: str) -> Outline:
    """Outline of a skirt from the waist to its hem."""
    hem, flare, _ = _SKIRTS[cut]
    sway = pose.sway
    edge = build.hip + flare
    half: list[Point] = [
        (build.waist + 3, 296),
        (build.hip * 0.95 + 5, 352),
        (build.hip + 6 + max(flare, 0) * 0.12, 405),
        (build.hip + 4 + flare * 0.55, (405 + hem) / 2),
        (edge, hem - 4),
    ]
    bent = [(x + sway * min(1.0, (y - 290) / 100), y) for x, y in half]
    left = [(-x + sway * min(1.0, (y - 290) / 100), y) for x, y in reversed(half)]
    low = [
        (edge * share + sway, hem + 11 * (1 - share * share)) for share in (0.6, 0.2, -0.2, -0.6)
    ]
    return chained(smooth(bent), smooth([bent[-1], *low, left[0]]), smooth(left))


def draw_skirt(
    canvas: Canvas, build: Build, pose: Pose, outfit: Outfit, paint: Paint, accent: Paint
) -> None:
    """Paint a skirt, or the lower part of a dress, with its folds and print."""
    cut = outfit.bottom
    hem, flare, folds = _SKIRTS[cut]
    colour, _, dark = paint
    outline = skirt_outline(build, pose, cut)
    canvas.path(outline, cloth_fill(canvas, paint))
    with canvas.clipped(outline):
        draw_print(
            canvas, build, outfit.print if outfit.one_colour else "", accent, (290, hem + 20)
        )
        edge = build.hip + flare
        for i in range(folds):
            share = (i + 0.5) / folds * 2 - 1
            x0, x1 = share * build.waist * 0.9, share * edge * 0.96 + pose.sway
            spread = edge / folds * 0.8
            start = 312 if cut in ("pleated", "ball", "gown") else 300 + 0.35 * (hem - 300)
            blade: list[Point] = [
                (x0, start),
                (x1 - spread * 0.1, hem + 16),
                (x1 + spread * 0.75, hem + 16),
            ]
            canvas.path(
                f"M{x0:.1f} {start}"
                f"Q{(x0 + x1) / 2 + share * 12:.1f} {(start + hem) / 2:.1f} {blade[1][0]:.1f} "
                f"{hem + 16}"
                f"L{blade[2][0]:.1f} {hem + 16}"
                f"Q{(x0 + x1) / 2 + share * 12 + 5:.1f} {(start + hem) / 2:.1f} {x0:.1f} {start}Z",
                dark,
                opacity=0.30 if cut != "pleated" else 0.4,
            )
        canvas.rect(-400, hem - 90, 800, 120, canvas.linear([(0, dark, 0), (1, dark, 0.3)]))
    if not outfit.one_colour:
        band = smooth([(-build.waist * 1.03, 302), (0, 309), (build.waist * 1.03, 302)])
        canvas.path(band, stroke=mix(colour, dark, 0.3), width=12)


def draw_dress(
    canvas: Canvas, build: Build, pose: Pose, outfit: Outfit, paint: Paint, accent: Paint
) -> None:
    """Paint a dress: the skirt, the bodice over it, and the seam at the waist."""
    draw_skirt(canvas, build, pose, outfit, paint, accent)
    outline = torso_outline(build, outfit, 312, 2, pose.sway)
    canvas.path(outline, cloth_fill(canvas, paint))
    with canvas.clipped(outline):
        draw_print(canvas, build, outfit.print, accent, (100, 320))
        draw_folds(canvas, build, paint, outfit.ease)
    draw_neck_trim(canvas, build, outfit, paint)
    dark = paint[2]
    waist = build.waist + outfit.ease
    if outfit.top == "wrap":
        canvas.path(
            smooth([(build.neck * 1.5, 106), (build.waist * 0.2, 200), (-waist * 0.9, 300)]),
            stroke=dark,
            width=2.6,
            opacity=0.6,
        )
        canvas.path(
            smooth([(-waist, 300), (0, 312), (waist, 300)]),
            stroke=accent[0] if outfit.print else mix(paint[0], dark, 0.6),
            width=13,
        )
        canvas.path(
            f"M{-waist * 0.8} 306C{-waist} 340 {-waist * 0.9} 370 {-waist * 0.7} 400",
            stroke=mix(paint[0], dark, 0.6),
            width=8,
        )
    else:
        canvas.path(
            smooth([(-waist, 302), (0, 313), (waist, 302)]), stroke=dark, width=2.4, opacity=0.5
        )


def draw_shoes(canvas: Canvas, pose: Pose, kind: str, colour: str) -> None:
    """Paint a pair of shoes seen a little from above."""
    dark, light = lit(colour, 0.5), mix(colour, "#ffffff", 0.3)
    for side in (-1, 1):
        x, y = pose.legs[side][2]
        with canvas.group(x, y, across=side):
            if kind == "sneaker":
                canvas.path(
                    "M-14 -4C-16 14 -18 26 -14 36L34 38C42 38 42 26 32 22C24 18 16 10 13 -4Z",
                    colour,
                )
                canvas.path("M-17 30C-18 40 -16 44 -12 44L36 44C42 44 42 36 40 32Z", "#f4f1ea")
                canvas.path("M4 8L16 4M8 15L20 11", stroke=light, width=2.4)
            elif kind == "heel":
                canvas.path(
                    "M-10 14C-12 26 -10 34 -8 42L-4 42C-2 32 4 28 10 34C18 42 30 44 38 42"
                    "C36 34 24 24 12 12Z",
                    colour,
                )
                canvas.path("M-9 16C-4 24 4 24 12 14", stroke=dark, width=2)
            elif kind == "boot":
                canvas.path(
                    "M-16 -60C-17 -20 -18 20 -16 40L36 42C42 40 40 28 30 22C20 16 16 0 17 -60Z",
                    colour,
                )
                canvas.rect(-18, 36, 58, 8, dark, corner=3)
            else:
                canvas.path(
                    "M-12 6C-15 22 -14 34 -10 40L30 42C40 42 38 32 28 28C18 24 14 14 12 6Z", colour
                )
                canvas.path("M-12 36L36 40", stroke=dark, width=4)


TROUSERS: frozenset[str] = frozenset(_LEGS)
"""Bottoms that are trousers; the others are skirts."""
