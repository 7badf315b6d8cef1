"""The weeks of several policies, for people: a chart of every day, day 1 beside the last week."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import escape

from fairview.experiments import Drift, Weeks
from fairview.interventions.long_run import DailyChange, daily_changes, weeks_chart

BASELINE = "by relevance alone"

FIGURES = ("clicks", "clicks per page", "requests", "active people", "active providers")
"""What is compared, in per cent of the baseline's; exposure of the last group follows."""

_STYLE = """
body { margin: 0; color: #1d2430; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 48px 24px 80px; }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 8px; }
h2 { margin: 44px 0 8px; font-size: 21px; }
p, li { max-width: 68ch; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 14px; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid #dfe3e9; text-align: left; }
.tag { display: inline-block; padding: 2px 10px; border: 1px solid #dfe3e9; border-radius: 999px; font-size: 13px; }
"""  # noqa: E501


def html(weeks: Mapping[str, Sequence[Weeks]], drift: Drift) -> str:
    """Return the report; it asks for nothing from elsewhere."""
    changes = daily_changes(weeks, BASELINE, "clicks")
    rows = "".join(
        f'<tr><th scope="row">{escape(figure)}</th><td>{escape(change.policy)}</td>'
        f"<td>{_words(change, 1, 1)}</td><td>{_last(change)}</td></tr>"
        for figure in _figures(weeks)
        for change in daily_changes(weeks, BASELINE, figure)
    )
    strengths = "".join(
        f"<li>{spec.name.replace('_', ' ')}: {getattr(drift, spec.name):g}</li>"
        for spec in fields(drift)
    )
    days, replicates = len(changes[0].mean), len(next(iter(weeks.values())))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Day 1 and the weeks after</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Day 1 and the weeks after</h1>"
        f'<p><span class="tag">Synthetic</span></p>'
        f"<p>{days} days of a synthetic world under each policy, {replicates} times; figures are "
        f"changes against the page ordered {BASELINE}, in per cent, with 95&nbsp;% intervals over "
        f"the runs, which share their chance in pairs. It is a model that asks what if: what a "
        f"page does to people and providers is assumed as stated below, not measured.</p>"
        f"{weeks_chart(changes, BASELINE)}"
        f"<h2>Day 1 and the last week</h2><table><thead><tr><th scope=col>Figure</th>"
        f"<th scope=col>Policy</th><th scope=col>Day 1</th><th scope=col>Last week</th></tr>"
        f"</thead><tbody>{rows}</tbody></table><h2>What is assumed</h2><ul>{strengths}</ul>"
        f"</main></body></html>"
    )


def table(weeks: Mapping[str, Sequence[Weeks]]) -> list[str]:
    """Return the figures on day 1 and in the last week as lines of text."""
    return [
        f"{figure}, {change.policy}: day 1 {_words(change, 1, 1)}, last week {_last(change)}"
        for figure in _figures(weeks)
        for change in daily_changes(weeks, BASELINE, figure)
    ]


def _figures(weeks: Mapping[str, Sequence[Weeks]]) -> tuple[str, ...]:
    names = next(iter(weeks.values()))[0].figures
    exposure = [name for name in names if name.startswith("exposure")]
    return (*FIGURES, *exposure[-1:])


def _last(change: DailyChange) -> str:
    days = len(change.mean)
    return _words(change, max(days - 6, 1), days)


def _words(change: DailyChange, first: int, last: int) -> str:
    mean, low, high = change.between(first, last)
    if math.isnan(mean):
        return "undefined: the baseline has none"
    return f"{mean:+.1f} % ({low:+.1f} to {high:+.1f})"


__all__ = ["BASELINE", "html", "table"]
