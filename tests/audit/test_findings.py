"""What nobody asked about stands in every form of the result."""

from __future__ import annotations

import pytest
from replays_made import audit

from fairview.audit import AuditResult, Finding
from fairview.core import UsageError

FINDING = Finding(
    "The slice that is served worst",
    "Late <searches> are answered worse, by 12 points (8 to 16).",
    ("slice", "n", "loss"),
    (("hour 22–24", 1200, 0.1234), ("hour 0–2", 900, None)),
    "Searched on half of the requests, confirmed on the other half.",
)


def test_findings_stand_in_json_markdown_and_report() -> None:
    result = audit().with_findings(FINDING)
    again = AuditResult.from_json(result.to_json())
    assert again.findings == (FINDING,)
    text, page = result.to_markdown(), again.to_html()
    assert "| hour 22–24 | 1,200 | 0.123 |" in text
    assert "| hour 0–2 | 900 | – |" in text
    assert "What nobody asked about" in page
    assert "Late &lt;searches&gt; are answered worse" in page
    assert "confirmed on the other half" in page
    assert "What nobody asked about" not in audit().to_html()


def test_a_row_has_a_cell_per_column() -> None:
    with pytest.raises(UsageError, match="each of its 2 columns"):
        Finding("t", "s.", ("a", "b"), (("x",),))
