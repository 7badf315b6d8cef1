"""An audit's figures in the formats that people already look at: OpenMetrics and MLflow."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairview.audit.result import AuditResult
from fairview.core import ExtraError, Outcome

_OUTCOME = {Outcome.PASS: 1.0, Outcome.FAIL: 0.0, Outcome.INSUFFICIENT: math.nan}
_HELP = {
    "estimate": "A figure of the audit.",
    "estimate_low": "The lower end of the figure's interval.",
    "estimate_high": "The upper end of the figure's interval.",
    "estimate_observations": "Observations behind the figure.",
    "gate": "1 where the gate passes, 0 where it fails, NaN where evidence lacks.",
    "verdict": "1 where the audit passes, 0 where it fails, NaN where evidence lacks.",
}
_MLFLOW_NAME = re.compile(r"[^A-Za-z0-9_\-. /]+")
_LONGEST = 250


def openmetrics(result: AuditResult, prefix: str = "fairview_audit") -> str:
    """Return an audit as OpenMetrics text 1.0, to be scraped from a file or pushed.

    A figure that is withheld or undefined has no sample: it is never written as 0.

    Parameters
    ----------
    result
        The audit.
    prefix
        What every metric's name starts with.
    """
    about = {"audit": result.spec.title, "run": result.run_record.digest}
    families: dict[str, list[str]] = {name: [] for name in _HELP}
    for e in result.estimates:
        labels = {**about, "measure": e.measure, "slice": e.slice, "unit": e.unit.value}
        parts = {"estimate": e.value, "estimate_low": e.low, "estimate_high": e.high}
        for name, value in parts.items():
            if value is not None:
                families[name].append(_sample(f"{prefix}_{name}", labels, value))
        families["estimate_observations"].append(
            _sample(f"{prefix}_estimate_observations", labels, e.n)
        )
    for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True):
        labels = {**about, "gate": gate.name}
        families["gate"].append(_sample(f"{prefix}_gate", labels, _OUTCOME[verdict.outcome]))
    families["verdict"].append(
        _sample(f"{prefix}_verdict", about, _OUTCOME[result.verdict.outcome])
    )
    lines = []
    for name, samples in families.items():
        if samples:
            lines += [
                f"# TYPE {prefix}_{name} gauge",
                f"# HELP {prefix}_{name} {_HELP[name]}",
                *samples,
            ]
    return "\n".join([*lines, "# EOF"]) + "\n"


def mlflow_metrics(result: AuditResult) -> dict[str, float]:
    """Return an audit as metrics with names that MLflow takes; what has no value is left out.

    Examples
    --------
    >>> from fairview.audit.exporters import metric_name
    >>> metric_name("TPR(by='sex')", "Female & Black", "low")
    'TPR by sex/Female _ Black/low'
    """
    found: dict[str, float] = {}
    for e in result.estimates:
        for part, value in (("", e.value), ("low", e.low), ("high", e.high)):
            if value is not None and math.isfinite(value):
                _add(found, metric_name(e.measure, e.slice, part), value)
    for gate, verdict in zip(result.spec.gates, result.verdicts, strict=True):
        value = _OUTCOME[verdict.outcome]
        if math.isfinite(value):
            _add(found, metric_name("gate", gate.name, ""), value)
    return found


def metric_name(measure: str, about: str, part: str) -> str:
    """Return a name of letters, digits and ``_-. /``, at most 250 long."""
    measure = re.sub(r"[('\"=,]+", " ", measure).replace(")", "")
    pieces = [" ".join(_MLFLOW_NAME.sub("_", p).split()) for p in (measure, about, part) if p]
    return "/".join(pieces)[:_LONGEST].rstrip("/ ")


def log_to_mlflow(result: AuditResult, run_id: str | None = None) -> None:
    """Log an audit's metrics, verdict and report to the active MLflow run, or to that of an id.

    Raises
    ------
    ExtraError
        Where MLflow isn't installed.
    """
    try:
        import mlflow  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise ExtraError("mlflow", "mlflow") from None
    client: Any = mlflow
    client.log_metrics(mlflow_metrics(result), run_id=run_id)
    tags = {"fairview.verdict": result.verdict.outcome.value, "fairview.rule": result.verdict.rule}
    if run_id is None:
        client.set_tags(tags)
    else:
        for name, value in tags.items():
            client.MlflowClient().set_tag(run_id, name, value)
    client.log_text(result.to_html(), "fairview/report.html", run_id=run_id)
    client.log_text(result.to_json(), "fairview/result.json", run_id=run_id)


def _add(found: dict[str, float], name: str, value: float) -> None:
    """Add a metric; where shortening made two names alike, the later gets a number."""
    free = next(n for n in _numbered(name) if n not in found)
    found[free] = float(value)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name[: _LONGEST - 6]} {number}"
        number += 1


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{inner}}} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
