"""Plug-ins: a person's own file adds a measure, stage, signal or re-ranker; no other file changes.

Importing the file is enough: the bases keep a list of their subclasses by name.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from fairview.core.errors import UsageError


def import_plugins(names: Iterable[str], folder: Path) -> list[ModuleType]:
    """Import plug-ins: dotted module names, or paths of ``.py`` files relative to `folder`.

    A plug-in that is already imported isn't imported again. One that can't be found or fails
    is a `UsageError` that names it.
    """
    modules = []
    for name in names:
        try:
            modules.append(_import_file(folder / name) if name.endswith(".py") else _import(name))
        except UsageError:
            raise
        except Exception as error:
            raise UsageError(
                f"Plug-in {name!r} failed to import ({type(error).__name__}: {error}); mend it or "
                f"remove it from `plugins`."
            ) from error
    return modules


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"Plug-in {path} isn't a file; mend `plugins` in the settings.")
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"fairview_plugin_{path.stem}_{key}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"Plug-in {path} can't be imported as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
