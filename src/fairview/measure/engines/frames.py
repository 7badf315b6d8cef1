"""One form for the frames that people hold: Arrow."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from fairview.core.errors import UsageError


def arrow_table(frame: Any) -> pa.Table:
    """Return the Arrow table of a frame; Arrow data isn't copied.

    Parameters
    ----------
    frame
        An Arrow table, record batch or reader, a pandas or Polars frame, a DuckDB relation, or
        anything else that exports an Arrow stream.

    Raises
    ------
    UsageError
        Where it is none of these.

    Examples
    --------
    >>> arrow_table(pa.record_batch({"a": [1, 2]})).num_rows
    2
    """
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if isinstance(frame, pa.RecordBatchReader):
        return frame.read_all()
    if type(frame).__module__.split(".")[0] == "pandas":
        return pa.Table.from_pandas(frame, preserve_index=False)
    for method in ("to_arrow_table", "to_arrow", "toArrow"):
        if hasattr(frame, method):
            return arrow_table(getattr(frame, method)())
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    raise UsageError(
        f"A {type(frame).__name__} can't be read as a table; give an Arrow table, a pandas or "
        f"Polars frame, or a DuckDB relation."
    )
