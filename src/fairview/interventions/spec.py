"""The file ``interventions.yaml``: what may change, what it is judged by, and what it may cost."""

from __future__ import annotations

from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fairview.core import DataError, FairviewError, MissingError
from fairview.measure import parse_measure

MOST_CANDIDATES = 200

BASELINE = "by relevance alone"
"""The name of what every point is compared with; no candidate may have it."""

STAGES = {"retrieval": "retrieval", "ranking": "training", "discovery": "re-ranking"}
"""Section of a setting to the stage that a change of it belongs to."""

RETRIEVAL_SETTINGS = (
    "discovery.candidates",
    "discovery.graph",
    "discovery.minimum_share",
    "discovery.source_share",
)
"""Settings of the section `discovery` that change what is retrieved."""

Value = str | int | float | bool


class Figure(BaseModel):
    """One figure of an audit: a measure's, of one slice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    slice: str = "overall"

    @field_validator("measure")
    @classmethod
    def _parse(cls, value: str) -> str:
        try:
            return parse_measure(value).identity
        except FairviewError as error:
            raise ValueError(str(error)) from None

    def __str__(self) -> str:
        return self.measure if self.slice == "overall" else f"{self.measure} [{self.slice}]"


class Constraint(Figure):
    """What a point must satisfy to be recommended; its whole interval has to.

    Exactly one of `at_least`, `at_most` (of the figure) and `loses_at_most` (of the paired change
    against the baseline, in the direction that is worse) is given.
    """

    at_least: float | None = None
    at_most: float | None = None
    loses_at_most: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one(self) -> Constraint:
        forms = (self.at_least, self.at_most, self.loses_at_most)
        if sum(form is not None for form in forms) != 1:
            raise ValueError("give exactly one of at_least, at_most and loses_at_most")
        return self

    @property
    def words(self) -> str:
        """The constraint in one line."""
        if self.at_least is not None:
            return f"{self} at least {self.at_least:g}"
        if self.at_most is not None:
            return f"{self} at most {self.at_most:g}"
        return f"{self} loses at most {self.loses_at_most:g}"


class Candidate(BaseModel):
    """A change to try; a list of values of a setting is a grid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    settings: dict[str, Value | list[Value]]

    def changes(self) -> tuple[tuple[str, dict[str, Value]], ...]:
        """Return every combination of the grid, with a name that says what differs.

        Examples
        --------
        >>> candidate = Candidate(name="mmr", settings={
        ...     "discovery.reranker": "mmr", "discovery.diversity": [0.2, 0.5]})
        >>> [name for name, _ in candidate.changes()]
        ['mmr, diversity 0.2', 'mmr, diversity 0.5']
        """
        grid = {
            name: value if isinstance(value, list) else [value]
            for name, value in self.settings.items()
        }
        varied = [name for name, values in grid.items() if len(values) > 1]
        found = []
        for values in product(*grid.values()):
            change = dict(zip(grid, values, strict=True))
            words = [f"{name.rpartition('.')[2]} {change[name]}" for name in varied]
            found.append((", ".join([self.name, *words]), change))
        return tuple(found)

    @property
    def stage(self) -> str:
        """The stages that it changes, in the pipeline's order: retrieval, training, re-ranking."""
        stages = {
            "retrieval" if name in RETRIEVAL_SETTINGS else STAGES[name.partition(".")[0]]
            for name in self.settings
        }
        return " and ".join(s for s in ("retrieval", "training", "re-ranking") if s in stages)

    @field_validator("settings")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name.partition(".")[0] not in STAGES:
                raise ValueError(f"{name!r} changes no stage; use {', '.join(STAGES)} settings")
        if not value or any(each == [] for each in value.values()):
            raise ValueError("give at least one setting, each with at least one value")
        return value


class InterventionSpec(BaseModel):
    """Candidates, what they are judged by, and what they may cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Interventions"
    utility: Figure
    fairness: tuple[Figure, ...] = Field(min_length=1)
    prefer: Figure | None = None
    constraints: tuple[Constraint, ...] = ()
    candidates: tuple[Candidate, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> InterventionSpec:
        if self.prefer is not None and self.prefer not in self.fairness:
            raise ValueError("prefer must be one of the figures under fairness")
        count = sum(len(candidate.changes()) for candidate in self.candidates)
        if count > MOST_CANDIDATES:
            raise ValueError(f"the candidates' grids have {count} points; at most 200 are tried")
        names = [name for candidate in self.candidates for name, _ in candidate.changes()]
        if BASELINE in names:
            raise ValueError(f"a candidate is named {BASELINE!r}, as the baseline is; rename it")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two candidates are named {twice[0]!r}; name them apart")
        return self

    @property
    def preferred(self) -> Figure:
        """The fairness figure that the recommended point is best at."""
        return self.prefer or self.fairness[0]

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that has to be made, each once."""
        figures = (self.utility, *self.fairness, *self.constraints)
        return tuple(dict.fromkeys(figure.measure for figure in figures))

    @classmethod
    def from_text(cls, text: str, where: str = "interventions.yaml") -> InterventionSpec:
        """Read a spec from YAML; what is wrong is a `DataError` that names the field."""
        try:
            data = yaml.safe_load(text)
            if not isinstance(data, dict):
                raise DataError(f"{where} must hold fields such as `candidates:`.")
            return cls.model_validate(data)
        except yaml.YAMLError as error:
            raise DataError(f"{where} isn't valid YAML: {' '.join(str(error).split())}.") from None
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(p + 1) if isinstance(p, int) else p for p in first["loc"])
            said = first["msg"].removeprefix("Value error, ").rstrip(".")
            raise DataError(f"{where}: {field + ': ' if field else ''}{said}.") from None

    @classmethod
    def load(cls, path: Path) -> InterventionSpec:
        """Read a spec file; a missing one is a `MissingError`."""
        if not path.is_file():
            raise MissingError(f"There is no file of interventions at {path}; check the path.")
        return cls.from_text(path.read_text(encoding="utf-8"), path.name)

    @classmethod
    def default(cls, attribute: str, target: str, at: int) -> InterventionSpec:
        """Return the spec that is used where none is given, for one attribute and page size."""
        text = resources.files("fairview.interventions").joinpath("default.yaml")
        filled = text.read_text(encoding="utf-8").replace("ATTRIBUTE", attribute)
        return cls.from_text(filled.replace("TARGET", target).replace("PAGE", str(at)))
