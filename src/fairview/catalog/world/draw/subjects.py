"""What pictures show, in plain words, and how each word is drawn."""

from __future__ import annotations

from collections.abc import Mapping

from fairview.catalog.world.draw.garment import Outfit
from fairview.catalog.world.draw.look import MakeUp
from fairview.catalog.world.truth import Theme

PORTRAITS: Mapping[str, str] = {
    "studio portrait": "",
    "portrait with hoop earrings": "hoop",
    "portrait in round glasses": "glasses",
    "portrait with freckles": "freckles",
    "turtleneck portrait": "turtleneck",
    "portrait in a blazer": "blazer",
    "smiling portrait": "smile",
    "portrait among leaves": "leaves",
}
"""Portrait subjects and what each adds."""

MAKEUPS: Mapping[str, MakeUp] = {
    "soft glam makeup": MakeUp("#b9646a", "#a9745f", 0.7, True, 0.5, 0.75),
    "bold red lip": MakeUp("#b3122c", "", 0.55, False, 0.45, 0.35, True),
    "smoky eye": MakeUp("#a9706a", "#3d363c", 1.0, False, 0.25, 0.4),
    "graphic eyeliner": MakeUp("#b8767a", "", 1.0, False, 0.3, 0.35, True),
    "glossy nude lip": MakeUp("#b5776a", "#c49a82", 0.4, False, 0.9, 0.5),
    "berry lip": MakeUp("#7a1f46", "#8d6072", 0.6, False, 0.35, 0.45),
    "pastel eyeshadow": MakeUp("#d07f8c", "#9fb4e2", 0.5, True, 0.5, 0.6),
    "gold shimmer lids": MakeUp("#a6534e", "#c9982f", 0.7, True, 0.45, 0.5),
    "dewy blush makeup": MakeUp("#d2727a", "", 0.3, False, 0.75, 1.0),
    "emerald eyeshadow": MakeUp("#9e5a58", "#1f8a6a", 0.8, True, 0.4, 0.4, True),
}
"""Make-up subjects and the colours of each."""

HAIRSTYLES: Mapping[str, tuple[str, str]] = {
    "box braids": ("protective", "box braids"),
    "braided updo": ("protective", "braided updo"),
    "shoulder locs": ("protective", "locs"),
    "two-strand twists": ("protective", "twists"),
    "bantu knots": ("protective", "bantu knots"),
    "feed-in cornrows": ("protective", "cornrows"),
    "rounded afro": ("coily", "afro"),
    "afro puffs": ("coily", "puffs"),
    "high puff": ("coily", "high puff"),
    "short natural coils": ("coily", "short coils"),
    "long ringlets": ("curly", "ringlets"),
    "curly bob": ("curly", "curly bob"),
    "piled-up curls": ("curly", "curly pile"),
    "long beach waves": ("wavy", "long waves"),
    "wavy lob": ("wavy", "wavy lob"),
    "side-swept waves": ("wavy", "side waves"),
    "long sleek hair": ("straight", "long"),
    "sleek bob": ("straight", "bob"),
    "straight hair with a fringe": ("straight", "fringe"),
    "sleek ponytail": ("straight", "ponytail"),
    "short swept crop": ("straight", "crop"),
    "buzz cut": ("shaved", "buzz"),
    "clean shaved head": ("shaved", "bald"),
    "skin fade": ("shaved", "fade"),
}
"""Hair subjects: the pattern that each belongs to, and the hairdo."""

OUTFITS: Mapping[str, Outfit] = {
    "linen jumpsuit": Outfit("tucked", "wide", "vee", 0.28, "", "flat", "", 6, True),
    "pleated skirt": Outfit("tucked", "pleated", "high", 1.0, "", "heel", "knit", 5),
    "oversized blazer": Outfit("tucked", "straight", "crew", 0.3, "blazer", "heel"),
    "slip dress": Outfit("dress", "maxi", "strap", 0.0, "", "heel", "", 3, True),
    "wrap dress": Outfit("wrap", "a-line", "vee", 0.5, "", "heel", "flower", 4, True),
    "knit sweater and jeans": Outfit("top", "straight", "crew", 1.0, "", "boot", "knit", 12),
    "striped tee and shorts": Outfit("tucked", "shorts", "crew", 0.3, "", "sneaker", "stripe", 6),
    "shirt dress": Outfit("dress", "a-line", "collar", 0.55, "", "flat", "check", 7, True),
    "wide-leg trousers": Outfit("tucked", "wide", "square", 0.22, "", "heel"),
    "polka dot midi dress": Outfit("dress", "pleated", "square", 0.26, "", "heel", "dot", 4, True),
    "cardigan and pencil skirt": Outfit("tucked", "pencil", "scoop", 0.3, "cardigan", "heel"),
}
"""Outfit subjects and their clothes."""

