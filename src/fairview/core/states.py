"""The five states of a reading: five different things, never confused with a value of 0."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """What is known about one reading; stored as int8 beside the value.

    Examples
    --------
    >>> State.parse("abstained") is State.ABSTAINED
    True
    """

    MISSING = 0
    """Not computed yet."""
    PRESENT = 1
    """Read, with a confidence."""
    ABSTAINED = 2
    """Looked at, and not sure enough to say."""
    NOT_APPLICABLE = 3
    """There is nothing to read: no person in the picture."""
    FAILED = 4
    """The producer broke; the reason is counted and shown."""

    @property
    def word(self) -> str:
        """The state's name as it is written in files, logs and pages."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> State:
        """Return the state with this word; another word is a `KeyError`."""
        return cls[word.upper()]
