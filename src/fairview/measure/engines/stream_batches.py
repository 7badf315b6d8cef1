"""How batches of a stream are cut into whole requests, and which requests were counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from fairview.core.errors import DataError
from fairview.measure.engines.frames import arrow_table

Hashes = npt.NDArray[np.uint64]
REQUEST = "request_id"


def cut(table: pa.Table) -> tuple[pa.Table, pa.Table | None]:
    """Return the rows of the requests that are whole, and those of the last one."""
    if not table.num_rows:
        return table, None
    requests = table[REQUEST]
    last = pc.fill_null(pc.equal(requests, requests[-1]), fill_value=False)
    return table.filter(pc.invert(last)), table.filter(last)


def of_request(candidates: pa.Table, request: Any) -> pa.Table:
    """Return the candidates of one request."""
    own = pc.equal(candidates[REQUEST].cast(pa.string()), str(request.as_py()))
    return candidates.filter(own)


def candidates_of(waiting: pa.Table | None, qualified: Any) -> pa.Table | None:
    """Return the candidates of a batch and of the held request; those given now win."""
    if qualified is None:
        return waiting
    given = arrow_table(qualified)
    if waiting is None or not waiting.num_rows:
        return given
    requests = [each[REQUEST].cast(pa.string()) for each in (given, waiting)]
    again = pc.is_in(requests[0], value_set=requests[1].combine_chunks())
    return given if pc.any(again).as_py() else joined(waiting, given)


def packed(table: pa.Table) -> npt.NDArray[np.uint8]:
    """Return a table as the bytes of an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), np.uint8)


def unpacked(data: npt.NDArray[Any]) -> pa.Table:
    """Return the table of such bytes."""
    return pa.ipc.open_stream(data.tobytes()).read_all()


def joined(held: pa.Table, table: pa.Table) -> pa.Table:
    """Return two tables as one; `DataError` where their columns differ."""
    if {*held.column_names} != {*table.column_names}:
        odd = ", ".join(sorted({*held.column_names} ^ {*table.column_names}))
        raise DataError(f"Only some of the batches have the columns {odd}; give the same in all.")
    try:
        return pa.concat_tables([held, table], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(f"The batches' columns differ in type: {error}.") from error


def hashes(requests: Any) -> Hashes:
    """Return the 64-bit hashes of the distinct requests, sorted."""
    names: Iterable[Any] = pc.unique(requests.cast(pa.string())).drop_null().to_pylist()
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.sort(np.frombuffer(digests, np.uint64))


def refuse_again(closed: Hashes, arrived: Hashes) -> None:
    """Raise `DataError` where a request arrives that is counted already."""
    again = len(np.intersect1d(closed, arrived, assume_unique=True))
    if again:
        raise DataError(
            f"{again} requests are counted already; give each request's rows to one stream, one "
            f"after the other, and each batch once."
        )
