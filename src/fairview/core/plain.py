"""Plain data as JSON that every reader understands."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def to_json(data: Any) -> str:
    """Return plain data as JSON; a number that isn't finite is a string such as ``inf``.

    Examples
    --------
    >>> to_json({"a": [1.0, float("inf")]}).split()
    ['{', '"a":', '[', '1.0,', '"inf"', ']', '}']
    """
    return json.dumps(_finite(data), indent=2, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
