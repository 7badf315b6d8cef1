"""Follows a stream and saves after each batch; a test starts it as a process and kills it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from logs_made import shared_log

from fairview.measure import parse_measure
from fairview.measure.engines.stream import StreamEngine, Surroundings

MEASURES = tuple(map(parse_measure, ("ActionRate(by='sex')", "Gini", "Div(by='tone')@4")))
ROWS = 31


def followed(path: Path) -> StreamEngine:
    """Return the stream of the shared log, gone on with from where the file stands."""
    log = shared_log()
    beside = Surroundings(log.memberships, log.entities, dict(log.groups or {}), log.targets)
    stream = StreamEngine.load(path, beside) if path.exists() else StreamEngine(MEASURES, beside)
    start = int(stream.cursor or 0)
    for at in range(start, len(log.rows), ROWS):
        rows = log.rows[at : at + ROWS]
        stream.update(rows, cursor=str(at + len(rows)))
        stream.save(path)
    stream.finish()
    return stream


if __name__ == "__main__":
    followed(Path(sys.argv[1]))
