"""Requests: what is asked of a pipeline, R at once, and the refinement chosen for one of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from fairview.core.columns import Array
from fairview.core.errors import DataError, UsageError
from fairview.core.ranges import RANGES

SEE_FEWER: tuple[str, ...] = ("ai_generated",)
"""Signals of what a person may ask to see fewer of: such items are put back, never taken out."""


class Refinement:
    """A person's choice for one request: used once and never stored.

    It has no readable representation and refuses to be pickled, so that it can't slip into a
    log, a cache or a message by accident. A choice of a group filters in: there is no way to ask
    for anyone to be left out.

    Parameters
    ----------
    choices
        Attribute (a name in `RANGES`) to one of its groups.
    fewer
        What to see fewer of, names in `SEE_FEWER`.

    Raises
    ------
    UsageError
        Where an attribute, a group or what to see fewer of is unknown.

    Examples
    --------
    >>> refinement = Refinement({"skin_tone": "8-10"})
    >>> refinement
    Refinement(not shown)
    >>> refinement.group("skin_tone"), refinement.group("body_type")
    ('8-10', None)
    >>> Refinement({}, fewer=["ai_generated"]).sees_fewer("ai_generated")
    True
    """

    __slots__ = ("_choices", "_fewer")

    def __init__(self, choices: Mapping[str, str], fewer: Collection[str] = ()) -> None:
        for attribute, group in choices.items():
            if attribute not in RANGES:
                raise UsageError(
                    f"There is no refinement {attribute!r}; use one of {', '.join(RANGES)}."
                )
            RANGES[attribute].index_of(group)
        unknown = sorted(set(fewer) - set(SEE_FEWER))
        if unknown:
            raise UsageError(
                f"Nobody can see fewer {unknown[0]!r}; what can be asked for is "
                f"{', '.join(SEE_FEWER)}."
            )
        self._choices = dict(choices)
        self._fewer = frozenset(fewer)

    def group(self, attribute: str) -> str | None:
        """Return the group chosen for this attribute, or None where nothing was chosen."""
        return self._choices.get(attribute)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that the person chose a group for."""
        return tuple(self._choices)

    def sees_fewer(self, signal: str) -> bool:
        """Return whether the person wants to see fewer items that have this signal."""
        return signal in self._fewer

    def __bool__(self) -> bool:
        return bool(self._choices or self._fewer)

    def __repr__(self) -> str:
        return "Refinement(not shown)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A refinement lives for one request and can't be stored.")


@dataclass(frozen=True)
class Requests:
    """R requests: columns of length R, at most one refinement each, and one deadline.

    Parameters
    ----------
    ids
        R request ids.
    columns
        Request-level columns by name, each of length R (``query``, ``cluster_id``, …).
    refinements
        R refinements, or None where the person chose nothing; empty means nobody did.
    deadline
        On the pipeline's clock, in seconds; optional stages are skipped after it.
    """

    ids: Array
    columns: Mapping[str, Array] = field(default_factory=dict)
    refinements: tuple[Refinement | None, ...] = ()
    deadline: float | None = None

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column) != len(self.ids):
                raise DataError(
                    f"Request column {name!r} has {len(column)} values for {len(self)} requests."
                )
        if self.refinements and len(self.refinements) != len(self.ids):
            raise DataError(
                f"{len(self.refinements)} refinements were given for {len(self.ids)} requests."
            )

    @classmethod
    def one(
        cls,
        request_id: str,
        *,
        refinement: Refinement | None = None,
        deadline: float | None = None,
        **columns: Any,
    ) -> Requests:
        """Return a single request (R=1) with these columns."""
        arrays = {name: np.array([value]) for name, value in columns.items()}
        return cls(np.array([request_id]), arrays, (refinement,) if refinement else (), deadline)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_refined(self) -> Array:
        """Which requests carry a refinement: R booleans."""
        if not self.refinements:
            return np.zeros(len(self.ids), bool)
        return np.array([bool(r) for r in self.refinements])

    def refinement(self, request: int) -> Refinement | None:
        """Return the refinement of one request, or None."""
        return self.refinements[request] if self.refinements else None

    def take(self, rows: Array) -> Requests:
        """Return these requests (indices or a mask), in that order."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Requests(
            self.ids[index],
            {name: column[index] for name, column in self.columns.items()},
            tuple(self.refinements[i] for i in index) if self.refinements else (),
            self.deadline,
        )
