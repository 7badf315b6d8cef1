"""The settings file that a new workspace gets: every setting, documented in comments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from fairview.core import Settings

_HEAD = """\
# The settings of this workspace. A line that starts with '# name =' shows a default: remove the
# '#' to change it. Each setting is also an environment variable, which wins over this file:
# FAIRVIEW_NAME, or FAIRVIEW_SERVING__PORT for `port` in [serving].
"""


def settings_text(given: Mapping[str, Any]) -> str:
    """Return the TOML text with every setting; those `given` are active, the rest are comments.

    Examples
    --------
    >>> text = settings_text({"name": "Looks", "serving": {"port": 9000}})
    >>> [line for line in text.splitlines() if line and line[0] not in "#["]
    ['name = "Looks"', 'port = 9000']
    """
    sections = []
    top = [_HEAD]
    for name, info in Settings.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            sections.append(_section(name, kind, _as_mapping(given.get(name, {}))))
        else:
            top.append(_line(name, info.description, info.default, given))
    return "\n".join(top + sections)


def _as_mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_unset=True)
    return dict(value)


def _section(name: str, kind: type[BaseModel], given: Mapping[str, Any]) -> str:
    title = " ".join((kind.__doc__ or "").split())
    lines = [f"# {title}\n[{name}]\n"]
    for key, info in kind.model_fields.items():
        lines.append(_line(key, info.description, info.default, given))
    return "\n".join(lines)


def _line(name: str, meaning: str | None, default: Any, given: Mapping[str, Any]) -> str:
    text = f"# {meaning}\n" if meaning else ""
    if name in given:
        return f"{text}{name} = {_toml(given[name])}\n"
    return f"{text}# {name} = {_toml(default)}\n"


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
