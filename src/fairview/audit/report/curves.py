"""Curves: how a figure runs down the page, or over the bands of a score, group by group.

They are drawn from estimates that the audit made anyway: the same measure at several cut-offs, or
sliced by a band, so every point stands with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fairview.audit.report.axis import Axis, tick_text
from fairview.audit.spec import AuditSpec, attribute_of
from fairview.audit.wording import Scale, attribute_words, is_group, slice_words, words_of
from fairview.audit.wording.context import JOIN
from fairview.measure import OVERALL, Estimate, Measure

MOST_SERIES = 6
"""More lines than this can't be told apart; the groups with most cases are drawn."""
FEWEST_POINTS = 3
_WIDTH, _HEIGHT = 460, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 112, 14, 40
_GAP = 15


Place = Callable[[float], float]


@dataclass(frozen=True)
class Point:
    """One figure of a curve: where it stands, its value and its interval's ends, as written."""

    x: float
    label: str
    value: float
    ends: tuple[float, float] | None
    words: str
    n: int

    @classmethod
    def of(cls, x: float, label: str, e: Estimate, scale: Scale) -> Point | None:
        """Return the point of an estimate; None where it has no value."""
        if e.value is None:
            return None
        ends = None
        if e.low is not None and e.high is not None:
            ends = scale.shown(e.low), scale.shown(e.high)
        return cls(x, label, scale.shown(e.value), ends, scale.number(e.value), e.n)


@dataclass(frozen=True)
class Curve:
    """A chart of one line per group."""

    title: str
    across: str
    svg: Markup


def curve_down_the_page(
    measures: Sequence[Measure], estimates: Mapping[str, Sequence[Estimate]], key: str
) -> Curve | None:
    """Return the curve of one measure at several cut-offs; None for fewer than three."""
    cut = sorted((int(getattr(m, "at", 0) or 0), m) for m in measures if getattr(m, "at", None))
    if len(cut) < FEWEST_POINTS:
        return None
    scale = words_of(cut[0][1]).scale
    series: dict[str, list[Point]] = {}
    for at, measure in cut:
        for e in estimates[measure.identity]:
            point = Point.of(at, str(at), e, scale)
            series.setdefault(e.slice, []).extend([point] if point else [])
    return _curve(cut[0][1], series, "first … places of the page", key)


def curve_over_bands(
    measure: Measure, estimates: Sequence[Estimate], spec: AuditSpec, key: str
) -> Curve | None:
    """Return the curve of a measure sliced by bands, alone or crossed with one attribute."""
    parts = (attribute_of(measure) or "").split("*")
    banded = [part for part in parts if part in spec.bands]
    if len(banded) != 1 or len(parts) > 2:
        return None
    place = parts.index(banded[0])
    band = spec.bands[banded[0]]
    series: dict[str, list[Point]] = {}
    order = [name for name in dict.fromkeys(_part(e, place, len(parts)) for e in estimates) if name]
    order = [name for name in order if is_group(name)]
    if len(order) < FEWEST_POINTS or len(order) > len(band.starts):
        return None
    for e in estimates:
        groups = e.slice.split(JOIN)
        if len(groups) != len(parts) or groups[place] not in order:
            continue
        name = OVERALL if len(parts) == 1 else groups[1 - place]
        point = Point.of(order.index(groups[place]), groups[place], e, words_of(measure).scale)
        series.setdefault(name, []).extend([point] if point else [])
    other = parts[1 - place] if len(parts) == 2 else None
    return _curve(measure, series, attribute_words(banded[0]), key, other)


def _part(e: Estimate, place: int, width: int) -> str:
    groups = e.slice.split(JOIN)
    return groups[place] if len(groups) == width and e.slice != OVERALL else ""


def _curve(
    measure: Measure,
    series: dict[str, list[Point]],
    across: str,
    key: str,
    attribute: str | None = None,
) -> Curve | None:
    words = words_of(measure)
    about = attribute or attribute_of(measure)
    lines = {
        slice_words(about, name): points
        for name, points in series.items()
        if len(points) >= FEWEST_POINTS and (is_group(name) or len(series) == 1)
    }
    if not lines:
        return None
    largest = sorted(lines, key=lambda name: -sum(p.n for p in lines[name]))[:MOST_SERIES]
    left_out = len(lines) - len(largest)
    lines = {name: points for name, points in lines.items() if name in largest}
    every = [p for points in lines.values() for p in points]
    ends = [end for p in every for end in (p.value, *(p.ends or ()))]
    axis = Axis.around([end for end in ends if math.isfinite(end)])
    svg = _svg(words.title, across, lines, axis, words.scale, key)
    more = f", the {MOST_SERIES} largest groups" if left_out else ""
    return Curve(f"{words.title}, {across}{more}", across, svg)


