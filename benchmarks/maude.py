"""Rewrite systems as Maude functional modules, and what Maude makes of them.

Names become `s0`, `f0`, `x0`, so that nothing is a word or an operator of Maude's. Maude is free to choose among rules
that fit; the first one in the text has no priority there, and rewrite counts differ a little where rules overlap.
"""

from __future__ import annotations

import hashlib
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lemmata.rewriting.prefix import full_text
from lemmata.rewriting.syntax import TermTable, children
from lemmata.rewriting.system import RewriteSystem

_TIMES = re.compile(rb"^rewrites: (\d+) in \d+ms cpu \((\d+)ms real\)", re.MULTILINE)
_RESULT = re.compile(rb"^result [^:\n]*: ", re.MULTILINE)
_NAME = re.compile(r"[^\s(),]+")


@dataclass(frozen=True)
class Answer:
    """One run of Maude: wall seconds of the process, what it reports, and a digest of each normal form.

    `seconds` (real) and `rewrites` are sums over the commands. The digest of one that was not printed is empty.
    """

    whole: float
    seconds: float
    rewrites: int
    digests: tuple[str, ...]


def find_maude() -> str | None:
    """The program, if it is installed (Debian: `apt-get install maude`)."""
    return shutil.which("maude")


def maude_names(system: RewriteSystem) -> dict[str, str]:
    """What each symbol is called in the module."""
    return {s.name: f"f{n}" for n, s in enumerate(system.symbols)}


def maude_text(system: RewriteSystem, show: bool) -> str:
    """The module and a command for each term to evaluate. Unless `show`, the normal forms are not printed."""
    return "\n".join(_module(system, show)) + "\n"


def run_maude(text: str, folder: Path, limit: float) -> Answer | None:
    """Run commands in a new process with the stack unbounded; None if it takes longer than `limit` seconds."""
    program = find_maude()
    assert program is not None
    file, output = folder / "problem.maude", folder / "maude.out"
    file.write_text(text, encoding="utf-8")
    with output.open("wb") as out:
        started = time.perf_counter()
        process = subprocess.Popen(
            [program, "-no-banner", "-no-advise", "-no-wrap", "-batch", str(file)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_unbounded_stack,
        )
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
        whole = time.perf_counter() - started
    said = output.read_bytes()
    times = _TIMES.findall(said)
    if code or b"Warning" in said[:10_000] or len(times) != text.count("\nred "):
        raise SystemExit(f"Maude did not do its work (exit code {code}): {said[:2000]!r}")
    starts = [m.end() for m in _RESULT.finditer(said)]
    forms = [said[start : said.index(b"\n", start)] for start in starts]
    digests = tuple(digest(f.replace(b", ", b",")) if f != b"finished" else "" for f in forms)
    return Answer(whole, sum(int(ms) for _, ms in times) / 1000, sum(int(n) for n, _ in times), digests)


def digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def term_digest(terms: TermTable, root: int, names: Mapping[str, str]) -> str:
    """The digest of a term as Maude would print it. Linear in the printed tree."""
    renamed, moved = TermTable(), dict[int, int]()
    for i in terms.reachable([root]):
        row = terms.rows[i]
        moved[i] = renamed.app(names[str(row[1])], *(moved[c] for c in children(row)))
    return digest(full_text(renamed, moved[root]).encode())


def text_digest(text: str, names: Mapping[str, str]) -> str:
    """The same for a term in REC's notation."""
    return digest(_NAME.sub(lambda m: names[m[0]], text.replace(" ", "")).encode())


def _unbounded_stack() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (most, most))


def _module(system: RewriteSystem, show: bool) -> Iterator[str]:
    terms, names = system.terms, maude_names(system)
    sorts = {
        sort: f"s{n}"
        for n, sort in enumerate(dict.fromkeys(s for f in system.symbols for s in (*f.arguments, f.result)))
    }
    yield "fmod M is"
    yield f"sorts {' '.join(sorts.values())} ."
    for f in system.symbols:
        yield f"op {names[f.name]} : {' '.join(sorts[a] for a in f.arguments)} -> {sorts[f.result]} ."
    written = TermTable()
    at: dict[int, int] = {}
    for i, row in enumerate(terms.rows):
        name = names[str(row[1])] if row[0] == "app" else f"x{i}:{sorts[str(row[2])]}"
        at[i] = written.app(name, *(at[c] for c in children(row)))

    def spell(i: int) -> str:
        return full_text(written, at[i])

    for rule in system.rules:
        sides = f"{spell(rule.lhs)} = {spell(rule.rhs)}"
        conditions = r" /\ ".join(
            f"{spell(c.left)} {'=' if c.equal else '=/='} {spell(c.right)}" for c in rule.conditions
        )
        yield f"ceq {sides} if {conditions} ." if conditions else f"eq {sides} ."
    if not show:
        yield "sort Finished ."
        yield "op finished : -> Finished ."
        for sort in sorts.values():
            yield f"op finish : {sort} -> Finished ."
            yield f"eq finish(x:{sort}) = finished ."
    yield "endfm"
    yield "set show command off ."
    for t in system.evaluate:
        yield f"red in M : {spell(t)} ." if show else f"red in M : finish({spell(t)}) ."
    yield "quit"
