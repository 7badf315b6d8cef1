"""Templates of titles and sentences, and how facets are spoken of."""

from __future__ import annotations

from collections.abc import Mapping

from fairview.catalog.world.truth import Lighting, Theme

TITLES: Mapping[Theme, tuple[str, ...]] = {
    "portrait": (
        "{subject}, {colour} backdrop",
        "{mood} {subject}",
        "{subject} in {season} colours",
        "{season} {subject}",
        "{subject}: {a_colour} study",
    ),
    "makeup": (
        "{subject} with {a_colour} backdrop",
        "{season} beauty: {subject}",
        "{mood} look: {subject}",
        "{subject} for {occasion}",
        "{subject}, framed in {colour}",
    ),
    "hair": (
        "{subject} on {a_colour} backdrop",
        "{season} style: {subject}",
        "{subject} for {occasion}",
        "{subject}, {mood} mood",
        "{subject} against {colour}",
    ),
    "outfit": (
        "{subject} against {colour}",
        "{subject} in {a_colour} setting",
        "{subject} for {occasion}",
        "{season} outfit: {subject}",
        "{mood} {season} look: {subject}",
        "{subject} with a touch of {colour}",
    ),
    "streetwear": (
        "{subject}, {colour} backdrop",
        "street style in {colour}: {subject}",
        "{season} street style: {subject}",
        "{mood} street look: {subject}",
        "{subject} for {occasion}",
    ),
    "wedding": (
        "{subject}, {colour} details",
        "{mood} {subject}",
        "{season} inspiration: {subject}",
        "{subject} in {season}",
        "{subject} and {colour} flowers",
    ),
    "nails": (
        "{subject} in {colour}",
        "{colour} {subject}",
        "{season} manicure idea: {subject}",
        "{mood} {subject}",
    ),
    "home": (
        "{subject} in {colour}",
        "{mood} {subject}",
        "{subject} with {colour} accents",
        "{season} corner: {subject}",
        "{mood} home: {subject}",
    ),
    "food": (
        "{subject} on {a_colour} table",
        "{season} {subject}",
        "{subject}, {colour} table setting",
        "{mood} table: {subject}",
        "{subject} for {occasion}",
    ),
}

OPENINGS: Mapping[Theme, tuple[str, ...]] = {
    "portrait": (
        "{the_subject}, set against {a_colour} backdrop.",
        "an easy pose and {a_colour} setting: {the_subject}.",
        "{the_subject} with {colour} in the background.",
    ),
    "makeup": (
        "{the_subject} {takes} centre stage, framed by {colour}.",
        "the look is built around {the_subject}, with {colour} behind it.",
        "{the_subject}, seen up close against {colour}.",
    ),
    "hair": (
        "{the_subject} {is} the star of this look, shown against {colour}.",
        "{the_subject}, styled neatly and set against {a_colour} backdrop.",
        "a closer view of {the_subject}, with {colour} all around.",
    ),
    "outfit": (
        "{the_subject} in {a_colour} setting, put together for {season} days.",
        "the look starts with {the_subject} and keeps to {a_colour} palette.",
        "{the_subject}, shown from head to toe against {colour}.",
    ),
    "streetwear": (
        "{the_subject} with {colour} all around, ready for the city.",
        "street style with {the_subject} and {colour} walls.",
        "{the_subject}, worn with ease on {a_season} street.",
    ),
    "wedding": (
        "{the_subject} with flowers and {colour} details.",
        "a day to remember: {the_subject} in {a_colour} setting.",
        "{the_subject}, dressed in {colour} and {season} flowers.",
    ),
    "nails": (
        "{the_subject} in {colour}, laid out and ready to use.",
        "{the_subject} on a tidy table, with {colour} in the lead.",
        "a still life of {the_subject} and {colour} details.",
    ),
    "home": (
        "{the_subject} in {colour}, with room to breathe.",
        "{colour} {sits} well here: {the_subject}, kept simple.",
        "{the_subject}, pulled together with {colour} textiles.",
    ),
    "food": (
        "{the_subject} on {a_colour} table, ready to share.",
        "{the_subject}, freshly made and served on {colour} linen.",
        "a table for {season}: {the_subject} and {a_colour} napkin.",
    ),
}

