"""Columns of signals: values with a state, a confidence and a version each; memberships in groups.

A plain numpy array is a column too, but only a signal that a contract describes is a
`SignalColumn`: reading one that isn't present takes an explicit choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fairview.core.errors import DataError
from fairview.core.ranges import UNKNOWN, Ranges
from fairview.core.states import State

Array = npt.NDArray[Any]


def check_offsets(offsets: Array, parts: int, rows: int, what: str) -> None:
    """Raise `DataError` unless `offsets` cut that many rows into that many parts.

    Examples
    --------
    >>> check_offsets(np.array([0, 2, 2]), 2, 2, "Two slates")
    >>> check_offsets(np.array([0, 3, 2]), 2, 2, "Two slates")
    Traceback (most recent call last):
    fairview.core.errors.DataError: Two slates need 3 offsets that rise from 0 to 2.
    """
    fit = len(offsets) == parts + 1 and offsets[0] == 0 and offsets[-1] == rows
    if not fit or (offsets[1:] < offsets[:-1]).any():
        raise DataError(f"{what} need {parts + 1} offsets that rise from 0 to {rows}.")


@dataclass(frozen=True)
class SignalColumn:
    """One signal of n items.

    Parameters
    ----------
    name, version
        The signal and the version of its producer.
    values
        n values (1-D) or n vectors (2-D); the value of an item that isn't present is meaningless.
    state
        n codes of `State`, int8.
    confidence
        n floats in [0, 1].

    Raises
    ------
    DataError
        Where the lengths differ, a state's code is unknown, or a confidence is out of range.

    Examples
    --------
    >>> column = SignalColumn.present("lightness", "1", np.array([50.0, 61.0]))
    >>> column = column.take(np.array([1, 1, 0]))
    >>> column.filled(-1.0).tolist()
    [61.0, 61.0, 50.0]
    """

    name: str
    version: str
    values: Array
    state: npt.NDArray[np.int8]
    confidence: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        n = len(self.values)
        if len(self.state) != n or len(self.confidence) != n:
            raise DataError(
                f"Signal {self.name!r} has {n} values, {len(self.state)} states and "
                f"{len(self.confidence)} confidences; give one of each per item."
            )
        if n and not (self.state.min() >= 0 and self.state.max() <= max(State)):
            raise DataError(f"Signal {self.name!r} has a state code outside 0 to {max(State):d}.")
        if n and not np.all((self.confidence >= 0) & (self.confidence <= 1)):
            raise DataError(f"Signal {self.name!r} has a confidence outside 0 to 1.")

    @classmethod
    def present(cls, name: str, version: str, values: Array) -> SignalColumn:
        """Return a column whose every value is present with confidence 1."""
        n = len(values)
        return cls(
            name, version, values, np.full(n, State.PRESENT, np.int8), np.ones(n, np.float32)
        )

    @classmethod
    def absent(cls, name: str, version: str, like: Array, state: State) -> SignalColumn:
        """Return a column of one state (not present) for all; `like` gives shape and type."""
        n = len(like)
        return cls(
            name,
            version,
            np.zeros_like(like),
            np.full(n, state, np.int8),
            np.zeros(n, np.float32),
        )

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_present(self) -> npt.NDArray[np.bool_]:
        """Which items have a value: n booleans."""
        return np.equal(self.state, State.PRESENT)

    def filled(self, default: Any) -> Array:
        """Return the values, with `default` wherever the state isn't present."""
        mask = self.is_present
        if self.values.ndim == 2:
            return np.where(mask[:, None], self.values, default)
        return np.where(mask, self.values, default)

    def take(self, rows: Array) -> SignalColumn:
        """Return the rows at these indices, or where this mask is true."""
        return replace(
            self,
            values=self.values[rows],
            state=self.state[rows],
            confidence=self.confidence[rows],
        )

    def coverage(self) -> dict[str, int]:
        """Return how many items are in each state, by its word."""
        counts = np.bincount(self.state, minlength=len(State))
        return {state.word: int(counts[state]) for state in State}


