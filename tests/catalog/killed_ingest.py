"""Takes a source in; a test starts it as a process of its own and kills it."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    from fairview.catalog import Workspace, ingest

    report = ingest(Workspace.open(Path(sys.argv[1])), Path(sys.argv[2]), progress=False)
    print(report.seen)
