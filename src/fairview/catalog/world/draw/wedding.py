"""Wedding pictures: one or two people, gowns and suits, flowers, arches and evening light."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from fairview.catalog.world.draw.background import draw_leaves, draw_plain, draw_sun, leaf
from fairview.catalog.world.draw.body import build_of, strike_pose
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import lit, mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.figure import Figure, draw_figure
from fairview.catalog.world.draw.garment import Outfit
from fairview.catalog.world.draw.look import dress_face
from fairview.catalog.world.draw.outline import smooth
from fairview.catalog.world.draw.palette import Story, pick
from fairview.catalog.world.draw.people import suit_hairdo
from fairview.catalog.world.draw.subjects import WEDDINGS
from fairview.catalog.world.truth import SceneTruth

_GOWNS = (
    Outfit("dress", "gown", "vee", 0.0, ease=2, one_colour=True),
    Outfit("dress", "gown", "off", 0.0, ease=2, one_colour=True),
    Outfit("dress", "maxi", "square", 0.97, ease=3, one_colour=True),
    Outfit("dress", "ball", "strap", 0.0, ease=2, one_colour=True),
)
_SUIT = Outfit("tucked", "straight", "collar", 1.0, "suit", "flat", ease=5)
_WHITES = ("#fdfaf4", "#f8f1e6", "#fbf3ee")


def flower(canvas: Canvas, x: float, y: float, r: float, colour: str) -> None:
    """Paint a rose seen from above."""
    for k in range(6):
        a = k * math.pi / 3
        canvas.ellipse(
            x + math.cos(a) * r * 0.5,
            y + math.sin(a) * r * 0.5,
            r * 0.58,
            r * 0.5,
            mix(colour, "#ffffff", 0.14 * (k % 3)),
        )
    canvas.circle(x, y, r * 0.56, colour)
    canvas.path(
        f"M{x - r * 0.3:.1f} {y:.1f}"
        f"A{r * 0.3:.1f} {r * 0.3:.1f} 0 1 1 {x + r * 0.2:.1f} {y + r * 0.22:.1f}"
        f"M{x - r * 0.1:.1f} {y + r * 0.08:.1f}"
        f"A{r * 0.14:.1f} {r * 0.14:.1f} 0 1 1 {x + r * 0.12:.1f} {y:.1f}",
        stroke=lit(colour, 0.62),
        width=r * 0.13,
    )


def bouquet(
    canvas: Canvas, x: float, y: float, size: float, story: Story, rng: np.random.Generator
) -> None:
    """Paint a round bouquet with leaves and ribbon."""
    for angle in range(-130, 131, 26):
        leaf(canvas, x, y, size / 62, angle, mix("#6f9468", story.main, float(rng.uniform(0, 0.3))))
    canvas.path(
        f"M{x - size * 0.12} {y + size * 0.4}L{x + size * 0.12} {y + size * 0.4}"
        f"L{x + size * 0.2} {y + size * 1.25}L{x - size * 0.16} {y + size * 1.25}Z",
        mix("#6f9468", "#ffffff", 0.15),
    )
    tints = (
        mix(story.pop, "#ffffff", 0.25),
        mix(story.main, "#ffffff", 0.35),
        "#fdf3ec",
        mix(story.second, "#ffffff", 0.3),
    )
    for ring, count in ((0.62, 7), (0.26, 3)):
        for k in range(count):
            a = k / count * 2 * math.pi + ring
            flower(
                canvas,
                x + math.cos(a) * size * ring,
                y + math.sin(a) * size * ring * 0.9,
                size * 0.34,
                pick(rng, tints),
            )


def _arch_of_flowers(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint a ceremony arch covered in roses and leaves."""
    w, h = canvas.width, canvas.height
    draw_plain(canvas, story, rng)
    canvas.rect(
        0,
        h * 0.84,
        w,
        h * 0.16,
        canvas.down(mix("#9db58c", story.wall, 0.3), mix("#84a274", story.wall, 0.2)),
    )
    half, top = w * 0.43, h * 0.06
    canvas.path(
        f"M{w / 2 - half} {h * 0.88}L{w / 2 - half} {top + half}"
        f"A{half} {half} 0 0 1 {w / 2 + half} {top + half}L{w / 2 + half} {h * 0.88}",
        stroke="#c9a877",
        width=7,
    )
    tints = (
        mix(story.pop, "#ffffff", 0.2),
        mix(story.main, "#ffffff", 0.3),
        "#fdf3ec",
        mix(story.second, "#ffffff", 0.2),
    )
    for k in range(34):
        a = math.pi * (0.86 + 1.28 * k / 33)
        x, y = w / 2 + math.cos(a) * half, top + half + math.sin(a) * half
        leaf(
            canvas,
            x,
            y,
            float(rng.uniform(0.3, 0.5)),
            float(rng.uniform(0, 360)),
            mix("#6f9468", story.main, 0.15),
        )
        if k % 2:
            flower(
                canvas,
                x + float(rng.uniform(-8, 8)),
                y + float(rng.uniform(-8, 8)),
                float(rng.uniform(9, 16)),
                pick(rng, tints),
            )


