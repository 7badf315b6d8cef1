"""A manifest: a table that says what each item is, with or without a picture for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from fairview.catalog.entries import Entry, FileRange, Problem, hash_of
from fairview.catalog.joins import Join, JoinedTable
from fairview.catalog.rows import OPENERS, Row, open_rows, text_of
from fairview.core import DataError

SUFFIXES = tuple(OPENERS)

FIELDS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "item_key", "id"),
    "file": ("file", "path", "image", "filename", "file_name"),
    "title": ("title", "name"),
    "description": ("description", "caption"),
    "tags": ("tags",),
    "provider": ("provider",),
    "synthetic": ("synthetic",),
}
"""What a manifest can say of an item, and the column names that are understood unmapped; the
first that is there is taken."""

_TRUTHS = {
    **dict.fromkeys(("true", "t", "1", "1.0", "yes", "y"), True),
    **dict.fromkeys(("false", "f", "0", "0.0", "no", "n"), False),
}
_NOTHING = (None, "[]", "{}")


class Manifest:
    """The rows of a CSV, JSONL or Parquet file.

    Parameters
    ----------
    path
        The file; picture files are named relative to its folder.
    name
        The source's name.
    mapping
        Field to column, for example ``{"title": "caption"}``. A name that is no field is an
        attribute: ``{"season": "col_7"}``. Columns that nothing takes become attributes under
        their own names.
    joins
        Tables of facts about providers.

    Raises
    ------
    DataError
        Where a mapped or joined column isn't there, or nothing says what an item is.
    """

    def __init__(
        self, path: Path, name: str, *, mapping: Mapping[str, str], joins: Sequence[Join] = ()
    ) -> None:
        self._table = open_rows(path)
        self.name = name
        self.total = self._table.total
        self.hidden = 0
        self._folder = path.parent
        self._named: set[Path] = {path}
        wanted = [*mapping.values(), *(join.left for join in joins)]
        lacking = [column for column in wanted if column not in self._table.columns]
        if lacking:
            raise DataError(
                f"{path} has no column {lacking[0]!r}; it has {', '.join(self._table.columns)}."
            )
        self._field, self._attribute = _columns(self._table.columns, mapping)
        if not {"file", "title", "description"} & set(self._field):
            raise DataError(
                f"{path} names neither a file, a title nor a description; map one, for example "
                f"--map title={self._table.columns[0] if self._table.columns else 'COLUMN'}."
            )
        self._joined = [JoinedTable(join) for join in joins]

    def entries(self) -> Iterator[Entry]:
        """Give one entry per row."""
        for row in self._table.rows():
            if row.problem:
                yield Entry(row.label, problem=row.problem)
            else:
                yield self._entry(row)

    def unnamed(self) -> int:
        """Return how many files of the manifest's folder no row has named so far."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return sum(path not in self._named and not path.name.startswith(".") for path in files)

    def _entry(self, row: Row) -> Entry:
        given = {name: row.values.get(column) for name, column in self._field.items()}
        text = {name: text_of(value) for name, value in given.items()}
        attributes = {
            name: value
            for column, name in self._attribute.items()
            if (value := text_of(row.values.get(column))) not in _NOTHING
        }
        for table in self._joined:
            attributes.update(table.facts(row.values))
        picture, problem = self._picture(text.get("file"))
        synthetic = _truth(text.get("synthetic"))
        if text.get("synthetic") is not None and synthetic is None:
            said = f"synthetic is {text['synthetic']!r}, neither true nor false"
            problem = problem or Problem("bad_value", said)
        return Entry(
            key=text.get("key") or text.get("file") or _key_of(row),
            title=text.get("title") or "",
            description=text.get("description") or "",
            tags=tags_of(given.get("tags")),
            provider=text.get("provider"),
            attributes=attributes,
            picture=picture,
            synthetic=synthetic,
            problem=problem,
        )

    def _picture(self, file: str | None) -> tuple[FileRange | None, Problem | None]:
        if file is None:
            return None, None
        relative = PurePosixPath(file)
        if relative.is_absolute() or ".." in relative.parts or "\x00" in file:
            detail = f"{file!r} isn't below the manifest's folder"
            return None, Problem("hostile_path", detail)
        path = self._folder / relative
        if path.is_file():
            self._named.add(path)
            return FileRange(path), None
        reason = "not_a_file" if path.exists() else "missing_file"
        return None, Problem(reason, f"{file!r} named by the manifest")


def tags_of(value: Any) -> tuple[str, ...]:
    """Return tags from a list, a JSON list or tree, or text separated by ``;``.

    Of objects in a list the ``name`` is taken, and their ``children`` are followed.

    Examples
    --------
    >>> tags_of("red; dress;red")
    ('red', 'dress')
    >>> tags_of('[{"name": "people", "children": [{"name": "adults"}]}]')
    ('people', 'adults')
    """
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str):
        value = value.split(";")
    found: dict[str, None] = {}
    _gather(value, found)
    return tuple(found)


def _gather(value: Any, found: dict[str, None]) -> None:
    """Add the tags in a value to `found`, which keeps their order."""
    if isinstance(value, dict):
        _gather(value.get("name"), found)
        _gather(value.get("children"), found)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _gather(each, found)
    else:
        text = text_of(value)
        if text is not None:
            found[text] = None


def _columns(
    columns: Sequence[str], mapping: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return field to column, and column to attribute."""
    field = {name: column for name, column in mapping.items() if name in FIELDS}
    attribute = {column: name for name, column in mapping.items() if name not in FIELDS}
    for name, understood in FIELDS.items():
        free = [c for c in understood if c in columns and c not in mapping.values()]
        if name not in field and free:
            field[name] = free[0]
    taken = {*field.values(), *attribute}
    attribute.update({column: column for column in columns if column not in taken})
    return field, attribute


def _key_of(row: Row) -> str:
    return "row " + hash_of(json.dumps(row.values, sort_keys=True, default=str).encode())[:16]


def _truth(text: str | None) -> bool | None:
    """Return what a text says; None where there is none, or it is neither true nor false."""
    return _TRUTHS.get((text or "").casefold())
