"""An audit on Spark: the same audit file, the same figures, beyond one machine.

From a notebook, `audit_on_spark`; from a cluster's command line::

    spark-submit --master yarn audit.py --rows table:shop.events --spec audit.yaml --out report

where ``audit.py`` is this file; ``python -m fairview.batch.audit`` does the same with a session of
its own. Fairview has to be installed where the executors run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from fairview.audit import AuditLog, AuditResult, AuditSpec, Recording, run_audit
from fairview.audit.foreign_log import foreign_log
from fairview.core.atomic import write_bytes
from fairview.core.errors import FairviewError
from fairview.core.run_record import Clock, utc_now
from fairview.measure import Log
from fairview.measure.engines.spark import SparkEngine, read_source, spark_session
from fairview.measure.slices import Band

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PARTS = ("memberships", "qualified", "entities")
"""The tables that may stand beside the rows, as in `Log`."""


def audit_on_spark(
    rows: Any,
    spec: AuditSpec,
    *,
    session: SparkSession | None = None,
    seed: int = 0,
    clock: Clock = utc_now,
    progress: Callable[[int, int], None] | None = None,
    beside: Mapping[str, Any] | None = None,
) -> AuditResult:
    """Audit a log on Spark.

    Parameters
    ----------
    rows
        A data frame of Spark, ``table:NAME`` for a table of the catalog (Hive's, for one), or a
        path of Parquet or CSV files; or a whole `Log` of such sources.
    spec
        What to look at, and the gates; see `AuditSpec.load`.
    session
        The session; by default the one that is running, or a new one.
    seed
        Where the chance of bootstrap intervals comes from.
    clock
        Tells the time that is recorded.
    progress
        Called with how many measures are done, and of how many.
    beside
        Further fields of `Log`, such as ``{"memberships": "table:shop.tones"}``.

    Returns
    -------
    AuditResult
        Equal to the result on one machine, but for how sums are rounded (1e-12).

    Raises
    ------
    ExtraError
        Where pyspark isn't installed.
    MissingError
        Where a table or a path isn't there.
    DataError
        Where the log lacks what a measure needs.
    """
    running = session if session is not None else spark_session()
    engines: list[SparkEngine] = []

    def engine(log: Log) -> SparkEngine:
        engines.append(SparkEngine(log, session=running))
        return engines[-1]

    try:
        return run_audit(
            spec,
            _log(rows, spec, beside or {}, running),
            rng=np.random.default_rng(seed),
            recording=Recording("audit on Spark", seed, clock),
            progress=progress,
            engine=engine,
        )
    finally:
        for each in engines:
            each.close()


def _log(
    rows: Any, spec: AuditSpec, beside: Mapping[str, Any], session: SparkSession
) -> AuditLog | Log:
    if isinstance(rows, Log):
        return replace(rows, **beside)
    frame = read_source(session, "rows", rows)
    if beside.get("memberships") is None:
        found = foreign_log(frame, spec)
        slates = None if found.slates is None else replace(found.slates, **beside)
        return replace(found, slates=slates)
    renamed = frame.withColumnsRenamed({theirs: ours for ours, theirs in spec.columns.items()})
    bands = {name: Band(band.column, band.starts) for name, band in spec.bands.items()}
    return Log(renamed, **{"bands": bands, **beside})


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for name in reversed(PARTS):
        command = click.option(f"--{name}", help=f"The log's {name}: a path or table:NAME.")(
            command
        )
    return command


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rows", required=True, help="The log: a path or table:NAME of the catalog.")
@click.option(
    "--spec", required=True, type=click.Path(path_type=Path), help="The audit file (YAML)."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The folder of the report."
)
@click.option("--seed", default=0, show_default=True, help="Where all chance comes from.")
@click.option("--hive", is_flag=True, help="Read Hive's tables, where a new session is made.")
@_options
def program(rows: str, spec: Path, out: Path, seed: int, hive: bool, **parts: str | None) -> int:
    """Audit a log on Spark, and write its report as HTML, JSON and Markdown.

    Exits with 0 where every gate passes, 1 where one fails, 3 where evidence is insufficient, 2
    for an error of usage or data.
    """
    given = {name: part for name, part in parts.items() if part is not None}
    asked = AuditSpec.load(spec)
    result = audit_on_spark(rows, asked, session=spark_session(hive=hive), seed=seed, beside=given)
    for suffix, text in (
        ("html", result.to_html()),
        ("md", result.to_markdown()),
        ("json", result.to_json()),
    ):
        write_bytes(out / f"audit.{suffix}", text.encode())
    click.echo(f"Verdict: {result.verdict.outcome.value} ({result.verdict.rule})")
    click.echo(f"Report: {out / 'audit.html'}")
    return result.exit_code


def main(arguments: list[str] | None = None) -> None:
    """Run the program and exit; an error is a sentence."""
    try:
        code = program.main(args=arguments, standalone_mode=False)
    except FairviewError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


__all__ = ["audit_on_spark"]

if __name__ == "__main__":
    main()