def _candles(canvas: Canvas, story: Story, rng: np.random.Generator) -> None:
    """Paint an evening wall with strings of lights."""
    w, h = canvas.width, canvas.height
    dusk = mix(story.deep, "#3a2a3a", 0.4)
    canvas.wash(dusk, mix(dusk, story.pop, 0.45), 0.0)
    for row in range(4):
        y0, sag = h * (0.03 + row * 0.11), 26 + row * 6
        line = [
            (0.0, y0),
            (w * 0.25, y0 + sag * 0.8),
            (w * 0.5, y0 + sag),
            (w * 0.75, y0 + sag * 0.8),
            (w, y0),
        ]
        canvas.path(smooth(line), stroke="#d9b98a", width=1, opacity=0.5)
        for k in range(11):
            t = k / 10 * 2 - 1
            x, y = w * (k / 10), y0 + sag * (1 - t * t) + 4
            canvas.circle(x, y, 9, canvas.fade("#ffdf9a", 0.7))
            canvas.circle(x, y, 2.1, "#fff2cf")
    canvas.rect(0, h * 0.86, w, h * 0.14, lit(dusk, 0.6))


def _veil(canvas: Canvas, x: float, y: float, scale: float, long: float) -> None:
    """Paint a sheer veil that falls behind one person."""
    with canvas.group(x, y, scale=scale):
        shape = smooth(
            [
                (-40, -70),
                (0, -92),
                (40, -70),
                (92, 60),
                (140, long * 0.6),
                (170, long),
                (0, long + 14),
                (-170, long),
                (-140, long * 0.6),
                (-92, 60),
            ],
            closed=True,
        )
        canvas.path(shape, canvas.linear([(0, "#ffffff", 0.75), (1, "#ffffff", 0.38)]))
        canvas.path(
            smooth([(-70, 20), (-100, long * 0.6), (-110, long)])
            + smooth([(70, 20), (100, long * 0.6), (110, long)]),
            stroke="#ffffff",
            width=3,
            opacity=0.6,
        )


def draw_wedding(canvas: Canvas, scene: SceneTruth, story: Story, rng: np.random.Generator) -> None:
    """Paint one or two people at a wedding."""
    setting = WEDDINGS.get(scene.subject, "gown")
    grounds = {
        "garden": draw_leaves,
        "arch": _arch_of_flowers,
        "sunset": draw_sun,
        "candles": _candles,
    }
    ground = grounds.get(setting) or pick(rng, (draw_plain, _arch_of_flowers, draw_leaves))
    ground(canvas, story, rng)
    people = scene.people[:2]
    full = canvas.height >= canvas.width * 1.2
    scale = (
        canvas.height * 0.96 / 1060 if full else canvas.height / (820 if len(people) == 1 else 760)
    )
    if len(people) == 1:
        scale *= 1.0 if full else 1.05
    spread = (
        sum(build_of(person.body_type).shoulder for person in people)
        * 0.52
        * scale
        * (1.16 if full else 1.0)
    )
    bouquets: list[tuple[float, float]] = []
    for i, truth in enumerate(people):
        side = 0 if len(people) == 1 else (-1 if i == 0 else 1)
        suit = (setting == "suit" and i == 0) or (
            len(people) == 2 and i == 1 and rng.random() < 0.6
        )
        outfit = _SUIT if suit else (_GOWNS[3] if setting == "ball" else pick(rng, _GOWNS))
        white = pick(rng, _WHITES)
        dark = pick(
            rng,
            (
                story.deep,
                "#2b2d33",
                mix(story.main, story.deep, 0.6),
                mix(story.second, "#ffffff", 0.2),
            ),
        )
        cloths = (white, dark, dark, "#2b2320") if suit else (white, white, white, white)
        look = replace(dress_face(truth, story, rng), glasses="", smile=0.9)
        x = canvas.width / 2 + side * spread
        y = (118 + (i * 8)) * scale + canvas.height * 0.02
        if not suit:
            look = replace(look, beard=False)
            if setting in ("ball", "gown", "garden", "arch") and truth.occlusion != "hat":
                _veil(canvas, x, y, scale, 820 if setting == "ball" else 420)
        holds = not suit
        ways = (
            ("hold", "hold") if holds else (("down", "pocket") if side >= 0 else ("pocket", "down"))
        )
        draw_figure(
            canvas,
            Figure(
                look=look,
                hairdo=suit_hairdo(truth, "", rng),
                outfit=outfit,
                cloths=cloths,
                pose=strike_pose(build_of(truth.body_type), rng, ways),
                turn=Turn(-side * float(rng.uniform(4, 11))),
                tilt=-side * float(rng.uniform(0, 5)) + float(rng.normal(0, 1.5)),
                place=(x, y, scale),
                legs=True,
                hat="brim" if truth.occlusion == "hat" else "",
            ),
            story,
            rng,
        )
        if holds:
            bouquets.append((x, y + 300 * scale))
    for x, y in bouquets:
        bouquet(canvas, x, y, 62 * scale, story, rng)
