"""The figure under the clothes: four ordinal builds, joints of a pose, limbs and hands.

Lengths are head units with the eyes at y = 0: shoulders near 120, hips near 400, soles at 925.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairview.catalog.world.draw.canvas import Canvas, Gradient
from fairview.catalog.world.draw.outline import Outline, Point, mirror, ribbon, smooth
from fairview.catalog.world.draw.palette import pick
from fairview.catalog.world.draw.sheet import Sheet
from fairview.catalog.world.draw.skin import Skin
from fairview.core.errors import UsageError

SOLE = 925.0


@dataclass(frozen=True)
class Build:
    """Half-widths of one build, in head units."""

    neck: float
    shoulder: float
    chest: float
    waist: float
    hip: float
    thigh: float
    knee: float
    ankle: float
    arm: float
    wrist: float


_BUILDS = {
    1: Build(22, 88, 66, 50, 68, 31, 20, 11, 14.5, 8.5),
    2: Build(24, 94, 76, 62, 84, 39, 24, 12.5, 17.5, 9.5),
    3: Build(27, 104, 94, 85, 104, 49, 32, 16.5, 22.5, 11.5),
    4: Build(30, 117, 114, 112, 126, 60, 40, 20, 28, 13.5),
}


def build_of(body_type: int) -> Build:
    """Return the build of body type 1 (slender) to 4 (broad); another is a `UsageError`."""
    try:
        return _BUILDS[body_type]
    except KeyError:
        raise UsageError(f"body_type is {body_type}; give an ordinal from 1 to 4.") from None


@dataclass(frozen=True)
class Pose:
    """Joints of one pose: per side (-1 left of the picture, 1 right) arm and leg points."""

    arms: dict[int, tuple[Point, Point, Point]]
    legs: dict[int, tuple[Point, Point, Point]]
    hidden_hands: tuple[int, ...]
    sway: float


ARM_WAYS = ("down", "down", "hip", "pocket", "bent", "hold")


def strike_pose(
    build: Build, rng: np.random.Generator, ways: tuple[str, str] | None = None
) -> Pose:
    """Choose where elbows, wrists, knees and feet are; `ways` fixes both arms."""
    sway = float(rng.uniform(-1, 1)) * 9
    left, right = ways or (pick(rng, ARM_WAYS), pick(rng, ARM_WAYS))
    stance = pick(rng, ("stand", "contra", "walk"))
    arms = {side: _arm(build, side, way) for side, way in ((-1, left), (1, right))}
    legs: dict[int, tuple[Point, Point, Point]] = {}
    for side in (-1, 1):
        hip = (side * (build.hip - build.thigh) + sway, 415.0)
        knee_x = side * (build.knee + 10)
        foot_x = side * (build.ankle + 16)
        if stance == "contra" and side * sway <= 0:
            knee_x, foot_x = side * (build.knee + 24), side * (build.ankle + 46)
        if stance == "walk":
            knee_x, foot_x = side * (build.knee + 4), side * (build.ankle * 0.7 + 4)
        drop = -18.0 if stance == "walk" and side > 0 else 0.0
        legs[side] = (hip, (knee_x + sway * 0.5, 655.0), (foot_x, 880.0 + drop))
    hidden = tuple(side for side, way in ((-1, left), (1, right)) if way == "pocket")
    return Pose(arms, legs, hidden, sway)


def _arm(build: Build, side: int, way: str) -> tuple[Point, Point, Point]:
    """Shoulder, elbow and wrist of one arm."""
    shoulder = (side * (build.shoulder - build.arm * 0.9), 148.0)
    out = max(build.chest, build.waist) + build.arm
    places: dict[str, tuple[Point, Point]] = {
        "down": ((out + 14, 275), (max(out, build.hip) + 16, 400)),
        "hip": ((out + 62, 268), (build.waist + 14, 345)),
        "pocket": ((out + 34, 280), (build.hip - 2, 398)),
        "bent": ((out + 18, 276), (out + 8, 212 + 130)),
        "hold": ((out + 16, 272), (build.waist * 0.45, 292)),
        "join": ((out + 12, 278), (12, 318)),
        "apart": ((out + 40, 268), (out + 78, 372)),
    }
    (elbow_x, elbow_y), (wrist_x, wrist_y) = places[way]
    return shoulder, (side * elbow_x, elbow_y), (side * wrist_x, wrist_y)


def along(joints: tuple[Point, Point, Point], share: float) -> list[Point]:
    """Points from the first joint to `share` of the way to the last, bent softly at the middle."""
    a, b, c = joints
    full = [
        a,
        _part(a, b, 0.45),
        _part(a, b, 0.85),
        (b[0] + (c[0] - a[0]) * 0.015, b[1]),
        _part(b, c, 0.18),
        _part(b, c, 0.6),
        c,
    ]
    stops = (0.0, 0.225, 0.425, 0.5, 0.59, 0.8, 1.0)
    kept = [point for point, stop in zip(full, stops, strict=True) if stop < share - 0.04]
    below = max(i for i, stop in enumerate(stops) if stop < share)
    above = min(below + 1, len(full) - 1)
    span = stops[above] - stops[below] or 1.0
    return [*kept, _part(full[below], full[above], (share - stops[below]) / span)]


def _part(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def taper(stops: tuple[float, ...], count: int, share: float) -> list[float]:
    """Half-widths at `count` points of a limb cut at `share`, read from `stops` along it."""
    places = np.linspace(0, share, count)
    return [float(w) for w in np.interp(places, np.linspace(0, 1, len(stops)), stops)]


def skin_fill(canvas: Canvas, skin: Skin, side: int) -> Gradient:
    """Return a limb's fill: base in the middle, shade on the side away from the light."""
    ends = ((0, 0), (1, 0)) if side > 0 else ((1, 0), (0, 0))
    stops = [(0, skin.base, 1.0), (0.62, skin.base, 1.0), (1, skin.shade, 1.0)]
    return canvas.linear(stops, *ends)