PLAIN_OPENING = "{the_subject}, kept simple."
"""The opening where every other one would repeat a word."""

LIGHT_SENTENCES: Mapping[Lighting, tuple[str, ...]] = {
    "even": ("even light keeps every detail clear.", "the light is soft and even."),
    "dim": ("the light is low and quiet.", "it has the hush of late evening."),
    "bright": ("bright daylight fills the frame.", "it is full of bright midday sun."),
    "warm": ("warm lamplight adds a gentle glow.", "late sun warms the whole scene."),
    "cool": ("cool morning light keeps it crisp.", "the light has the clarity of early morning."),
    "side": ("light from one side adds depth.", "a window to one side shapes the scene."),
}

MOOD_SENTENCES = (
    "{a_mood} mood in {season} colours.",
    "the colours are those of {season}, the mood is {mood}.",
    "{a_mood} idea for {season}.",
    "made for {season}, with {a_mood} feel.",
)

USE_SENTENCES: Mapping[str, tuple[str, ...]] = {
    "occasion": (
        "a good choice for {occasion}.",
        "it works well for {occasion}.",
        "think of it for {occasion}.",
    ),
    "adjective": (
        "for anyone after {a_facet} look.",
        "keep it in mind for {a_facet} touch.",
        "people save it as {a_facet} idea.",
    ),
    "noun": (
        "one of a series on {things}.",
        "people who search for {things} come back to it.",
        "filed under {things}.",
    ),
}

OCCASIONS: Mapping[str, str] = {
    "work": "a day at work",
    "evening": "an evening out",
    "everyday": "everyday wear",
    "festival": "a festival",
    "holiday": "a holiday",
    "weekend": "the weekend",
    "wedding guest": "a wedding guest",
    "cold days": "cold days",
    "bridal": "a bridal party",
    "gift": "a gift",
    "self-care": "a self-care evening",
    "party": "a party",
    "breakfast": "a slow breakfast",
    "brunch": "a late brunch",
    "lunch": "a quick lunch",
    "dinner": "an easy dinner",
    "snack": "an afternoon snack",
    "coffee": "a coffee break",
}
"""Facets that name an occasion, as they follow the word ``for``."""

ADJECTIVES = frozenset(
    ("soft", "bold", "natural", "cosy", "sporty", "botanical", "sleek", "minimal", "french")
)
"""Facets that describe."""

THINGS: Mapping[str, str] = {
    "studio": "studio portraits", "headshot": "headshots", "smile": "smiles",
    "outdoors": "the outdoors", "liner": "eyeliner", "long": "long hair", "short": "short hair",
    "updo": "updos", "puff": "puffs", "bob": "bobs", "fringe": "fringes", "crop": "cropped hair",
    "barber": "barber cuts", "volume": "hair with volume", "skirt": "skirts", "blazer": "blazers",
    "dress": "dresses", "hoodie": "hoodies", "jacket": "jackets", "coat": "coats",
    "gown": "gowns", "garden": "gardens", "suit": "suits", "elopement": "elopements",
    "manicure": "manicures", "sofa": "sofas", "living room": "living rooms",
    "bedroom": "bedrooms", "shelf": "shelves", "dining": "dining at home", "table": "tables",
    "hallway": "hallways", "window": "windows", "desk": "desks", "dessert": "desserts",
}  # fmt: skip
"""How the remaining facets are spoken of as things, where it isn't the facet itself."""

THEME_TAGS: Mapping[Theme, tuple[str, ...]] = {
    "portrait": ("portrait",),
    "makeup": ("makeup", "beauty"),
    "hair": ("hair", "hairstyle"),
    "outfit": ("outfit", "fashion"),
    "streetwear": ("streetwear", "street style"),
    "wedding": ("wedding",),
    "nails": ("nails",),
    "home": ("home", "interior"),
    "food": ("food",),
}
