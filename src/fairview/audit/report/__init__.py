"""The HTML report of an audit, for three readers.

A plain-language first page for whoever decides, plots and maps for the engineer, methods and the
run record for the auditor. No script, no outside request: the page is its own file.
"""

from __future__ import annotations

from fairview.audit.report.differences import difference_in_words
from fairview.audit.report.page import html

__all__ = ["difference_in_words", "html"]