def arm_spine(build: Build, pose: Pose, side: int, share: float) -> list[Point]:
    """Points from inside the shoulder down `share` of one arm."""
    root = (side * build.shoulder * 0.6, 128.0)
    return [root, *along(pose.arms[side], share)]


def draw_arm(canvas: Canvas, skin: Skin, build: Build, pose: Pose, side: int) -> None:
    """Paint one bare arm with its hand."""
    spine = arm_spine(build, pose, side, 1.0)
    stops = (build.arm * 1.1, build.arm * 1.02, build.arm * 0.88, build.arm * 0.86, build.wrist)
    widths = [build.arm * 0.5, *taper(stops, len(spine) - 1, 1.0)]
    if side not in pose.hidden_hands:
        _draw_hand(canvas, skin, spine[-2], spine[-1], build.wrist, side)
    canvas.path(ribbon(spine, widths), skin_fill(canvas, skin, side))


def _draw_hand(
    canvas: Canvas, skin: Skin, before: Point, wrist: Point, width: float, side: int
) -> None:
    """Paint a relaxed hand that goes on in the direction of the forearm."""
    dx, dy = wrist[0] - before[0], wrist[1] - before[1]
    angle = float(np.degrees(np.arctan2(dy, dx))) - 90
    size = 1 + (width - 9.5) * 0.03
    with canvas.group(wrist[0], wrist[1], angle, size, -side):
        canvas.path(
            "M-8.5 -6C-11 6 -13 16 -11.5 26C-10.5 38 -7 50 -2 54C2 56 4 52 3 46C6 50 9 47 8 40"
            "C11 40 12 34 11 26C10 14 9 4 8.5 -6Z",
            skin.base,
        )
        canvas.path("M9 4C15 10 18 20 15.5 28C13.5 30 11 27 10.5 22Z", skin.base)
        canvas.path("M-3 30L-1 50M3 30L5 44M-9.5 20C-6 25 6 26 10 22", stroke=skin.shade, width=1.6)


def draw_leg(canvas: Canvas, skin: Skin, build: Build, pose: Pose, side: int) -> None:
    """Paint one bare leg down to the ankle."""
    spine = along(pose.legs[side], 1.0)
    widths = (
        build.thigh * 1.08,
        build.thigh,
        build.thigh * 0.84,
        build.knee,
        build.knee * 1.04,
        build.knee * 0.92,
        build.ankle,
    )
    canvas.path(ribbon(spine, taper(widths, len(spine), 1.0)), skin_fill(canvas, skin, side))
    knee = pose.legs[side][1]
    canvas.ellipse(knee[0], knee[1], build.knee * 0.7, 16, canvas.fade(skin.shade, 0.6))


def torso_points(build: Build, sway: float = 0.0) -> list[Point]:
    """Return the bare trunk from the shoulders to the crotch, as a closed outline."""
    half: list[Point] = [
        (build.neck * 1.5, 108),
        (build.shoulder * 0.72, 117),
        (build.shoulder, 138),
        (build.chest + 4, 190),
        (build.chest, 225),
        (build.waist, 300),
        (build.hip * 0.94, 360),
        (build.hip, 405),
        (build.thigh + 6, 445),
        (0, 452),
    ]
    bent = [(x + sway * max(0.0, (y - 250) / 160), y) for x, y in half]
    left = [(x + 2 * sway * max(0.0, (y - 250) / 160), y) for x, y in mirror(bent[:-1])]
    return bent + left


def body_type_silhouette_svg(body_type: int, colour: str) -> str:
    """Return a neutral silhouette of one body type, 1 to 4, filled with `colour`, as SVG text.

    Raises
    ------
    UsageError
        If `body_type` is none of 1 to 4.
    """
    build = build_of(body_type)
    canvas = Sheet(72, 120)
    pose = strike_pose(build, np.random.default_rng(0), ("down", "down"))
    arm_stops = (build.arm * 1.1, build.arm, build.arm * 0.9, build.wrist)
    with canvas.group(36, 10.4, scale=0.115):
        canvas.ellipse(0, 0, 47, 70, colour)
        canvas.rect(-build.neck, 40, build.neck * 2, 80, colour)
        canvas.path(smooth(torso_points(build), closed=True), colour)
        for side in (-1, 1):
            arm = arm_spine(build, pose, side, 1.0)
            widths = [build.arm * 0.5, *taper(arm_stops, len(arm) - 1, 1.0)]
            canvas.path(ribbon(arm, widths), colour)
            hand = pose.arms[side][2]
            canvas.ellipse(hand[0], hand[1] + 20, build.wrist * 1.25, 28, colour)
            canvas.path(_plain_leg(build, side), colour)
    return canvas.svg()


def _plain_leg(build: Build, side: int) -> Outline:
    """Return one straight leg and foot, from inside the hip."""
    half: list[Point] = [
        (0, 380), (build.hip - 2, 400), (build.hip - 1, 450), (build.thigh * 1.75, 540),
        (build.knee * 2 + 8, 655), (build.knee * 2 + 10, 720), (build.ankle * 2 + 14, 860),
        (build.ankle * 2 + 26, 912), (12, 914), (13, 800), (10, 655), (5, 480),
    ]  # fmt: skip
    return smooth([(side * x, y) for x, y in half], closed=True)
