"""A measure is a value: named, parameterised, parseable, and equal to any other of its identity."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.estimate import OVERALL, SamplingUnit

Floats = npt.NDArray[np.float64]
_MEASURES: dict[str, type[Measure]] = {}


def ratio(above: Floats, below: Floats) -> Floats:
    """Return above / below elementwise, NaN (undefined) wherever `below` isn't positive."""
    result: Floats = np.divide(
        above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0
    )
    return result


class Reduction(Enum):
    """The three ways a log becomes mergeable statistics."""

    GROUP_CELLS = "group cells"
    REQUEST = "request reduction"
    ENTITY = "entity totals"


class Better(Enum):
    """Which direction is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEAR_ZERO = "near zero"
    NEAR_ONE = "near one"
    NEITHER = "neither"


@dataclass(frozen=True)
class Measure(ABC):
    """What every measure shares: an identity and what it needs.

    A concrete measure is a frozen dataclass in a file of its own. Defining the class is enough
    to make its name parseable.

    Attributes
    ----------
    reduction
        Which reduction it needs.
    unit
        What its interval is about.
    better
        Which direction is good.
    bounds
        The smallest and the largest possible value.
    proportion
        Whether it is a mean of zeros and ones; then a degenerate interval is a Wilson interval.
    smooth
        False where a minimum, a maximum or an absolute value is taken: that decides how its
        interval is made.
    """

    reduction: ClassVar[Reduction]
    unit: ClassVar[SamplingUnit] = SamplingUnit.PERSON
    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (-np.inf, np.inf)
    proportion: ClassVar[bool] = False
    smooth: ClassVar[bool] = True

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "abstract" in cls.__dict__:
            return
        known = _MEASURES.get(cls.__name__)
        if (
            known is not None
            and known.__module__.startswith("fairview.measure.")
            and (known.__module__ != cls.__module__)
        ):
            raise UsageError(f"There is a measure {cls.__name__!r} already; name yours otherwise.")
        _MEASURES[cls.__name__] = cls

    def __post_init__(self) -> None:
        at = getattr(self, "at", None)
        if at is not None and (not isinstance(at, int) or at < 1):
            raise UsageError(f"{type(self).__name__} counts from rank 1 to k = {at!r}; use k >= 1.")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log's rows that it reads."""
        return ()

    def counted(self, figure: str, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return the components whose observations are a figure's n.

        By default its own where it has one, and all of them for ``overall``. Empty means the
        largest count of any component.
        """
        if figure in keys:
            return (figure,)
        return keys if figure == OVERALL else ()

    @property
    def identity(self) -> str:
        """The name that parses back to this measure, parameters at their default left out.

        ``at`` stands behind an ``@``: ``Div(by='hair_pattern')@24``.
        """
        given, at = [], ""
        for spec in fields(self):
            value = getattr(self, spec.name)
            default = spec.default if spec.default is not MISSING else None
            if spec.name == "at":
                at = f"@{value}" if value is not None else ""
            elif spec.default is MISSING or value != default:
                given.append(f"{spec.name}={value!r}")
        inner = f"({', '.join(given)})" if given else ""
        return f"{type(self).__name__}{inner}{at}"

    def __str__(self) -> str:
        return self.identity


@dataclass(frozen=True)
class GroupCellsMeasure(Measure):
    """A measure of a mean per group, such as a rate: reduction 1.

    Parameters
    ----------
    by
        The attribute, or the plain column of the rows, that is sliced by.
    """

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.GROUP_CELLS
    by: str

    @abstractmethod
    def value(self, rows: Any) -> Any:
        """Return the ibis expression of the value whose mean per group is wanted."""

    def figure_names(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return what each figure is about: every group, then ``overall``."""
        return (*keys, OVERALL)

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the figures (... x f) of sums and counts (... x m); NaN where undefined."""
        both_t = np.concatenate([totals, totals.sum(axis=-1, keepdims=True)], axis=-1)
        both_n = np.concatenate([counts, counts.sum(axis=-1, keepdims=True)], axis=-1)
        return ratio(both_t, both_n)


@dataclass(frozen=True)
class RequestMeasure(Measure):
    """A measure of ranked lists, computed per request: reduction 2."""

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.REQUEST

    @property
    def attribute(self) -> str | None:
        """The attribute whose memberships the batch must hold; None where it needs none."""
        return None

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets that it reads; empty where it needs none."""
        return ()

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the m values that each request gives."""
        return (OVERALL,)

    @abstractmethod
    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x m values, one row per request; NaN where the measure is undefined for it."""

    def figure_names(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """Return what each figure is about; by default each component."""
        return keys

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the figures (... x f); by default each component's mean over requests."""
        return ratio(totals, counts)


@dataclass(frozen=True)
class EntityMeasure(Measure):
    """A measure of what each entity received in total: reduction 3."""

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.ENTITY

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return "item_id"

    @abstractmethod
    def value(self, rows: Any) -> Any:
        """Return the ibis expression of what one row gives to its entity, at least 0."""

    @abstractmethod
    def figure(self, received: Floats) -> Floats:
        """Return the figure (...) of entity totals (... x E); NaN where undefined."""


def known_measures() -> Mapping[str, type[Measure]]:
    """Return every measure that can be parsed, by name."""
    import fairview.measure.measures  # noqa: F401

    return dict(sorted(_MEASURES.items()))


def parse_measure(text: str) -> Measure:
    """Return the measure that this identity names.

    Raises
    ------
    UsageError
        Where the text isn't of the form, or the name or a parameter is unknown; the sentence
        lists what there is.

    Examples
    --------
    >>> parse_measure("Div(by='hair_pattern')@24").identity
    "Div(by='hair_pattern')@24"
    """
    head, _, at = text.strip().rpartition("@") if _has_cutoff(text) else (text.strip(), "", "")
    form = f"Measure {text!r} isn't of the form Name(parameter=value)@k"
    try:
        node = ast.parse(head, mode="eval").body
    except SyntaxError:
        raise UsageError(f"{form}.") from None
    given: dict[str, Any] = {}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
        name = node.func.id
        try:
            given = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
        except (ValueError, TypeError):
            raise UsageError(f"{form}; its parameters must be plain values.") from None
    elif isinstance(node, ast.Name):
        name = node.id
    else:
        raise UsageError(f"{form}.")
    known = known_measures()
    if name not in known:
        raise UsageError(f"There is no measure {name!r}; there are {', '.join(known)}.")
    if at and "at" in given:
        raise UsageError(f"{form}; it gives k twice.")
    if at:
        given["at"] = int(at)
    return _build(known[name], given)


def _has_cutoff(text: str) -> bool:
    tail = text.strip().rpartition("@")[2]
    return "@" in text and tail.isdecimal()


def _build(kind: Callable[..., Measure], given: dict[str, Any]) -> Measure:
    try:
        return kind(**given)
    except TypeError as error:
        names = ", ".join(spec.name for spec in fields(kind))  # type: ignore[arg-type]
        raise UsageError(
            f"Measure {kind.__name__} doesn't take these parameters ({error}); it takes {names}."
        ) from None
