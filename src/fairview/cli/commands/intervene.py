"""`fairview intervene`: try changes of the page, see what each costs, take one."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import (
    json_option,
    open_workspace,
    print_json,
    progress_bar,
    workspace_option,
)


@click.command()
@click.option(
    "--spec",
    type=click.Path(path_type=Path),
    help="The file of interventions; by default a few changes of the re-ranker and the ranker.",
)
@click.option(
    "--grades",
    type=click.Path(path_type=Path),
    help="Relevance judgements: Parquet or CSV with query, item_id and grade.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where the report goes; by default a folder among the workspace's runs.",
)
@click.option("--apply", is_flag=True, help="Write the recommended settings, and audit again.")
@click.option("--markdown", is_flag=True, help="Print a table for a pull request.")
@workspace_option
@json_option
def command(
    spec: Path | None,
    grades: Path | None,
    out: Path | None,
    apply: bool,
    markdown: bool,
    workspace: Path,
    as_json: bool,
) -> int:
    """Try changes of retrieval, training and re-ranking on the same requests.

    Writes a report with the frontier of utility against each fairness figure, the price of each
    change with its interval, and the recommended settings. Exits with 0 where a point is
    recommended, 3 where none is.
    """
    import numpy as np

    from fairview.audit import spec_of
    from fairview.core.atomic import write_bytes
    from fairview.discovery import SearchEngine, audit_again, intervene_on_page, traffic_of
    from fairview.discovery.judgements import read_grades
    from fairview.interventions import InterventionSpec

    opened = open_workspace(workspace)
    settings = opened.settings.discovery
    asked = (
        InterventionSpec.load(spec)
        if spec
        else InterventionSpec.default(settings.attribute, settings.target, settings.slate_size)
    )
    judged = read_grades(grades) if grades else None
    audit = spec_of(opened)
    traffic = traffic_of(opened, np.random.default_rng(opened.settings.seed))
    with progress_bar("Trying changes", "page") as progress:
        result = intervene_on_page(
            SearchEngine.open(opened), asked, audit, traffic, grades=judged, progress=progress
        )
    stamp = result.run_record.made_at.replace(":", "").replace("-", "")[:15]
    folder = out or opened.runs_dir / f"interventions-{stamp}-{result.run_record.digest}"
    write_bytes(folder / "interventions.html", result.to_html().encode())
    write_bytes(folder / "interventions.md", result.to_markdown().encode())
    write_bytes(folder / "interventions.json", result.to_json().encode())
    if result.configuration():
        write_bytes(folder / "recommended.toml", result.configuration().encode() + b"\n")
    if as_json:
        print_json(result.to_dict())
    elif markdown:
        click.echo(result.to_markdown())
    else:
        click.echo(result.recommendation.reason)
        if result.configuration():
            click.echo(f"Recommended: {result.recommendation.name}")
            click.echo(result.configuration())
        click.echo(f"Report: {folder / 'interventions.html'}")
    chosen = result.point(result.recommendation.name)
    if apply and chosen is not None:
        saved = opened.save_settings(dict(chosen.settings))
        after = audit_again(SearchEngine.open(saved), result, audit, traffic, grades=judged)
        write_bytes(folder / "after.html", after.to_html().encode())
        write_bytes(folder / "after.json", after.to_json().encode())
        click.echo(f"Written to {saved.root.name}/fairview.toml, and audited again:", err=True)
        click.echo(f"Report: {folder / 'after.html'}", err=True)
    return 0 if result.recommendation.name else 3
