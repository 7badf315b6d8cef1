"""Errors that a person can act on: one sentence that says what is wrong, where, and what to do."""

from __future__ import annotations

EXIT_PASS = 0
EXIT_FAIL = 1
EXIT_USAGE = 2
EXIT_INSUFFICIENT = 3


class FairviewError(Exception):
    """Base of every error that Fairview raises on purpose; the command line prints its sentence."""

    exit_code = EXIT_USAGE


class UsageError(FairviewError):
    """A call, a setting or a request is not of the form that is asked for."""


class DataError(FairviewError):
    """Data lacks what is needed: a column, a type, a range, a file."""


class MissingError(FairviewError):
    """Something must be built first: an index, a model, a signal."""


class UnsupportedError(FairviewError):
    """An engine or producer can't do this; the sentence names the ones that can."""


class ProhibitedUseError(FairviewError):
    """A signal was read for a purpose that its contract prohibits."""


class ExtraError(FairviewError):
    """An optional package is missing; the sentence says which installation brings it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed; run: pip install 'fairview[{extra}]'.")
        self.package = package
        self.extra = extra
