"""Buckets: 4,096 cells that keep clustering mergeable across shards, days and engines.

A cluster (usually a person) always falls in the same bucket, so partial cells add up and an
interval that resamples buckets respects the clusters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BUCKETS = 4096
SIDE = 64
"""Where people and items are both drawn again, a bucket is one of 64 of people and of items."""
_DIGITS = "0123456789abcdef"


def bucket_of(cluster: str) -> int:
    """Return the bucket of one cluster: md5 of its UTF-8 text, modulo 4,096.

    Examples
    --------
    >>> bucket_of("person-1")
    3661
    """
    return int(hashlib.md5(cluster.encode(), usedforsecurity=False).hexdigest()[-3:], 16)


def buckets_of(clusters: Sequence[str] | npt.NDArray[Any]) -> npt.NDArray[np.int16]:
    """Return the buckets of n clusters, int16; each distinct cluster is hashed once."""
    names, inverse = np.unique(np.asarray(clusters, dtype=np.str_), return_inverse=True)
    hashed = np.array([bucket_of(str(name)) for name in names], np.int16)
    return hashed[inverse] if len(names) else np.zeros(0, np.int16)


def bucket_expression(cluster: Any) -> Any:
    """Return the ibis expression of `bucket_of` for a string column, the same on every engine."""
    return bucket_from_digits(bucket_digits(cluster))


def crossed_expression(person: Any, item: Any) -> Any:
    """Return the ibis expression of a bucket of people (0 to 63) and of items: 64 p + i."""
    sides = (bucket_expression(column.cast("string")) % SIDE for column in (person, item))
    one, other = (side.cast("int64") for side in sides)
    return one * SIDE + other


def bucket_digits(cluster: Any) -> Any:
    """Return the ibis expression of a bucket's three hexadecimal digits, cheap to group by."""
    return cluster.hexdigest("md5").substr(29, 3)


def bucket_from_digits(text: Any) -> Any:
    """Return the ibis expression of the bucket that three hexadecimal digits write.

    Digits are looked up one by one, because engines differ in how they read hexadecimal text.
    """
    import ibis

    digits = ibis.literal(_DIGITS)
    value = ibis.literal(0)
    for place, weight in ((0, 256), (1, 16), (2, 1)):
        value = value + digits.find(text.substr(place, 1)) * weight
    return value.cast("int16")
