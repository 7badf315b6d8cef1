"""Filter expressions as Qdrant's filters; a missing value is a key that the payload lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from fairview.core import ExtraError
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
)

_PREFIX = "column_"


def to_qdrant(expression: Expression, kinds: Mapping[str, Kind]) -> Any:
    """Return an expression as a `qdrant_client.models.Filter` over payloads of these kinds."""
    models = qdrant_models()
    return models.Filter(must=[_condition(form_of(expression, kinds), models)])


def key_of(column: str) -> str:
    """Return a column's key in payloads: its name, or where that could be read as a path, a code.

    Examples
    --------
    >>> key_of("price"), key_of("a.b")
    ('price', 'column_612e62')
    """
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", column) and not column.startswith(_PREFIX):
        return column
    return _PREFIX + column.encode("utf-8", "surrogatepass").hex()


def qdrant_models() -> Any:
    """Return `qdrant_client.models`; without the package, an `ExtraError` says what brings it."""
    try:
        return import_module("qdrant_client.models")
    except ImportError:
        raise ExtraError("qdrant-client", "qdrant") from None


def _condition(form: Form, models: Any) -> Any:
    match form:
        case Always(holds):
            none = models.HasIdCondition(has_id=[])
            return models.Filter(must_not=[none]) if holds else none
        case In():
            return _in(form, models)
        case Within(column, _, low, high):
            if low is None and high is None:
                return models.Filter(must_not=[_missing(key_of(column), models)])
            return models.FieldCondition(key=key_of(column), range=models.Range(gte=low, lte=high))
        case Without(part):
            return models.Filter(must_not=[_condition(part, models)])
        case Every(parts):
            return models.Filter(must=[_condition(part, models) for part in parts])
        case Some(parts):
            return models.Filter(should=[_condition(part, models) for part in parts])


def _in(form: In, models: Any) -> Any:
    key, found = key_of(form.column), []
    if form.kind is Kind.REAL:
        ranges = [models.Range(gte=value, lte=value) for value in form.values]
        found = [models.FieldCondition(key=key, range=each) for each in ranges]
    elif form.kind is Kind.BOOLEAN:
        matches = [models.MatchValue(value=value) for value in form.values]
        found = [models.FieldCondition(key=key, match=each) for each in matches]
    elif form.values:
        found = [models.FieldCondition(key=key, match=models.MatchAny(any=list(form.values)))]
    if form.or_missing:
        found.append(_missing(key, models))
    return models.Filter(should=found)


def _missing(key: str, models: Any) -> Any:
    return models.IsEmptyCondition(is_empty=models.PayloadField(key=key))
