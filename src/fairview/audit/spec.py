"""What an audit looks at and what it must find: the file ``audit.yaml``, checked."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fairview.core import DataError, FairviewError, MissingError
from fairview.measure import (
    GroupCellsMeasure,
    Measure,
    RequestMeasure,
    Target,
    named_target,
    parse_measure,
)

_FORMS = ("at_least", "at_most", "within")


class TargetSpec(BaseModel):
    """A custom target: one share per group, summing to one, with a version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shares: dict[str, float]
    version: str = "1"


class Gate(BaseModel):
    """A rule on one estimate; exactly one of `at_least`, `at_most` and `within` is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    measure: str
    slice: str = "overall"
    at_least: float | None = None
    at_most: float | None = None
    within: tuple[float, float] | None = None
    tolerance: float = Field(default=0.0, ge=0)

    @field_validator("measure")
    @classmethod
    def _parse(cls, value: str) -> str:
        return _identity(value)

    @model_validator(mode="after")
    def _check(self) -> Gate:
        given = [form for form in _FORMS if getattr(self, form) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(_FORMS)}, not {len(given)}")
        if self.within is not None and self.within[0] > self.within[1]:
            raise ValueError("within needs the smaller number first")
        return self

    @property
    def allowed(self) -> tuple[float, float]:
        """The smallest and the largest value that the rule allows, its tolerance included."""
        low, high = self.within or (
            float("-inf") if self.at_least is None else self.at_least,
            float("inf") if self.at_most is None else self.at_most,
        )
        return low - self.tolerance, high + self.tolerance

    @property
    def rule(self) -> str:
        """The rule in one line, as a verdict names it."""
        about = self.measure if self.slice == "overall" else f"{self.measure} [{self.slice}]"
        return f"{self.name}: {about} {self.condition}"

    @property
    def condition(self) -> str:
        """What is asked of the figure, such as ``at least 0.5``."""
        slack = f" (tolerance {self.tolerance:g})" if self.tolerance else ""
        if self.within is not None:
            return f"within {self.within[0]:g} to {self.within[1]:g}{slack}"
        if self.at_least is not None:
            return f"at least {self.at_least:g}{slack}"
        return f"at most {self.at_most:g}{slack}"


class AuditSpec(BaseModel):
    """Measures, the targets that they compare with, and gates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Audit"
    requests_are: str = "searches"
    items_are: str = "pictures"
    attributes: tuple[str, ...] = ()
    applies_from: float = Field(default=0.5, ge=0, le=1)
    targets: dict[str, TargetSpec] = Field(default_factory=dict)
    measures: tuple[str, ...]
    gates: tuple[Gate, ...] = ()

    @field_validator("measures")
    @classmethod
    def _parse(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(_identity(value) for value in values)
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{twice[0]} stands there twice; keep one")
        return names

    @model_validator(mode="after")
    def _check(self) -> AuditSpec:
        for name in self.targets:
            if name in ("uniform", "qualified"):
                raise ValueError(f"targets: {name} is a built-in target; choose another name")
        targets = _checked(lambda: self.custom_targets)
        for measure in self.parsed:
            about = attribute_of(measure)
            if about is not None and about not in self.attributes:
                raise ValueError(f"measures: {measure} is about {about!r}; add it to attributes")
            for name in measure.targets if isinstance(measure, RequestMeasure) else ():
                _checked(lambda name=name: named_target(name, targets))
        for gate in self.gates:
            if gate.measure not in self.measures:
                raise ValueError(
                    f"gates: {gate.name!r} is about {gate.measure}; add it to measures"
                )
        return self

    @property
    def parsed(self) -> tuple[Measure, ...]:
        """The measures, in the order of their names."""
        return tuple(parse_measure(name) for name in self.measures)

    @property
    def custom_targets(self) -> dict[str, Target]:
        """The custom targets by name."""
        return {n: Target(n, t.shares, t.version) for n, t in self.targets.items()}

    @classmethod
    def from_text(cls, text: str, where: str = "audit.yaml") -> AuditSpec:
        """Read a spec from YAML.

        Raises
        ------
        DataError
            Where it isn't YAML, or a field is wrong; the sentence names the field.
        """
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise DataError(f"{where} isn't valid YAML: {' '.join(str(error).split())}.") from None
        if not isinstance(data, dict):
            raise DataError(f"{where} must hold fields such as `measures:`; see `fairview init`.")
        return cls.checked(data, where)

    @classmethod
    def checked(cls, data: dict[str, Any], where: str) -> AuditSpec:
        """Return the spec of plain data; a wrong field is a `DataError` that names it."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(p + 1) if isinstance(p, int) else p for p in first["loc"])
            said = first["msg"].removeprefix("Value error, ").rstrip(".")
            raise DataError(f"{where}: {field + ': ' if field else ''}{said}.") from None

    @classmethod
    def load(cls, path: Path) -> AuditSpec:
        """Read a spec file; a missing one is a `MissingError`."""
        if not path.is_file():
            raise MissingError(f"There is no audit file at {path}; fairview init writes one.")
        return cls.from_text(path.read_text(encoding="utf-8"), path.name)

    @classmethod
    def default(cls, attribute: str = "skin_tone", at: int = 24) -> AuditSpec:
        """Return the spec that a new workspace gets."""
        return cls.from_text(default_text(attribute, at), "the default audit file")


def default_text(attribute: str = "skin_tone", at: int = 24) -> str:
    """Return the YAML of the default spec, with its comments, for one attribute and page size.

    Examples
    --------
    >>> AuditSpec.from_text(default_text("hair_pattern", 12)).measures[1]
    "Div(by='hair_pattern')@12"
    """
    text = resources.files("fairview.audit").joinpath("default.yaml").read_text(encoding="utf-8")
    return text.replace("ATTRIBUTE", attribute).replace("PAGE", str(at))


def attribute_of(measure: Measure) -> str | None:
    """Return the attribute that a measure is about; None where it is about all items alike."""
    if isinstance(measure, GroupCellsMeasure):
        return measure.by
    return measure.attribute if isinstance(measure, RequestMeasure) else None


def _identity(text: str) -> str:
    return str(_checked(lambda: parse_measure(text)).identity)


def _checked(make: Any) -> Any:
    """Return what `make` gives; its sentence becomes a validation error."""
    try:
        return make()
    except FairviewError as error:
        raise ValueError(str(error)) from None
