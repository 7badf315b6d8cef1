"""A workspace's events and candidates as tables, put in order by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from fairview.audit.attributes import ItemAttributes
from fairview.catalog import EventStore, Workspace
from fairview.core import UNKNOWN

COMPETING_STAGES = ("slate", "reranker", "ranker", "world_ranker")
"""Stages of the candidate log that choose among candidates: who reached them was qualified."""

_EVENTS = """
create table events as select * from read_parquet($1)
where ($2 is null or surface = $2) and (len($3) = 0 or list_contains($3, policy))
"""
_IMPRESSIONS = """
create table impressions as select distinct on (request_id, item_id) * from events
where action = 'impression' order by request_id, item_id, event_time, event_id
"""
_SHOWN = """
create table shown as select distinct on (request_id, position) * from impressions
order by request_id, position, event_time, event_id
"""
_REACTIONS = """
create table reactions as select request_id, item_id,
    bool_or(action = 'click') as click, bool_or(action = 'save') as save,
    bool_or(action = 'hide') as hide, bool_or(action = 'apply') as apply,
    bool_or(action = 'dismiss') as dismiss
from events where action <> 'impression' group by all
"""
_ROWS = """
select s.request_id, s.cluster_id, s.query, s.item_id, s.position, s.viewed, s.surface, s.policy,
    coalesce(r.click, false) as click, coalesce(r.save, false) as save,
    coalesce(r.hide, false) as hide, coalesce(r.apply, false) as apply,
    coalesce(r.dismiss, false) as dismiss
from shown s left join reactions r using (request_id, item_id) order by s.request_id, s.position
"""
_DIGEST = """
select coalesce(bit_xor(md5_number(
    concat_ws(chr(31), event_id, request_id, item_id, position, action))), 0)::varchar from events
"""
_OWN = """
create table own as
with qualified as (
    select distinct request_id, item_id from candidates where list_contains($1, stage)),
amounts as (
    select q.request_id, s.query, m.attribute, m."group", sum(m.probability) as amount
    from qualified q join requests s using (request_id) join memberships m using (item_id)
    where m."group" <> $2 group by all)
select *, amount / sum(amount) over (partition by request_id, attribute) as share from amounts
"""
_BY_QUERY = """
create table by_query as
with requests_of as (
    select query, attribute, count(distinct request_id) as n from own group by all)
select o.query, o.attribute, o."group", sum(o.share) / any_value(r.n) as share
from own o join requests_of r using (query, attribute) where o.query is not null group by all
"""
_BORROWED = """
select request_id, attribute, "group", share from own union all
select s.request_id, b.attribute, b."group", b.share from requests s join by_query b using (query)
where s.request_id not in (select request_id from own)
"""


@dataclass(frozen=True)
class Reading:
    """How a workspace's events are read.

    Parameters
    ----------
    surface
        The surface that is audited; all of them where None.
    policies
        The policies whose slates are audited; all of them where empty.
    applies_from
        See `AuditSpec.applies_from`.
    competing
        The stages whose candidates count as qualified.
    qualified_of
        ``request``: a request's own logged candidates; ``query``: where a request's weren't
        logged, the mean over the logged requests of the same query.
    """

    surface: str | None = "search"
    policies: tuple[str, ...] = ()
    applies_from: float = 0.5
    competing: tuple[str, ...] = COMPETING_STAGES
    qualified_of: Literal["request", "query"] = "query"


class EventTables:
    """The events of a workspace that a reading is about."""

    def __init__(self, workspace: Workspace, reading: Reading) -> None:
        import duckdb

        self.reading = reading
        self.store = EventStore(workspace)
        self._connection = duckdb.connect()
        self._run(_EVENTS, self.store.path_glob, reading.surface, list(reading.policies))

    def digest(self) -> str:
        """Return a digest of the events, whatever their order and their segments."""
        return str(self._run(_DIGEST).fetchone()[0])

    def shown(self) -> tuple[pa.Table, dict[str, int]]:
        """Return one row per shown item with what people did, and what was left out."""
        for statement in (_IMPRESSIONS, _SHOWN, _REACTIONS):
            self._run(statement)
        rows = self._table(_ROWS)
        impressions = self._count("select count(*) from impressions")
        logged = self._count("select count(*) from events where action = 'impression'")
        orphans = "select count(*) from reactions anti join shown using (request_id, item_id)"
        counts = {
            "requests": self._count("select count(distinct request_id) from shown"),
            "people": self._count("select count(distinct cluster_id) from shown"),
            "pictures shown": len(rows),
            "events of other surfaces or policies": self.store.count()
            - self._count("select count(*) from events"),
            "impressions that were logged again": logged - impressions,
            "second items logged for one position": impressions - len(rows),
            "actions on items that weren't logged as shown": self._count(orphans),
        }
        return rows, counts

    def qualified(self, rows: pa.Table, known: ItemAttributes) -> tuple[pa.Table | None, str]:
        """Return the shares of groups among qualified candidates, and what is to be said of it.

        The table is None where no candidates were logged.
        """
        candidates = self.store.candidates()
        if not candidates.num_rows:
            return None, "No candidate log: nothing can be compared with each request's candidates."
        requests = rows.group_by(["request_id", "query"]).aggregate([])
        self._connection.register(
            "candidates", candidates.select(["request_id", "item_id", "stage"])
        )
        self._connection.register("memberships", known.memberships)
        self._connection.register("requests", requests)
        self._run(_OWN, list(self.reading.competing), UNKNOWN)
        logged = self._count("select count(distinct request_id) from own")
        said = (
            f"Qualified candidates are all that reached the choosing stages; they were logged for "
            f"{logged:,} of {len(requests):,} requests."
        )
        if self.reading.qualified_of == "request":
            return self._table('select request_id, attribute, "group", share from own'), said
        self._run(_BY_QUERY)
        table = self._table(_BORROWED)
        borrowed = len(set(table["request_id"].to_pylist())) - logged
        if borrowed:
            said += (
                f" For {borrowed:,} more they are taken to be the mean of the logged requests with "
                f"the same query; that this is an estimate too isn't in the intervals."
            )
        return table, said

    def _run(self, statement: str, *given: Any) -> Any:
        return self._connection.execute(statement, list(given))

    def _table(self, statement: str) -> pa.Table:
        table: pa.Table = self._run(statement).to_arrow_table()
        return table

    def _count(self, statement: str) -> int:
        return int(self._run(statement).fetchone()[0])
