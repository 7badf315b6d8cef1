"""`fairview search`: one page on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairview.cli.options import json_option, open_workspace, print_json, workspace_option
from fairview.core.errors import UsageError

if TYPE_CHECKING:
    from fairview.core import Refinement
    from fairview.discovery import Answer


@click.command()
@click.argument("query")
@click.option(
    "--skin-tone",
    metavar="1-4",
    help="A skin tone range for this search alone: 1 to 4, or its name such as 6-7.",
)
@click.option("-k", "size", type=click.IntRange(1, 200), help="Items on the page.")
@click.option("--explain", is_flag=True, help="Say of every item why it is there.")
@click.option("--no-diversity", is_flag=True, help="Order by relevance alone.")
@workspace_option
@json_option
def command(
    query: str,
    skin_tone: str | None,
    size: int | None,
    explain: bool,
    no_diversity: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Search for QUERY. Nothing of a search with a refinement is written down."""
    from fairview.discovery import SearchEngine

    refine = _refinement(skin_tone)
    engine = SearchEngine.open(open_workspace(workspace))
    answer = engine.search(query, refine=refine, k=size, diversify=not no_diversity, log=False)
    if as_json:
        print_json(answer.to_dict())
        return
    _print(answer, explain)


def _refinement(skin_tone: str | None) -> Refinement | None:
    from fairview.core import SKIN_TONE, Refinement

    if skin_tone is None:
        return None
    names = SKIN_TONE.names
    if skin_tone in names:
        return Refinement({"skin_tone": skin_tone})
    if skin_tone.isdecimal() and 1 <= int(skin_tone) <= len(names):
        return Refinement({"skin_tone": names[int(skin_tone) - 1]})
    raise UsageError(
        f"--skin-tone takes a range from 1 to {len(names)}, or one of {', '.join(names)}."
    )


def _print(answer: Answer, explain: bool) -> None:
    if answer.synthetic:
        click.echo("Synthetic catalogue.")
    for item in answer.items:
        mark = " (not read surely)" if item.uncertain else ""
        click.echo(f"{item.position:3d}. {item.title}  [{item.id}]{mark}")
        if explain:
            for sentence in item.explanation:
                click.echo(f"       {sentence}")
            scores = ", ".join(f"{name} {value:.3f}" for name, value in item.scores.items())
            click.echo(f"       from {', '.join(item.sources)}; {scores}")
    if not answer.items:
        click.echo("Nothing was found.")
    for sentence in (*answer.notes, *answer.missing):
        click.echo(sentence)
    if explain:
        for stage, reasons in answer.removed.items():
            for reason, count in reasons.items():
                click.echo(f"Removed by {stage}: {count:,} ({reason})")
        for offer in answer.refinements:
            groups = ", ".join(f"{group}: {count}" for group, count in offer.groups.items())
            click.echo(f"This query can be refined by {offer.attribute} ({groups})")
    click.echo(f"{answer.candidates:,} candidates, {answer.took_ms:.0f} ms")
