"""The sheet that a picture is composed on: SVG shapes, gradients, groups and smooth outlines."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Point = tuple[float, float]
Stop = tuple[float, str, float]
"""Offset 0 to 1, colour, opacity 0 to 1."""


class Canvas:
    """An SVG document under construction, `width` × `height` user units.

    Shapes are added in painting order. Gradients are given as lists of stops and return the
    reference that a fill takes.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._defs: list[str] = []
        self._known: dict[str, str] = {}
        self._body: list[str] = []

    def _define(self, markup: str, closing: str) -> str:
        """Add a definition once and give its reference."""
        key = markup + closing
        if key not in self._known:
            name = f"d{len(self._known)}"
            self._known[key] = f"url(#{name})"
            element, rest = markup.split(" ", 1)
            self._defs.append(f'{element} id="{name}" {rest}{closing}')
        return self._known[key]

    def linear(self, stops: Sequence[Stop], start: Point = (0, 0), end: Point = (0, 1)) -> str:
        """Reference of a linear gradient across the box of the shape that it fills."""
        head = (
            f'<linearGradient x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}">'
        )
        return self._define(head, _stops(stops) + "</linearGradient>")

    def radial(self, stops: Sequence[Stop], centre: Point = (0.5, 0.5), radius: float = 0.5) -> str:
        """Reference of a radial gradient across the box of the shape that it fills."""
        head = f'<radialGradient cx="{centre[0]:g}" cy="{centre[1]:g}" r="{radius:g}">'
        return self._define(head, _stops(stops) + "</radialGradient>")

    def fade(self, colour: str, opacity: float) -> str:
        """Reference of a soft spot: `opacity` in the middle, nothing at the rim."""
        middle = opacity * 0.55
        return self.radial([(0, colour, opacity), (0.5, colour, middle), (1, colour, 0)])

    def path(self, outline: str, fill: str = "none", **style: float | str) -> None:
        """Paint a path; `style` as in `_style` (stroke, width, opacity, cap, dash)."""
        self._body.append(f'<path d="{outline}" fill="{fill}"{_style(style)}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, **style: float | str) -> None:
        """Paint a circle."""
        shape = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}"'
        self._body.append(f'<circle {shape} fill="{fill}"{_style(style)}/>')

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, fill: str, **style: float | str
    ) -> None:
        """Paint an ellipse; ``turn`` in `style` rotates it by that many degrees."""
        turn = style.pop("turn", 0)
        spin = f' transform="rotate({turn:.1f} {x:.1f} {y:.1f})"' if turn else ""
        shape = f'cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.2f}" ry="{ry:.2f}"'
        self._body.append(f'<ellipse {shape} fill="{fill}"{spin}{_style(style)}/>')

    def rect(
        self, x: float, y: float, wide: float, high: float, fill: str, **style: float | str
    ) -> None:
        """Paint a rectangle; ``round`` in `style` is the corner radius."""
        corner = style.pop("round", 0)
        shape = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="{corner}"'
        self._body.append(f'<rect {shape} fill="{fill}"{_style(style)}/>')

    @contextmanager
    def group(self, transform: str = "", opacity: float = 1.0) -> Iterator[None]:
        """Paint what follows under a transform and an opacity."""
        fade = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
        self._body.append(f'<g transform="{transform}"{fade}>')
        yield
        self._body.append("</g>")

    @contextmanager
    def clipped(self, outline: str) -> Iterator[None]:
        """Paint what follows only inside an outline."""
        mark = self._define(
            '<clipPath clipPathUnits="userSpaceOnUse">', f'<path d="{outline}"/></clipPath>'
        )
        self._body.append(f'<g clip-path="{mark}">')
        yield
        self._body.append("</g>")

    def svg(self) -> str:
        """The finished document."""
        size = f'width="{self.width:g}" height="{self.height:g}"'
        box = f'viewBox="0 0 {self.width:g} {self.height:g}"'
        defs = f"<defs>{''.join(self._defs)}</defs>"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>'
        return f"{head}{defs}{''.join(self._body)}</svg>"


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        f'<stop offset="{offset:g}" stop-color="{colour}" stop-opacity="{opacity:.3g}"/>'
        for offset, colour, opacity in stops
    )


_ATTRIBUTES = {
    "stroke": "stroke",
    "width": "stroke-width",
    "opacity": "opacity",
    "dash": "stroke-dasharray",
    "rule": "fill-rule",
}


def _style(style: dict[str, float | str]) -> str:
    text = "".join(
        f' {_ATTRIBUTES[name]}="{value if isinstance(value, str) else format(value, ".2f")}"'
        for name, value in style.items()
    )
    return text + ' stroke-linecap="round" stroke-linejoin="round"' if "stroke" in style else text


def smooth(points: Sequence[Point], *, closed: bool = False) -> str:
    """Path data of a Catmull-Rom curve through `points`, as cubic Bézier segments."""
    n = len(points)
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(n if closed else n - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        else:
            p0, p1 = points[max(i - 1, 0)], points[i]
            p2, p3 = points[i + 1], points[min(i + 2, n - 1)]
        parts.append(
            f"C{p1[0] + (p2[0] - p0[0]) / 6:.1f} {p1[1] + (p2[1] - p0[1]) / 6:.1f} "
            f"{p2[0] - (p3[0] - p1[0]) / 6:.1f} {p2[1] - (p3[1] - p1[1]) / 6:.1f} "
            f"{p2[0]:.1f} {p2[1]:.1f}"
        )
    return "".join(parts) + ("Z" if closed else "")


def polygon(points: Sequence[Point]) -> str:
    """Path data of straight lines through `points`, closed."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def ribbon(spine: Sequence[Point], widths: Sequence[float]) -> str:
    """Path data of a limb-like shape: half-width `widths[i]` around each point of `spine`."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(spine) - 1
    for i, (x, y) in enumerate(spine):
        ax, ay = spine[max(i - 1, 0)]
        bx, by = spine[min(i + 1, last)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        left.append((x + nx * widths[i], y + ny * widths[i]))
        right.append((x - nx * widths[i], y - ny * widths[i]))
    tip_x = spine[last][0] + (spine[last][0] - spine[last - 1][0]) * 0.02
    tip_y = spine[last][1] + (spine[last][1] - spine[last - 1][1]) * 0.02
    return smooth([*left, (tip_x, tip_y), *reversed(right)], closed=True)


def between(first: Sequence[Point], second: Sequence[Point], share: float) -> list[Point]:
    """The polyline `share` of the way from `first` to `second`, point by point."""
    return [
        (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        for a, b in zip(first, second, strict=True)
    ]


def mirror(points: Sequence[Point]) -> list[Point]:
    """`points` reflected left to right, in reverse order, to close a symmetric outline."""
    return [(-x, y) for x, y in reversed(points)]
