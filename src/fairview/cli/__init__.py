"""The command line. Each command is one file in `commands`, imported when it is run."""

from __future__ import annotations


def main() -> None:
    """Run the command line; this is what the `fairview` program calls."""
    from fairview.cli.app import run

    run()


__all__ = ["main"]
