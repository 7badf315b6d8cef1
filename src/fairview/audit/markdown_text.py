"""Text and tables in Markdown, with what comes from outside made harmless."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def line(text: str) -> str:
    r"""Return a text on one line, without tags.

    Examples
    --------
    >>> line("a <b>\n c")
    'a &lt;b> c'
    """
    return " ".join(text.split()).replace("<", "&lt;")


def cell(text: str) -> str:
    """Return a text that fits a cell of a table."""
    return line(text).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, each)) + " |" for each in lines)


def bullets(sentences: Iterable[str]) -> str:
    """Return a list, empty for no sentence."""
    return "\n".join(f"- {line(each)}" for each in sentences)
