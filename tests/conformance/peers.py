"""Other tools as they are installed: Aequitas without its charts."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest


def aequitas() -> tuple[type[Any], type[Any]]:
    """Aequitas' `Group` and `Bias`, without the plotting libraries that its package imports."""
    found = find_spec("aequitas")
    if found is None or not found.submodule_search_locations:
        pytest.skip("aequitas isn't installed; it is only compared with")
    stubs = {name: ModuleType(name) for name in ("aequitas", "aequitas.plotting", "aequitas.plot")}
    stubs["aequitas"].__path__ = list(found.submodule_search_locations)
    stubs["aequitas.plotting"].assemble_ref_groups = None  # type: ignore[attr-defined]
    for name in ("summary", "disparity", "absolute"):
        setattr(stubs["aequitas.plot"], name, None)
    before = {name: module for name, module in sys.modules.items() if name.startswith("aequitas")}
    sys.modules.update(stubs)
    try:
        return import_module("aequitas.group").Group, import_module("aequitas.bias").Bias
    finally:
        for name in [n for n in sys.modules if n.startswith("aequitas")]:
            del sys.modules[name]
        sys.modules.update(before)
