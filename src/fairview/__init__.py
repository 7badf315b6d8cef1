"""Fairview, a responsible visual discovery engine; every room is imported only when it is used."""

__version__ = "0.1.0"
