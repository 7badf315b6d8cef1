"""Benchmarks: measured, never asserted. `make bench` runs them and writes one table."""
