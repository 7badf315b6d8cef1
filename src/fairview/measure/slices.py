"""Slices: what rows are grouped by, one attribute or an intersection of several.

A slice of ``sex*race`` is named by its groups in that order, ``Female & Black``. ``unknown`` is a
group like any other, and always comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from fairview.core.errors import DataError, UsageError
from fairview.core.ranges import UNKNOWN

JOIN = " & "
"""What stands between the groups of an intersection."""
MAXIMUM_SLICES = 1000
"""More slices than this aren't made: they would be read by nobody and rest on nothing."""


@dataclass(frozen=True)
class Band:
    """Bands of a numeric column, as a column that can be sliced by.

    Parameters
    ----------
    column
        The column of the rows.
    starts
        Where each band starts, increasing; the last has no end. Values below the first start,
        and those that are null or NaN, are ``unknown``.

    Examples
    --------
    >>> Band("position", (1, 5, 11)).names
    ('1-4', '5-10', '11+')
    >>> Band("age", (0, 24.5)).names
    ('0 to 24.5', '24.5+')
    """

    column: str
    starts: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.starts, self.starts[1:], strict=False))
        if not self.starts or not rising:
            raise UsageError(
                f"The bands of {self.column!r} start at {self.starts}; give increasing starts."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The bands' names, in order: whole numbers with their last one, others half-open."""
        whole = all(float(start).is_integer() for start in self.starts)
        ends = self.starts[1:]
        if whole:
            closed = [
                f"{int(a)}" if b - a == 1 else f"{int(a)}-{int(b) - 1}"
                for a, b in zip(self.starts, ends, strict=False)
            ]
            return (*closed, f"{int(self.starts[-1])}+")
        return (
            *(f"{a:g} to {b:g}" for a, b in zip(self.starts, ends, strict=False)),
            f"{self.starts[-1]:g}+",
        )


def parts_of(by: str) -> tuple[str, ...]:
    """Return the attributes that an intersection names; none for ``""``.

    Examples
    --------
    >>> parts_of("sex*race")
    ('sex', 'race')
    """
    if not by:
        return ()
    parts = tuple(part.strip() for part in by.split("*"))
    if not all(parts) or len(set(parts)) < len(parts):
        raise UsageError(f"{by!r} isn't an attribute or an intersection such as 'sex*race'.")
    return parts


def label_of(groups: tuple[str, ...]) -> str:
    """Return the label of a slice."""
    return JOIN.join(groups)


def slice_order(label: str) -> tuple[int, str]:
    """Return the key that sorts slices by name, those with an unknown part last."""
    return (label.split(JOIN).count(UNKNOWN), label)


def check_groups(attribute: str, groups: tuple[str, ...], *, intersected: bool) -> None:
    """Raise `DataError` where groups can't be told apart by their names.

    Groups that differ only in case or in outer spaces are almost always one group, written in
    two ways; declaring both in `Log.groups` says that they are two. ``unknown`` is always a group.
    """
    seen: dict[str, str] = {UNKNOWN: UNKNOWN}
    for group in groups:
        if group == UNKNOWN:
            continue
        plain = group.strip().casefold()
        if not plain:
            raise DataError(
                f"{attribute!r} has a group without a name; give it one, or null where the group "
                f"isn't known."
            )
        if plain in seen:
            raise DataError(
                f"{attribute!r} has the groups {seen[plain]!r} and {group!r}, which differ only in "
                f"case or spaces; write them alike."
            )
        seen[plain] = group
        if intersected and JOIN in group:
            raise DataError(
                f"{attribute!r} has the group {group!r}, and {JOIN!r} joins the groups of an "
                f"intersection; rename it."
            )


def check_number(by: str, number: int) -> None:
    """Raise `DataError` where there are more slices than can be read."""
    if number > MAXIMUM_SLICES:
        raise DataError(
            f"{by!r} has more than {MAXIMUM_SLICES:,} slices; slice by fewer or coarser groups, or "
            f"declare bands."
        )


def margins(slices: tuple[str, ...]) -> list[list[int]]:
    """Return every set of slices whose total may be shown: all, and those that share some parts.

    Examples
    --------
    >>> margins(("F & x", "F & y", "M & x", "M & y"))
    [[0, 1, 2, 3], [0, 1], [2, 3], [0, 2], [1, 3]]
    """
    split = [label.split(JOIN) for label in slices]
    width = len(split[0]) if split else 0
    sets = [list(range(len(slices)))]
    if any(len(parts) != width for parts in split):
        return sets
    for size in range(1, width):
        for fixed in combinations(range(width), size):
            together: dict[tuple[str, ...], list[int]] = {}
            for place, parts in enumerate(split):
                together.setdefault(tuple(parts[i] for i in fixed), []).append(place)
            sets += together.values()
    return sets
