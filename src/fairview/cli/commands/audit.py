"""`fairview audit`: a workspace's page, log and catalogue, or any log, against their gates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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


@click.group(invoke_without_command=True)
@click.option(
    "--log",
    help="A log that isn't Fairview's: Parquet or CSV, a file, a folder or a glob in quotes.",
)
@click.option(
    "--spec", type=click.Path(path_type=Path), help="The audit file; by default the workspace's."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --log: a folder for the report, the result, a card and metrics.",
)
@click.option(
    "--find",
    is_flag=True,
    help="With --log: search for groups that nobody asked about, as `find` in the audit file does.",
)
@click.option(
    "--watch",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --log: a folder that keeps the statistics of every log so far. This log is added, "
    "and intervals hold on all days at once.",
)
@click.option(
    "--planned-error",
    type=float,
    help="With --watch: the standard error at which intervals are narrowest, fixed by the first "
    "look; 0.01 by default.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="With --log: seed of chance.")
@click.option("--synthetic", is_flag=True, help="With --log: the data is synthetic.")
@click.option(
    "--grades",
    type=click.Path(path_type=Path),
    help="Relevance judgements: Parquet or CSV with query, item_id and grade.",
)
@click.option("--markdown", is_flag=True, help="Print a summary for a pull request.")
@click.option(
    "--summary",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="GITHUB_STEP_SUMMARY",
    show_envvar=True,
    help="A file that the Markdown summary is added to.",
)
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> int:
    """Audit the page before and after balancing it, and the log of events where there is one.

    With --log and --spec: audit the log of any system, from that log alone.

    Exits with 0 where every gate passes, 1 where one fails, 3 where evidence is insufficient.
    The verdict is that of the balanced page; the log's own verdict stands in its report.
    """
    if context.invoked_subcommand is not None:
        return 0
    if options["log"] is not None:
        return _foreign(options)
    only = ("out", "synthetic", "find", "watch", "planned_error")
    wrong = next((name for name in only if options[name]), None)
    if wrong is not None:
        raise click.UsageError(
            f"--{wrong.replace('_', '-')} goes with --log; a workspace keeps its own audits."
        )
    return _workspace(options)


@command.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--markdown", is_flag=True, help="Print a summary for a pull request.")
@json_option
def compare(before: Path, after: Path, markdown: bool, as_json: bool) -> int:
    """Say what changed between two saved audits, and whether it is more than noise.

    BEFORE and AFTER are folders that --out named, or their result.json. Exits with 1 where a gate
    newly fails or a figure got worse by more than noise, 3 where nothing can be compared.
    """
    from fairview.audit import compare_audits, load_audit

    found = compare_audits(load_audit(before), load_audit(after))
    if as_json:
        print_json(found.to_dict())
    elif markdown:
        click.echo(found.to_markdown())
    else:
        click.echo(f"Verdict: {found.verdict.outcome.value} ({found.verdict.rule})")
        click.echo(f"  {found.verdict.reason}")
        for name, (one, two) in found.gates.items():
            click.echo(f"  {name}: {one.outcome.value} before, {two.outcome.value} now")
        count = f"{len(found.shown)} of {len(found.changes)}"
        click.echo(f"{count} figures changed by more than noise (Holm at {found.level:g}):")
        for c in found.shown:
            ends = "" if c.low is None else f" ({c.low:+.3g} to {c.high:+.3g})"
            click.echo(f"  {c.measure} [{c.slice}]: {c.difference:+.3g}{ends}")
        for note in found.notes:
            click.echo(f"  {note}")
    return found.exit_code


def _foreign(options: dict[str, Any]) -> int:
    """Audit any log by a file of its own."""
    import numpy as np

    from fairview.audit import AuditSpec, audit_data, save_audit, watch

    if options["spec"] is None:
        raise click.UsageError("--log needs --spec: the audit file that says what to look at.")
    if options["grades"] is not None:
        raise click.UsageError("--grades is for a workspace's page; name a column of the log.")
    if options["planned_error"] is not None and options["watch"] is None:
        raise click.UsageError("--planned-error goes with --watch.")
    fields: dict[str, Any] = {}
    if options["find"] and AuditSpec.load(options["spec"]).find is None:
        fields["find"] = {}
    with progress_bar("Auditing the log", "measure") as progress:
        result = audit_data(
            options["log"],
            options["spec"],
            seed=options["seed"],
            synthetic=options["synthetic"],
            progress=progress,
            **fields,
        )
    if options["watch"] is not None:
        rng = np.random.default_rng(options["seed"])
        error = options["planned_error"]
        result = watch(options["watch"], result, planned_error=error, rng=rng)
    report = save_audit(options["out"], result) if options["out"] else None
    _add_summary(options["summary"], result)
    if options["as_json"]:
        click.echo(result.to_json())
    elif options["markdown"]:
        click.echo(result.to_markdown())
    else:
        for line in verdict_lines(result):
            click.echo(line)
        if report is not None:
            click.echo(f"Report: {report}")
    return result.exit_code


def _workspace(options: dict[str, Any]) -> int:
    """Audit a workspace: its page on replayed requests, and its log where it has one."""
    import numpy as np

    from fairview.audit import AuditSpec, audit_workspace, spec_of
    from fairview.catalog import EventStore
    from fairview.discovery import SearchEngine, audit_page, save_run, traffic_of
    from fairview.discovery.audit_runs import LOG, PAGE, PAGE_BEFORE
    from fairview.discovery.judgements import read_grades

    opened = open_workspace(options["workspace"])
    asked = AuditSpec.load(options["spec"]) if options["spec"] else spec_of(opened)
    engine = SearchEngine.open(opened)
    traffic = traffic_of(opened, np.random.default_rng(opened.settings.seed))
    grades = options["grades"]
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
    _add_summary(options["summary"], page.after)
    if options["as_json"]:
        print_json({"folder": str(run.folder), **{k: r.to_dict() for k, r in results.items()}})
    elif options["markdown"]:
        click.echo(page.after.to_markdown())
    else:
        click.echo(f"Audited on {traffic.source}.")
        for line in verdict_lines(page.after):
            click.echo(line)
        click.echo(f"Report: {run.report(PAGE)}")
    return page.after.exit_code


def _add_summary(path: Path | None, result: AuditResult) -> None:
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(result.to_markdown())


def verdict_lines(result: AuditResult) -> list[str]:
    """Return a result's verdict, the gates behind it, no gaps with their power, and what lacks."""
    from fairview.audit.power import power_sentence

    lines = [f"Verdict: {result.verdict.outcome.value} ({result.verdict.rule})"]
    lines += [f"  {v.outcome.value}: {v.rule}. {v.reason}" for v in result.verdicts]
    for measure in result.spec.parsed:
        said = power_sentence(measure, result.of(measure.identity))
        lines += [f"  {measure}: {said}"] if said else []
    for finding in result.findings:
        lines.append(f"  {finding.title}: {finding.sentence}")
    return lines + [f"  {sentence}" for sentence in result.missing]
