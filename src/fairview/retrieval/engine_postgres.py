"""The middle tier: PostgreSQL with pgvector, planned from costs measured on the server itself.

pgvector's own default walks its graph first and filters what it meets, so a narrow filter comes
back short. Here few matching items are compared one by one (a materialised part of the table), and
many are looked for in the graph by iterative scans that go on until there are enough.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

import numpy as np

from fairview.core import DataError, ExtraError, MissingError
from fairview.core.columns import Array
from fairview.retrieval.engine import SLACK, Ids, VectorEngine, cells_of
from fairview.retrieval.expression import Expression
from fairview.retrieval.filter_form import Kind
from fairview.retrieval.filter_sql import Condition, quoted, to_sql
from fairview.retrieval.vector_rows import Floats

_TYPES = {
    Kind.TEXT: "TEXT NOT NULL",
    Kind.OPTIONAL_TEXT: "TEXT",
    Kind.INTEGER: "BIGINT NOT NULL",
    Kind.REAL: "DOUBLE PRECISION",
    Kind.BOOLEAN: "BOOLEAN NOT NULL",
}

_EVERYTHING = Condition("TRUE")
_TIMES = 5


@dataclass(frozen=True)
class ServerPlan:
    """What `PostgresEngine.calibrate` measured.

    Parameters
    ----------
    few
        Up to how many matching items are compared one by one.
    per_item
        Seconds of comparing one, NaN before calibration.
    per_walk
        Seconds of a search through the graph, NaN before calibration.
    """

    few: int = 5_000
    per_item: float = float("nan")
    per_walk: float = float("nan")


class PostgresEngine(VectorEngine):
    """Vectors in one table of a PostgreSQL server with pgvector.

    Parameters
    ----------
    address
        A connection string.
    table
        The table's name; it is made where it isn't there.
    dimension, kinds
        See `VectorEngine`.
    breadth
        pgvector's `hnsw.ef_search`: how many items a step of the walk keeps in view.

    Raises
    ------
    ExtraError
        Where psycopg isn't installed.
    MissingError
        Where the server can't be reached, or has no pgvector.
    """

    name = "postgres"

    def __init__(
        self,
        address: str,
        table: str,
        dimension: int,
        kinds: Mapping[str, Kind],
        *,
        breadth: int = 200,
    ) -> None:
        super().__init__(dimension, kinds)
        self.breadth = breadth
        self._psycopg = _psycopg()
        self._table = quoted(table)
        self._index = quoted(f"{table}_nearest")
        try:
            self._connection: Any = self._psycopg.connect(address, autocommit=True)
            self._run("CREATE EXTENSION IF NOT EXISTS vector")
        except self._psycopg.Error as error:
            raise MissingError(
                f"There is no PostgreSQL with pgvector to connect to ({_first_line(error)}); "
                f"start one and give its address."
            ) from error
        columns = [f"{quoted(self._column(name))} {_TYPES[kind]}" for name, kind in kinds.items()]
        parts = ", ".join(["id BIGINT PRIMARY KEY", f"embedding VECTOR({dimension})", *columns])
        self._run(f"CREATE TABLE IF NOT EXISTS {self._table} ({parts})")
        self.plan = self._stored_plan()

    def count(self, where: Expression | None = None) -> int:
        """Return how many items meet a condition."""
        condition = self._condition(where)
        return int(
            self._rows(
                f"SELECT count(*) FROM {self._table} WHERE {condition.text}", condition.values
            )[0][0]
        )

    def make_index(self, *, connections: int = 16, construction: int = 100) -> None:
        """Build the graph, which is quicker once the items are there than before."""
        self._run(
            f"CREATE INDEX IF NOT EXISTS {self._index} ON {self._table} USING hnsw "
            f"(embedding vector_ip_ops) WITH (m = {connections:d}, "
            f"ef_construction = {construction:d})"
        )
        self._run(f"ANALYZE {self._table}")

    def calibrate(self, rng: np.random.Generator) -> ServerPlan:
        """Measure both ways of searching on this server, and keep the plan with the table."""
        count = self.count()
        sample = min(count, 5_000)
        unit = np.asarray(rng.normal(size=self.dimension), np.float32)
        unit /= np.linalg.norm(unit)
        some = Condition(f"id IN (SELECT id FROM {self._table} LIMIT {sample:d})")
        exact = _median(lambda: self._exact(unit, 10, some))
        walk = _median(lambda: self._walk(unit, 10, _EVERYTHING))
        per_item = exact / max(sample, 1)
        few = round(walk / per_item) if per_item > 0 else 0
        self.plan = ServerPlan(max(few, 100), per_item, walk)
        text = self._psycopg.sql.Literal(json.dumps(asdict(self.plan))).as_string(self._connection)
        self._run(f"COMMENT ON TABLE {self._table} IS {text.replace('%', '%%')}")
        return self.plan

    def drop(self) -> None:
        """Remove the table."""
        self._run(f"DROP TABLE IF EXISTS {self._table}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _write(self, gone: Ids, ids: Ids, unit: Floats, columns: Mapping[str, Array]) -> None:
        names = ["id", "embedding", *(quoted(self._column(name)) for name in self.kinds)]
        cells = cells_of(columns, self.kinds) if self.kinds else [[] for _ in ids]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self._table} WHERE id = ANY(%s)", (gone.tolist(),))
            if not len(ids):
                return
            copied = f"COPY {self._table} ({', '.join(names)}) FROM STDIN"
            try:
                with cursor.copy(copied.replace("%%", "%")) as copy:
                    for key, vector, row in zip(ids.tolist(), unit, cells, strict=True):
                        copy.write_row([key, _literal(vector), *row])
            except self._psycopg.DataError as error:
                raise DataError(
                    f"PostgreSQL can't keep these items ({_first_line(error)}); nothing was "
                    f"written."
                ) from error

    def _nearest(self, unit: Floats, k: int, where: Expression | None) -> tuple[Ids, Floats]:
        condition = self._condition(where)
        most = max(self.plan.few, k)
        matching = self._rows(
            f"SELECT count(*) FROM (SELECT 1 FROM {self._table} WHERE {condition.text} "
            f"LIMIT {most + 1:d}) AS matching",
            condition.values,
        )[0][0]
        if matching > most:
            found = self._walk(unit, k + SLACK, condition)
            if len(found) >= k:
                return self._arrays(found)
        return self._arrays(self._exact(unit, k + SLACK, condition))

    def _exact(self, unit: Floats, k: int, condition: Condition) -> list[Any]:
        return self._rows(
            f"WITH matching AS MATERIALIZED (SELECT id, embedding FROM {self._table} "
            f"WHERE {condition.text}) SELECT id, embedding::text FROM matching "
            f"ORDER BY embedding <#> %s::vector, id LIMIT {k:d}",
            (*condition.values, _literal(unit)),
        )

    def _walk(self, unit: Floats, k: int, condition: Condition) -> list[Any]:
        with self._connection.transaction():
            self._run("SET LOCAL hnsw.iterative_scan = strict_order")
            self._run(f"SET LOCAL hnsw.ef_search = {max(self.breadth, min(k, 1_000)):d}")
            self._run("SET LOCAL hnsw.max_scan_tuples = 200000")
            self._run("SET LOCAL enable_seqscan = off")
            return self._rows(
                f"SELECT id, embedding::text FROM {self._table} WHERE {condition.text} "
                f"ORDER BY embedding <#> %s::vector LIMIT {k:d}",
                (*condition.values, _literal(unit)),
            )

    def _arrays(self, rows: list[Any]) -> tuple[Ids, Floats]:
        ids = np.array([row[0] for row in rows], np.int64)
        vectors = [np.fromstring(row[1][1:-1], np.float32, sep=",") for row in rows]
        return ids, np.stack(vectors) if vectors else np.zeros((0, self.dimension), np.float32)

    def _condition(self, where: Expression | None) -> Condition:
        if where is None:
            return _EVERYTHING
        return to_sql(where, self.kinds, name_of=self._column)

    def _column(self, name: str) -> str:
        """Return a column's name in the table, apart from the table's own two."""
        return f"c_{name}"

    def _stored_plan(self) -> ServerPlan:
        row = self._rows("SELECT obj_description(%s::regclass)", (self._table.replace("%%", "%"),))
        try:
            return ServerPlan(**json.loads(row[0][0]))
        except (TypeError, ValueError):
            return ServerPlan()

    def _run(self, text: str) -> None:
        self._connection.execute(text, ())

    def _rows(self, text: str, values: tuple[object, ...]) -> list[Any]:
        return list(self._connection.execute(text, values).fetchall())


def _psycopg() -> Any:
    try:
        module = import_module("psycopg")
        import_module("psycopg.sql")
    except ImportError:
        raise ExtraError("psycopg", "postgres") from None
    return module


def _literal(vector: Array) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _median(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(_TIMES):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
