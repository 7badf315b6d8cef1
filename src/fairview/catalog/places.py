"""Where each source was first taken in from, so that two sources of one name don't mix."""

from __future__ import annotations

import json
from pathlib import Path

from fairview.catalog.entries import hash_of
from fairview.catalog.workspace import Workspace
from fairview.core import UsageError
from fairview.core.atomic import write_bytes


def check_place(workspace: Workspace, name: str, path: Path, *, given: bool) -> None:
    """Raise `UsageError` where `name` came from another place before, unless it was `given`.

    Only a digest of the place is stored, so that a workspace doesn't tell where it was made.
    """
    record = workspace.root / "catalog" / "sources.json"
    places: dict[str, str] = {}
    if record.is_file():
        places = json.loads(record.read_text(encoding="utf-8"))
    resolved = path.resolve()
    folder = resolved if resolved.is_dir() else resolved.parent
    place = hash_of(str(folder).encode("utf-8", "surrogateescape"))[:16]
    if not given and places.get(name, place) != place:
        raise UsageError(
            f"A source named {name!r} was taken in from another place before; give the source's "
            f"name: {name!r} itself to bring its items up to date, another one to add new items."
        )
    if places.get(name) != place:
        places[name] = place
        write_bytes(record, json.dumps(places, indent=1, sort_keys=True).encode())
