"""Candidate sources: text, filtered and group-aware vector search, walks over boards, their fusion.

Three engines of vectors stand behind one interface; one filter expression reaches them all. One
file per source. An index answers in rows of the catalogue as it was when the index was
built; what is shown in the end, and in which order, is decided by `ranking` and `slate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairview.retrieval.engine import VectorEngine
    from fairview.retrieval.engine_local import LocalEngine
    from fairview.retrieval.engine_postgres import PostgresEngine
    from fairview.retrieval.engine_qdrant import QdrantEngine
    from fairview.retrieval.expression import AllOf, AnyOf, Between, Equals, Expression, Not, OneOf
    from fairview.retrieval.filter_form import Kind
    from fairview.retrieval.filter_qdrant import to_qdrant
    from fairview.retrieval.filter_sql import to_sql
    from fairview.retrieval.filter_tantivy import to_tantivy
    from fairview.retrieval.fusion import LearnedFusion, SourceFusion, reciprocal_rank
    from fairview.retrieval.graph_source import GraphSource, seeded
    from fairview.retrieval.group_retrieval import (
        Bucketised,
        BucketisedSource,
        StrongOrSource,
        bucketised,
        strong_or,
    )
    from fairview.retrieval.hits import Hits
    from fairview.retrieval.index_audit import (
        RecallFigure,
        recall_figures,
        recall_table,
        recall_verdict,
    )
    from fairview.retrieval.index_build import IndexReport, build_index
    from fairview.retrieval.item_graph import ItemGraph, WalkSettings
    from fairview.retrieval.matching import Matches, Matching, WordLists
    from fairview.retrieval.query_vectors import QueryVectors
    from fairview.retrieval.quotas import overfetch, quotas_of
    from fairview.retrieval.search_index import IndexManifest, SearchIndex
    from fairview.retrieval.text_index import TextIndex
    from fairview.retrieval.text_source import TextSource
    from fairview.retrieval.vector_index import VectorIndex
    from fairview.retrieval.vector_source import VectorSource
    from fairview.retrieval.word_scan import WordScan
    from fairview.retrieval.words import Words

_HOME = {
    "AllOf": "expression",
    "AnyOf": "expression",
    "Between": "expression",
    "Bucketised": "group_retrieval",
    "BucketisedSource": "group_retrieval",
    "Equals": "expression",
    "Expression": "expression",
    "GraphSource": "graph_source",
    "Hits": "hits",
    "IndexManifest": "search_index",
    "IndexReport": "index_build",
    "ItemGraph": "item_graph",
    "Kind": "filter_form",
    "LearnedFusion": "fusion",
    "LocalEngine": "engine_local",
    "Matches": "matching",
    "Matching": "matching",
    "Not": "expression",
    "OneOf": "expression",
    "PostgresEngine": "engine_postgres",
    "QdrantEngine": "engine_qdrant",
    "QueryVectors": "query_vectors",
    "RecallFigure": "index_audit",
    "SearchIndex": "search_index",
    "SourceFusion": "fusion",
    "StrongOrSource": "group_retrieval",
    "TextIndex": "text_index",
    "TextSource": "text_source",
    "VectorEngine": "engine",
    "VectorIndex": "vector_index",
    "VectorSource": "vector_source",
    "WalkSettings": "item_graph",
    "WordLists": "matching",
    "WordScan": "word_scan",
    "Words": "words",
    "bucketised": "group_retrieval",
    "build_index": "index_build",
    "overfetch": "quotas",
    "quotas_of": "quotas",
    "recall_figures": "index_audit",
    "recall_table": "index_audit",
    "recall_verdict": "index_audit",
    "reciprocal_rank": "fusion",
    "seeded": "graph_source",
    "strong_or": "group_retrieval",
    "to_qdrant": "filter_qdrant",
    "to_sql": "filter_sql",
    "to_tantivy": "filter_tantivy",
}


def __getattr__(name: str) -> Any:
    """Import a public name from the module that it lives in."""
    try:
        module = _HOME[name]
    except KeyError:
        raise AttributeError(f"module 'fairview.retrieval' has no attribute {name!r}") from None
    return getattr(import_module(f"fairview.retrieval.{module}"), name)


__all__ = [
    "AllOf",
    "AnyOf",
    "Between",
    "Bucketised",
    "BucketisedSource",
    "Equals",
    "Expression",
    "GraphSource",
    "Hits",
    "IndexManifest",
    "IndexReport",
    "ItemGraph",
    "Kind",
    "LearnedFusion",
    "LocalEngine",
    "Matches",
    "Matching",
    "Not",
    "OneOf",
    "PostgresEngine",
    "QdrantEngine",
    "QueryVectors",
    "RecallFigure",
    "SearchIndex",
    "SourceFusion",
    "StrongOrSource",
    "TextIndex",
    "TextSource",
    "VectorEngine",
    "VectorIndex",
    "VectorSource",
    "WalkSettings",
    "WordLists",
    "WordScan",
    "Words",
    "bucketised",
    "build_index",
    "overfetch",
    "quotas_of",
    "recall_figures",
    "recall_table",
    "recall_verdict",
    "reciprocal_rank",
    "seeded",
    "strong_or",
    "to_qdrant",
    "to_sql",
    "to_tantivy",
]
