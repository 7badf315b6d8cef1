"""`fairview doctor`: check the workspace."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from fairview.cli.options import json_option, open_workspace, print_json, workspace_option

MARKS = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


@click.command()
@workspace_option
@json_option
def command(workspace: Path, as_json: bool) -> int:
    """Check settings, items, pictures, quarantine, events, signals, index and integrity rules.

    Exits with 1 where something has to be mended.
    """
    from fairview.catalog import Finding, doctor
    from fairview.core.errors import FairviewError
    from fairview.discovery import SearchEngine
    from fairview.discovery.integrity import golden_set

    opened = open_workspace(workspace)
    findings = doctor(opened)
    try:
        missing = SearchEngine.open(opened).missing
        findings += [Finding("note", sentence) for sentence in missing]
        if not missing:
            findings.append(Finding("ok", "The search page has everything that it uses."))
        findings += [Finding(*each) for each in golden_set(opened)]
    except FairviewError as error:
        findings.append(Finding("problem", f"The search page can't be opened: {error}"))
    problems = sum(finding.level == "problem" for finding in findings)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{MARKS[finding.level]}  {finding.what}")
            if finding.what_to_do:
                click.echo(f"         {finding.what_to_do}")
    return 1 if problems else 0
