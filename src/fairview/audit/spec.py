"""What an audit looks at and what it must find: the file ``audit.yaml``, checked."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fairview.audit.gate import Gate
from fairview.audit.names import Filling, checked, expanded, names_measure
from fairview.audit.spec_parts import (
    BandSpec,
    FindSpec,
    PrivacySpec,
    ReadingSpec,
    TargetSpec,
    check_names,
)
from fairview.audit.target_files import with_files_read
from fairview.core import DataError, MissingError
from fairview.measure import (
    Measure,
    RequestMeasure,
    Target,
    named_target,
    parse_measure,
)

_SAID = {"extra_forbidden": "there is no such field", "missing": "this field is needed"}
Family = Literal["none", "holm", "benjamini-hochberg"]


class AuditSpec(BaseModel):
    """Measures, what they are sliced by, the targets that they compare with, and gates."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = "Audit"
    requests_are: str = "searches"
    items_are: str = "pictures"
    attributes: tuple[str, ...] = ()
    applies_from: float = Field(default=0.5, ge=0, le=1)
    columns: dict[str, str] = Field(default_factory=dict)
    bands: dict[str, BandSpec] = Field(default_factory=dict)
    slices: tuple[str, ...] = ()
    cutoffs: tuple[int, ...] = ()
    references: dict[str, str] = Field(default_factory=dict)
    defaults: dict[str, bool | int | float | str] = Field(default_factory=dict)
    targets: dict[str, TargetSpec] = Field(default_factory=dict)
    measures: tuple[str, ...]
    gates: tuple[Gate, ...] = ()
    family: Family = "none"
    level: float | None = Field(default=None, gt=0.5, lt=1)
    minimum_cell: int | None = Field(default=None, ge=1)
    unit: Literal["row", "person", "request", "item", "census"] | None = None
    find: FindSpec | None = None
    privacy: PrivacySpec | None = None
    domain: str | None = None
    readings: dict[str, ReadingSpec] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, data: Any) -> Any:
        """Give measures and gates their slices and cut-offs, and slices their attributes."""
        if not isinstance(data, Mapping):
            return data
        odd = next((str(name) for name in data if name not in cls.model_fields), None)
        if odd is not None:
            near = get_close_matches(odd, cls.model_fields, n=1)
            meant = (
                f"did you mean {near[0]}" if near else f"there are {', '.join(cls.model_fields)}"
            )
            raise ValueError(f"there is no field {odd!r}; {meant}")
        return _expanded(data)

    @field_validator("slices")
    @classmethod
    def _name_slices(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return check_names(values, "slice")

    @field_validator("cutoffs")
    @classmethod
    def _count_from_one(cls, values: tuple[int, ...]) -> tuple[int, ...]:
        if any(value < 1 for value in values):
            raise ValueError("a cut-off counts ranks from 1")
        return values

    @model_validator(mode="after")
    def _check(self) -> AuditSpec:
        for name in self.targets:
            if name in ("uniform", "qualified"):
                raise ValueError(f"targets: {name} is a built-in target; choose another name")
        targets = checked(lambda: self.custom_targets)
        for measure in self.parsed:
            self._check_about("measures", str(measure), attribute_of(measure))
            for name in measure.targets if isinstance(measure, RequestMeasure) else ():
                checked(partial(named_target, name, targets))
        return self

    @model_validator(mode="after")
    def _check_gates(self) -> AuditSpec:
        names = [gate.name for gate in self.gates]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"gates: there are two gates named {twice[0]!r}; name each its own way"
            )
        for gate in self.gates:
            if gate.measure not in self.measures:
                raise ValueError(
                    f"gates: {gate.name!r} is about {gate.measure}; add it to measures"
                )
        return self

    @model_validator(mode="after")
    def _check_attributes(self) -> AuditSpec:
        if self.find is not None and self.privacy is not None:
            raise ValueError("find: a search isn't made under a privacy budget; leave out one")
        for attribute in self.readings:
            self._check_sliced("readings", attribute)
            if self.domain is None:
                raise ValueError("domain: say where the data comes from, to correct its readings")
        for attribute in self.references:
            self._check_sliced("references", attribute)
        return self

    def _check_about(self, where: str, what: str, attribute: str | None) -> None:
        for part in () if attribute is None else attribute.split("*"):
            if part and part not in self.attributes and part not in self.bands:
                raise ValueError(f"{where}: {what} is about {part!r}; add it to attributes")

    def _check_sliced(self, where: str, attribute: str) -> None:
        if any(p not in self.attributes and p not in self.bands for p in attribute.split("*")):
            raise ValueError(f"{where}: nothing is sliced by {attribute!r}")

    @property
    def parsed(self) -> tuple[Measure, ...]:
        """The measures, in the order of their names."""
        return tuple(parse_measure(name) for name in self.measures)

    @property
    def custom_targets(self) -> dict[str, Target]:
        """The custom targets by name."""
        return {n: Target(n, t.shares, t.version) for n, t in self.targets.items()}

    @classmethod
    def from_text(
        cls, text: str, where: str = "audit.yaml", folder: Path | None = None
    ) -> AuditSpec:
        """Read a spec from YAML.

        Parameters
        ----------
        text
            The YAML.
        where
            How errors call it.
        folder
            Where files of targets are looked for; the current folder where None.

        Raises
        ------
        DataError
            Where it isn't YAML, or a field is wrong; the sentence names the field.
        """
        return cls.checked(fields_of(text, where, folder or Path()), where)

    @classmethod
    def checked(cls, data: Mapping[str, Any], where: str) -> AuditSpec:
        """Return the spec of plain data; a wrong field is a `DataError` that names it."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(p + 1) if isinstance(p, int) else p for p in first["loc"])
            said = first["msg"].removeprefix("Value error, ").rstrip(".")
            said = _SAID.get(first["type"], said)
            raise DataError(f"{where}: {field + ': ' if field else ''}{said}.") from None

    @classmethod
    def load(cls, path: Path) -> AuditSpec:
        """Read a spec file; a missing one is a `MissingError`."""
        return cls.checked(fields_of_file(path), path.name)

    @classmethod
    def default(cls, attribute: str = "skin_tone", at: int = 24) -> AuditSpec:
        """Return the spec that a new workspace gets."""
        return cls.from_text(default_text(attribute, at), "the default audit file")


def fields_of_file(path: Path) -> dict[str, Any]:
    """Return the fields of an audit file as plain data; a missing one is a `MissingError`."""
    if not path.is_file():
        raise MissingError(f"There is no audit file at {path}; fairview init writes one.")
    return fields_of(path.read_text(encoding="utf-8"), path.name, path.parent)


def fields_of(text: str, where: str, folder: Path) -> dict[str, Any]:
    """Return the fields of an audit file's text, the shares of its targets' files among them.

    Raises
    ------
    DataError
        Where it isn't YAML, or holds no fields.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        said = str(error).replace('in "<unicode string>", ', "").split()
        raise DataError(f"{where} isn't valid YAML: {' '.join(said).rstrip(' ^.')}.") from None
    if not isinstance(data, dict):
        raise DataError(f"{where} must hold fields such as `measures:`; see `fairview init`.")
    return with_files_read(data, folder, where)


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
    """Return the attribute that a measure is about; None where it is about all items alike.

    Examples
    --------
    >>> attribute_of(parse_measure("Div(by='sex')@5")), attribute_of(parse_measure("Gini"))
    ('sex', None)
    """
    inner = inner_of(measure)
    if inner is not None:
        return attribute_of(inner)
    by = getattr(measure, "by", None)
    if isinstance(by, str):
        return by
    return measure.attribute if isinstance(measure, RequestMeasure) else None


