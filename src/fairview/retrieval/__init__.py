"""Candidate sources: text search, filtered vector search, their indices and how these are built.

One file per source. An index answers in rows of the catalogue as it was when the index was
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
    from fairview.retrieval.expression import (
        AllOf,
        AnyOf,
        Between,
        Equals,
        Expression,
        Not,
        OneOf,
    )
    from fairview.retrieval.filter_form import Kind
    from fairview.retrieval.filter_qdrant import to_qdrant
    from fairview.retrieval.filter_sql import to_sql
    from fairview.retrieval.filter_tantivy import to_tantivy
    from fairview.retrieval.hits import Hits
    from fairview.retrieval.index_build import IndexReport, build_index
    from fairview.retrieval.matching import Matches, Matching, WordLists
    from fairview.retrieval.query_vectors import QueryVectors
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
    "Equals": "expression",
    "Expression": "expression",
    "Hits": "hits",
    "IndexManifest": "search_index",
    "IndexReport": "index_build",
    "Kind": "filter_form",
    "LocalEngine": "engine_local",
    "Matches": "matching",
    "Matching": "matching",
    "Not": "expression",
    "OneOf": "expression",
    "PostgresEngine": "engine_postgres",
    "QdrantEngine": "engine_qdrant",
    "QueryVectors": "query_vectors",
    "SearchIndex": "search_index",
    "TextIndex": "text_index",
    "TextSource": "text_source",
    "VectorEngine": "engine",
    "VectorIndex": "vector_index",
    "VectorSource": "vector_source",
    "WordLists": "matching",
    "WordScan": "word_scan",
    "Words": "words",
    "build_index": "index_build",
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
    "Equals",
    "Expression",
    "Hits",
    "IndexManifest",
    "IndexReport",
    "Kind",
    "LocalEngine",
    "Matches",
    "Matching",
    "Not",
    "OneOf",
    "PostgresEngine",
    "QdrantEngine",
    "QueryVectors",
    "SearchIndex",
    "TextIndex",
    "TextSource",
    "VectorEngine",
    "VectorIndex",
    "VectorSource",
    "WordLists",
    "WordScan",
    "Words",
    "build_index",
    "to_qdrant",
    "to_sql",
    "to_tantivy",
]
