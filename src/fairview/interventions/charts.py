"""The frontier as a chart: utility against one fairness figure, each point with its intervals."""

from __future__ import annotations

import math
import re
from html import escape
from typing import TYPE_CHECKING, Any

from fairview.audit.wording import words_of
from fairview.interventions.frontiers import goodness
from fairview.interventions.spec import Figure
from fairview.measure import parse_measure

if TYPE_CHECKING:
    from fairview.interventions.result import InterventionResult, Point

TRIED, BASELINE, CHOSEN, INK, SOFT = "#0072B2", "#D55E00", "#009E73", "#1d2430", "#5b6472"
KINDS = ("by relevance alone", "tried", "recommended")
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def frontier_chart(result: InterventionResult, fairness: Figure, key: str) -> str:
    """Return an SVG of all points; empty where none has a value of both figures.

    Points have the numbers of the table's rows. The line joins those that no other beats; lines
    through a point are its intervals. The better end of either axis is said on it.
    """
    import vl_convert

    rows = [
        {**row, "number": str(number)}
        for number, point in enumerate((result.baseline, *result.points))
        if (row := _row(result, point, fairness)) is not None
    ]
    if not rows:
        return ""
    on = set(result.frontiers[str(fairness)])
    line = sorted((row for row in rows if row["name"] in on), key=lambda row: row["x"])
    x = _axis(fairness, rows, "x")
    y = _axis(result.spec.utility, rows, "y")
    spec: dict[str, Any] = {
        "width": 560,
        "height": 340,
        "background": None,
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {
                "gridColor": "#e8ebf0",
                "domain": False,
                "ticks": False,
                "labelColor": SOFT,
                "titleColor": INK,
                "titleFontWeight": 600,
                "labelFontSize": 11,
                "titleFontSize": 13,
                "titlePadding": 10,
            },
        },
        "layer": [
            _mark(
                line,
                {"type": "line", "color": SOFT, "strokeDash": [5, 4], "strokeWidth": 1.5},
                {"x": x, "y": y, "order": {"field": "x", "type": "quantitative"}},
            ),
            _mark(rows, _RULE, {"x": _at("xlow", x), "x2": {"field": "xhigh"}, "y": y, **_COLOUR}),
            _mark(rows, _RULE, {"x": x, "y": _at("ylow", y), "y2": {"field": "yhigh"}, **_COLOUR}),
            _mark(
                rows,
                {"type": "point", "filled": True, "size": 90, "opacity": 1},
                {"x": x, "y": y, **_COLOUR, **_SHAPE},
            ),
            _mark(
                rows,
                {"type": "text", "align": "left", "dx": 7, "dy": -9, "fontSize": 12, "color": INK},
                {"x": x, "y": y, "text": {"field": "number"}},
            ),
        ],
    }
    return _accessible(vl_convert.vegalite_to_svg(spec), result, fairness, rows, key)


_RULE = {"type": "rule", "strokeWidth": 2, "opacity": 0.35}
_DOMAIN = {"domain": list(KINDS), "range": [BASELINE, TRIED, CHOSEN]}
_COLOUR = {"color": {"field": "kind", "scale": _DOMAIN, "legend": None}}
_SHAPES = {"domain": list(KINDS), "range": ["diamond", "circle", "square"]}
_SHAPE = {"shape": {"field": "kind", "scale": _SHAPES, "legend": None}}


def _row(result: InterventionResult, point: Point, fairness: Figure) -> dict[str, Any] | None:
    fair, useful = point.estimate(fairness), point.estimate(result.spec.utility)
    if fair is None or useful is None or fair.value is None or useful.value is None:
        return None
    if not math.isfinite(fair.value + useful.value):
        return None
    kind = KINDS[1]
    if point is result.baseline:
        kind = KINDS[0]
    elif point.name == result.recommendation.name:
        kind = KINDS[2]
    return {
        "name": point.name,
        "kind": kind,
        "x": fair.value,
        "xlow": fair.value if fair.low is None else fair.low,
        "xhigh": fair.value if fair.high is None else fair.high,
        "y": useful.value,
        "ylow": useful.value if useful.low is None else useful.low,
        "yhigh": useful.value if useful.high is None else useful.high,
    }


def _axis(figure: Figure, rows: list[dict[str, Any]], field: str) -> dict[str, Any]:
    ends = [row[name] for row in rows for name in (f"{field}low", f"{field}high")]
    low, high = min(ends), max(ends)
    pad = 0.08 * ((high - low) or abs(high) or 1.0)
    better = (
        "higher is better" if goodness(figure, 2.0) > goodness(figure, 1.0) else "lower is better"
    )
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low - pad, high + 2.2 * pad], "zero": False, "nice": False},
        "axis": {"title": f"{title_of(figure)} ({better})", "tickCount": 6},
    }


def title_of(figure: Figure) -> str:
    """Return what a figure is, in plain words; its slice where it isn't of everything."""
    title = words_of(parse_measure(figure.measure)).title
    return title if figure.slice == "overall" else f"{title}: {figure.slice}"


def _at(field: str, axis: dict[str, Any]) -> dict[str, Any]:
    return {**axis, "field": field}


def _mark(
    rows: list[dict[str, Any]], mark: dict[str, Any], encoding: dict[str, Any]
) -> dict[str, Any]:
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _accessible(
    svg: str, result: InterventionResult, fairness: Figure, rows: list[dict[str, Any]], key: str
) -> str:
    """Return the SVG as one image with a title and its figures in words."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", svg)
    svg = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", svg)
    words = "; ".join(f"{r['name']}: {r['x']:.3g} and {r['y']:.3g}" for r in rows)
    title = f"{title_of(result.spec.utility)} against {title_of(fairness)}"
    head = f'<svg role="img" aria-labelledby="{key}-title {key}-words"'
    start = svg.index(">", svg.index("<svg")) + 1
    named = (
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-words">{escape(words)}.</desc>'
    )
    return svg[:start].replace("<svg", head, 1) + named + svg[start:]


__all__ = ["frontier_chart", "title_of"]
