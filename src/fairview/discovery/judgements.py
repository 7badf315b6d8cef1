"""Relevance judgements: how well items fit queries, as people or a known truth grade them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairview.core import DataError, MissingError

COLUMNS = ("query", "item_id", "grade")


def read_grades(path: Path) -> dict[tuple[str, str], float]:
    """Return (query, item id) to grade from a Parquet or CSV file.

    Raises
    ------
    MissingError
        Where the file isn't there.
    DataError
        Where the file can't be read, a column is missing, or a grade is negative or no number.
    """
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    if not path.is_file():
        raise MissingError(f"There are no judgements at {path}; check the path.")
    texts = csv.ConvertOptions(column_types={"query": pa.string(), "item_id": pa.string()})
    try:
        table: Any = (
            pq.read_table(path)
            if path.suffix == ".parquet"
            else csv.read_csv(path, convert_options=texts)
        )
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} can't be read: {' '.join(str(error).split())}.") from error
    lacking = [name for name in COLUMNS if name not in table.column_names]
    if lacking:
        raise DataError(f"{path} lacks {', '.join(lacking)}; it has {table.column_names}.")
    queries, items, grades = (table[name].to_pylist() for name in COLUMNS)
    bad = [g for g in grades if not isinstance(g, int | float) or not g >= 0]
    if bad:
        raise DataError(f"{path} has the grade {bad[0]!r}; grades are numbers from 0.")
    return {
        (str(query), str(item)): float(grade)
        for query, item, grade in zip(queries, items, grades, strict=True)
    }
