"""`fairview find`: what nobody asked about, in any table or in a workspace's own log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairview.cli.options import json_option, open_workspace, print_json, workspace_option

if TYPE_CHECKING:
    from fairview.audit import Finding
    from fairview.audit.finding.served import Served


@click.group()
def command() -> None:
    """Find who is served worst, and where a gap comes from."""


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--loss", help="The column whose mean is to be explained; larger is worse.")
@click.option("--label", help="The column of what was true, 0 or 1.")
@click.option("--prediction", help="The column of what was said, 0 or 1.")
@click.option(
    "--error",
    type=click.Choice(["wrong", "false positive", "false negative"]),
    default="wrong",
    help="Which mistakes count, where label and prediction are given.",
)
@click.option("--by", multiple=True, help="A column that slices are made of; by default all.")
@click.option("--category", multiple=True, help="A column of numbers that are codes.")
@click.option("--cluster", help="The column that names independent units, such as people.")
@click.option("--depth", default=3, help="The most conditions of one slice.")
@click.option("--minimum-rows", default=100, help="The fewest rows of one slice.")
@click.option("--bands", default=5, help="How many bands numbers are cut into.")
@click.option(
    "--size-weight", default=0.5, help="0: the largest gaps; 1: the most loss above the average."
)
@click.option("--most", default=20, help="How many slices are taken to the other half.")
@click.option("--level", default=0.95, help="The confidence.")
@click.option("--holm", is_flag=True, help="No false slice at all, instead of few on average.")
@click.option("--seed", default=0, help="The seed of the halves.")
@json_option
def slices(path: Path, as_json: bool, **given: Any) -> None:
    """Search PATH (Parquet or CSV) for the groups that are served worst.

    One half of the rows is searched; what it shows is tested in the other half.
    """
    import numpy as np

    from fairview.audit.finding import Roles, SliceSearch, find_in_table, read_table

    roles = Roles(
        given["loss"], given["label"], given["prediction"], given["error"], given["by"],
        given["category"], given["cluster"], given["bands"],
    )  # fmt: skip
    asked = SliceSearch(
        depth=given["depth"],
        minimum_rows=given["minimum_rows"],
        size_weight=given["size_weight"],
        most=given["most"],
        level=given["level"],
        adjust="holm" if given["holm"] else "bh",
    )
    rng = np.random.default_rng(given["seed"])
    found = find_in_table(read_table(path), roles, rng, asked=asked)
    if as_json:
        print_json(found.to_dict())
        return
    _print(found.finding())


@command.command()
@click.argument("attribute")
@click.option("--surface", default="search", help="The surface whose requests are looked at.")
@click.option("--log", "scale", flag_value="log", help="Differences of logs: parts of a skew.")
@click.option("--level", default=0.95, help="The confidence.")
@workspace_option
@json_option
def stages(
    attribute: str, surface: str, scale: str | None, level: float, workspace: Path, as_json: bool
) -> None:
    """Say which stage adds what to the gaps of ATTRIBUTE's groups, from the candidate log."""
    from fairview.audit.finding import stage_parts, workspace_stage_log

    log = workspace_stage_log(open_workspace(workspace), attribute, surface=surface)
    found = stage_parts(log, attribute, scale="log" if scale else "difference", level=level)
    if as_json:
        print_json(found.to_dict())
        return
    _print(found.finding())


@command.command()
@click.argument("attributes", nargs=-1, required=True)
@click.option(
    "--loss", type=click.Choice(["no click", "hide"]), default="no click", help="What is bad."
)
@click.option("--vectors", default="", help="An embedding whose clusters are sliced by too.")
@click.option("--surface", default="search", help="The surface whose pages are looked at.")
@click.option("--depth", default=3, help="The most conditions of one slice.")
@click.option("--minimum-rows", default=100, help="The fewest rows of one slice.")
@workspace_option
@json_option
def served(
    attributes: tuple[str, ...],
    loss: Served,
    vectors: str,
    surface: str,
    depth: int,
    minimum_rows: int,
    workspace: Path,
    as_json: bool,
) -> None:
    """Find the kinds of shown pictures that people take least to, by ATTRIBUTES and clusters."""
    import numpy as np

    from fairview.audit.finding import SliceSearch, find_served

    opened = open_workspace(workspace)
    found = find_served(
        opened,
        attributes,
        np.random.default_rng(opened.settings.seed),
        loss=loss,
        vectors=vectors,
        surface=surface,
        asked=SliceSearch(depth=depth, minimum_rows=minimum_rows),
    )
    if as_json:
        print_json(found.to_dict())
        return
    _print(found.finding())


@command.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--loss", help="The column whose mean is compared.")
@click.option("--label", help="The column of what was true, 0 or 1.")
@click.option("--prediction", help="The column of what was said, 0 or 1.")
@click.option(
    "--error",
    type=click.Choice(["wrong", "false positive", "false negative"]),
    default="wrong",
    help="Which mistakes count, where label and prediction are given.",
)
@click.option("--by", required=True, help="The column of groups.")
@click.option("--group", required=True, help="The group.")
@click.option("--reference", required=True, help="The group that it is compared with.")
@click.option("--strata", multiple=True, required=True, help="A column that strata are made of.")
@click.option("--category", multiple=True, help="A column of numbers that are codes.")
@click.option("--cluster", help="The column that names independent units, such as people.")
@click.option("--bands", default=5, help="How many bands numbers are cut into.")
@click.option("--level", default=0.95, help="The confidence.")
@json_option
def mix(path: Path, as_json: bool, **given: Any) -> None:
    """Take a gap in PATH apart: who is where (mix), and how they fare in the same place (rate)."""
    from fairview.audit.finding import Roles, decompose_gap, read_table

    roles = Roles(
        loss=given["loss"], label=given["label"], prediction=given["prediction"],
        error=given["error"], categories=given["category"], cluster=given["cluster"],
        bands=given["bands"],
    )  # fmt: skip
    found = decompose_gap(
        read_table(path), roles, given["by"], given["group"], given["reference"],
        given["strata"], level=given["level"],
    )  # fmt: skip
    if as_json:
        print_json(found.to_dict())
        return
    _print(found.finding())


def _print(finding: Finding) -> None:
    from fairview.audit.findings import cell_text

    click.echo(finding.sentence)
    if finding.rows:
        rows = [finding.columns, *([cell_text(cell) for cell in row] for row in finding.rows)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(finding.columns))]
        for row in rows:
            first = row[0].ljust(widths[0])
            rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            click.echo("  " + "  ".join([first, *rest]).rstrip())
    click.echo(finding.method)
