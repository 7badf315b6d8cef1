"""A second table that is joined to a manifest: facts about the provider of each item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairview.catalog.rows import open_rows, text_of
from fairview.core import DataError, UsageError


@dataclass(frozen=True)
class Join:
    """How a table of providers is joined to a manifest.

    Parameters
    ----------
    path
        A CSV, JSONL or Parquet table with one row per provider.
    left
        The manifest's column that names the provider; a list (also as JSON) names several.
    right
        The table's column that it is looked up in.
    prefix
        Put before each of the table's columns to name the attribute.

    Examples
    --------
    >>> Join.parse(Path("artists.parquet"), "artist_ids=id").right
    'id'
    """

    path: Path
    left: str
    right: str
    prefix: str = "provider_"

    @classmethod
    def parse(cls, path: Path, on: str) -> Join:
        """Return a join from the form ``manifest_column=table_column``."""
        left, equals, right = on.partition("=")
        if not (left and equals and right):
            raise UsageError(f"--on {on!r} must have the form MANIFEST_COLUMN=TABLE_COLUMN.")
        return cls(Path(path), left.strip(), right.strip())


class JoinedTable:
    """The table of a `Join`, read and ready for look-ups.

    Raises
    ------
    DataError
        Where the table can't be read, lacks the column, or has a value in it twice.
    """

    def __init__(self, join: Join) -> None:
        rows = open_rows(join.path)
        self.join = join
        self._facts: dict[str, dict[str, str]] = {}
        if join.right not in rows.columns:
            raise DataError(
                f"{join.path} has no column {join.right!r}; it has {', '.join(rows.columns)}."
            )
        for row in rows.rows():
            if row.problem:
                raise DataError(f"{join.path}, {row.label}: {row.problem.detail}; mend the row.")
            key = text_of(row.values.get(join.right))
            if key is None:
                continue
            if key in self._facts:
                raise DataError(f"{join.path} has {join.right}={key} twice; keep one row of it.")
            self._facts[key] = {
                join.prefix + column: text
                for column, value in row.values.items()
                if column != join.right and (text := text_of(value)) is not None
            }

    def facts(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the attributes that the table adds to a manifest's row.

        Where a row names several providers whose values differ, all are given, sorted and
        separated by ``;``. A provider that the table lacks adds nothing.
        """
        together: dict[str, set[str]] = {}
        for key in _keys(row.get(self.join.left)):
            for name, text in self._facts.get(key, {}).items():
                together.setdefault(name, set()).add(text)
        return {name: ";".join(sorted(texts)) for name, texts in together.items()}


def _keys(value: Any) -> list[str]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    values = value if isinstance(value, (list, tuple)) else [value]
    return [text for each in values if (text := text_of(each)) is not None]
