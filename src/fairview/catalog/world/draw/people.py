"""Pictures of one person: which framing, ground, pose and clothes each theme asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairview.catalog.world.draw import background
from fairview.catalog.world.draw.body import build_of, strike_pose
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.colour import mix
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.figure import Figure, draw_figure
from fairview.catalog.world.draw.garment import Outfit
from fairview.catalog.world.draw.hair import HAIRDOS, choose_hairdo
from fairview.catalog.world.draw.look import Look, dress_face, with_makeup
from fairview.catalog.world.draw.palette import Story, pick
from fairview.catalog.world.draw.subjects import HAIRSTYLES, MAKEUPS, OUTFITS, PORTRAITS, STREETWEAR
from fairview.catalog.world.truth import PersonTruth, SceneTruth

_SKIN_LIKE = ("#d9b899", "#c49a78", "#a87d5f", "#8a6046", "#6b4937", "#ead6c2")
_DENIM = ("#4d6b8a", "#35506e", "#6d8aa6", "#2b3d55")
_GATHERED = {"puffs", "high puff", "curly pile", "braided updo", "bantu knots", "ponytail"}
_HIGH = {
    "high puff": 62.0,
    "curly pile": 42.0,
    "braided updo": 44.0,
    "afro": 34.0,
    "puffs": 24.0,
    "bantu knots": 26.0,
}
"""How far a hairdo rises above a plain one, in head units."""

BUSTS: tuple[Outfit, ...] = (
    Outfit("top", "slim", "crew", 0.4, ease=6),
    Outfit("top", "slim", "high", 1.0, ease=7, print="knit"),
    Outfit("top", "slim", "vee", 1.0, ease=6),
    Outfit("top", "slim", "collar", 1.0, ease=8),
    Outfit("top", "slim", "scoop", 0.3, ease=4),
    Outfit("top", "slim", "strap", 0.0, ease=3),
    Outfit("top", "slim", "off", 0.0, ease=4),
    Outfit("top", "slim", "crew", 1.0, "blazer", ease=5),
    Outfit("top", "slim", "crew", 1.0, "denim", ease=6, print="stripe"),
)
"""Tops that suit a picture of head and shoulders."""


def suit_hairdo(truth: PersonTruth, hairdo: str, rng: np.random.Generator) -> str:
    """Return a hairdo of the person's pattern that goes with what is on the head."""
    if hairdo and hairdo in HAIRDOS.get(truth.hair_pattern, ()):
        return hairdo
    chosen = choose_hairdo(truth.hair_pattern, rng)
    while truth.occlusion == "hat" and chosen in _GATHERED:
        chosen = choose_hairdo(truth.hair_pattern, rng)
    return chosen


def choose_cloths(
    story: Story, outfit: Outfit, rng: np.random.Generator, ground: str = ""
) -> tuple[str, str, str, str]:
    """Colours of top, bottom, layer and accent; at times as a skin may be coloured."""
    palette = [colour for colour in story.cloths if colour != ground]
    rng.shuffle(palette)
    top, bottom, over = palette[0], palette[1], palette[2]
    if rng.random() < 0.14:
        top = pick(rng, _SKIN_LIKE)
    if outfit.bottom in ("straight", "slim", "wide") and rng.random() < 0.45:
        bottom = pick(rng, _DENIM)
    if outfit.layer == "denim":
        over = pick(rng, _DENIM)
    if outfit.layer == "trench":
        over = pick(rng, ("#c9a877", "#b89566", story.deep))
    if outfit.layer and outfit.print != "stripe":
        top = pick(rng, ("#f4efe6", mix(story.wall, "#ffffff", 0.4), story.second))
    if outfit.one_colour:
        bottom = top
    accent = "#fbf7ee" if outfit.print in ("dot", "flower", "stripe", "check") else story.pop
    if outfit.print and accent == "#fbf7ee" and top == "#f4efe6":
        accent = story.main
    if outfit.print == "knit":
        accent = mix(top, "#3a2a22", 0.4)
    return top, bottom, over, accent


def _hat(truth: PersonTruth, rng: np.random.Generator) -> str:
    return pick(rng, ("brim", "beanie", "bucket")) if truth.occlusion == "hat" else ""


def draw_person(canvas: Canvas, scene: SceneTruth, story: Story, rng: np.random.Generator) -> None:
    """Paint a portrait, make-up, hair, outfit or streetwear picture of the first person."""
    truth = scene.people[0]
    look = dress_face(truth, story, rng)
    if scene.theme == "portrait":
        _portrait(canvas, scene, look, story, rng)
    elif scene.theme == "makeup":
        _close_up(canvas, scene, look, story, rng)
    elif scene.theme == "hair":
        _hair(canvas, scene, look, story, rng)
    else:
        _whole(canvas, scene, look, story, rng)


