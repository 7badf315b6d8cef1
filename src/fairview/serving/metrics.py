"""Counters and latencies in Prometheus' text format; labels are routes, methods and statuses only.

No query, no item and no refinement is ever a label, and refined answers aren't counted here.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the latency histogram, in seconds."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def bucket_of(seconds: float) -> float:
    """Return the upper end of the histogram bucket that a duration falls in.

    Examples
    --------
    >>> bucket_of(0.03), bucket_of(60)
    (0.05, inf)
    """
    return next((end for end in BUCKETS_S if seconds <= end), float("inf"))


class Metrics:
    """What a process counts, from its start.

    Examples
    --------
    >>> metrics = Metrics()
    >>> metrics.request("/v1/search", "POST", 200, 0.03)
    >>> [line for line in metrics.text(ready=True).splitlines() if "_total{" in line]
    ['fairview_http_requests_total{route="/v1/search",method="POST",status="200"} 1']
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._slower: dict[str, dict[float, int]] = defaultdict(lambda: defaultdict(int))
        self._seconds: dict[str, float] = defaultdict(float)
        self._answers: dict[str, int] = defaultdict(int)
        self._items: dict[str, int] = defaultdict(int)
        self._empty: dict[str, int] = defaultdict(int)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is the route's pattern, never the path.

        Durations are kept as steps, in the sum too: an exact one could tell a refined search.
        """
        with self._lock:
            self._requests[route, method, status] += 1
            self._slower[route][bucket_of(seconds)] += 1
            self._seconds[route] += min(bucket_of(seconds), BUCKETS_S[-1])

    def answer(self, surface: str, items: int) -> None:
        """Count one unrefined answer of a surface and its items."""
        with self._lock:
            self._answers[surface] += 1
            self._items[surface] += items
            self._empty[surface] += items == 0

    def text(self, *, ready: bool) -> str:
        """Return everything in Prometheus' text format, version 0.0.4."""
        with self._lock:
            return "\n".join([*self._lines(ready), ""])

    def _lines(self, ready: bool) -> Iterator[str]:
        yield from _head("fairview_ready", "gauge", "Whether searches can be answered.")
        yield f"fairview_ready {int(ready)}"
        yield from _head("fairview_http_requests_total", "counter", "Answered requests.")
        for (route, method, status), n in sorted(self._requests.items()):
            labels = f'route="{route}",method="{method}",status="{status}"'
            yield f"fairview_http_requests_total{{{labels}}} {n}"
        name = "fairview_http_request_seconds"
        yield from _head(name, "histogram", "Time to answer a request.")
        for route, counts in sorted(self._slower.items()):
            total = 0
            for end in (*BUCKETS_S, float("inf")):
                total += counts.get(end, 0)
                shown = "+Inf" if end == float("inf") else f"{end:g}"
                yield f'{name}_bucket{{route="{route}",le="{shown}"}} {total}'
            yield f'{name}_sum{{route="{route}"}} {self._seconds[route]:.6f}'
            yield f'{name}_count{{route="{route}"}} {total}'
        for name, help_, counts_ in (
            ("fairview_answers_total", "Unrefined answers.", self._answers),
            ("fairview_answer_items_total", "Items in unrefined answers.", self._items),
            ("fairview_empty_answers_total", "Unrefined answers without items.", self._empty),
        ):
            yield from _head(name, "counter", help_)
            for surface, n in sorted(counts_.items()):
                yield f'{name}{{surface="{surface}"}} {n}'


def _head(name: str, kind: str, help_: str) -> Iterator[str]:
    yield f"# HELP {name} {help_}"
    yield f"# TYPE {name} {kind}"