@dataclass(frozen=True)
class GroupColumn:
    """Membership of n items in the K groups of one attribute, soft and set-valued.

    Parameters
    ----------
    ranges
        The grouping; its `names` are the K groups.
    probabilities
        n x (K+1) floats whose rows sum to one; the last column is the group ``unknown``.
    contains
        n x K booleans: is the group *in* the picture? A picture of three people can hold three
        groups; one of unknown membership holds none.
    readings
        The readings of the people of all items, item after item: values of the scale, int16 or
        text as the scale has them; meaningless where the state isn't present.
    reading_state
        The state of each reading.
    offsets
        n+1 positions that cut `readings` into items.

    Raises
    ------
    DataError
        Where shapes or offsets don't fit, or a row of probabilities isn't a distribution.

    Examples
    --------
    >>> from fairview.core.ranges import SKIN_TONE
    >>> column = GroupColumn.from_readings(
    ...     SKIN_TONE, readings=[2, 9, 0], states=[1, 1, 2], offsets=[0, 2, 2, 3]
    ... )
    >>> column.contains.tolist()[0]
    [True, False, False, True]
    >>> column.probabilities.tolist()
    [[0.5, 0.0, 0.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """

    ranges: Ranges
    probabilities: npt.NDArray[np.float64]
    contains: npt.NDArray[np.bool_]
    readings: Array
    reading_state: npt.NDArray[np.int8]
    offsets: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        n, k = len(self.contains), len(self.ranges.names)
        if self.probabilities.shape != (n, k + 1) or self.contains.shape != (n, k):
            raise DataError(
                f"Membership in {self.ranges.name} needs probabilities of shape ({n}, {k + 1}) and "
                f"sets of shape ({n}, {k}); it has {self.probabilities.shape} and "
                f"{self.contains.shape}."
            )
        if not (np.abs(self.probabilities.sum(axis=1) - 1) <= 1e-6).all():
            raise DataError(f"Membership in {self.ranges.name} has rows that don't sum to one.")
        if not (self.probabilities >= 0).all():
            raise DataError(f"Membership in {self.ranges.name} has a negative probability.")
        if len(self.reading_state) != len(self.readings):
            raise DataError(
                f"Membership in {self.ranges.name} has {len(self.readings)} readings and "
                f"{len(self.reading_state)} states; give one of each per person."
            )
        what = f"The readings of {n} items' {self.ranges.name}"
        check_offsets(self.offsets, n, len(self.readings), what)

    @classmethod
    def from_readings(
        cls,
        ranges: Ranges,
        readings: Sequence[int] | Sequence[str] | Array,
        states: Sequence[int] | Array,
        offsets: Sequence[int] | Array,
    ) -> GroupColumn:
        """Return the membership that follows from hard readings of each item's people.

        A person whose reading isn't present counts as ``unknown``; an item without people is
        ``unknown`` too. Probabilities are shares of the item's people. A reading that is present
        and isn't on the scale, or lengths that differ, are a `DataError`.
        """
        is_text = any(isinstance(value, str) for value in ranges.values)
        value = np.asarray(readings, np.str_ if is_text else np.int16)
        state = np.asarray(states, np.int8)
        cuts = np.asarray(offsets, np.int64)
        n, k = len(cuts) - 1, len(ranges.names)
        if len(state) != len(value):
            raise DataError(f"{len(value)} readings of {ranges.name} have {len(state)} states.")
        check_offsets(cuts, n, len(value), f"The readings of {n} items' {ranges.name}")
        group = np.full(len(value), k)
        for index, name in enumerate(ranges.names):
            group[np.isin(value, np.array(ranges.groups[name]))] = index
        astray = (state == State.PRESENT) & (group == k)
        if astray.any():
            raise DataError(
                f"{ranges.name} was read as {value[astray][0]}, which isn't on its scale of "
                f"{', '.join(map(str, ranges.values))}."
            )
        group[state != State.PRESENT] = k
        item = np.repeat(np.arange(n), np.diff(cuts))
        counts = np.zeros((n, k + 1))
        np.add.at(counts, (item, group), 1.0)
        people = counts.sum(axis=1, keepdims=True)
        counts[people[:, 0] == 0, k] = 1.0
        return cls(ranges, counts / np.maximum(people, 1), counts[:, :k] > 0, value, state, cuts)

    @classmethod
    def from_groups(cls, ranges: Ranges, groups: Sequence[str | None]) -> GroupColumn:
        """Return hard membership, one group (or None or ``unknown``) per item, without readings."""
        k = len(ranges.names)
        index = np.array(
            [k if g is None or g == UNKNOWN else ranges.index_of(g) for g in groups], np.int64
        )
        probabilities = np.zeros((len(groups), k + 1))
        probabilities[np.arange(len(groups)), index] = 1.0
        empty = np.zeros(0)
        return cls(
            ranges,
            probabilities,
            probabilities[:, :k] > 0,
            empty.astype(np.int16),
            empty.astype(np.int8),
            np.zeros(len(groups) + 1, np.int64),
        )

    def __len__(self) -> int:
        return len(self.contains)

    @property
    def unknown(self) -> npt.NDArray[np.float64]:
        """The probability that nothing is known of the item's group, n floats."""
        return self.probabilities[:, -1]

    def take(self, rows: Array) -> GroupColumn:
        """Return the items at these indices, or where this mask is true, in that order."""
        index = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        lengths = np.diff(self.offsets)[index]
        cuts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        within = np.arange(cuts[-1]) - np.repeat(cuts[:-1], lengths)
        source = np.repeat(self.offsets[:-1][index], lengths) + within
        return GroupColumn(
            self.ranges,
            self.probabilities[index],
            self.contains[index],
            self.readings[source],
            self.reading_state[source],
            cuts,
        )
