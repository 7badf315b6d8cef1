"""What is worn on or held before a face: earrings, glasses, hats, masks, a hand."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import joined, ribbon, smooth
from fairview.catalog.world.draw.palette import Story


def draw_earrings(canvas: Canvas, look: Look, turn: Turn) -> None:
    """Paint earrings on the ears in sight."""
    metal, dark = look.metal, lit(look.metal, 0.5)
    for side in (-1, 1):
        if side * turn.lean > 0.3:
            continue
        x, y = side * 50 + turn.lean * 2, 26
        if look.earring == "hoop":
            canvas.ellipse(x, y + 13, 9, 13, "none", stroke=dark, width=3.4)
            canvas.ellipse(x - 0.5, y + 12.5, 9, 13, "none", stroke=metal, width=2.2)
        elif look.earring == "drop":
            canvas.path(f"M{x} {y}L{x} {y + 12}", stroke=metal, width=1.8)
            canvas.path(
                f"M{x} {y + 8}C{x + 8} {y + 22} {x + 6} {y + 31} {x} {y + 31}"
                f"C{x - 6} {y + 31} {x - 8} {y + 22} {x} {y + 8}Z",
                metal,
            )
            canvas.ellipse(x - 1.6, y + 21, 1.6, 4, "#ffffff", opacity=0.55)
        elif look.earring == "disc":
            canvas.circle(x, y + 8, 9, dark)
            canvas.circle(x - 0.6, y + 7.4, 8.2, metal)
            canvas.circle(x - 2.4, y + 5, 2.4, canvas.fade("#ffffff", 0.8))
        else:
            canvas.circle(x, y, 3.6, metal)
            canvas.circle(x - 1, y - 1, 1.2, "#ffffff", opacity=0.8)


def draw_glasses(canvas: Canvas, look: Look, turn: Turn, frame: str) -> None:
    """Paint clear glasses with thin frames."""
    for side in (-1, 1):
        x, w = turn.x(side * 22.5), 17.5 * turn.width(side * 22.5)
        radius = 15.5 if look.glasses == "round" else 6
        high = 15.5 if look.glasses == "round" else 13
        canvas.rect(
            x - w,
            -high + 1,
            2 * w,
            2 * high,
            canvas.linear([(0, "#ffffff", 0.22), (1, "#ffffff", 0.04)], (0, 0), (1, 1)),
            corner=radius,
            stroke=frame,
            width=2.2,
        )
        canvas.path(f"M{x + side * w:.1f} -3L{side * 50:.1f} -5", stroke=frame, width=2.2)
    canvas.path(
        f"M{turn.x(-5):.1f} -1Q{turn.x(0, 6):.1f} -6 {turn.x(5):.1f} -1", stroke=frame, width=2.2
    )


def draw_sunglasses(canvas: Canvas, look: Look, turn: Turn, story: Story) -> None:
    """Paint dark glasses that hide the eyes and brows."""
    frame = mix(story.deep, "#14110f", 0.55)
    lens = canvas.linear(
        [
            (0, mix(frame, "#000000", 0.25), 1),
            (0.6, mix(frame, story.main, 0.25), 1),
            (1, mix(frame, story.main, 0.55), 1),
        ]
    )
    for side in (-1, 1):
        x, w = turn.x(side * 23), 21.5 * turn.width(side * 23)
        with canvas.group(x, 1, across=side * w / 21.5):
            canvas.path(
                "M-19 -12C-8 -18 14 -18 23 -14C25 -4 22 12 10 16C-4 19 -16 14 -19 2"
                "C-20 -4 -20 -8 -19 -12Z",
                lens,
                stroke=frame,
                width=3,
            )
            canvas.path("M-12 -10L-2 -12L-10 6L-15 2Z", "#ffffff", opacity=0.16)
        canvas.path(f"M{x + side * w:.1f} -11L{side * 51:.1f} -8", stroke=frame, width=3.2)
    canvas.path(
        f"M{turn.x(-6):.1f} -7Q{turn.x(0, 6):.1f} -13 {turn.x(6):.1f} -7", stroke=frame, width=3.2
    )


def draw_mask(canvas: Canvas, look: Look, turn: Turn, story: Story) -> None:
    """Paint a pleated cloth mask over nose and mouth."""
    colour = mix(story.second, "#ffffff", 0.35)
    dark = lit(colour, 0.6)
    mid, low = turn.x(0, 9), look.length
    left, right = turn.x(-42), turn.x(42)
    for x, side in ((left, -1), (right, 1)):
        canvas.path(
            smooth([(x, 18), (side * 49, 2)]) + smooth([(x, 50), (side * 49.5, 24)]),
            stroke=mix(colour, "#ffffff", 0.4),
            width=1.8,
        )
    shape = smooth(
        [
            (left, 16),
            (mid - 14, 9),
            (mid, 6),
            (mid + 14, 9),
            (right, 16),
            (right - 1, 42),
            (mid + 25, low - 3),
            (mid, low + 5),
            (mid - 25, low - 3),
            (left + 1, 42),
        ],
        closed=True,
    )
    canvas.path(
        shape,
        canvas.linear(
            [
                (0, dark, 1),
                (0.25, colour, 1),
                (0.5, mix(colour, "#ffffff", 0.3), 1),
                (0.8, colour, 1),
                (1, dark, 1),
            ],
            (0, 0),
            (1, 0.2),
        ),
    )
    for y in (26, 38, 50):
        canvas.path(
            smooth([(left + 3, y - 1), (mid, y + 5), (right - 3, y - 1)]),
            stroke=dark,
            width=1.4,
            opacity=0.55,
        )
    canvas.path(
        smooth([(mid - 15, 12), (mid, 9), (mid + 15, 12)]), stroke="#ffffff", width=2, opacity=0.5
    )


def draw_hand(canvas: Canvas, look: Look, turn: Turn, rng: np.random.Generator) -> None:
    """Paint a hand laid along one cheek and over part of the mouth."""
    skin = look.skin
    side = float(rng.choice([-1.0, 1.0]))
    fill = canvas.linear(
        [(0, skin.base, 1), (0.7, skin.base, 1), (1, skin.shade, 1)], (0, 0), (0, 1)
    )
    with canvas.group(side * 34, 74, turn=-16 * side, across=side):
        canvas.path(ribbon([(18, 120), (12, 70), (4, 34)], [26, 21, 22]), fill)
        canvas.ellipse(-4, 6, 40, 16, canvas.fade(skin.deep, 0.35))
        fingers = (
            ([(17, 22), (16, -8), (12, -36), (7, -58)], 6.6),
            ([(6, 20), (1, -10), (-6, -38), (-13, -62)], 7.0),
            ([(-5, 22), (-13, -6), (-23, -30), (-31, -48)], 6.8),
            ([(-13, 30), (-24, 8), (-35, -8), (-43, -20)], 5.9),
        )
        canvas.path(
            smooth(
                [(-20, 40), (-14, 16), (4, 8), (22, 14), (26, 40), (18, 66), (-8, 66)], closed=True
            ),
            fill,
        )
        for spine, half in fingers:
            line = smooth(spine)
            canvas.path(line, stroke=skin.deep, width=half * 2 + 1.8, opacity=0.5)
            canvas.path(line, stroke=skin.base, width=half * 2)
            (ax, ay), (bx, by) = spine[-2], spine[-1]
            angle = float(np.degrees(np.arctan2(by - ay, bx - ax))) + 90
            canvas.ellipse(
                bx, by - 0.5, half * 0.62, half * 0.85, look.makeup.lip or skin.nail, turn=angle
            )
        canvas.path(smooth([(-12, 44), (-30, 40), (-40, 30)]), stroke=skin.base, width=13)


def draw_hat(canvas: Canvas, look: Look, turn: Turn, story: Story, kind: str) -> None:
    """Paint a hat over the upper hair: a wide brim, a beanie or a bucket."""
    colour = story.main if kind != "brim" else mix(story.second, story.deep, 0.15)
    dark, light = lit(colour, 0.55), mix(colour, "#ffffff", 0.18)
    lean = turn.lean * 12
    if kind == "beanie":
        dome = smooth(
            [
                (-57, -34),
                (-55, -70),
                (-32, -102),
                (lean * 0.3, -110),
                (32, -102),
                (55, -70),
                (57, -34),
            ]
        )
        canvas.path(
            dome.close(),
            canvas.linear([(0, light, 1), (0.5, colour, 1), (1, dark, 1)], (0.2, 0), (1, 1)),
        )
        lines = joined(
            smooth([(x, -44), (x * 0.9, -80), (x * 0.4, -108)]) for x in range(-48, 49, 12)
        )
        canvas.path(lines, stroke=dark, width=2, opacity=0.35)
        canvas.path(
            smooth(
                [(-59, -46), (-58, -29), (lean, -38), (58, -29), (59, -46), (lean, -60)],
                closed=True,
            ),
            mix(colour, dark, 0.2),
        )
        canvas.path(
            "".join(f"M{x} -53L{x} -34" for x in range(-54, 55, 6)),
            stroke=dark,
            width=1.4,
            opacity=0.4,
        )
        return
    wide, drop = (112, 8) if kind == "brim" else (76, 16)
    canvas.ellipse(lean * 0.5, -26, 50, 15, canvas.fade(look.skin.deep, 0.6))
    canvas.path(
        smooth(
            [
                (-50, -44),
                (-49, -86),
                (-30, -106),
                (-6, -100),
                (lean * 0.3, -98),
                (8, -100),
                (32, -106),
                (49, -86),
                (50, -44),
            ]
        ).close(),
        canvas.linear([(0, light, 1), (0.55, colour, 1), (1, dark, 1)], (0, 0), (1, 0.4)),
    )
    canvas.path(
        smooth([(-51, -52), (0, -62), (51, -52)]), stroke=mix(story.deep, dark, 0.3), width=12
    )
    brim = smooth(
        [
            (-wide, -38 + drop),
            (-60, -54),
            (0, -62),
            (60, -54),
            (wide, -38 + drop),
            (58, -34 + drop * 0.3),
            (0, -38),
            (-58, -34 + drop * 0.3),
        ],
        closed=True,
    )
    canvas.path(
        brim, canvas.linear([(0, light, 1), (0.6, colour, 1), (1, dark, 1)], (0, 0), (1, 0.6))
    )
    canvas.path(smooth([(-50, -50), (0, -57), (50, -50)]), stroke=dark, width=2, opacity=0.6)
