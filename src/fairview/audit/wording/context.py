"""What a sentence about one measure can speak of: its figures, its groups and their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairview.audit.spec import attribute_of
from fairview.audit.wording.scale import Scale
from fairview.core import UNKNOWN
from fairview.measure import OVERALL, Estimate, Measure

SUPPLY = "supply"
JOIN = " & "
"""What stands between the groups of an intersection."""
NULL = ": null"
"""What stands behind a slice whose figure is what chance alone would give a calibrated score."""
_GROUP_WORDS = {"skin_tone": "skin tone range", "body_type": "body type range"}
_PREFIX = {"skin_tone": "Monk ", "body_type": "silhouette "}


@dataclass(frozen=True)
class Words:
    """What a report says of one measure.

    Parameters
    ----------
    title
        A heading.
    meaning
        One sentence that says what the figure is and which way is good.
    scale
        How figures are written.
    sentence
        From the context to what was found, one sentence; it may assume that ``overall`` or any
        group has a value.
    """

    title: str
    meaning: str
    scale: Scale
    sentence: Callable[[Context], str]


@dataclass(frozen=True)
class Context:
    """A measure's figures that have a value, by slice, and the words of its attribute."""

    measure: Measure
    scale: Scale
    figures: Mapping[str, Estimate]
    requests: str
    items: str

    @property
    def by(self) -> str | None:
        """The attribute that is sliced by."""
        return attribute_of(self.measure)

    @property
    def attribute(self) -> str:
        """The attribute in words."""
        return attribute_words(attribute_of(self.measure))

    @property
    def group(self) -> str:
        """The word for one group of the attribute."""
        return group_word(attribute_of(self.measure))

    @property
    def at(self) -> int:
        """The measure's cut-off."""
        return int(getattr(self.measure, "at", 0) or 0)

    def known(self) -> list[Estimate]:
        """Return the groups' figures, smallest first; a group that is partly unknown isn't one."""
        bare = NULL.removeprefix(": ")
        has_null = any(name.endswith(NULL) for name in self.figures)
        groups = [
            e for n, e in self.figures.items() if is_group(n) and not (has_null and n == bare)
        ]
        return sorted(groups, key=lambda e: e.value or 0.0)

    def label(self, estimate: Estimate) -> str:
        """Return a group in words."""
        return slice_words(attribute_of(self.measure), estimate.slice)

    def name(self, estimate: Estimate) -> str:
        """Return a group in words that follow the attribute's: ``Monk 8–10``, ``“x”``."""
        label = self.label(estimate)
        return label if attribute_of(self.measure) in _PREFIX else f"“{label}”"

    def phrase(self, estimate: Estimate) -> str:
        """Return a group in words that stand in a sentence: ``Monk 8–10``, ``artist gender x``."""
        label = self.label(estimate)
        attribute = attribute_of(self.measure)
        plain = attribute in _PREFIX or "*" in (attribute or "")
        return label if plain else f"{self.attribute} {label}"

    def plainly(self, estimate: Estimate) -> str:
        """Return a group by its name alone, with its attribute where that is a number or a code."""
        label = self.label(estimate)
        parts, groups = (attribute_of(self.measure) or "").split("*"), label.split(JOIN)
        if len(parts) > 1 and len(parts) == len(groups):
            return JOIN.join(
                f"{attribute_words(part)} {group}" if _is_code(group) else group
                for part, group in zip(parts, groups, strict=True)
            )
        return self.phrase(estimate) if _is_code(label) else label

    def say(self, estimate: Estimate) -> str:
        """Return a figure with its interval."""
        return self.scale.number(estimate.value or 0.0) + self.scale.between(estimate)

    @property
    def overall(self) -> str:
        """The overall figure with its interval."""
        return self.say(self.figures[OVERALL])


def is_group(name: str) -> bool:
    """Whether a slice is a group all of whose parts are known.

    Examples
    --------
    >>> [is_group(name) for name in ("a & b", "a & unknown", "overall", "supply", "a: null")]
    [True, False, False, False, False]
    """
    if name in (OVERALL, SUPPLY) or name.endswith(NULL):
        return False
    return UNKNOWN not in [part.partition(": ")[0] for part in name.split(JOIN)]


def attribute_words(attribute: str | None) -> str:
    """Return an attribute in words.

    Examples
    --------
    >>> attribute_words("skin_tone"), attribute_words("sex*age_band")
    ('skin tone', 'sex and age band')
    """
    return (attribute or "item").replace("*", " and ").replace("_", " ")


def group_word(attribute: str | None) -> str:
    """Return the word for one group of an attribute.

    Examples
    --------
    >>> group_word("skin_tone"), group_word("provider_gender")
    ('skin tone range', 'provider gender')
    """
    return _GROUP_WORDS.get(attribute or "", attribute_words(attribute))


def _is_code(group: str) -> bool:
    """Return whether a group's name says too little to stand without its attribute's."""
    return len(group) < 3 or not any(letter.isalpha() for letter in group)


def slice_words(attribute: str | None, name: str) -> str:
    """Return a slice in words, such as ``Monk 8–10``.

    Examples
    --------
    >>> slice_words("skin_tone", "8-10"), slice_words("sex*race", "F & unknown")
    ('Monk 8–10', 'F & not known')
    >>> slice_words("sex", "F: null")
    'F, if well calibrated'
    """
    if name.endswith(NULL):
        return f"{slice_words(attribute, name.removesuffix(NULL))}, if well calibrated"
    if name in (OVERALL, SUPPLY):
        return {OVERALL: "all together", SUPPLY: "the candidates allow"}[name]
    parts = (attribute or "").split("*")
    groups = name.split(JOIN)
    if len(parts) != len(groups):
        return name
    return JOIN.join(_group_words(*pair) for pair in zip(parts, groups, strict=True))


def _group_words(attribute: str, name: str) -> str:
    if name == UNKNOWN:
        return "not known"
    prefix = _PREFIX.get(attribute, "")
    return prefix + (name.replace("-", "–") if prefix else name)
