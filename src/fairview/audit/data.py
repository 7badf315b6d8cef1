"""Auditing any table in one call: what ``fairview.audit(data, ...)`` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from fairview.audit.foreign_log import foreign_log, is_spark
from fairview.audit.private import private_audit
from fairview.audit.result import AuditResult
from fairview.audit.running import Recording, run_audit
from fairview.audit.spec import AuditSpec, fields_of_file
from fairview.audit.unasked import unasked
from fairview.core import Clock, UsageError, utc_now
from fairview.measure import DuckDBEngine, Engine, Log

Asked: TypeAlias = AuditSpec | str | Path | Mapping[str, Any] | Sequence[str]
Progress = Callable[[int, int], None]
_WORDS = {"requests_are": "requests", "items_are": "items"}
"""What a table's rows are called where the audit file doesn't say; they needn't be pictures."""


def audit_data(
    data: Any,
    asked: Asked,
    *,
    seed: int = 0,
    synthetic: bool = False,
    clock: Clock = utc_now,
    progress: Progress | None = None,
    **fields: Any,
) -> AuditResult:
    """Audit a table of decisions or of shown items, whoever made it.

    Parameters
    ----------
    data
        A pandas or Polars frame, an Arrow table, a DuckDB relation, a frame of Spark, or the path
        of Parquet or CSV files (a file, a folder or a glob).
    asked
        An audit file (its path or an `AuditSpec`), its fields as a mapping, or a list of measures,
        such as ``["TPR", "FPR"]``.
    seed
        Where all chance comes from.
    synthetic
        Whether any of the data is synthetic; then every page made of the result says so.
    clock
        Tells the time that is recorded.
    progress
        Called with how many measures are done, and of how many.
    **fields
        Fields of the audit file, such as ``slices=["sex", "sex*race"]``; they win over `asked`.

    Returns
    -------
    AuditResult
        Its `exit_code` is 0 where every gate passes, 1 where one fails, 3 where evidence lacks.

    Raises
    ------
    UsageError
        Where `asked` is none of these, or names a measure that there isn't.
    DataError
        Where the audit file is wrong, or the table lacks what a measure needs (this is known
        before any measure is made), or a value in it can't be measured.

    Examples
    --------
    >>> import pandas as pd
    >>> import fairview
    >>> shown = pd.DataFrame({
    ...     "request_id": [f"r{i // 2}" for i in range(40)], "position": [1, 2] * 20,
    ...     "cluster_id": [f"p{i // 2}" for i in range(40)], "maker": ["a", "b"] * 20,
    ... })
    >>> result = fairview.audit(shown, ["Div"], slices=["maker"], cutoffs=[2])
    >>> result.of("Div(by='maker')@2")[0].value
    1.0
    """
    spec = spec_from(asked, fields)
    log = foreign_log(data, spec)
    if synthetic:
        log = replace(log, synthetic=True)
    if spec.privacy is not None:
        return private_audit(
            spec,
            log,
            rng=np.random.default_rng(seed),
            record={"command": "private audit of a table", "seed": seed, "clock": clock},
            folder=_folder_of(asked),
        )
    rng = np.random.default_rng(seed)
    result = run_audit(
        spec,
        log,
        rng=rng,
        recording=Recording("audit of a table", seed, clock),
        progress=progress,
        engine=_engine_of(data),
        strict=True,
    )
    return result if spec.find is None else result.with_findings(unasked(data, spec, rng))


def spec_from(asked: Asked, fields: Mapping[str, Any]) -> AuditSpec:
    """Return the spec that is asked for in any form, with further fields in it."""
    where = "The audit"
    if isinstance(asked, AuditSpec):
        given: dict[str, Any] = asked.model_dump(mode="json", exclude_unset=True)
    elif isinstance(asked, Mapping):
        given = dict(asked)
    elif _is_file(asked):
        where = Path(str(asked)).name
        given = fields_of_file(Path(str(asked)))
    elif isinstance(asked, str):
        given = {"measures": [asked]}
    elif isinstance(asked, Sequence):
        given = {"measures": [str(each) for each in asked]}
    else:
        raise UsageError(
            f"An audit can't be read from a {type(asked).__name__}; give an audit file, its fields "
            f"or a list of measures."
        )
    plain = {name: _plain(value) for name, value in fields.items()}
    return AuditSpec.checked({**_WORDS, **given, **plain}, where)


def _folder_of(asked: Asked) -> Path:
    """Return the folder that paths in an audit file are relative to."""
    return Path(str(asked)).parent if _is_file(asked) else Path()


def _is_file(asked: Asked) -> bool:
    return isinstance(asked, Path) or (isinstance(asked, str) and asked.endswith((".yaml", ".yml")))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | set) else value


def _engine_of(data: Any) -> Callable[[Log], Engine]:
    if not is_spark(data):
        return DuckDBEngine
    made = import_module("fairview.measure.engines.spark").SparkEngine
    return partial(made, session=data.sparkSession)
