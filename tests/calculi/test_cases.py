"""Every case of parts A and B, on every machine; `--cases FILE` runs another file of the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.calculi.cases import DATA, KINDS, Case, read_cases

FILES = ("fmc_rmc_cases.json", "fmc_more_cases.json")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    given = metafunc.config.getoption("--cases")
    paths = [Path(metafunc.config.invocation_params.dir, given)] if given else [DATA / name for name in FILES]
    cases = [case for path in paths for case in read_cases(path)]
    metafunc.parametrize("case", cases, ids=[case["id"] for case in cases])


def test_cases(case: Case) -> None:
    assert case["kind"] in KINDS
    KINDS[case["kind"]](case)
