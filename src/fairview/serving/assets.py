"""The packaged styles and scripts, read once and served under an address that names their content.

There is no build step: style sheets are joined in the order of `STYLES` when the process starts.
The address changes with the content, so a browser may keep every file for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fairview.core import digest_of

FOLDER = Path(__file__).parent / "static"

STYLES = (
    "tokens", "base", "header", "hero", "results", "grid", "palette", "dialog", "item",
    "compare", "audit", "states",
)  # fmt: skip

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml"}  # fmt: skip


@dataclass(frozen=True)
class Assets:
    """Every file that a page may load, by name.

    Parameters
    ----------
    files
        Name to bytes.
    version
        12 hex digits of a digest over all of them.
    """

    files: Mapping[str, bytes]
    version: str

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Assets:
        """Read the packaged files; the style sheets become ``page.css``."""
        styles = [(folder / f"{name}.css").read_bytes() for name in STYLES]
        files = {"page.css": b"\n".join(styles)}
        for path in sorted(folder.iterdir()):
            if path.suffix in (".js", ".svg"):
                files[path.name] = path.read_bytes()
        parts = [part for name, data in sorted(files.items()) for part in (name, data)]
        return cls(files, digest_of(parts)[:12])

    def address(self, name: str) -> str:
        """Return where a file is served."""
        return f"/static/{self.version}/{name}"

    def type_of(self, name: str) -> str:
        """Return a file's content type."""
        return TYPES[Path(name).suffix]
