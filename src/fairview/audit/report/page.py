"""The report: one HTML page that stands alone, opens offline and prints well."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fairview.audit.findings import cell_text
from fairview.audit.report.front import front_of, level_of
from fairview.audit.report.methods import definitions_of
from fairview.audit.report.sections import sections_of
from fairview.audit.result import AuditResult


def html(result: AuditResult) -> str:
    """Return the report of a result."""
    sections = sections_of(result)
    record = result.run_record
    return str(
        _template().render(
            result=result,
            spec=result.spec,
            front=front_of(result, sections),
            sections=sections,
            level=level_of(result),
            definitions=definitions_of(result),
            minimum_cell=_precision(result).get("minimum_cell"),
            record=record,
            made_at=record.made_at.replace("T", " at ").replace("+00:00", " UTC"),
            parameters=json.dumps(record.parameters, indent=1, ensure_ascii=False),
        )
    )


def _precision(result: AuditResult) -> dict[str, Any]:
    found = result.run_record.parameters.get("precision", {})
    return dict(found) if isinstance(found, dict) else {}


@cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("fairview.audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = unbroken
    environment.filters["cell"] = cell_text
    return environment.get_template("report.html")


def unbroken(text: str) -> str:
    """Return a text whose ranges, such as Monk 8–10, aren't broken over lines."""
    joiner = "\N{WORD JOINER}"
    text = text.replace("\N{EN DASH}", f"{joiner}\N{EN DASH}{joiner}").replace("Monk ", "Monk\xa0")
    return text.replace(" %", "\xa0%").replace(" points", "\xa0points")
