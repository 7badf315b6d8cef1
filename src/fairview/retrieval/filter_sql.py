"""Filter expressions as SQL conditions, for PostgreSQL and for DuckDB alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairview.retrieval.expression import Expression, Value
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


@dataclass(frozen=True)
class Condition:
    """A condition that is true or false, never NULL, and the values of its placeholders."""

    text: str
    values: tuple[Value, ...] = ()


def to_sql(
    expression: Expression,
    kinds: Mapping[str, Kind],
    *,
    placeholder: str = "%s",
    name_of: Callable[[str], str] = str,
) -> Condition:
    """Return an expression as a condition on a table whose columns are of these kinds.

    `name_of` gives a column's name in the table.

    A missing number is NULL in the table, never NaN, which PostgreSQL takes for the largest.

    Examples
    --------
    >>> from fairview.retrieval import Between, Equals
    >>> kinds = {"kind": Kind.TEXT, "price": Kind.REAL}
    >>> to_sql(Equals("kind", "image") & ~Between("price", 2, None), kinds, placeholder="?")
    Condition(text='("kind" IN (?) AND NOT ("price" IS NOT NULL AND "price" >= ?))', \
values=('image', 2.0))
    """
    return _condition(form_of(expression, kinds), placeholder, name_of)


def quoted(name: str, placeholder: str = "%s") -> str:
    """Return a name as a quoted identifier; percent signs are doubled where they mark values."""
    name = name.replace('"', '""')
    return f'"{name.replace("%", "%%") if placeholder == "%s" else name}"'


def _condition(form: Form, mark: str, name_of: Callable[[str], str]) -> Condition:
    match form:
        case Always(holds):
            return Condition("TRUE" if holds else "FALSE")
        case In():
            return _in(form, quoted(name_of(form.column), mark), mark)
        case Within(column, _, low, high):
            name = quoted(name_of(column), mark)
            tests, values = [f"{name} IS NOT NULL"], []
            for bound, sign in ((low, ">="), (high, "<=")):
                if bound is not None:
                    tests.append(f"{name} {sign} {mark}")
                    values.append(bound)
            return Condition(f"({' AND '.join(tests)})", tuple(values))
        case Without(part):
            inner = _condition(part, mark, name_of)
            return Condition(f"NOT {inner.text}", inner.values)
        case Every(parts) | Some(parts):
            inners = [_condition(part, mark, name_of) for part in parts]
            word = " AND " if isinstance(form, Every) else " OR "
            values_of = tuple(value for inner in inners for value in inner.values)
            return Condition(f"({word.join(inner.text for inner in inners)})", values_of)


def _in(form: In, name: str, mark: str) -> Condition:
    listed = f"{name} IN ({', '.join([mark] * len(form.values))})"
    can_miss = form.kind in (Kind.OPTIONAL_TEXT, Kind.REAL)
    if not form.values:
        return Condition(f"{name} IS NULL")
    if form.or_missing:
        return Condition(f"({name} IS NULL OR {listed})", form.values)
    return Condition(f"({name} IS NOT NULL AND {listed})" if can_miss else listed, form.values)
