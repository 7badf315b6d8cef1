"""The page templates, with what every page knows: the workspace's name and where its files are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fairview.catalog import Workspace
from fairview.serving.assets import Assets

FEWER_WORDS = {"ai_generated": "Declared as made with AI"}
"""What can be seen fewer of, as its switch is labelled."""

FOLDER = Path(__file__).parent / "templates"


class Templates:
    """Renders the packaged templates; everything that is put into them is escaped.

    Parameters
    ----------
    workspace
        Whose pages they are.
    assets
        The styles and scripts.
    """

    def __init__(self, workspace: Workspace, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            workspace_name=workspace.settings.name,
            catalogue_is_synthetic=workspace.settings.synthetic,
            asset=assets.address,
            fewer_words=FEWER_WORDS,
            query="",
            page="",
        )

    def render(self, template: str, **context: Any) -> str:
        """Return a template's HTML."""
        return self._environment.get_template(template).render(**context)
