"""Charts of intervals as SVG, drawn here: no script, no font and no file from elsewhere.

Vermilion, hollow, is before; blue, filled, is now. The two colours are told apart with any kind
of colour vision (Okabe and Ito), and by their shape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from html import escape
from itertools import count
from typing import Any

from fairview.audit.spec import Gate, attribute_of
from fairview.audit.wording import Scale, slice_words, words_of
from fairview.measure import Change, Estimate, Measure

NOW, BEFORE, RULE, INK = "#0072B2", "#D55E00", "#5b6472", "#1d2430"
_WIDTH, _ROW = 470, 30
_ROW_AXIS = {
    "domain": False,
    "ticks": False,
    "labelColor": INK,
    "labelFontSize": 13,
    "labelLimit": 165,
    "minExtent": 172,
    "labelPadding": 10,
}
_VALUE_AXIS = {
    "grid": True,
    "gridColor": "#e8ebf0",
    "domain": False,
    "ticks": False,
    "labelColor": RULE,
    "tickCount": 5,
    "labelFontSize": 11,
}
_SIGNS = ("\N{GREATER-THAN OR EQUAL TO}", "\N{LESS-THAN OR EQUAL TO}")
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def interval_chart(
    measure: Measure,
    estimates: Sequence[Estimate],
    *,
    gates: Sequence[Gate] = (),
    changes: Sequence[Change] = (),
    key: str = "chart",
) -> str:
    """Return an SVG of a measure's figures with their intervals, empty where none has a value.

    Parameters
    ----------
    measure, estimates
        Whose figures; those without a value aren't drawn, and stand in the table beside it.
    gates
        Rules on the measure, drawn as dashed lines.
    changes
        Changes of the same figures; where given, the figures before are drawn too.
    key
        Put before every id in the SVG, so that several fit on one page.
    """
    import vl_convert

    scale = words_of(measure).scale
    rows = [
        *(_row(measure, c.before, scale, "before") for c in changes),
        *(_row(measure, e, scale, "now") for e in estimates),
    ]
    drawn = [row for row in rows if row is not None]
    if not drawn:
        return ""
    order = list(dict.fromkeys(row["group"] for row in drawn))
    both = {row["when"] for row in drawn} == {"before", "now"}
    lines = _lines(gates, scale)
    spec = {
        "width": _WIDTH,
        "height": _ROW * len(order) * (1.45 if both else 1),
        "background": None,
        "config": {"font": _FONT, "view": {"stroke": None}},
        "layer": _layers(drawn, order, lines, both, _domain(drawn, lines, scale)),
    }
    svg = vl_convert.vegalite_to_svg(spec)
    return _accessible(svg, words_of(measure).title, _in_words(drawn, scale), key)


def _row(measure: Measure, e: Estimate, scale: Scale, when: str) -> dict[str, Any] | None:
    if e.value is None or not math.isfinite(e.value):
        return None
    low, high = (e.value, e.value) if e.low is None or e.high is None else (e.low, e.high)
    return {
        "group": slice_words(attribute_of(measure), e.slice),
        "value": scale.shown(e.value),
        "low": scale.shown(low),
        "high": scale.shown(high),
        "when": when,
        "text": scale.number(e.value),
    }


def _lines(gates: Sequence[Gate], scale: Scale) -> list[dict[str, Any]]:
    """Return the finite bounds of gates, on the scale that is drawn."""
    bounds = [(b, sign) for g in gates for b, sign in zip(g.allowed, _SIGNS, strict=True)]
    return [
        {"at": scale.shown(bound), "asks": f"{sign} {scale.bound(bound)}"}
        for bound, sign in bounds
        if math.isfinite(bound)
    ]


def _domain(drawn: list[dict[str, Any]], lines: list[dict[str, Any]], scale: Scale) -> list[float]:
    """Return the domain: from 0 where everything is positive, with room for the labels."""
    ends = [row[name] for row in drawn for name in ("low", "high")]
    ends += [line["at"] for line in lines]
    if scale.suffix == " times":
        ends.append(1.0)
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0
    return [low - (0.04 * span if low < 0 else 0.0), high + 0.16 * span]


def _layers(
    drawn: list[dict[str, Any]],
    order: list[str],
    lines: list[dict[str, Any]],
    both: bool,
    domain: list[float],
) -> list[dict[str, Any]]:
    """Return bars of intervals, points and their numbers, over the dashed lines of gates."""
    when = ["before", "now"] if both else ["now"]

    def by(*values: str) -> dict[str, Any]:
        """Return an encoding by before and now; the last value is that of now."""
        chosen = list(values) if both else [values[-1]]
        return {"field": "when", "scale": {"domain": when, "range": chosen}, "legend": None}

    def at(field: str, **more: Any) -> dict[str, Any]:
        return {"field": field, "type": "quantitative", "title": None, **more}

    scale = {"domain": domain, "nice": False}
    rows: dict[str, Any] = {
        "y": {"field": "group", "sort": order, "title": None, "axis": _ROW_AXIS},
        **({"yOffset": {"field": "when", "sort": when}} if both else {}),
    }
    colour = by(BEFORE, NOW)
    bars = {
        "data": {"values": drawn},
        "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.35, "strokeCap": "round"},
        "encoding": {
            **rows,
            "x": at("low", scale=scale, axis=_VALUE_AXIS),
            "x2": {"field": "high"},
            "color": colour,
        },
    }
    points = {
        "data": {"values": drawn},
        "mark": {"type": "point", "size": 85, "strokeWidth": 2.4, "opacity": 1},
        "encoding": {
            **rows,
            "x": at("value"),
            "color": colour,
            "fill": by("#ffffff", NOW),
            "shape": by("diamond", "circle"),
        },
    }
    numbers = {
        "data": {"values": drawn},
        "mark": {"type": "text", "align": "left", "dx": 10, "fontSize": 12, "color": INK},
        "encoding": {**rows, "x": at("high"), "text": {"field": "text"}},
    }
    return [*_bounds(lines, at), bars, points, numbers]


def _bounds(lines: list[dict[str, Any]], at: Any) -> list[dict[str, Any]]:
    """Return the dashed lines of gates with what they ask for above them; none for no gate."""
    if not lines:
        return []
    rule = {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.5, "color": INK}
    text = {"type": "text", "fontSize": 11, "color": RULE, "dy": -7}
    data = {"values": lines}
    return [
        {"data": data, "mark": rule, "encoding": {"x": at("at")}},
        {
            "data": data,
            "mark": text,
            "encoding": {"x": at("at"), "y": {"value": 0}, "text": {"field": "asks"}},
        },
    ]


def _in_words(drawn: list[dict[str, Any]], scale: Scale) -> str:
    both = {row["when"] for row in drawn} == {"before", "now"}
    parts = []
    for row in drawn:
        prefix = f"{row['when']}, " if both else ""
        ends = f"{row['low']:.3g} to {row['high']:.3g}" if row["low"] != row["high"] else ""
        parts.append(f"{prefix}{row['group']}: {row['text']}{', ' + ends if ends else ''}")
    return "; ".join(parts) + "."


def _accessible(svg: str, title: str, description: str, key: str) -> str:
    """Return the SVG as one image with a title and a description, its ids made its own."""
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", svg)
    svg = re.sub(r' (?:aria-[a-z]+|role)="[^"]*"', "", svg)
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = svg.replace(' xmlns="http://www.w3.org/2000/svg"', "")
    head = (
        f'<svg role="img" aria-labelledby="{key}-title {key}-words" '
        f'preserveAspectRatio="xMinYMin meet"'
    )
    words = (
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-words">{escape(description)}</desc>'
    )
    start = svg.index(">", svg.index("<svg")) + 1
    return svg[:start].replace("<svg", head, 1) + words + svg[start:]


def keys() -> Any:
    """Return a source of keys, one per chart of a page."""
    return (f"chart{number}" for number in count(1))
