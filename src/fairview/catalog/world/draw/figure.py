"""One person put together: hair, body, clothes, head and what hides part of the face."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fairview.catalog.world.draw import adornment, garment, garment_lower, layer
from fairview.catalog.world.draw.body import (
    Build,
    Pose,
    build_of,
    draw_arm,
    draw_leg,
    torso_points,
)
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.face import Turn, draw_face, draw_neck
from fairview.catalog.world.draw.garment import Outfit
from fairview.catalog.world.draw.hair import draw_hair_behind, draw_hair_front
from fairview.catalog.world.draw.look import Look
from fairview.catalog.world.draw.outline import Point, smooth
from fairview.catalog.world.draw.palette import Story, pick


@dataclass(frozen=True)
class Figure:
    """Everything that decides how one person is drawn; `place` is x, y of the eyes and scale."""

    look: Look
    hairdo: str
    outfit: Outfit
    cloths: tuple[str, str, str, str]
    pose: Pose
    turn: Turn
    tilt: float
    place: tuple[float, float, float]
    legs: bool
    hat: str = ""


_BEARDED = frozenset(
    (
        "crop",
        "fade",
        "buzz",
        "bald",
        "short coils",
        "afro",
        "locs",
        "twists",
        "cornrows",
        "curly pile",
    )
)
"""Hairdos that a beard is drawn with."""


def draw_figure(canvas: Canvas, figure: Figure, story: Story, rng: np.random.Generator) -> None:
    """Paint one person at its place."""
    x, y, scale = figure.place
    look, build = figure.look, build_of(figure.look.body_type)
    if look.beard and figure.hairdo not in _BEARDED:
        look = replace(look, beard=False)
        figure = replace(figure, look=look)
    head: Point = (0.0, 88.0)
    with canvas.group(x, y, scale=scale):
        with canvas.group(turn=figure.tilt, pivot=head):
            draw_hair_behind(canvas, look, figure.hairdo, figure.turn, rng)
        if figure.outfit.top == "hoodie":
            layer.draw_hood(canvas, build, garment.paint_of(figure.cloths[0]))
        canvas.path(smooth(torso_points(build, figure.pose.sway), closed=True), look.skin.base)
        if figure.legs:
            _draw_legs(canvas, figure, build)
        draw_neck(canvas, look, figure.turn, build.neck)
        _draw_clothes(canvas, figure, build)
        with canvas.group(turn=figure.tilt, pivot=head):
            _draw_head(canvas, figure, story, rng)


def _draw_legs(canvas: Canvas, figure: Figure, build: Build) -> None:
    """Paint legs and shoes with their shadow on the ground."""
    pose = figure.pose
    for side in (-1, 1):
        foot = pose.legs[side][2]
        canvas.ellipse(foot[0] + side * 14, foot[1] + 42, 66, 13, canvas.fade("#1d1512", 0.5))
    for side in (1, -1):
        draw_leg(canvas, figure.look.skin, build, pose, side)
    garment_lower.draw_shoes(canvas, pose, figure.outfit.shoes, figure.cloths[3])


def _draw_clothes(canvas: Canvas, figure: Figure, build: Build) -> None:
    """Paint what is worn on trunk, legs and arms, inner things first."""
    outfit, pose = figure.outfit, figure.pose
    paint, accent = garment.paint_of(figure.cloths[0]), garment.paint_of(figure.cloths[3])
    sleeve, ease, share = paint, outfit.ease, outfit.sleeve
    whole = outfit.top in ("dress", "wrap")
    tucked = outfit.top in ("tucked", "crop")
    if whole:
        garment_lower.draw_dress(canvas, build, pose, outfit, paint, accent)
    elif tucked:
        garment.draw_top(canvas, build, pose, outfit, paint, accent)
    if figure.legs and not whole:
        _draw_lower(canvas, figure, build)
    if not whole and not tucked:
        garment.draw_top(canvas, build, pose, outfit, paint, accent)
    if outfit.top == "hoodie":
        layer.draw_cords(canvas, build, paint)
    if outfit.layer:
        sleeve = garment.paint_of(figure.cloths[2])
        layer.draw_layer(canvas, build, pose, outfit.layer, sleeve, figure.look.metal)
        ease, share = layer.layer_ease(outfit.layer) + 3, 0.97
    for side in (-1, 1):
        draw_arm(canvas, figure.look.skin, build, pose, side)
        garment.draw_sleeve(canvas, build, pose, side, min(share, 0.97), ease, sleeve)


def _draw_lower(canvas: Canvas, figure: Figure, build: Build) -> None:
    """Paint trousers or a skirt."""
    outfit = figure.outfit
    paint, accent = garment.paint_of(figure.cloths[1]), garment.paint_of(figure.cloths[3])
    if outfit.bottom in garment_lower.TROUSERS:
        garment_lower.draw_trousers(canvas, build, figure.pose, outfit.bottom, paint)
    else:
        garment_lower.draw_skirt(canvas, build, figure.pose, outfit, paint, accent)


def _draw_head(canvas: Canvas, figure: Figure, story: Story, rng: np.random.Generator) -> None:
    """Paint the head with hair, adornments and occlusions in front."""
    look, turn = figure.look, figure.turn
    draw_face(canvas, look, turn, rng)
    if look.occlusion == "mask":
        adornment.draw_mask(canvas, look, turn, story)
    if look.occlusion == "sunglasses":
        adornment.draw_sunglasses(canvas, look, turn, story)
    elif look.glasses:
        frame = pick(rng, ("#2a2220", "#7a5232", look.metal))
        adornment.draw_glasses(canvas, look, turn, frame)
    if look.earring:
        adornment.draw_earrings(canvas, look, turn)
    draw_hair_front(canvas, look, figure.hairdo, turn, rng)
    if figure.hat:
        adornment.draw_hat(canvas, look, turn, story, figure.hat)
    if look.occlusion == "hand":
        adornment.draw_hand(canvas, look, turn, rng)
