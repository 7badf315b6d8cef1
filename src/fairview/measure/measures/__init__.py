"""The measures, one file each; importing the package makes all of them known."""

from __future__ import annotations

import pkgutil
from importlib import import_module

for _module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
