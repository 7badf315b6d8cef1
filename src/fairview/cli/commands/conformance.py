"""`fairview conformance`: any tool against tables with a planted truth."""

from __future__ import annotations

from pathlib import Path

import click

from fairview.cli.options import counted, json_option, print_json, progress_bar


@click.command()
@click.option("--scorer", help="A function as module:function; by default Fairview itself.")
@click.option(
    "--repeats", default=200, help="How often each interval is asked for; 0 leaves coverage out."
)
@click.option(
    "--write", type=click.Path(path_type=Path), help="Write tables and questions to this folder."
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    help="Mark this JSON file of answers to the folder that --write made.",
)
@json_option
def command(
    scorer: str | None, repeats: int, write: Path | None, answers: Path | None, as_json: bool
) -> int:
    """Ask a tool for figures whose right answer is known, and say which match.

    Exits with 0 where all that was answered matches, 1 where some differs, 3 where nothing was
    answered. See docs/conformance-pack.md for the form of questions and answers.
    """
    from fairview.audit.conformance import load_scorer, mark_answers, run_pack, score, write_pack
    from fairview.core import UsageError

    if repeats < 0:
        raise UsageError("--repeats must be 0 or more.")
    if answers is not None:
        if write is None:
            raise UsageError("Name the folder of the questions with --write, beside --answers.")
        result = mark_answers(write, answers)
    elif write is not None:
        tables = write_pack(write, repeats)
        click.echo(f"{counted(tables, 'table')} and their questions are in {write}.")
        return 0
    else:
        chosen = score if scorer is None else load_scorer(scorer)
        with progress_bar("Asking", "table") as progress:
            result = run_pack(chosen, scorer or "fairview", repeats=repeats, progress=progress)
    if as_json:
        print_json(result.to_dict())
    else:
        for line in result.lines():
            click.echo(line)
    return result.exit_code
