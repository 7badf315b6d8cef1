"""The privacy budget: what was spent is kept, and what isn't there can't be spent."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairview.core.errors import DataError, UsageError

_TABLES = """
CREATE TABLE IF NOT EXISTS budget (epsilon REAL NOT NULL, delta REAL NOT NULL);
CREATE TABLE IF NOT EXISTS spent (id INTEGER PRIMARY KEY, what TEXT NOT NULL, rho REAL NOT NULL);
"""
_WAIT_S = 30.0


def epsilon_of(rho: float, delta: float) -> float:
    r"""Return the epsilon that rho of zero-concentrated privacy guarantees at this delta.

    .. math:: \varepsilon = \min_{a > 1}\; a\rho + \ln(1 - 1/a)
        + \frac{\ln(1/\delta) - \ln a}{a - 1}

    Source: Canonne, Kamath and Steinke (2020), corollary 13. Every order a gives a valid bound,
    so a search on a grid errs on the safe side.

    Examples
    --------
    >>> round(epsilon_of(0.125, 1e-6), 2), epsilon_of(0.0, 1e-6)
    (2.42, 0.0)
    """
    if not (rho >= 0 and 0 < delta < 1):
        raise UsageError("Rho is at least 0, and delta lies between 0 and 1.")
    if rho == 0:
        return 0.0
    a = 1 + np.geomspace(1e-4, 1e8, 40_000)
    bounds = a * rho + np.log1p(-1 / a) + (math.log(1 / delta) - np.log(a)) / (a - 1)
    return max(float(bounds.min()), 0.0)


@dataclass(frozen=True)
class PrivacyLedger:
    """A budget (epsilon, delta) for one set of people, in a file that all runs share.

    Spending adds up in rho (zero-concentrated differential privacy, Bun and Steinke 2016), which
    composes without loss for Gaussian noise, and is compared with the budget in epsilon at its
    delta. A spend is on disk before any noisy figure is made: a run that dies has spent.

    Parameters
    ----------
    path
        The file; it is made where it isn't there yet.
    epsilon, delta
        The budget. An existing file keeps its own, and must agree.

    Raises
    ------
    UsageError
        Where the budget isn't possible or differs from the file's.
    DataError
        Where the file isn't a ledger.
    """

    path: Path
    epsilon: float
    delta: float

    def __post_init__(self) -> None:
        if not (self.epsilon > 0 and 0 < self.delta < 1):
            raise UsageError("A privacy budget needs an epsilon above 0 and a delta in (0, 1).")
        with self._open() as database:
            found = database.execute("SELECT epsilon, delta FROM budget").fetchone()
            if found is None:
                database.execute("INSERT INTO budget VALUES (?, ?)", (self.epsilon, self.delta))
            elif found != (self.epsilon, self.delta):
                raise UsageError(
                    f"The ledger {self.path.name} has a budget of epsilon {found[0]:g} and delta "
                    f"{found[1]:g}; a budget can't be changed once it is drawn on."
                )

    def spent(self) -> float:
        """Return rho spent so far."""
        with self._open() as database:
            return _spent(database)

    def epsilon_spent(self) -> float:
        """Return epsilon spent so far, at the budget's delta."""
        return epsilon_of(self.spent(), self.delta)

    def entries(self) -> list[tuple[str, float]]:
        """Return what was spent on what, in order."""
        with self._open() as database:
            rows = database.execute("SELECT what, rho FROM spent ORDER BY id").fetchall()
        return [(str(what), float(rho)) for what, rho in rows]

    def spend(self, what: str, rho: float) -> None:
        """Write down that rho is spent, or refuse.

        Raises
        ------
        UsageError
            Where the budget doesn't hold it; nothing is spent then.
        """
        if not (rho > 0 and math.isfinite(rho)):
            raise UsageError("Rho to spend must be above 0 and finite.")
        with self._open() as database:
            before = _spent(database)
            after = epsilon_of(before + rho, self.delta)
            if after > self.epsilon:
                raise UsageError(
                    f"The privacy budget doesn't hold {what!r}: it would bring epsilon from "
                    f"{epsilon_of(before, self.delta):.3g} to {after:.3g} of {self.epsilon:g}."
                )
            database.execute("INSERT INTO spent (what, rho) VALUES (?, ?)", (what, rho))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection in a transaction that no other run can be in at the same time."""
        database = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        try:
            database.execute("PRAGMA synchronous=FULL")
            database.execute("BEGIN IMMEDIATE")
            for statement in _TABLES.split(";")[:-1]:
                database.execute(statement)
            yield database
            database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise DataError(f"The privacy ledger {self.path} can't be used: {error}.") from error
        finally:
            database.close()


def _spent(database: sqlite3.Connection) -> float:
    return float(database.execute("SELECT COALESCE(SUM(rho), 0) FROM spent").fetchone()[0])
