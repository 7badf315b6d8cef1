"""Hair: which hairdos each of the six patterns has, and who draws them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fairview.catalog.world.draw import hair_coils, hair_flow, hair_protective, hair_shaved
from fairview.catalog.world.draw.canvas import Canvas
from fairview.catalog.world.draw.face import Turn
from fairview.catalog.world.draw.look import Look, dress_face
from fairview.catalog.world.draw.palette import pick, story_of
from fairview.catalog.world.draw.sheet import Sheet
from fairview.catalog.world.truth import PersonTruth
from fairview.core.errors import UsageError

HAIRDOS: Mapping[str, tuple[str, ...]] = {
    "protective": ("box braids", "braided updo", "locs", "twists", "bantu knots", "cornrows"),
    "coily": ("afro", "puffs", "high puff", "short coils"),
    "curly": ("ringlets", "curly bob", "curly pile"),
    "wavy": ("long waves", "wavy lob", "side waves"),
    "straight": ("long", "bob", "fringe", "ponytail", "crop"),
    "shaved": ("buzz", "bald", "fade"),
}
"""The hairdos of each hair pattern."""


def choose_hairdo(pattern: str, rng: np.random.Generator) -> str:
    """Return a hairdo of a pattern; an unknown pattern is a `UsageError`."""
    try:
        return pick(rng, HAIRDOS[pattern])
    except KeyError:
        raise UsageError(
            f"hair_pattern {pattern!r} is unknown; use one of {', '.join(HAIRDOS)}."
        ) from None


def draw_hair_behind(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the hair that lies behind head and shoulders."""
    if look.pattern in ("straight", "wavy"):
        hair_flow.draw_behind(canvas, look, hairdo, turn, rng)
    elif look.pattern in ("curly", "coily"):
        hair_coils.draw_behind(canvas, look, hairdo, turn, rng)
    elif look.pattern == "protective":
        hair_protective.draw_behind(canvas, look, hairdo, turn, rng)


def draw_hair_front(
    canvas: Canvas, look: Look, hairdo: str, turn: Turn, rng: np.random.Generator
) -> None:
    """Paint the hair on the skull and beside the face."""
    if look.pattern in ("straight", "wavy"):
        hair_flow.draw_front(canvas, look, hairdo, turn, rng)
    elif look.pattern in ("curly", "coily"):
        hair_coils.draw_front(canvas, look, hairdo, turn, rng)
    elif look.pattern == "protective":
        hair_protective.draw_front(canvas, look, hairdo, turn, rng)
    else:
        hair_shaved.draw_front(canvas, look, hairdo, turn, rng)


_SWATCHES = {
    "protective": "box braids",
    "coily": "afro",
    "curly": "ringlets",
    "wavy": "long waves",
    "straight": "long",
    "shaved": "buzz",
}


def hair_pattern_svg(pattern: str) -> str:
    """Return a small illustration of one hair pattern on a featureless bust, as SVG text.

    Raises
    ------
    UsageError
        If `pattern` is none of the six.
    """
    choose_hairdo(pattern, np.random.default_rng(0))
    rng = np.random.default_rng(3)
    look = dress_face(PersonTruth(6, pattern, 2), story_of("sand"), rng)
    clay, hair = "#cdbfb0", "#4a3a33"
    look = type(look)(
        **{**look.__dict__, "hair": hair, "hair_glow": "#8a7264", "hair_deep": "#2b211d"}
    )
    canvas, turn = Sheet(96, 96), Turn()
    with canvas.group(48, 46, scale=0.34 if pattern == "coily" else 0.36):
        draw_hair_behind(canvas, look, _SWATCHES[pattern], turn, rng)
        canvas.path(
            "M-24 40L24 40L24 92C60 104 96 112 104 160L-104 160C-96 112 -60 104 -24 92Z", clay
        )
        canvas.ellipse(0, 2, 48, 70, clay)
        draw_hair_front(canvas, look, _SWATCHES[pattern], turn, rng)
    return canvas.svg()
