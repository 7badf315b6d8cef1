"""The parts of an audit file beside its gates: targets, bands, readings and a privacy budget."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fairview.core import DataError
from fairview.measure.statistics import ErrorModel


class TargetSpec(BaseModel):
    """A custom target: one share per group, summing to one, with a version.

    The shares stand in the audit file, or in a file of their own that `file` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shares: dict[str, float] = Field(default_factory=dict)
    file: str | None = None
    version: str = "1"

    @model_validator(mode="after")
    def _check(self) -> TargetSpec:
        if not self.shares:
            raise ValueError("give a share per group under shares, or a file that holds them")
        return self


class BandSpec(BaseModel):
    """Bands of a column of numbers, as an attribute that can be sliced by.

    Each band starts at its number and ends before the next one's; the last has no end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    starts: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> BandSpec:
        if any(a >= b for a, b in zip(self.starts, self.starts[1:], strict=False)):
            raise ValueError("starts must rise from one to the next")
        return self


class ReadingSpec(BaseModel):
    """How often an attribute of the log, which was read or inferred, is read wrongly.

    `counts` has one row per true group and one column per read group, then abstained.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]
    domain: str
    version: str = "1"

    @model_validator(mode="after")
    def _check(self) -> ReadingSpec:
        try:
            self.model()
        except DataError as error:
            raise ValueError(str(error)) from None
        return self

    def model(self) -> ErrorModel:
        """Return the error model."""
        return ErrorModel(self.groups, self.counts, self.domain, self.version)


class FindSpec(BaseModel):
    """A search for groups that nobody asked about: made in one half, confirmed in the other.

    Without a `loss` column the mistakes of decisions are what is to be explained: all of them, or
    the false positives or false negatives alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    loss: str | None = None
    error: Literal["wrong", "false positive", "false negative"] = "wrong"
    depth: int = Field(default=2, ge=1, le=5)
    minimum_rows: int = Field(default=100, ge=20)


class PrivacySpec(BaseModel):
    """A budget of differential privacy for one set of people, and what an audit spends of it.

    The groups that are sliced by are declared, since finding them in the data would betray them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epsilon: float = Field(gt=0)
    delta: float = Field(default=1e-6, gt=0, lt=1)
    spend: float | None = Field(default=None, gt=0)
    ledger: str = "privacy.db"
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def check_names(values: tuple[str, ...], what: str) -> tuple[str, ...]:
    """Return names of attributes or their intersections, each written without spaces.

    Examples
    --------
    >>> check_names(("sex", "sex * race"), "slice")
    ('sex', 'sex*race')
    """
    plain = []
    for value in values:
        parts = [part.strip() for part in value.split("*")]
        if not all(parts) or len(set(parts)) < len(parts):
            raise ValueError(f"{value!r} isn't an attribute or an intersection such as sex*race")
        plain.append("*".join(parts))
    twice = sorted({name for name in plain if plain.count(name) > 1})
    if twice:
        raise ValueError(f"the {what} {twice[0]} stands there twice; keep one")
    return tuple(plain)
