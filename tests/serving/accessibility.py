"""What every page must give people who don't see it, or don't use a pointer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PROBLEMS = (Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8")


def problems_of(page: Any) -> list[str]:
    """Return everything that is wrong with a page; none for a page that is right."""
    found: list[str] = page.evaluate(PROBLEMS)
    return sorted(set(found))
