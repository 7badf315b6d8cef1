"""What was tried, for people: a page with a frontier per fairness figure, a table, settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from fairview.interventions.charts import frontier_chart, title_of
from fairview.interventions.spec import Figure, Value
from fairview.measure import Change, Estimate

if TYPE_CHECKING:
    from fairview.interventions.result import InterventionResult, Point


@dataclass(frozen=True)
class Row:
    """One point of the table: its name, its stage, and one text per figure."""

    name: str
    stage: str
    cells: tuple[tuple[str, str], ...]
    kind: str
    on_frontier: bool


def html(result: InterventionResult) -> str:
    """Return the report; it asks for nothing from elsewhere."""
    environment = Environment(
        loader=PackageLoader("fairview.interventions", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    charts = [
        (figure, title_of(figure), frontier_chart(result, figure, f"frontier{number}"))
        for number, figure in enumerate(result.spec.fairness, start=1)
    ]
    return environment.get_template("report.html.jinja").render(
        result=result,
        figures=[(title_of(figure), str(figure)) for figure in _figures(result)],
        utility=title_of(result.spec.utility),
        rows=rows_of(result),
        charts=charts,
        chosen=result.point(result.recommendation.name),
        configuration=configuration(result),
    )


def markdown(result: InterventionResult) -> str:
    """Return a table of before, after and price, and the recommendation."""
    figures = _figures(result)
    lines = [
        f"## {result.spec.title}",
        "",
        *(["*Synthetic data.*", ""] if result.synthetic else []),
        result.recommendation.reason,
        "",
        "| change | stage | " + " | ".join(str(figure) for figure in figures) + " |",
        "| --- | --- | " + " | ".join("---" for _ in figures) + " |",
    ]
    for row in rows_of(result):
        mark = "**" if row.kind == "recommended" else ""
        cells = " | ".join(f"{value} {change}".strip() for value, change in row.cells)
        name = row.name.replace("|", "\\|")
        lines.append(f"| {mark}{name}{mark} | {row.stage} | {cells} |")
    lines += ["", *(f"- Not made: {name}. {why}" for name, why in result.failed.items())]
    lines += [f"- {note}" for note in result.notes]
    return "\n".join(lines).rstrip() + "\n"


def configuration(result: InterventionResult) -> str:
    """Return the recommended settings as TOML; empty where no point is recommended.

    Examples
    --------
    >>> toml_of({"discovery.reranker": "mmr", "discovery.diversity": 0.2}).splitlines()
    ['[discovery]', 'reranker = "mmr"', 'diversity = 0.2']
    """
    point = result.point(result.recommendation.name)
    return "" if point is None else toml_of(dict(point.settings))


def toml_of(settings: dict[str, Value]) -> str:
    """Return dotted settings as TOML, section by section."""
    sections: dict[str, list[str]] = {}
    for name, value in settings.items():
        section, _, key = name.rpartition(".")
        if isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = json.dumps(value) if isinstance(value, str) else repr(value)
        sections.setdefault(section, []).append(f"{key} = {text}")
    return "\n".join("\n".join([f"[{name}]", *lines]) for name, lines in sections.items())


def rows_of(result: InterventionResult) -> list[Row]:
    """Return one row per point, the baseline first."""
    on = {name for names in result.frontiers.values() for name in names}
    rows = []
    for point in (result.baseline, *result.points):
        kind = "baseline" if point is result.baseline else "tried"
        if point.name == result.recommendation.name:
            kind = "recommended"
        cells = tuple(_cell(point, figure) for figure in _figures(result))
        rows.append(Row(point.name, point.stage, cells, kind, point.name in on))
    return rows


def _figures(result: InterventionResult) -> tuple[Figure, ...]:
    return (result.spec.utility, *result.spec.fairness)


def _cell(point: Point, figure: Figure) -> tuple[str, str]:
    return _value(point.estimate(figure)), _difference(point.change(figure))


def _value(estimate: Estimate | None) -> str:
    if estimate is None:
        return "not made"
    if estimate.value is None:
        return estimate.status.value
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3g}"
    return f"{estimate.value:.3g} [{estimate.low:.3g}, {estimate.high:.3g}]"


def _difference(change: Change | None) -> str:
    if change is None or change.difference is None:
        return ""
    if change.low is None or change.high is None:
        return f"({change.difference:+.3g})"
    return f"({change.difference:+.3g}: {change.low:+.3g} to {change.high:+.3g})"


__all__ = ["Row", "configuration", "html", "markdown", "rows_of", "toml_of"]