STREETWEAR: Mapping[str, Outfit] = {
    "hoodie and cargo pants": Outfit("hoodie", "cargo", "crew", 1.0, "", "sneaker", "", 15),
    "bomber jacket": Outfit("top", "slim", "crew", 1.0, "bomber", "sneaker"),
    "denim jacket": Outfit("top", "straight", "crew", 1.0, "denim", "sneaker", "stripe"),
    "track suit": Outfit("top", "jogger", "high", 1.0, "", "sneaker", "", 11, True),
    "puffer jacket": Outfit("top", "slim", "high", 1.0, "puffer", "boot"),
    "graphic tee and wide jeans": Outfit("top", "wide", "crew", 0.36, "", "sneaker", "graphic", 11),
    "trench coat": Outfit("top", "straight", "crew", 1.0, "trench", "boot"),
    "overshirt and joggers": Outfit("top", "jogger", "crew", 1.0, "shirt", "sneaker"),
    "mini skirt and boots": Outfit("crop", "mini", "crew", 0.34, "", "boot", "stripe", 5),
}
"""Streetwear subjects and their clothes."""

WEDDINGS: Mapping[str, str] = {
    "lace wedding gown": "gown",
    "garden wedding": "garden",
    "flower arch ceremony": "arch",
    "tailored wedding suit": "suit",
    "ball gown with a veil": "ball",
    "sunset elopement": "sunset",
    "wedding by candlelight": "candles",
}
"""Wedding subjects and the setting or dress that each asks for."""

NAILS: Mapping[str, str] = {
    "nail polish trio": "trio",
    "press-on nail set": "set",
    "french tip press-ons": "french",
    "nail art kit": "kit",
    "glitter polish bottle": "glitter",
    "manicure tray": "tray",
    "polish colour wheel": "wheel",
}
"""Nail subjects: bottles, sets and tools, without hands."""

HOMES: Mapping[str, str] = {
    "reading nook": "nook",
    "linen sofa": "sofa",
    "bedside lamp": "bedside",
    "plant shelf": "shelf",
    "dining corner": "dining",
    "entryway console": "console",
    "sunny window seat": "window",
    "home office desk": "desk",
}
"""Home subjects and their scenes."""

FOODS: Mapping[str, str] = {
    "berry tart": "tart",
    "ramen bowl": "ramen",
    "layer cake": "cake",
    "fruit plate": "fruit",
    "avocado toast": "toast",
    "cappuccino and croissant": "coffee",
    "garden salad": "salad",
    "stack of pancakes": "pancakes",
}
"""Food subjects and their dishes."""

SUBJECTS: Mapping[Theme, tuple[str, ...]] = {
    "portrait": tuple(PORTRAITS),
    "makeup": tuple(MAKEUPS),
    "hair": tuple(HAIRSTYLES),
    "outfit": tuple(OUTFITS),
    "streetwear": tuple(STREETWEAR),
    "wedding": tuple(WEDDINGS),
    "nails": tuple(NAILS),
    "home": tuple(HOMES),
    "food": tuple(FOODS),
}
"""Plain-word subjects of each theme; those of ``hair`` each belong to one pattern."""


def hair_subjects(pattern: str) -> tuple[str, ...]:
    """Return the hair subjects that show one of the six patterns.

    >>> hair_subjects("shaved")
    ('buzz cut', 'clean shaved head', 'skin fade')
    """
    return tuple(name for name, (of, _) in HAIRSTYLES.items() if of == pattern)
