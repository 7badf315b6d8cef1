"""The program's manners: help at once, errors in one sentence, exit codes, and no leaks."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from fairview.cli.app import COMMANDS

Program = Callable[..., CompletedProcess[str]]


def test_help_lists_every_command_and_imports_nothing_heavy(fairview: Program) -> None:
    text = fairview("--help").stdout
    for name, line in COMMANDS.items():
        assert f"{name} " in text
        assert line.split()[0] in text
    program = (
        "import sys\nfrom fairview.cli import main\n"
        "try:\n    sys.argv = ['fairview', '--help']\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'duckdb', 'pydantic', 'cv2', 'fastapi'}\n"
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help(fairview: Program, name: str) -> None:
    assert "Usage" in fairview(name, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ingest", "nowhere"), "is no workspace; run: fairview init"),
        (("search", "tea"), "is no workspace"),
        (("nonsense",), "No such command 'nonsense'"),
        (("search",), "Missing argument 'QUERY'"),
    ],
)
def test_errors_are_a_sentence_and_exit_with_2(
    fairview: Program, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = fairview(*arguments, check=False, env={"FAIRVIEW_WORKSPACE": str(tmp_path)})
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_workspace_says_what_comes_next(fairview: Program, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    assert "Next" in fairview("init", shop).stdout
    for command, said in (
        (("index",), "fairview ingest"),
        (("train",), "fairview"),
        (("search", "tea"), "fairview ingest"),
        (("search", "tea", "--skin-tone", "9"), "from 1 to 4"),
        (("ingest", tmp_path / "gone"), "gone"),
        (("ingest", tmp_path, "--map", "title"), "FIELD=COLUMN"),
        (("ingest", tmp_path, "--on", "a=b"), "go together"),
        (("init", shop), "workspace already"),
    ):
        done = (
            fairview(*command, "-w", shop, check=False)
            if command[0] != "init"
            else fairview(*command, check=False)
        )
        assert done.returncode == 2, (command, done.stdout, done.stderr)
        assert said in done.stderr, (command, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1
    findings = json.loads(fairview("doctor", "--json", "-w", shop, check=False).stdout)
    assert {finding["level"] for finding in findings} <= {"ok", "note", "problem"}


def test_what_the_system_refuses_is_a_sentence(fairview: Program, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for arguments in (
        ("init", tmp_path / "file" / "shop"),
        ("demo", "--folder", tmp_path / "file", "--no-serve"),
        ("demo", "--folder", tmp_path / "file" / "demo", "--no-serve"),
    ):
        done = fairview(*arguments, check=False)
        assert done.returncode == 2
        assert str(tmp_path / "file") in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_a_sentence(fairview: Program, tmp_path: Path) -> None:
    fairview("init", tmp_path / "shop")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = fairview("serve", "--port", port, "-w", tmp_path / "shop", check=False)
    assert done.returncode == 2
    assert f"Nothing can listen at 127.0.0.1, port {port}" in done.stderr
    assert "give another --port" in done.stderr


def test_a_refinement_has_no_environment_variable(fairview: Program, tmp_path: Path) -> None:
    text = fairview("search", "--help").stdout
    assert "--skin-tone" in text
    assert "FAIRVIEW_SEARCH" not in text
    assert "FAIRVIEW_WORKSPACE" in text
    fairview("init", tmp_path / "shop")
    names = ("FAIRVIEW_SKIN_TONE", "FAIRVIEW_SEARCH_SKIN_TONE", "FAIRVIEW_DISCOVERY__SKIN_TONE")
    for name in names:
        done = fairview("search", "tea", "-w", tmp_path / "shop", check=False, env={name: "9"})
        assert "from 1 to 4" not in done.stderr


def test_a_world_is_not_written_among_other_files(fairview: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = fairview("world", tmp_path, "--items", 30, check=False)
    assert done.returncode == 2
    assert "holds files that aren't a world's" in done.stderr
