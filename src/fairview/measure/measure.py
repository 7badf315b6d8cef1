"""A measure is a value: named, parameterised, parseable, and equal to any other of its identity."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import Enum
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from fairview.core.errors import UsageError
from fairview.measure.batches import RankedBatch
from fairview.measure.components import Bins, Component, MeasureValue
from fairview.measure.estimate import OVERALL, SamplingUnit

if TYPE_CHECKING:
    from fairview.measure.cells import Cells

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

    Parameters
    ----------
    unit
        What its interval is about; every measure has a unit of its own that an audit may replace,
        as in ``ActionRate(by='sex', unit='row')``.

    Attributes
    ----------
    reduction
        Which reduction it needs.
    better
        Which direction is good.
    bounds
        The smallest and the largest possible value.
    proportion
        Whether it is a mean of zeros and ones; then a degenerate interval is a Wilson interval.
    smooth
        False where a minimum, a maximum or an absolute value is taken: that decides how its
        interval is made.
    crossed
        Whether it is made of rows of one person and one item each, so that both may be drawn again.
    """

    reduction: ClassVar[Reduction]
    better: ClassVar[Better] = Better.NEITHER
    bounds: ClassVar[tuple[float, float]] = (-np.inf, np.inf)
    proportion: ClassVar[bool] = False
    smooth: ClassVar[bool] = True
    crossed: ClassVar[bool] = False
    unit: SamplingUnit = field(default=SamplingUnit.PERSON, kw_only=True)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if str(get_annotations(cls).get("unit", "")).startswith("ClassVar"):
            raise TypeError(
                f"{cls.__name__} declares its unit as a ClassVar; write "
                f"`unit: SamplingUnit = field(default=…, kw_only=True)`"
            )
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
        try:
            object.__setattr__(self, "unit", SamplingUnit(self.unit))
        except ValueError:
            known = ", ".join(unit.value for unit in SamplingUnit)
            raise UsageError(
                f"There is no sampling unit {self.unit!r}; there are {known}."
            ) from None
        if self.unit is SamplingUnit.BOTH and not self.crossed:
            raise UsageError(
                f"{type(self).__name__} can't have the sampling unit 'both', which is for rates "
                f"and means of rows; use 'person', 'request' or 'item'."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the log's rows that it reads."""
        return ()

    @property
    def rests_on(self) -> tuple[Measure, ...]:
        """The measures whose reduction it needs: itself, or those that it compares."""
        return (self,)

    def counted(self, figure: str, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the components whose observations are a figure's n, added up.

        By default its own where it has one, and all of them for ``overall``. Empty means the
        largest count of any component.
        """
        if figure in components:
            return (figure,)
        return components if figure == OVERALL else ()

    @property
    def identity(self) -> str:
        """The name that parses back to this measure, parameters at their default left out.

        ``at`` stands behind an ``@``: ``Div(by='hair_pattern')@24``.
        """
        given, at = [], ""
        for spec in sorted(fields(self), key=lambda spec: bool(spec.kw_only)):
            value = getattr(self, spec.name)
            default = spec.default if spec.default is not MISSING else None
            if spec.name == "at":
                at = f"@{value}" if value is not None else ""
            elif spec.default is MISSING or value != default:
                plain = value.value if isinstance(value, Enum) else value
                given.append(f"{spec.name}={plain!r}")
        inner = f"({', '.join(given)})" if given else ""
        return f"{type(self).__name__}{inner}{at}"

    def __str__(self) -> str:
        return self.identity


@dataclass(frozen=True)
class Figure:
    """What one figure of cells is about.

    Parameters
    ----------
    label
        The name of its estimate's slice.
    slices, components
        The places of the slices and components whose observations are its n; no component means
        the largest count of any.
    """

    label: str
    slices: tuple[int, ...]
    components: tuple[int, ...]


@dataclass(frozen=True)
class CellsMeasure(Measure):
    """What measures of reductions 1 and 2 share: figures of sums and counts, slice by slice.

    Attributes
    ----------
    binned
        Whether figures are of values put into bins, and so have a `binning_error`.
    own_method
        How it makes intervals itself (`own_interval`); empty where the usual ways are right.
    """

    abstract: ClassVar[bool] = True
    binned: ClassVar[bool] = False
    own_method: ClassVar[str] = ""

    def own_interval(self, figure: str, cells: Cells, level: float) -> tuple[float, float] | None:
        """Return the interval of a figure of one slice's cells, where `own_method` names a way."""
        return None

    def binning_error(self, cells: Cells) -> float:
        """Return how far the figure of one slice's cells may be from that of the rows."""
        return 0.0

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of a slice's f figures; ``overall`` where there is one."""
        return (OVERALL,)

    @abstractmethod
    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return a slice's figures (... x f) of sums and counts (... x c); NaN where undefined."""

    def sliced(self, slices: tuple[str, ...], components: tuple[str, ...]) -> list[Figure]:
        """Return what each figure of `sliced_figures` is about.

        By default every slice's figures, then those of ``overall``. A slice of several figures
        gives ``slice: figure``; where nothing is sliced, the figures' own names are enough.
        """
        names = self.figure_names(components)
        counted = [
            tuple(components.index(each) for each in self.counted(name, components))
            for name in names
        ]
        everything = tuple(range(len(slices)))
        about = [(label, (place,)) for place, label in enumerate(slices) if label != OVERALL]
        return [
            Figure(_label(label, name), places, columns)
            for label, places in [*about, (OVERALL, everything)]
            for name, columns in zip(names, counted, strict=True)
        ]

    def sliced_figures(self, totals: Floats, counts: Floats, *, slices: tuple[str, ...]) -> Floats:
        """Return all figures (... x F) of sums and counts (... x s x c), as `sliced` names them."""
        if slices != (OVERALL,):
            totals = np.concatenate([totals, totals.sum(axis=-2, keepdims=True)], axis=-2)
            counts = np.concatenate([counts, counts.sum(axis=-2, keepdims=True)], axis=-2)
        found = self.figures(totals, counts)
        return np.asarray(found.reshape(*found.shape[:-2], found.shape[-2] * found.shape[-1]))


@dataclass(frozen=True)
class GroupCellsMeasure(CellsMeasure):
    """A measure of means per group, such as a rate: reduction 1.

    The simplest defines `value`, and its figure is the mean. Others name their `components` and
    make `figures` of the components' sums and counts.

    Parameters
    ----------
    by
        The attribute, or the plain column of the rows, that is sliced by; ``"sex*race"`` for an
        intersection, and ``""`` for all rows at once.

    Attributes
    ----------
    disjoint
        Whether no row is counted in two components; then independent rows need no resampling.
    """

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.GROUP_CELLS
    disjoint: ClassVar[bool] = True
    crossed: ClassVar[bool] = True
    by: str

    def value(self, rows: Any) -> Any:
        """Return the ibis expression of the value whose mean per group is wanted."""
        raise UsageError(
            f"{type(self).__name__} says neither what its value nor what its components are; write "
            f"one of the two."
        )

    def components(self) -> tuple[Component, ...]:
        """Return what is counted and averaged; by default the mean of `value`."""
        return (MeasureValue(self),)

    @property
    def bins(self) -> Bins | None:
        """The bins of scores in which its components are counted apart; None where it has none."""
        return None

    @property
    def component_names(self) -> tuple[str, ...]:
        """The names of its components in cells, in order, bin after bin where it has bins."""
        names = [component.name for component in self.components()]
        if self.bins is None:
            return tuple(names)
        binned = [self.bins.names(name) for name in names]
        return tuple(name for together in zip(*binned, strict=True) for name in together)

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return a slice's figures (... x f); by default the mean of the first component."""
        return ratio(totals[..., :1], counts[..., :1])


@dataclass(frozen=True)
class RequestMeasure(CellsMeasure):
    """A measure of ranked lists, computed per request: reduction 2.

    Parameters
    ----------
    requests_by
        Columns of the request that requests are sliced by, such as the consumer's declared group
        or the query class; ``*`` for intersections. None takes all requests together.
    """

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.REQUEST
    requests_by: str | None = field(default=None, kw_only=True)

    @property
    def attribute(self) -> str | None:
        """The attribute whose memberships the batch must hold; None where it needs none."""
        return None

    @property
    def together(self) -> str | None:
        """The column whose rankings are looked at together, such as a query; None for each alone.

        Then a row of `reduce` is about one value of that column, which is also its cluster.
        """
        return None

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets that it reads; empty where it needs none."""
        return ()

    def components(self, groups: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the c values that each request gives."""
        return (OVERALL,)

    @abstractmethod
    def reduce(self, batch: RankedBatch) -> Floats:
        """Return R x c values, one row per request; NaN where the measure is undefined for it."""

    def figure_names(self, components: tuple[str, ...]) -> tuple[str, ...]:
        """Return what each figure is about; by default each component."""
        return components

    def figures(self, totals: Floats, counts: Floats) -> Floats:
        """Return the figures (... x f); by default each component's mean over requests."""
        return ratio(totals, counts)


@dataclass(frozen=True)
class EntityMeasure(Measure):
    """A measure of what each entity received in total: reduction 3.

    Attributes
    ----------
    signed
        Whether a row may give less than nothing, such as the difference of two things.
    needs_entities
        Whether it says nothing without the log's table of all entities.
    """

    abstract: ClassVar[bool] = True
    reduction: ClassVar[Reduction] = Reduction.ENTITY
    signed: ClassVar[bool] = False
    needs_entities: ClassVar[bool] = False

    @property
    def entity(self) -> str:
        """The column that names the entity."""
        return "item_id"

    @abstractmethod
    def value(self, rows: Any) -> Any:
        """Return the ibis expression of what one row gives to its entity."""

    @abstractmethod
    def figure(self, received: Floats) -> Floats:
        """Return the figure (...) of entity totals (... x E); NaN where undefined."""


def _label(label: str, name: str) -> str:
    if OVERALL in (label, name):
        return name if label == OVERALL else label
    return f"{label}: {name}"


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
    except TypeError:
        taken = fields(kind)  # type: ignore[arg-type]
        names = [each.name for each in taken]
        odd = [name for name in given if name not in names]
        lacking = [
            each.name
            for each in taken
            if each.name not in given
            and each.default is MISSING
            and each.default_factory is MISSING
        ]
        why = "has a parameter of the wrong type"
        if odd:
            why = f"doesn't take {', '.join(odd)}"
        elif lacking:
            why = f"needs {', '.join(lacking)}"
            if lacking == ["by"]:
                why += ", the column to slice by (slices in an audit file)"
        raise UsageError(f"Measure {kind.__name__} {why}; it takes {', '.join(names)}.") from None
