"""The examples in examples/json are what the command line says."""

from __future__ import annotations

from pathlib import Path

from tests.cli.golden import FOLDER, examples, text


def test_the_examples_are_what_is_said(tmp_path: Path) -> None:
    said = examples(tmp_path)
    assert {path.stem for path in FOLDER.iterdir()} == set(said)
    for name, value in said.items():
        written = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert written == text(value), f"{name}.json: `python -m tests.cli.golden` writes the examples anew"
