"""`fairview audit`: the page, the log and the catalogue against their gates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairview.cli.options import (
    json_option,
    open_workspace,
    print_json,
    progress_bar,
    workspace_option,
)

if TYPE_CHECKING:
    from fairview.audit import AuditResult


@click.command()
@click.option(
    "--spec", type=click.Path(path_type=Path), help="The audit file; by default the workspace's."
)
@click.option(
    "--grades",
    type=click.Path(path_type=Path),
    help="Relevance judgements: Parquet or CSV with query, item_id and grade.",
)
@click.option("--markdown", is_flag=True, help="Print a summary for a pull request.")
@workspace_option
@json_option
def command(
    spec: Path | None, grades: Path | None, markdown: bool, workspace: Path, as_json: bool
) -> int:
    """Audit the page before and after balancing it, and the log of events where there is one.

    Exits with 0 where every gate passes, 1 where one fails, 3 where evidence is insufficient.
    The verdict is that of the balanced page; the log's own verdict stands in its report.
    """
    import numpy as np

    from fairview.audit import AuditSpec, audit_workspace, spec_of
    from fairview.catalog import EventStore
    from fairview.discovery import SearchEngine, audit_page, save_run, traffic_of
    from fairview.discovery.audit_runs import LOG, PAGE, PAGE_BEFORE
    from fairview.discovery.judgements import read_grades

    opened = open_workspace(workspace)
    asked = AuditSpec.load(spec) if spec else spec_of(opened)
    engine = SearchEngine.open(opened)
    traffic = traffic_of(opened, np.random.default_rng(opened.settings.seed))
    with progress_bar("Auditing the page") as progress:
        page = audit_page(
            engine,
            asked,
            traffic,
            grades=read_grades(grades) if grades else None,
            progress=progress,
        )
    results = {PAGE_BEFORE: page.before, PAGE: page.after}
    if EventStore(opened).count():
        with progress_bar("Auditing the log", "measure") as progress:
            results = {LOG: audit_workspace(opened, asked, progress=progress), **results}
    run = save_run(opened, results)
    if as_json:
        print_json({"folder": str(run.folder), **{k: r.to_dict() for k, r in results.items()}})
    elif markdown:
        click.echo(page.after.to_markdown())
    else:
        click.echo(f"Audited on {traffic.source}.")
        for line in verdict_lines(page.after):
            click.echo(line)
        click.echo(f"Report: {run.report(PAGE)}")
    return page.after.exit_code


def verdict_lines(result: AuditResult) -> list[str]:
    """Return a result's verdict, the gates behind it, and what couldn't be said."""
    lines = [f"Verdict: {result.verdict.outcome.value} ({result.verdict.rule})"]
    lines += [f"  {v.outcome.value}: {v.rule}. {v.reason}" for v in result.verdicts]
    return lines + [f"  {sentence}" for sentence in result.missing]
