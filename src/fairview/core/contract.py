"""A contract: what a signal promises, as data. It is checked when it is read and when it is used.

The file is YAML; a producer's test compares what it promises with what the producer gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fairview.core.errors import DataError, MissingError, ProhibitedUseError
from fairview.core.ranges import RANGES

Purpose = Literal[
    "retrieval", "ranking", "diversification", "refinement", "filtering", "audit", "display"
]
"""What a signal may be read for inside Fairview."""

ALWAYS_PROHIBITED = (
    "identity",
    "race_or_ethnicity_inference",
    "gender_inference",
    "health_inference",
    "user_attribute_inference",
    "advertising_targeting",
)
"""Purposes that no contract may allow."""


class Confusion(BaseModel):
    """How often a reading differs from the truth, under one condition.

    `counts` has one row per true group and one column per read group, then ``abstained``. It
    is valid only in its `domain`: a matrix of rendered pictures doesn't correct photographs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    condition: str
    domain: str
    groups: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @model_validator(mode="after")
    def _check(self) -> Confusion:
        k = len(self.groups)
        if len(self.counts) != k or any(len(row) != k + 1 for row in self.counts):
            raise ValueError(f"counts need {k} rows of {k + 1} columns (the last is abstained)")
        if any(cell < 0 for row in self.counts for cell in row):
            raise ValueError("counts can't be negative")
        return self


class Contract(BaseModel):
    """What one version of one signal promises to those who read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: str
    describes: str
    value: Literal["vector", "scalar", "category", "groups"]
    dimension: int = Field(default=1, ge=1)
    minimum: float | None = None
    maximum: float | None = None
    ranges: str | None = None
    may_abstain: bool = False
    coverage: float = Field(ge=0, le=1)
    calibration: str
    freshness: str
    latency_ms: float = Field(gt=0)
    quality: dict[str, float] = Field(default_factory=dict)
    confusion: tuple[Confusion, ...] = ()
    status: Literal["production", "demonstration"] = "production"
    intended_use: tuple[Purpose, ...]
    prohibited_use: tuple[str, ...] = ALWAYS_PROHIBITED
    owner: str
    consumers: tuple[str, ...]

    @model_validator(mode="after")
    def _check(self) -> Contract:
        lacking = [use for use in ALWAYS_PROHIBITED if use not in self.prohibited_use]
        if lacking:
            raise ValueError(f"prohibited_use must list {', '.join(lacking)}")
        both = set(self.intended_use) & set(self.prohibited_use)
        if both:
            raise ValueError(f"{', '.join(sorted(both))} is both intended and prohibited")
        if self.value == "groups" and self.ranges not in RANGES:
            raise ValueError(f"a signal of groups needs ranges, one of {', '.join(RANGES)}")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self

    @classmethod
    def load(cls, path: Path) -> Contract:
        """Read and check a contract file; a bad one is a `DataError` that names the field."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise MissingError(f"There is no contract at {path}; write one.") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            where = " ".join(str(error).split())
            raise DataError(f"Contract {path.name} isn't valid YAML: {where}.") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise DataError(f"Contract {path.name}: {where}: {first['msg']}.") from error

    def allow(self, purpose: str) -> None:
        """Raise `ProhibitedUseError` unless this signal may be read for `purpose`."""
        if purpose in self.prohibited_use or purpose not in self.intended_use:
            raise ProhibitedUseError(
                f"Signal {self.name!r} may not be read for {purpose!r}; its contract allows "
                f"{', '.join(self.intended_use)}."
            )
