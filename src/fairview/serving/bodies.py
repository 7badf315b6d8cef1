"""The bodies of requests: what may be asked, checked before anything else happens.

A refinement travels only here. It is left out of every representation, and no message repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from fairview.core import RANGES, SEE_FEWER, Refinement, UsageError

LONGEST_QUERY = 200
LARGEST_PAGE = 100

Choice = int | str
"""A range's index from 1, or its name."""

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUERY)
]
Count = Annotated[int, Field(ge=1, le=LARGEST_PAGE)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class SearchBody(_Body):
    """A search.

    Parameters
    ----------
    q
        What is searched for, 1 to 200 characters.
    refine
        Attribute to a range: its index from 1, or its name. There is no way to leave a range out.
    fewer
        What to see fewer of, such as ``ai_generated``; a choice like `refine`.
    k
        Items on the page, 1 to 100; the workspace's own size where None.
    diversify
        Whether the page is re-ranked for variety and representation; the query's own default
        where None.

    Examples
    --------
    >>> body = SearchBody(q="summer makeup", refine={"skin_tone": 3})
    >>> body
    SearchBody(q='summer makeup', k=None, diversify=None)
    >>> body.refinement().group("skin_tone")
    '6-7'
    """

    q: Text
    refine: Mapping[str, Choice] = Field(default_factory=dict, repr=False)
    fewer: list[str] = Field(default_factory=list, repr=False, max_length=8)
    k: Count | None = None
    diversify: bool | None = None

    def refinement(self) -> Refinement | None:
        """Return the choice, or None where nothing was chosen.

        Raises
        ------
        UsageError
            Where an attribute, a range or what to see fewer of doesn't exist.
        """
        if not self.refine and not self.fewer:
            return None
        if not set(self.fewer) <= set(SEE_FEWER):
            raise UsageError(f"fewer: use {', '.join(SEE_FEWER)}.")
        choices = {name: _group(name, choice) for name, choice in self.refine.items()}
        return Refinement(choices, self.fewer)


class RelatedBody(_Body):
    """A question for items like one.

    Parameters
    ----------
    item_id
        The item.
    k, diversify
        See `SearchBody`.
    log
        False where the answer may leave no row of exposure, as when the item was found with a
        refinement.
    """

    item_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    k: Count | None = None
    diversify: bool = True
    log: bool = True


def _group(attribute: str, choice: Choice) -> str:
    ranges = RANGES.get(attribute)
    if ranges is None:
        raise UsageError(f"There is no such refinement; use one of {', '.join(RANGES)}.")
    if isinstance(choice, int):
        if not 1 <= choice <= len(ranges.names):
            raise UsageError(
                f"refine.{attribute}: a range's number is from 1 to {len(ranges.names)}."
            )
        return ranges.names[choice - 1]
    if choice not in ranges.names:
        raise UsageError(
            f"refine.{attribute}: use a number from 1 to {len(ranges.names)}, or one of "
            f"{', '.join(ranges.names)}."
        )
    return choice


_FIELDS = (
    "a search has q, refine, fewer, k and diversify; a question for related items has item_id, k, "
    "diversify and log"
)


def sentence_of(errors: Sequence[Mapping[str, Any]]) -> str:
    """Return one sentence on the first thing that is wrong with a body; values aren't repeated.

    Examples
    --------
    >>> sentence_of([{"type": "missing", "loc": ("body", "q"), "msg": "Field required"}])
    'q is missing; add it to the body.'
    """
    first = errors[0]
    kind, parts = str(first["type"]), [str(part) for part in first["loc"] if part != "body"]
    name = ".".join(parts)
    context = first.get("ctx") or {}
    if kind == "missing":
        return f"{name or 'The body'} is missing; {_add(name)}."
    if kind == "extra_forbidden":
        return f"There is a field that isn't known here: {_FIELDS}."
    if kind.startswith("json"):
        return "The body isn't valid JSON; send one JSON object."
    if kind == "string_too_short":
        return f"{name} is empty; give at least {context.get('min_length', 1)} character."
    if kind == "string_too_long":
        return f"{name} is too long; give at most {context.get('max_length')} characters."
    if parts[:1] == ["refine"]:
        return "refine: give each attribute a range's number from 1, or its name."
    return f"{name or 'The body'} is wrong: {str(first['msg']).lower()}."


def _add(name: str) -> str:
    return "add it to the body" if name else "send one JSON object"
