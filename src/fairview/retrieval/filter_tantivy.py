"""Filter expressions as tantivy's queries, over fields of their own beside the texts."""

from __future__ import annotations

from collections.abc import Mapping

import tantivy

from fairview.retrieval.expression import Expression
from fairview.retrieval.filter_form import (
    Always,
    Every,
    Form,
    In,
    Kind,
    Some,
    Within,
    Without,
    form_of,
    plain,
)

_PREFIX = "filter_"


def field_of(column: str) -> str:
    """Return the name of the field that holds a column; text fields keep their own names.

    Examples
    --------
    >>> field_of("skin tone")
    'filter_736b696e20746f6e65'
    """
    return _PREFIX + column.encode("utf-8", "surrogatepass").hex()


def add_fields(builder: tantivy.SchemaBuilder, kinds: Mapping[str, Kind]) -> None:
    """Add one field per column to a schema."""
    for column, kind in kinds.items():
        name = field_of(column)
        if kind in (Kind.TEXT, Kind.OPTIONAL_TEXT):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        elif kind is Kind.REAL:
            builder.add_float_field(name, indexed=True, fast=True)
        elif kind is Kind.INTEGER:
            builder.add_integer_field(name, indexed=True, fast=True)
        else:
            builder.add_boolean_field(name, indexed=True, fast=True)


def add_values(document: tantivy.Document, values: Mapping[str, object]) -> None:
    """Add one item's cells to its document; a missing one adds nothing."""
    for column, cell in values.items():
        value, name = plain(cell), field_of(column)
        if isinstance(value, str):
            document.add_text(name, value)
        elif isinstance(value, bool):
            document.add_boolean(name, value)
        elif isinstance(value, int):
            document.add_integer(name, value)
        elif value is not None:
            document.add_float(name, value)


def to_tantivy(
    expression: Expression, kinds: Mapping[str, Kind], schema: tantivy.Schema
) -> tantivy.Query:
    """Return an expression as a query that finds the items meeting it."""
    return _query(form_of(expression, kinds), schema)


def _query(form: Form, schema: tantivy.Schema) -> tantivy.Query:
    should, must = tantivy.Occur.Should, tantivy.Occur.Must
    match form:
        case Always(holds):
            return tantivy.Query.all_query() if holds else tantivy.Query.empty_query()
        case In(column, _, values, or_missing):
            field = field_of(column)
            parts = [(should, tantivy.Query.term_query(schema, field, v, "basic")) for v in values]
            if or_missing:
                parts.append((should, _not(tantivy.Query.exists_query(field))))
            return tantivy.Query.boolean_query(parts)
        case Within(column, kind, low, high):
            field = field_of(column)
            if low is None and high is None:
                return tantivy.Query.exists_query(field)
            integer = kind is Kind.INTEGER
            field_type = tantivy.FieldType.Integer if integer else tantivy.FieldType.Float
            least, most = (b if b is None or not integer else int(b) for b in (low, high))
            return tantivy.Query.range_query(schema, field, field_type, least, most)
        case Without(part):
            return _not(_query(part, schema))
        case Every(parts_of):
            return tantivy.Query.boolean_query([(must, _query(p, schema)) for p in parts_of])
        case Some(parts_of):
            return tantivy.Query.boolean_query([(should, _query(p, schema)) for p in parts_of])


def _not(query: tantivy.Query) -> tantivy.Query:
    must, must_not = tantivy.Occur.Must, tantivy.Occur.MustNot
    return tantivy.Query.boolean_query([(must, tantivy.Query.all_query()), (must_not, query)])
