"""A canvas of SVG text, for illustrations that pages show at any size."""

from __future__ import annotations

import numpy as np

from fairview.catalog.world.draw.canvas import (
    UNIT_CIRCLE,
    Canvas,
    Dash,
    Fill,
    Gradient,
    apply,
    dashed,
    stretch,
)
from fairview.catalog.world.draw.outline import Outline, Points

_STEP = 1.6
"""How far apart, in document units, the points of a line are kept."""


def _thinned(points: Points) -> Points:
    """Return a line without points that hardly move it."""
    if len(points) < 4:
        return points
    steps = np.hypot(*np.diff(points, axis=0).T)
    marks = (np.cumsum(steps) // _STEP).astype(int)
    keep = np.concatenate([[True], np.diff(marks, append=marks[-1] + 1) > 0])
    kept: Points = points[keep]
    return kept


class Sheet(Canvas):
    """An SVG document under construction."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(width, height)
        self._defs: list[str] = []
        self._names: dict[str, str] = {}
        self._body: list[str] = []

    def _data(self, outline: Outline, *, closed: bool) -> str:
        """Path data in document units."""
        text = []
        for points, flag in outline.lines:
            tenths = np.rint(_thinned(apply(self._matrix, points)) * 10).astype(int)
            moves = np.concatenate([tenths[:1], np.diff(tenths, axis=0)]) / 10
            run = "l".join(f"{x:g} {y:g}" for x, y in moves.tolist())
            text.append("M" + run + ("Z" if flag or closed else ""))
        return "".join(text)

    def _define(self, markup: str, closing: str) -> str:
        """Add a definition once and give its reference."""
        key = markup + closing
        if key not in self._names:
            name = f"d{len(self._names)}"
            self._names[key] = f"url(#{name})"
            element, rest = markup.split(" ", 1)
            self._defs.append(f'{element} id="{name}" {rest}{closing}')
        return self._names[key]

    def _reference(self, gradient: Gradient) -> str:
        stops = "".join(
            f'<stop offset="{offset:g}" stop-color="{colour}" stop-opacity="{opacity:.3g}"/>'
            for offset, colour, opacity in gradient.stops
        )
        (x0, y0), (x1, y1) = gradient.start, gradient.end
        if gradient.radius:
            head = f'<radialGradient cx="{x0:g}" cy="{y0:g}" r="{gradient.radius:g}">'
            return self._define(head, stops + "</radialGradient>")
        head = f'<linearGradient x1="{x0:g}" y1="{y0:g}" x2="{x1:g}" y2="{y1:g}">'
        return self._define(head, stops + "</linearGradient>")

    def _paint(self, outline: Outline, fill: Fill, opacity: float) -> None:
        tint = fill if isinstance(fill, str) else self._reference(fill)
        fade = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(f'<path d="{self._data(outline, closed=True)}" fill="{tint}"{fade}/>')

    def _trace(
        self, outline: Outline, colour: str, width: float, opacity: float, dash: Dash | None
    ) -> None:
        data = self._data(dashed(outline, dash) if dash else outline, closed=False)
        fade = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        pen = f'stroke="{colour}" stroke-width="{width * stretch(self._matrix):.2f}"'
        ends = 'stroke-linecap="round" stroke-linejoin="round"'
        self._body.append(f'<path d="{data}" fill="none" {pen} {ends}{fade}/>')

    def _glow(self, rx: float, ry: float, gradient: Gradient, opacity: float) -> None:
        self._paint(Outline(((UNIT_CIRCLE * (rx, ry), True),)), gradient, opacity)

    def _push_clip(self, outline: Outline) -> None:
        data = self._data(outline, closed=True)
        mark = self._define(
            '<clipPath clipPathUnits="userSpaceOnUse">', f'<path d="{data}"/></clipPath>'
        )
        self._body.append(f'<g clip-path="{mark}">')

    def _pop_clip(self) -> None:
        self._body.append("</g>")

    def wash(self, top: str, low: str, glow: float) -> None:
        """Cover everything with a gradient from top to low; the glow is left out."""
        self.rect(0, 0, self.width, self.height, self.linear([(0, top, 1), (1, low, 1)]))

    def svg(self) -> str:
        """Return the finished document; it scales to the box that it is put in."""
        size = f'viewBox="0 0 {self.width:g} {self.height:g}"'
        defs = f"<defs>{''.join(self._defs)}</defs>" if self._defs else ""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-hidden="true">'
        return f"{head}{defs}{''.join(self._body)}</svg>"