def _svg(
    title: str, across: str, lines: dict[str, list[Point]], axis: Axis, scale: Scale, key: str
) -> Markup:
    xs = {p.x: p.label for points in lines.values() for p in points}
    places = sorted(xs)
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(x: float) -> float:
        share = (x - places[0]) / ((places[-1] - places[0]) or 1)
        return round(_LEFT + width * share, 1)

    def up(value: float) -> float:
        return round(_TOP + height * (1 - axis.place(value) / 100), 1)

    parts = [_grid(axis, scale), *_bottom(xs, at, across)]
    tails = []
    for number, (name, points) in enumerate(lines.items()):
        ordered = sorted(points, key=lambda p: p.x)
        parts += _line(ordered, number, at, up)
        tails.append((up(ordered[-1].value), name, number))
    parts += _names(tails)
    head = Markup(
        '<svg class="curve" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>'
    ).format(_WIDTH, _HEIGHT, key, key, key, f"{title}, {across}", key, _said(lines))
    return head + Markup("").join(parts) + Markup("</svg>")


def _grid(axis: Axis, scale: Scale) -> Markup:
    parts = []
    for tick in axis.ticks:
        y = round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - axis.place(tick) / 100), 1)
        parts.append(
            Markup(
                '<line class="z" x1="{}" x2="{}" y1="{}" y2="{}"/>'
                '<text x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 7, y + 4, tick_text(tick, scale))
        )
    return Markup("").join(parts)


def _bottom(xs: dict[float, str], at: Place, across: str) -> list[Markup]:
    y = _HEIGHT - _BOTTOM + 16
    shown, last = [], -math.inf
    for x in sorted(xs):
        place = at(x)
        if place - last >= 8 + 7 * len(xs[x]):
            shown.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(place, y, xs[x])
            )
            last = place
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    name = Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
        middle, _HEIGHT - 6, across
    )
    return [*shown, name]


def _line(points: list[Point], number: int, at: Place, up: Place) -> list[Markup]:
    way = " ".join(f"{at(p.x)},{up(p.value)}" for p in points)
    sure = [(p.x, p.ends) for p in points if p.ends is not None]
    parts = []
    if len(sure) > 1:
        top = [f"{at(x)},{up(ends[1])}" for x, ends in sure]
        foot = [f"{at(x)},{up(ends[0])}" for x, ends in reversed(sure)]
        band = Markup('<polygon class="band s{}" points="{}"/>')
        parts.append(band.format(number, " ".join([*top, *foot])))
    parts.append(Markup('<polyline class="way s{}" points="{}"/>').format(number, way))
    dots = Markup("").join(
        Markup('<circle cx="{}" cy="{}" r="3"/>').format(at(p.x), up(p.value)) for p in points
    )
    parts.append(Markup('<g class="dots s{}">{}</g>').format(number, dots))
    return parts


def _names(tails: list[tuple[float, str, int]]) -> list[Markup]:
    """Return the groups' names at the ends of their lines, moved apart where they would meet."""
    placed: list[tuple[float, str, int]] = []
    for y, name, number in sorted(tails):
        lowest = placed[-1][0] + _GAP if placed else -math.inf
        placed.append((max(y, lowest), name, number))
    over = placed[-1][0] - (_HEIGHT - _BOTTOM) if placed else 0.0
    shift = max(over, 0.0)
    x = _WIDTH - _RIGHT + 8
    return [
        Markup('<text class="name s{}" x="{}" y="{}">{}</text>').format(
            number, x, round(y - shift + 4, 1), _short(name)
        )
        for y, name, number in placed
    ]


def _short(name: str) -> str:
    return name if len(name) <= 16 else f"{name[:15]}…"


def _said(lines: dict[str, list[Point]]) -> str:
    parts = []
    for name, points in lines.items():
        ends = sorted(points, key=lambda p: p.x)
        first, last = ends[0], ends[-1]
        parts.append(f"{name}: {first.words} at {first.label}, {last.words} at {last.label}")
    return "; ".join(parts) + ". Every figure stands in the tables below."
