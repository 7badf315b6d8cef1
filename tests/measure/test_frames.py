"""Every frame that people hold becomes the same Arrow table."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fairview.core import UsageError
from fairview.measure.engines.frames import arrow_table

COLUMNS = {"a": [1, 2, 3], "b": ["x", None, "z"]}


class Stream:
    """Exports an Arrow stream and nothing else."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.table(COLUMNS).__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    "frame",
    [
        pa.table(COLUMNS),
        pa.record_batch(COLUMNS),
        pa.table(COLUMNS).to_reader(),
        pd.DataFrame(COLUMNS, index=[7, 8, 9]),
        pl.DataFrame(COLUMNS),
        duckdb.sql("select * from (values (1, 'x'), (2, null), (3, 'z')) t(a, b)"),
        Stream(),
    ],
    ids=lambda frame: f"{type(frame).__module__}.{type(frame).__name__}",
)
def test_every_frame_becomes_arrow(frame: object) -> None:
    assert arrow_table(frame).to_pydict() == COLUMNS


def test_what_is_no_table_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="A list can't be read as a table"):
        arrow_table([1, 2])