def _bust(
    canvas: Canvas,
    scene: SceneTruth,
    look: Look,
    story: Story,
    rng: np.random.Generator,
    *,
    scale: float,
    level: float,
    turn: float,
    tilt: float,
    outfit: Outfit,
    hairdo: str = "",
) -> None:
    """Paint head and shoulders; `level` is where the eyes lie as a share of the height."""
    truth = scene.people[0]
    chosen = suit_hairdo(truth, hairdo, rng)
    rise = _HIGH.get(chosen, 0.0) + (28.0 if truth.occlusion == "hat" else 0.0)
    eyes = max(canvas.height * level, (94 + rise) * scale + 6)
    build = build_of(truth.body_type)
    draw_figure(
        canvas,
        Figure(
            look=look,
            hairdo=chosen,
            outfit=outfit,
            cloths=choose_cloths(story, outfit, rng),
            pose=strike_pose(build, rng, ("down", "down")),
            turn=Turn(turn),
            tilt=tilt,
            place=(
                canvas.width * (0.5 + float(rng.uniform(-0.035, 0.035))),
                eyes,
                scale * canvas.width / 320,
            ),
            legs=False,
            hat=_hat(truth, rng),
        ),
        story,
        rng,
    )


def _portrait(
    canvas: Canvas, scene: SceneTruth, look: Look, story: Story, rng: np.random.Generator
) -> None:
    extra = PORTRAITS.get(scene.subject, "")
    ground = background.draw_leaves if extra == "leaves" else pick(rng, background.WALLS)
    ground(canvas, story, rng)
    outfit = pick(rng, tuple(BUSTS[i] for i in (0, 2, 3, 4, 5, 6, 8)))
    if extra == "turtleneck":
        outfit = BUSTS[1]
    if extra == "blazer":
        outfit = BUSTS[7]
    look = replace(
        look,
        earring="hoop" if extra == "hoop" else look.earring,
        glasses="round" if extra == "glasses" else ("" if extra else look.glasses),
        freckles=extra == "freckles",
        smile=1.4 if extra == "smile" else look.smile * 0.7,
    )
    _bust(
        canvas,
        scene,
        look,
        story,
        rng,
        scale=float(rng.uniform(0.95, 1.22)),
        level=float(rng.uniform(0.40, 0.45)),
        turn=float(rng.normal(0, 5)),
        tilt=float(rng.normal(0, 2.6)),
        outfit=outfit,
    )


def _close_up(
    canvas: Canvas, scene: SceneTruth, look: Look, story: Story, rng: np.random.Generator
) -> None:
    pick(
        rng,
        (
            background.draw_plain,
            background.draw_bold,
            background.draw_plain,
            background.draw_window,
        ),
    )(canvas, story, rng)
    makeup = MAKEUPS.get(scene.subject)
    _bust(
        canvas,
        scene,
        with_makeup(look, makeup or look.makeup),
        story,
        rng,
        scale=float(rng.uniform(1.5, 1.8)),
        level=float(rng.uniform(0.43, 0.47)),
        turn=float(rng.normal(0, 4)),
        tilt=float(rng.normal(0, 2.2)),
        outfit=pick(rng, (BUSTS[4], BUSTS[5], BUSTS[6], BUSTS[1])),
    )


def _hair(
    canvas: Canvas, scene: SceneTruth, look: Look, story: Story, rng: np.random.Generator
) -> None:
    pick(
        rng,
        (
            background.draw_plain,
            background.draw_arch,
            background.draw_sun,
            background.draw_shapes,
            background.draw_bold,
        ),
    )(canvas, story, rng)
    _, hairdo = HAIRSTYLES.get(scene.subject, ("", ""))
    turn = (
        float(rng.uniform(14, 27)) * (1 if rng.random() < 0.5 else -1)
        if rng.random() < 0.6
        else float(rng.normal(0, 5))
    )
    _bust(
        canvas,
        scene,
        look,
        story,
        rng,
        scale=float(rng.uniform(0.86, 1.06)),
        level=float(rng.uniform(0.38, 0.43)),
        turn=turn,
        tilt=float(rng.normal(0, 3)),
        outfit=pick(rng, BUSTS[:7]),
        hairdo=hairdo,
    )


def _whole(
    canvas: Canvas, scene: SceneTruth, look: Look, story: Story, rng: np.random.Generator
) -> None:
    """Paint a whole figure, or one cut at the knees."""
    truth = scene.people[0]
    street = scene.theme == "streetwear"
    if street:
        background.draw_street(canvas, story, rng)
    else:
        pick(
            rng,
            (
                background.draw_room,
                background.draw_room,
                background.draw_plain,
                background.draw_arch,
            ),
        )(canvas, story, rng)
    table = STREETWEAR if street else OUTFITS
    outfit = table.get(scene.subject) or pick(rng, tuple(table.values()))
    hairdo = suit_hairdo(truth, "", rng)
    rise = _HIGH.get(hairdo, 0.0) + (28.0 if truth.occlusion == "hat" else 0.0)
    full = canvas.height >= canvas.width * 1.3 or rng.random() < 0.3
    top = 92 + rise
    span = 945.0 if full else float(rng.uniform(590, 690))
    scale = (canvas.height * 0.97 - 4) / (top + span) if full else canvas.height / (top + span)
    draw_figure(
        canvas,
        Figure(
            look=replace(look, glasses=""),
            hairdo=hairdo,
            outfit=outfit,
            cloths=choose_cloths(story, outfit, rng),
            pose=strike_pose(build_of(truth.body_type), rng),
            turn=Turn(float(rng.normal(0, 5))),
            tilt=float(rng.normal(0, 2.4)),
            place=(
                canvas.width * (0.5 + float(rng.uniform(-0.06, 0.06))),
                top * scale + canvas.height * 0.015,
                scale,
            ),
            legs=True,
            hat=_hat(truth, rng),
        ),
        story,
        rng,
    )
