"""Loops that numba compiles, imported when a kernel first runs: `import fairview` stays instant.

Why they are compiled, and what that costs, is in ``docs/decisions/reranking-speed.md``.
"""