def inner_of(measure: Measure) -> Measure | None:
    """Return the measure that a gap or a ratio is made of; None for any other measure."""
    text = str(getattr(measure, "of", ""))
    return parse_measure(text) if names_measure(text) else None


def _expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain data whose measures and gates name their slices and cut-offs.

    What isn't of the right type is left as it is, for its own field to say so.
    """
    made = dict(data)
    filling = _filling(data)
    names = _list(data.get("measures"))
    if names and all(isinstance(name, str) for name in names):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"measures: {twice[0]} stands there twice; keep one")
        every = [each for name in names for each in _named("measures", name, filling)]
        made["measures"] = list(dict.fromkeys(every))
    gates = _list(data.get("gates"))
    if gates and all(isinstance(g, Mapping) and isinstance(g.get("measure"), str) for g in gates):
        made["gates"] = [each for gate in gates for each in _gates(gate, filling)]
    if filling.slices:
        bands = data.get("bands") or {}
        parts = [part.strip() for each in filling.slices for part in each.split("*")]
        attributes = [*_list(data.get("attributes")), *(p for p in parts if p not in bands)]
        made["attributes"] = list(dict.fromkeys(attributes))
    return made


def _filling(data: Mapping[str, Any]) -> Filling:
    """Return what the data says once for all measures, as far as it is of the right type."""
    references, defaults, unit = (data.get(n) for n in ("references", "defaults", "unit"))
    slices = _list(data.get("slices"))
    if all(isinstance(each, str) for each in slices):
        try:
            slices = list(check_names(tuple(slices), "slice"))
        except ValueError as error:
            raise ValueError(f"slices: {error}") from None
    return Filling(
        slices=[each for each in slices if isinstance(each, str)],
        cutoffs=[c for c in _list(data.get("cutoffs")) if isinstance(c, int) and c >= 1],
        references=dict(references) if isinstance(references, Mapping) else {},
        defaults={
            name: value
            for name, value in (defaults.items() if isinstance(defaults, Mapping) else ())
            if isinstance(value, bool | int | float | str)
        },
        unit=unit if isinstance(unit, str) else None,
    )


def _named(where: str, text: str, filling: Filling) -> list[str]:
    try:
        return expanded(text, filling)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _gates(gate: Mapping[str, Any], filling: Filling) -> list[Mapping[str, Any]]:
    """Return the gate, or one per slice where its measure names none."""
    names = _named("gates", str(gate["measure"]), filling)
    if len(names) == 1:
        return [{**gate, "measure": names[0]}]
    return [
        {**gate, "measure": name, "name": f"{gate.get('name', '')} ({_about(name)})"}
        for name in names
    ]


def _about(name: str) -> str:
    measure = parse_measure(name)
    at = getattr(measure, "at", None)
    words = (attribute_of(measure) or "").replace("*", " and ").replace("_", " ")
    return words + (f", first {at}" if at else "")


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


__all__ = [
    "AuditSpec",
    "BandSpec",
    "FindSpec",
    "Gate",
    "PrivacySpec",
    "ReadingSpec",
    "TargetSpec",
    "attribute_of",
    "default_text",
    "inner_of",
]
