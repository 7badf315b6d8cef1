"""What people search for, and how relevant each item truly is to it: grades 0 to 3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fairview.catalog.world.items import Codes, Floats, Items
from fairview.catalog.world.lexicon import RELATED, STYLE_WORDS, STYLES, THEMES
from fairview.catalog.world.subjects import SUBJECTS
from fairview.catalog.world.truth import PEOPLE_THEMES, Theme

HIGHEST_GRADE = 3
ZIPF_EXPONENT = 0.7
"""Popularity of the query at place p of the list is in proportion to ``p ** -0.7``."""

_MOST_POPULAR_FIRST = """
summer makeup | makeup | | summer
wedding guest dress | outfit | wedding guest |
braided updo | hair | braided updo, braids |
linen outfit ideas | outfit | linen |
everyday makeup | makeup | everyday |
denim jacket outfit | streetwear | denim jacket, denim |
reading nook | home | reading nook, cosy |
natural hair | hair | natural |
autumn outfits | outfit | | autumn
portrait ideas | portrait | |
bold lipstick | makeup | lipstick, bold |
work outfit | outfit | work |
short hair ideas | hair | short |
breakfast ideas | food | breakfast |
street style | streetwear | |
bridal look | wedding | bridal |
smoky eye | makeup | smoky eye, eyes |
box braids | hair | box braids, braids |
spring dresses | outfit | dress | spring
cosy living room | home | cosy, living room |
garden wedding | wedding | garden wedding, garden |
soft glam | makeup | soft glam makeup, soft |
winter layers | streetwear | layers | winter
curly hair | hair | curls |
nail art | nails | nail art |
evening makeup | makeup | evening |
holiday outfit | outfit | holiday |
romantic wedding | wedding | | romantic
sleek bob | hair | sleek bob, bob |
headshot | portrait | headshot |
minimal home office | home | desk, work | minimal
sage green outfit | outfit | | sage
festival makeup | makeup | festival |
trench coat | streetwear | trench coat, coat |
ponytail ideas | hair | sleek ponytail, updo |
blush pink makeup | makeup | | blush
brunch | food | brunch |
oversized blazer | outfit | oversized blazer, blazer |
locs styles | hair | locs |
portrait with glasses | portrait | glasses |
colourful eyeshadow | makeup | eyes, festival | bold
wedding gown | wedding | gown |
beach waves | hair | long beach waves, waves | summer
hoodie outfit | streetwear | hoodie |
knitwear | outfit | knitwear |
autumn makeup | makeup | | autumn
plants at home | home | plants |
earthy portraits | portrait | | earthy
wedding suit | wedding | suit |
afro hairstyles | hair | rounded afro, afro puffs, natural |
weekend outfit | outfit | weekend |
berry lipstick | makeup | berry lip, lipstick |
bomber jacket | streetwear | bomber jacket, jacket |
press on nails | nails | press-ons |
emerald dress | outfit | dress | emerald
fresh summer portrait | portrait | | fresh
bridal hairstyles | hair | bridal |
birthday cake | food | layer cake, dessert |
buzz cut | hair | buzz cut, crop |
terracotta living room | home | sofa, living room | terracotta
elopement | wedding | elopement |
graphic eyeliner | makeup | graphic eyeliner, liner |
bold street style | streetwear | | bold
freckles portrait | portrait | freckles |
pleated skirt | outfit | pleated skirt, skirt |
twists hairstyle | hair | two-strand twists, twists |
noodle dinner | food | noodles, dinner |
candlelight wedding | wedding | candles, evening |
calm bedroom | home | bedroom | calm
french manicure | nails | french, manicure |
plum makeup | makeup | | plum
jewellery portrait | portrait | jewellery |
sporty streetwear | streetwear | sporty |
summer nails | nails | | summer
shimmer lids | makeup | shimmer |
spring hair | hair | | spring
"""


@dataclass(frozen=True)
class Query:
    """One thing that people search for.

    Parameters
    ----------
    text
        What is typed.
    theme
        The theme that is meant.
    facets
        Facets or names of subjects that are meant, any of which will do; empty means any.
    style
        A season, a mood or a colour story that is meant; empty means any.
    """

    text: str
    theme: Theme
    facets: tuple[str, ...]
    style: str

    @property
    def shows_people(self) -> bool:
        """Whether most of what it asks for shows people."""
        return self.theme in PEOPLE_THEMES

    @property
    def constraints(self) -> int:
        """How many conditions it has beside its theme, 0 to 2."""
        return (len(self.facets) > 0) + (self.style != "")


def _read(text: str) -> tuple[Query, ...]:
    found = []
    for line in text.strip().splitlines():
        name, theme_name, facets, style = (part.strip() for part in line.split("|"))
        theme = THEMES[THEMES.index(theme_name)]
        words = tuple(word.strip() for word in facets.split(",") if word.strip())
        found.append(Query(name, theme, words, style))
    return tuple(found)


QUERIES: tuple[Query, ...] = _read(_MOST_POPULAR_FIRST)
"""Every query of every world, the most popular first."""


def query_shares() -> Floats:
    """Return the share of each query among requests before taste; they sum to 1."""
    weights = np.arange(1, len(QUERIES) + 1.0) ** -ZIPF_EXPONENT
    return np.asarray(weights / weights.sum())


def _style_matches(query: Query, style: str) -> bool:
    words = STYLE_WORDS[style]
    return query.style in ("", style, words.season, words.mood)


def grade_table() -> npt.NDArray[np.int8]:
    """Return the grade of every subject in every style for every query, Q x subjects x styles.

    With c conditions beside the theme, an item of the query's theme has grade 3 where it meets
    all, 2 where it meets one of two, and 1 where it meets none. An item of a related theme has
    grade 1 where the query has conditions and it meets all of them. Everything else has grade 0.
    """
    table = np.zeros((len(QUERIES), len(SUBJECTS), len(STYLES)), np.int8)
    for row, query in enumerate(QUERIES):
        wanted = set(query.facets)
        subject_met = np.array([bool(wanted & {s.name, *s.facets}) for s in SUBJECTS])
        style_met = np.array([_style_matches(query, style) for style in STYLES])
        asks_subject, asks_style = int(len(query.facets) > 0), int(query.style != "")
        met = asks_subject * subject_met[:, None] + asks_style * style_met[None, :]
        own = np.array([s.theme == query.theme for s in SUBJECTS])
        related = np.array([s.theme in RELATED[query.theme] for s in SUBJECTS])
        all_met = met == query.constraints
        grades = np.where(all_met, HIGHEST_GRADE, np.where(met > 0, 2, 1))
        near = related[:, None] & all_met & (query.constraints > 0)
        table[row] = np.where(own[:, None], grades, np.where(near, 1, 0))
    return table


@dataclass(frozen=True)
class Relevance:
    """True grades of any item to any query, looked up from what the item shows.

    Parameters
    ----------
    table
        Grades by query, subject and style, Q x subjects x styles.
    """

    table: npt.NDArray[np.int8]

    @classmethod
    def of_world(cls) -> Relevance:
        """Return the grades that hold in every world."""
        return cls(grade_table())

    def grades(
        self, items: Items, query: npt.NDArray[np.integer] | int, item: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.int8]:
        """Return the grades 0 to 3 of pairs; `query` and `item` broadcast."""
        subject: Codes = items.subject[item]
        return np.asarray(self.table[query, subject, items.style[item]], np.int8)
