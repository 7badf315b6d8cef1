"""What the world's pictures show, in words: grammar and facets of every subject that is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.lexicon import THEMES
from fairview.catalog.world.truth import Theme

Number = Literal["one", "many", "mass"]
"""Whether a phrase takes an article (``one``), or stands bare (``many``, ``mass``)."""


@dataclass(frozen=True)
class Subject:
    """One thing that pictures show.

    Parameters
    ----------
    theme, name
        The theme it belongs to, and what the drawing calls it.
    phrase
        How titles and descriptions call it; they never name a skin tone or a size.
    number
        Its grammar.
    facets
        Words that people search it by; they stand in its tags.
    pattern
        For hair, the pattern that the hairdo belongs to; else empty.
    """

    theme: Theme
    name: str
    phrase: str
    number: Number
    facets: tuple[str, ...]
    pattern: str = ""


def _rows(theme: Theme, text: str, pattern: str = "") -> tuple[Subject, ...]:
    """Read lines of ``name [= phrase] | number | facet, facet``."""
    found = []
    for line in text.strip().splitlines():
        names, number, facets = (part.strip() for part in line.split("|"))
        name, _, phrase = (part.strip() for part in names.partition("="))
        kind: Number = "many" if number == "many" else "mass" if number == "mass" else "one"
        words = tuple(word.strip() for word in facets.split(","))
        found.append(Subject(theme, name, phrase or name, kind, words, pattern))
    return tuple(found)


_GROUPED: tuple[Subject, ...] = (
    *_rows("portrait", """
        studio portrait | one | studio, headshot
        portrait with hoop earrings | one | jewellery, earrings
        portrait in round glasses | one | glasses, eyewear
        portrait with freckles | one | freckles, natural
        turtleneck portrait | one | knitwear, cosy
        portrait in a blazer | one | work, headshot
        smiling portrait | one | smile, natural
        portrait among leaves | one | botanical, outdoors
    """),
    *_rows("makeup", """
        soft glam makeup | mass | soft, evening
        bold red lip | one | bold, lipstick, evening
        smoky eye | one | eyes, evening
        graphic eyeliner | mass | eyes, liner, bold
        glossy nude lip = glossy lip | one | soft, lipstick, everyday
        berry lip | one | lipstick, bold
        pastel eyeshadow | mass | eyes, soft, festival
        gold shimmer lids | many | eyes, shimmer, evening
        dewy blush makeup | mass | soft, everyday, natural
        emerald eyeshadow | mass | eyes, bold, festival
    """),
    *_rows("hair", """
        box braids | many | braids, long
        braided updo | one | braids, updo, bridal
        shoulder locs | many | locs, everyday
        two-strand twists | many | twists, everyday
        bantu knots | many | knots, festival
        feed-in cornrows | many | braids, everyday
    """, "protective"),
    *_rows("hair", """
        rounded afro | one | natural, volume
        afro puffs | many | natural, puff
        high puff | one | updo, puff, natural
        short natural coils | many | natural, short
    """, "coily"),
    *_rows("hair", """
        long ringlets | many | curls, long
        curly bob | one | curls, bob, short
        piled-up curls | many | curls, updo, bridal
    """, "curly"),
    *_rows("hair", """
        long beach waves | many | waves, long, natural
        wavy lob | one | waves, bob, everyday
        side-swept waves | many | waves, bridal, volume
    """, "wavy"),
    *_rows("hair", """
        long sleek hair | mass | sleek, long
        sleek bob | one | sleek, bob, short
        straight hair with a fringe | mass | fringe, everyday
        sleek ponytail | one | sleek, updo, everyday
        short swept crop | one | short, crop
    """, "straight"),
    *_rows("hair", """
        buzz cut | one | short, crop, minimal
        clean shaved head | one | short, minimal
        skin fade = low fade | one | short, barber
    """, "shaved"),
    *_rows("outfit", """
        linen jumpsuit | one | linen, holiday
        pleated skirt | one | skirt, work
        oversized blazer | one | blazer, work
        slip dress | one | dress, evening, wedding guest
        wrap dress | one | dress, wedding guest, work
        knit sweater and jeans | one | knitwear, weekend, jeans
        striped tee and shorts | one | holiday, weekend
        shirt dress | one | dress, linen, work
        wide-leg trousers | many | trousers, work, linen
        polka dot midi dress | one | dress, holiday, wedding guest
        cardigan and pencil skirt | one | knitwear, skirt, work
    """),
    *_rows("streetwear", """
        hoodie and cargo pants | one | hoodie, weekend
        bomber jacket | one | jacket, layers
        denim jacket | one | jacket, denim
        track suit | one | sporty, weekend
        puffer jacket | one | jacket, layers, cold days
        graphic tee and wide jeans | one | denim, weekend
        trench coat | one | coat, layers
        overshirt and joggers | one | layers, sporty
        mini skirt and boots | one | skirt, festival
    """),
    *_rows("wedding", """
        lace wedding gown | one | gown, bridal
        garden wedding | one | garden, outdoors
        flower arch ceremony | one | flowers, garden
        tailored wedding suit | one | suit, tailoring
        ball gown with a veil | one | gown, bridal
        sunset elopement | one | elopement, outdoors
        wedding by candlelight | one | candles, evening
    """),
    *_rows("nails", """
        nail polish trio | one | polish, gift
        press-on nail set | one | press-ons, everyday
        french tip press-ons | many | press-ons, french
        nail art kit | one | nail art, gift
        glitter polish bottle | one | polish, glitter
        manicure tray | one | manicure, self-care
        polish colour wheel | one | polish, nail art
    """),
    *_rows("home", """
        reading nook | one | cosy, books
        linen sofa | one | sofa, living room
        bedside lamp | one | bedroom, cosy
        plant shelf | one | plants, shelf
        dining corner | one | dining, table
        entryway console | one | hallway, shelf
        sunny window seat | one | cosy, window
        home office desk | one | desk, work
    """),
    *_rows("food", """
        berry tart | one | dessert, baking
        ramen bowl | one | dinner, noodles
        layer cake | one | dessert, baking, party
        fruit plate | one | breakfast, snack
        avocado toast | mass | breakfast, brunch
        cappuccino and croissant | one | breakfast, coffee
        garden salad | one | dinner, lunch
        stack of pancakes | one | breakfast, brunch
    """),
)  # fmt: skip

SUBJECTS: tuple[Subject, ...] = tuple(sorted(_GROUPED, key=lambda s: THEMES.index(s.theme)))
"""Every subject, theme by theme, in the order of their codes."""

SUBJECT_THEME: npt.NDArray[np.int16] = np.array(
    [THEMES.index(subject.theme) for subject in SUBJECTS], np.int16
)
"""The theme's code of each subject, ascending."""
