"""Named, versioned groupings of a scale: skin tone ranges, hair patterns, body type ranges.

A range groups the values of a scale into the groups that people choose from and that
audits compare. Ranges describe pictures; they never describe who a person is.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from fairview.core.errors import UsageError

UNKNOWN = "unknown"
"""The group of every item whose membership is not present; it is a group of its own."""


@dataclass(frozen=True)
class Ranges:
    """One grouping of one scale.

    Parameters
    ----------
    name
        The attribute that it groups, for example ``"skin_tone"``.
    version
        Raised whenever a boundary moves, because figures of two versions don't compare.
    groups
        Group name to the values of the scale that it holds; values are in one group at most.
    ordinal
        Whether the order of the groups means something.

    Examples
    --------
    >>> SKIN_TONE.group_of(5)
    '4-5'
    >>> SKIN_TONE.names
    ('1-3', '4-5', '6-7', '8-10')
    >>> SKIN_TONE.index_of("8-10")
    3
    """

    name: str
    version: str
    groups: Mapping[str, tuple[Hashable, ...]]
    ordinal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The groups' names, in their fixed order."""
        return tuple(self.groups)

    @property
    def values(self) -> tuple[Hashable, ...]:
        """Every value of the scale, in order."""
        return tuple(value for values in self.groups.values() for value in values)

    def group_of(self, value: Hashable) -> str:
        """Return the group that holds `value`; an unknown value is a `UsageError`."""
        for name, values in self.groups.items():
            if value in values:
                return name
        raise UsageError(
            f"{self.name} has no value {value!r}; use one of {', '.join(map(str, self.values))}."
        )

    def index_of(self, group: str) -> int:
        """Return the position of `group` in `names`; an unknown group is a `UsageError`."""
        try:
            return self.names.index(group)
        except ValueError:
            raise UsageError(
                f"{self.name} has no group {group!r}; use one of {', '.join(self.names)}."
            ) from None


SKIN_TONE = Ranges(
    name="skin_tone",
    version="monk-4.1",
    groups={"1-3": (1, 2, 3), "4-5": (4, 5), "6-7": (6, 7), "8-10": (8, 9, 10)},
    ordinal=True,
)
"""Four ranges over the ten tones of the Monk scale."""

HAIR_PATTERN = Ranges(
    name="hair_pattern",
    version="six.1",
    groups={
        name: (name,) for name in ("protective", "coily", "curly", "wavy", "straight", "shaved")
    },
)
"""Six hair patterns; ``shaved`` includes bald."""

BODY_TYPE = Ranges(
    name="body_type",
    version="silhouettes-4.1",
    groups={str(n): (n,) for n in (1, 2, 3, 4)},
    ordinal=True,
)
"""Four ordinal silhouettes, shown by reference drawings and never by sizes."""

RANGES: Mapping[str, Ranges] = {r.name: r for r in (SKIN_TONE, HAIR_PATTERN, BODY_TYPE)}
"""Every grouping that a refinement or an audit may name."""
