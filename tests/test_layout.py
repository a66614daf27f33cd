"""The repository's frame: packages, links, data files, the direction of imports, and what is imported late."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("rewriting", "calculi", "engine", "verify")
MAY_IMPORT = {
    "rewriting": set[str](),
    "calculi": {"rewriting"},
    "engine": {"rewriting"},
    "verify": {"rewriting", "calculi", "engine"},
}
TRUSTED = ("check", "computing", "certificate", "syntax", "literals", "theory", "source")
HEAVY = ("numpy", "numba", "lark", "z3", "sympy", "rich", "click")


def _project() -> dict[str, object]:
    settings: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings


def _setuptools() -> dict[str, object]:
    return _project()["tool"]["setuptools"]  # type: ignore[index, no-any-return]


def _modules(room: str) -> Iterator[Path]:
    return (path for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts)


class TestPackages:
    def test_the_list_names_every_package_on_disk(self) -> None:
        on_disk = {"lemmata"}
        for room in ROOMS:
            for path in (ROOT / room).rglob("__init__.py"):
                on_disk.add(".".join(("lemmata", *path.parent.relative_to(ROOT).parts)))
        listed = _setuptools()["packages"]
        assert isinstance(listed, list)
        assert len(set(listed)) == len(listed)
        assert set(listed) == on_disk

    def test_no_module_lies_outside_a_package(self) -> None:
        for room in ROOMS:
            for path in _modules(room):
                assert (path.parent / "__init__.py").is_file(), path

    @pytest.mark.parametrize("room", ROOMS)
    def test_every_room_has_its_folder_and_its_link(self, room: str) -> None:
        directories = _setuptools()["package-dir"]
        assert isinstance(directories, dict)
        assert directories[f"lemmata.{room}"] == room
        link = ROOT / "lemmata" / room
        assert link.is_symlink()
        assert os.readlink(link) == f"../{room}"
        assert (ROOT / room / "__init__.py").is_file()

    def test_package_data_exists_and_nothing_is_forgotten(self) -> None:
        data = _setuptools()["package-data"]
        directories = _setuptools()["package-dir"]
        assert isinstance(data, dict)
        assert isinstance(directories, dict)
        shipped: set[Path] = set()
        for package, patterns in data.items():
            for pattern in patterns:
                folder = directories.get(package) or "/".join(package.split(".")[1:])
                found = list((ROOT / folder).glob(pattern))
                assert found, f"{package}: {pattern}"
                shipped.update(found)
        for folder in (
            ROOT / "lemmata",
            *(path.parent for room in ROOMS for path in (ROOT / room).rglob("__init__.py")),
        ):
            for path in folder.iterdir():
                if path.is_file() and path.suffix != ".py":
                    assert path in shipped, f"{path.relative_to(ROOT)} would be missing from the wheel"

    def test_the_licence_and_the_readme_are_there(self) -> None:
        for name in ("LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"):
            assert (ROOT / name).is_file()


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """(level, dotted name) of every import of a module, function-level ones included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from ((node.level, name) for name in names)


class TestImports:
    @pytest.mark.parametrize("room", ROOMS)
    def test_they_run_one_way_and_are_relative(self, room: str) -> None:
        for path in _modules(room):
            inside = len(path.relative_to(ROOT).parts) - 1  # the level at which "." is the room itself
            for level, name in _imports(path):
                if level == 0:
                    assert name.split(".")[0] != "lemmata", f"{path}: import {name} relatively"
                elif level > inside:
                    assert level == inside + 1, f"{path}: {name}"
                    assert name.split(".")[0] in MAY_IMPORT[room], f"{path} imports {name}"

    def test_the_trusted_modules_import_each_other_and_the_standard_library(self) -> None:
        for name in TRUSTED:
            for level, imported in _imports(ROOT / "rewriting" / f"{name}.py"):
                first = imported.split(".")[0]
                assert first in (TRUSTED if level else sys.stdlib_module_names), f"{name} imports {imported}"

    def test_tests_use_the_full_name(self) -> None:
        for path in _modules("tests"):
            for level, name in _imports(path):
                assert level == 0, path
                assert name.split(".")[0] not in ROOMS, f"{path} imports {name}"


def _imported_by(*arguments: str) -> set[str]:
    """The modules that a fresh interpreter has imported at its end."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    timed = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    assert run.returncode == 0, [line for line in run.stderr.splitlines() if line not in timed]
    return {line.rpartition("|")[2].strip() for line in timed}


class TestLateImports:
    def test_the_checker_brings_nothing_heavy_and_no_search(self) -> None:
        imported = _imported_by("-c", "import lemmata.rewriting.check")
        assert "lemmata.rewriting.check" in imported
        assert not imported & set(HEAVY)
        ours = {name for name in imported if name.startswith("lemmata.")}
        assert ours == {"lemmata.rewriting", *(f"lemmata.rewriting.{name}" for name in TRUSTED)}

    def test_help_is_quick_to_come(self) -> None:
        imported = _imported_by("-m", "lemmata", "--help")
        assert "click" in imported
        assert not imported & {"numba", "llvmlite", "z3", "sympy"}


# What must not be mentioned; in two halves, so that this file does not mention it.
_FOREIGN = [
    "pypi" + ".org",
    "python" + "hosted",
    "index" + "-url",
    "npm" + "js",
    "crates" + ".io",
    "proxy" + ".golang",
    "/work" + "/",
    "/root" + "/",
    "/home" + "/",
    "/tmp" + "/v",
    ".." + "/shared",
    "local" + "host:",
]


def _texts() -> Iterator[Path]:
    folders = ("lemmata", *ROOMS, "tests", "examples", "benchmarks", "docs", ".ci")
    paths = [*(path for path in ROOT.iterdir() if path.is_file())]
    for folder in folders:
        for place, inner, names in os.walk(ROOT / folder):
            inner[:] = [name for name in inner if name not in ("__pycache__", ".cache")]
            paths += [Path(place, name) for name in names]
    for path in paths:
        if path.suffix not in (".pyc", ".png", ".gz", ".nbc", ".nbi") and path.is_file():
            yield path


def test_no_file_mentions_a_registry_or_a_path_of_one_machine() -> None:
    looked_at = 0
    for path in _texts():
        text = path.read_text(encoding="utf-8", errors="replace")
        for word in _FOREIGN:
            assert word not in text, f"{path.relative_to(ROOT)} mentions {word}"
        looked_at += 1
    assert looked_at > 30
