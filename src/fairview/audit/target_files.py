"""Targets that stand in a file of their own: YAML, JSON or CSV, one share per group."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from fairview.core import DataError, MissingError


def with_files_read(data: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return an audit file's plain data with the shares of its targets' files in it.

    Parameters
    ----------
    data
        The plain data; what isn't of the right form is left for its own field to say so.
    folder
        What a file's path is relative to.
    where
        How errors call the audit file.
    """
    targets = data.get("targets")
    if not isinstance(targets, Mapping):
        return dict(data)
    read = {}
    for name, target in targets.items():
        given = isinstance(target, Mapping) and isinstance(target.get("file"), str)
        if given and not target.get("shares"):
            shares = shares_of(folder / target["file"], f"{where}: target {name!r}")
            read[name] = {**target, "shares": shares}
        else:
            read[name] = target
    return {**data, "targets": read}


def shares_of(path: Path, who: str) -> dict[str, float]:
    """Return the share of each group that a file holds.

    A CSV has the columns ``group`` and ``share``; YAML and JSON map each group to its share.

    Raises
    ------
    MissingError
        Where there is no such file.
    DataError
        Where it holds something else.
    """
    if not path.is_file():
        raise MissingError(f"{who} is in the file {path}, which doesn't exist; check the path.")
    text = path.read_text(encoding="utf-8-sig")
    try:
        if path.suffix == ".csv":
            return {row["group"]: float(row["share"]) for row in csv.DictReader(text.splitlines())}
        return {str(group): float(share) for group, share in yaml.safe_load(text).items()}
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError):
        raise DataError(
            f"{who}: {path.name} must give each group a share: the columns group and share in a "
            f"CSV, or a mapping in YAML or JSON."
        ) from None
