"""The HTTP API and the web pages: one process that answers searches and shows them.

What is found and why is decided in `discovery`; what an audit says is decided in `audit`. Here
live the routes, the templates, the styles and the small scripts, and what protects a request: size
limits, security headers, and a log without queries and refinements. Names are imported when first
used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.serving.app import create_app
    from fairview.serving.server import serve

_HOME = {"create_app": "app", "serve": "server"}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.serving' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.serving.{module}"), name)


__all__ = ["create_app", "serve"]
