"""Schema v1 of the logs: events (what a person did) and candidates (what was removed, and why).

Types are pyarrow's; the library is imported only when a schema is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA_VERSION = 1

ACTIONS = ("impression", "click", "save", "hide", "apply", "dismiss")
"""What a person can do with a shown item; the impression is an event of its own."""

PROPENSITY_KINDS = ("deterministic", "conditional", "joint", "marginal")
"""What a logged propensity is the probability of; a deterministic slate has no overlap."""


@dataclass(frozen=True)
class Field:
    """One column: its name, its type in Arrow's words, whether it may be null, and its meaning."""

    name: str
    type: str
    nullable: bool
    meaning: str


EVENT_FIELDS = (
    Field(
        "event_id", "string", False, "unique per event; a second one with this id is a duplicate"
    ),
    Field("request_id", "string", False, "the request whose slate was shown"),
    Field("slate_id", "string", False, "the slate that was shown"),
    Field("surface", "string", False, "where it was shown: search, related, home"),
    Field("cluster_id", "string", False, "pseudonymous sampling unit, usually a person"),
    Field("query", "string", True, "what was searched for, where the surface has a query"),
    Field("item_id", "string", False, "the item that was shown"),
    Field("position", "int32", False, "rank in the slate, from 1"),
    Field("viewed", "bool", True, "whether it was on screen; null where that isn't measured"),
    Field("action", "string", False, "one of " + ", ".join(ACTIONS)),
    Field("event_time", "timestamp[us, tz=UTC]", False, "when it happened"),
    Field("ingest_time", "timestamp[us, tz=UTC]", True, "when it was written down"),
    Field("policy", "string", False, "what made the slate"),
    Field("versions", "map<string, string>", True, "versions of the models and signals used"),
    Field("rng_key", "string", True, "key of the policy's random choices, so they can be replayed"),
    Field("propensity", "float64", True, "probability in (0, 1] that the policy gave this choice"),
    Field("propensity_kind", "string", True, "one of " + ", ".join(PROPENSITY_KINDS)),
)

CANDIDATE_FIELDS = (
    Field("request_id", "string", False, "the request"),
    Field("surface", "string", False, "where the slate was shown"),
    Field("cluster_id", "string", False, "pseudonymous sampling unit, usually a person"),
    Field("item_id", "string", False, "a candidate that a source brought"),
    Field("stage", "string", False, "the last stage that decided about it"),
    Field("kept", "bool", False, "whether it reached the slate"),
    Field("reason", "string", True, "why it was removed; null where it was kept"),
    Field("sampling_rate", "float64", False, "share of requests that are logged, in (0, 1]"),
    Field("event_time", "timestamp[us, tz=UTC]", False, "when the request was answered"),
)


def arrow_schema(fields: tuple[Field, ...]) -> pa.Schema:
    """Return the pyarrow schema of these fields, with the schema's version as metadata.

    Examples
    --------
    >>> arrow_schema(EVENT_FIELDS).field("position").type
    DataType(int32)
    """
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "string": pa.string(),
        "int32": pa.int32(),
        "bool": pa.bool_(),
        "float64": pa.float64(),
        "timestamp[us, tz=UTC]": pa.timestamp("us", tz="UTC"),
        "map<string, string>": pa.map_(pa.string(), pa.string()),
    }
    return pa.schema(
        [pa.field(f.name, types[f.type], nullable=f.nullable) for f in fields],
        metadata={"fairview.schema_version": str(SCHEMA_VERSION)},
    )
