"""The command line: thin. It reads files, calls the engine, prints, and ends with a code that scripts can trust.

Exit codes: 0 settled positively; 1 refuted or refused; 2 unknown within the limits; 64 usage; 65 bad input; 69 a tool
is missing; 70 a bug of ours; 73 an output cannot be written; 130 interrupted. docs/cli.md says which when.

Heavy modules are imported inside the commands, so that `lemmata --help` is quick.
"""

from __future__ import annotations

import math
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import click

from . import __version__
from .console import CutOff, OutputError, complain, say, say_json
from .rewriting.source import LemmataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine.mpl import Module
    from .engine.proofgraph import ProofGraph
    from .engine.prove import ContradictoryAxioms
    from .engine.results import Report
    from .opinions import Opinions
    from .rewriting.limits import Limits
    from .rewriting.theory import Theory

OK, REFUTED, UNKNOWN, USAGE, BAD_INPUT, NO_TOOL, BUG, NO_OUTPUT, INTERRUPTED = 0, 1, 2, 64, 65, 69, 70, 73, 130
_CODES = {
    "tool": NO_TOOL,
    "output": NO_OUTPUT,
    "usage": USAGE,
    "bug": BUG,
    "memory": UNKNOWN,
    "limit": UNKNOWN,
    "interrupted": INTERRUPTED,
}
_LONGEST = 10.0**8  # seconds


class Problem(LemmataError):
    """What went wrong outside the input: the kind decides the exit code."""

    def __init__(self, kind: str, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.kind = kind


def _number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise click.BadParameter("not a number of seconds")
    return value


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--time, --json, --quiet: the same everywhere."""
    seconds = click.FloatRange(0, _LONGEST)
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and JSON); no progress."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
        click.option("--time", type=seconds, metavar="SECONDS", callback=_number, help="Stop after this wall time."),
    ):
        command = option(command)
    return command


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and --memory as a limit: everywhere but where --memory is also that of a machine."""
    memory = click.IntRange(min=1)
    limited = click.option("--memory", type=memory, metavar="MB", help="Stop when memory reaches this.")
    return answer_options(limited(command))


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a search may be asked to check and to write."""
    for option in (
        click.option("--proof", metavar="FILE", help="Write the certificate, for `lemmata check`."),
        click.option("--html", metavar="FILE", help="Write the proof page."),
        click.option("--z3", is_flag=True, help="Have Z3 check every step (a minute more at most)."),
        click.option("--lean", is_flag=True, help="Have Lean check every theorem (a minute more at most)."),
        click.option(
            "--size",
            type=click.IntRange(1, 12),
            default=5,
            show_default=True,
            help="Largest equation explored: symbols on both sides, variables not counted.",
        ),
    ):
        command = option(command)
    return command


@click.group(no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lemmata")
def cli() -> None:
    """From axioms to machine-checked theorems.

    Theories are written in MPL; see docs/mpl.md and examples/.
    """


@cli.command()
@click.argument("file")
@output_options
@limit_options
def explore(file: str, **options: Any) -> int:
    """Find and prove the equations that hold in a theory."""
    return _search("explore", file, (), options)


@cli.command()
@click.argument("file")
@click.argument("names", nargs=-1)
@output_options
@limit_options
def prove(file: str, names: tuple[str, ...], **options: Any) -> int:
    """Prove the theorems that a theory names: all of them, or NAMES."""
    return _search("prove", file, names, options)


@cli.command()
@click.argument("certificate")
@click.option("--theory", metavar="FILE", help="The theory it must be about; else the one it carries.")
@limit_options
def check(certificate: str, theory: str | None, **options: Any) -> int:
    """Replay a certificate with the small checker."""
    from .checking import check_file

    answer = check_file(certificate, theory, _limits(options))
    if options["as_json"]:
        say_json(answer.as_json())
    elif not options["quiet"]:
        say(answer.lines())
    return answer.code


@cli.command()
@click.argument("file")
@click.option("--stats", is_flag=True, help="Say how many rewrites were made, how fast, and by what.")
@click.option("--trace", is_flag=True, help="Show every step, made by the slow reference rewriter.")
@click.option(
    "--tier",
    type=click.Choice(("auto", "table", "native")),
    default="auto",
    show_default=True,
    help="What executes the rules: the table machine, native code, or whatever is quicker.",
)
@click.option(
    "--memo",
    type=click.Choice(("off", "adaptive")),
    default="adaptive",
    show_default=True,
    help="Remember normal forms: never, or of the symbols for which it pays.",
)
@limit_options
def rewrite(file: str, **options: Any) -> int:
    """Print the normal forms of the terms in a REC file, one a line."""
    from .normal_forms import MOST_SHOWN, MOST_WRITTEN, Result, Run, read_within

    if options["trace"] and (options["tier"], options["memo"]) != ("auto", "adaptive"):
        raise Problem("usage", "--trace shows the reference rewriter, which has no --tier and no --memo")
    seen = sys.stdout is not None and sys.stdout.isatty()
    most = 0 if options["quiet"] and not options["as_json"] else MOST_SHOWN if seen else MOST_WRITTEN
    run = Run(*read_within(file, _limits(options)), most)
    steps: list[list[dict[str, Any]]] = [[]]
    for made in run.trace() if options["trace"] else run.evaluate(options["tier"], options["memo"]):
        if not options["as_json"] and not options["quiet"]:
            say(made.lines())  # at once: the next one may take long
        elif isinstance(made, Result):
            steps.append([])
        elif options["as_json"]:
            steps[-1].append(made.as_json())
    if options["as_json"]:
        say_json(run.as_json(steps[:-1] if options["trace"] else None, options["stats"]))
    elif not options["quiet"]:
        say([run.stats.line()] if options["stats"] else [])
        for note in run.notes():
            complain(note)
    return {"done": OK, "interrupted": INTERRUPTED}.get(run.stop.value, UNKNOWN)


class _ExpressionCommand(click.Command):
    """A command whose argument may begin with a minus sign: what looks like no option is the argument."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        takes_value = {
            name: isinstance(option, click.Option) and not option.is_flag
            for option in self.params
            for name in option.opts
            if isinstance(option, click.Option)
        }
        rest = iter(args)
        options: list[str] = []
        others: list[str] = []
        for word in rest:
            if word == "--":
                others += rest
            elif word in takes_value or word in context.help_option_names:
                options.append(word)
                options += [v for v in [next(rest, None)] if v is not None] if takes_value.get(word) else []
            elif re.fullmatch(r"--[a-z][a-z-]+(=.*)?", word, re.DOTALL):
                options.append(word)
            else:
                others.append(word)
        return super().parse_args(context, [*options, "--", *others])


@cli.command(cls=_ExpressionCommand)
@click.argument("expression")
@click.option("--explain", is_flag=True, help="Show why, step by step, and have the proof checked.")
@click.option("--assume", multiple=True, metavar="FORMULA", help='What may be assumed, such as "x > 0". Repeatable.')
@click.option("--domain", metavar="DOMAIN", help="real, complex, bool, or bv8 for bit vectors, of any width.")
@click.option(
    "--cost",
    type=click.Choice(("size", "depth", "cycles")),
    default="size",
    show_default=True,
    help="What is to be low.",
)
@click.option("--rules", metavar="FILE", help="Simplify by the rules in this file, one a line, and by nothing else.")
@click.option("--goal", metavar="TERM", help="Stop at this term, or at any that costs no more than this number.")
@click.option("--proof", metavar="FILE", help="Write the certificate, for `lemmata check`.")
@limit_options
def simplify(expression: str, **options: Any) -> int:
    """Print the simplest equal of an expression that is found.

    EXPRESSION is about real numbers, as in "sin(x)^2 + cos(x)^2 + a*2/2", or truth values; - reads it from standard
    input.
    """
    from .rewriting.limits import Stopped
    from .simplifying import Request, simplified

    words = ("cost", "goal", "assume", "domain", "rules")
    try:
        answer = simplified(Request(expression, **{w: options[w] for w in words}), _limits(options))
    except Stopped as stopped:
        raise Problem("limit", f"the {stopped.reason.value} limit was reached while the expression was read") from None
    problems = _write_all([(options["proof"], answer.certificate)] if options["proof"] else [])
    if options["as_json"]:
        say_json({**answer.as_json(options["explain"]), **_first(problems)})
    elif not options["quiet"]:
        say(answer.lines(options["explain"]))
        for note in answer.notes():
            complain(note)
    return _end(problems, answer.code)


@cli.command(cls=_ExpressionCommand)
@click.argument("rules")
@click.argument("terms", nargs=-1, metavar="[TERM]...")
@click.option("--constants", multiple=True, metavar="NAMES", help="Names of one letter that are no variables.")
@click.option("--laws", multiple=True, metavar='"+ AC 0"', help="An operator to be taken modulo its laws. Repeatable.")
@click.option("--goal", metavar='"A = B"', help="Stop when this equation is shown.")
@click.option(
    "--nodes",
    type=click.IntRange(min=1),
    metavar="N",
    default=1_000_000,
    show_default=True,
    help="Stop at so many e-nodes.",
)
@click.option("--rounds", type=click.IntRange(min=0), metavar="N", help="Stop after so many rounds.")
@click.option(
    "--scheduler",
    type=click.Choice(("simple", "backoff")),
    default="simple",
    show_default=True,
    help="Apply every rule to all its matches, or hold back for a while those that have too many.",
)
@click.option("--explain", is_flag=True, help="Show why the goal holds, step by step.")
@click.option("--extract", is_flag=True, help="Show the smallest term that is equal to each TERM.")
@click.option("--proof", metavar="FILE", help="Write the certificate of the goal, for `lemmata check`.")
@click.option("--html", metavar="FILE", help="Write a picture of the e-graph.")
@click.option(
    "--backend",
    type=click.Choice(("lemmata", "egglog")),
    default="lemmata",
    show_default=True,
    help="Who keeps the e-graph.",
)
@limit_options
def saturate(rules: str, terms: tuple[str, ...], **options: Any) -> int:
    """Grow an e-graph from TERM... by the rules in a file, until a goal is shown or nothing new comes of it.

    RULES has one rule on each line, as in "comm: x + y = y + x", or is a theory, FILE.mpl. See docs/egraphs.md.
    """
    if not terms and options["goal"] is None:
        raise Problem("usage", "nothing to saturate", "give a TERM, or --goal")
    if options["goal"] is None and (options["explain"] or options["proof"]):
        raise Problem("usage", "there is nothing to explain without --goal")
    if options["extract"] and not terms:
        raise Problem("usage", "--extract is about TERMs, and there is none")
    from .rule_files import read_rule_file

    names = " ".join(options["constants"]).replace(",", " ").split()
    given = read_rule_file(rules, names, options["laws"])
    from .saturation import Request, saturated

    asked = {w: options[w] for w in ("goal", "nodes", "rounds", "scheduler", "extract", "backend")}
    asked["explain"] = options["explain"] or bool(options["proof"])
    with _progress(options) as progress:
        answer = saturated(given, Request(terms, **asked), _limits(options), progress)
    files = []
    if options["proof"] and answer.certificate is not None:
        files.append((options["proof"], answer.certificate))
    if options["html"]:
        from .page import Footer

        title = options["goal"] or ", ".join(terms)
        footer = Footer(f"lemmata saturate {Path(rules).name}", __version__, given.theory.digest)
        files.append((options["html"], answer.page(title, footer)))
    problems = _write_all(files)
    if options["as_json"]:
        say_json({**answer.as_json(), **_first(problems)})
    elif not options["quiet"]:
        say(answer.lines())
    return _end(problems, answer.code)


@cli.command("run")
@click.argument("file", required=False)
@click.option("-e", "term", metavar="TERM", help="Run this term, instead of a file.")
@click.option(
    "--calculus",
    type=click.Choice(("fmc", "lambda", "imp")),
    help="What the program is written in; else its file's ending says it (.fmc, .lam, .imp).",
)
@click.option("--strategy", type=click.Choice(("cbn", "cbv")), help="For lambda: call by name, or by value (default).")
@click.option(
    "--memory",
    "memories",
    multiple=True,
    metavar="JSON|MB",
    help="""Stacks to begin with, bottom first: '{"": [1, 2], "c": [5]}'. A number of MB is a limit, as elsewhere.""",
)
@click.option("--input", "inputs", metavar="JSON", help="What is read, the first one first: '[48, 36]'.")
@click.option("--strict", is_flag=True, help="Only pops at in, rnd and nd, only pushes at out.")
@click.option("--seed", type=int, metavar="N", help="Go on with random choices where rnd and nd are empty.")
@click.option("--branches", is_flag=True, help="Make all choices of rnd and nd, and show the exact distribution.")
@click.option("--fuel", type=click.IntRange(min=0), metavar="N", help="Stop after so many transitions.")
@click.option(
    "--trace", is_flag=True, help="Show every transition and the state after it, 1,000 unless --fuel is given."
)
@click.option("--type", "typed", is_flag=True, help="Infer the minimal type first, from annotated binders.")
@click.option("--streams", is_flag=True, help="With --type: how high in, out, rnd and nd are does not count.")
@click.option("--reduce", "reduces", is_flag=True, help="Reduce the term step by step, instead of running it.")
@click.option(
    "--tier",
    type=click.Choice(("auto", "specification", "table", "native")),
    default="auto",
    show_default=True,
    help="What runs it: the plain machine, rewriting, native code, or whatever is quicker.",
)
@click.option("--proof", metavar="FILE", help="Write the certificate of the run, for `lemmata check`.")
@click.option("--html", metavar="FILE", help="Write the states of the run as a page to step through.")
@answer_options
def run_(file: str | None, term: str | None, **options: Any) -> int:
    """Run a program of the Functional Machine Calculus.

    FILE is a program in the calculus, a lambda-term or an imperative program. See docs/fmc.md.
    """
    from . import running

    if (file is None) == (term is None):
        raise Problem("usage", "one of FILE and -e TERM is wanted", "lemmata run -e '[1].[2].$add'")
    _one_way(options)
    stacks, options["memory"] = _memories(options["memories"])
    given = running.read_program(file, term, options["calculus"], options["strategy"], stacks, options["inputs"])
    asked = running.Asked(
        options["tier"],
        options["strict"],
        options["seed"],
        options["fuel"],
        options["trace"],
        bool(options["html"]),
        options["typed"],
        options["streams"],
        bool(options["proof"]),
    )
    answer: running.Answer | running.Reduced | running.Distribution
    files = []
    if options["reduces"]:
        answer = running.reduce_program(given, options["fuel"])
    elif options["branches"]:
        answer = running.distributed(given, asked, _limits(options))
    else:
        answer = ran = running.answered(given, asked, _limits(options))
        if options["proof"] and ran.certificate is not None:
            files.append((options["proof"], ran.certificate))
        if options["html"]:
            from .page import Footer

            name = Path(given.source.name).name if file is not None else f"-e '{given.source.text[:60]}'"
            files.append((options["html"], ran.page(Footer(f"lemmata run {name}", __version__, given.digest))))
    problems = _write_all(files)
    if options["as_json"]:
        say_json({**answer.as_json(), **_first(problems)})
    elif not options["quiet"]:
        say(answer.lines())
    return _end(problems, answer.code)


def _memories(given: Sequence[str]) -> tuple[str | None, int | None]:
    """The stacks and the limit among the values of --memory: each at most once."""
    limits = [text for text in given if text.isascii() and text.isdecimal()]
    stacks = [text for text in given if text not in limits]
    if len(limits) > 1 or len(stacks) > 1:
        raise Problem("usage", "--memory is given twice")
    if limits and int(limits[0]) == 0:
        raise Problem("usage", "--memory: 0 MB are too few")
    return stacks[0] if stacks else None, int(limits[0]) if limits else None


def _one_way(options: dict[str, Any]) -> None:
    """Options of `run` that exclude one another."""
    if options["reduces"] and options["branches"]:
        raise Problem("usage", "--reduce and --branches are two things to do")
    for name in ("trace", "typed", "proof", "html"):
        if options[name] and (options["reduces"] or options["branches"]):
            other = "--reduce" if options["reduces"] else "--branches"
            shown = {"typed": "type"}.get(name, name)
            raise Problem("usage", f"--{shown} is about one run, and {other} is none")
    if options["streams"] and not options["typed"]:
        raise Problem("usage", "--streams goes with --type")
    if options["branches"] and options["seed"] is not None:
        raise Problem("usage", "--branches makes all choices, and --seed random ones")


@cli.group(no_args_is_help=False)
def lean() -> None:
    """Lean 4: which one is used, and its verdict on a certificate."""


@lean.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def lean_status(as_json: bool) -> int:
    """Which Lean is used, and its version."""
    from .verify import find_lean

    found = find_lean()
    version = found.version()
    if as_json:
        say_json({"checker": found.source, "version": version})
    else:
        say([f"{found.source}: {version or 'does not answer'}"])
    return OK if version else NO_TOOL


@lean.command("check")
@click.argument("certificate")
@click.option("--text", metavar="FILE", help="Write the Lean file here.")
@limit_options
def lean_check(certificate: str, text: str | None, **options: Any) -> int:
    """Export a certificate to Lean and have it checked there."""
    from .checking import read_certificate
    from .opinions import Unfinished, ask, generous
    from .output import checked_lines, lean_check_json
    from .verify import find_lean

    find_lean()  # before the replay: to miss it afterwards would be a waste of time
    limits = _limits(options) if options["time"] is not None else generous(_limits(options))
    opinions = ask(read_certificate(certificate), lean=True, z3=False, limits=limits)
    problems = []
    if text is not None and opinions.lean is not None and not isinstance(opinions.lean, Unfinished):
        problems = _write_all([(text, opinions.lean.text)])
    if options["as_json"]:
        say_json({**lean_check_json(opinions), **_first(problems)})
    elif not options["quiet"]:
        say(checked_lines(opinions))
    return _end(problems, INTERRUPTED if opinions.interrupted else _worst(opinions))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def doctor(as_json: bool) -> int:
    """Look at this installation: what works, what is missing, how to mend it."""
    from .doctor import examine

    findings = examine()
    if as_json:
        say_json({"findings": [f.as_json() for f in findings]})
    else:
        say(f.line() for f in findings)
    return NO_TOOL if any(f.needed and not f.well for f in findings) else OK


# A search and what comes after it.


class _Run(Protocol):
    """`explore`, or `prove` with the names of the theorems filled in."""

    def __call__(
        self,
        theory: Theory,
        variables: Mapping[str, str],
        *,
        size: int,
        limits: Limits,
        progress: Callable[[str], None] | None,
    ) -> Report: ...


@dataclass(frozen=True)
class _Input:
    """A theory's file, read once: it may be a pipe."""

    name: str
    module: Module
    digest: str


def _search(command: str, file: str, names: tuple[str, ...], options: dict[str, Any]) -> int:
    """Read, search, ask the checkers, write what was asked for, print. Nothing found is lost on the way."""
    limits = _limits(options)
    given, left = _read_within(file, limits)

    # Imported when the file is known to be good: an error in it is answered at once.
    from .engine.prove import ContradictoryAxioms
    from .engine.prove import explore as run_explore
    from .engine.prove import prove as run_prove
    from .opinions import ask, generous
    from .rewriting.certificate import dump, load
    from .rewriting.limits import Stop

    run: _Run = run_explore if command == "explore" else partial(run_prove, names=names)
    if options["lean"]:
        from .verify import find_lean

        find_lean()  # before the search: to miss it afterwards would be a waste of time
    contradiction: ContradictoryAxioms | None = None
    with _progress(options) as progress:
        try:
            theory, variables = given.module.theory, given.module.variables
            report = run(theory, variables, size=options["size"], limits=left, progress=progress)
        except ContradictoryAxioms as error:
            report, contradiction = error.report, error
        certificate = dump(report.theory, report.terms, report.certificate)
        hurried = report.stop is Stop.INTERRUPTED
        asked = {name: options[name] and not hurried for name in ("lean", "z3")}
        opinions = ask(load(certificate), **asked, limits=generous(limits))
    graph, problems, cut = None, list[OutputError](), False
    try:
        graph = _graph(command, report, opinions, options, contradiction)
        problems = _write_all(_files(command, given, report, certificate, graph, options))
    except KeyboardInterrupt:
        cut = True
    if contradiction is not None:
        return _contradictory(contradiction, opinions, graph, problems, options)
    _show(command, report, opinions, graph, problems, options)
    return _end(problems, INTERRUPTED if cut else _code(report, opinions))


def _graph(
    command: str, report: Report, opinions: Opinions, options: dict[str, Any], contradiction: LemmataError | None
) -> ProofGraph | None:
    """The graph of the proofs, where something shows it."""
    from .engine.proofgraph import proof_graph

    spoken = not options["as_json"] and not options["quiet"]
    if options["html"] or (spoken and (command == "prove" or contradiction)):
        return proof_graph(report, {d.name: opinions.of(d.name) for d in report.certificate})
    return None


def _show(
    command: str,
    report: Report,
    opinions: Opinions,
    graph: ProofGraph | None,
    problems: Sequence[OutputError],
    options: dict[str, Any],
) -> None:
    from . import output

    if options["as_json"]:
        value = (output.explore_json if command == "explore" else output.prove_json)(report, opinions)
        say_json({**value, **_first(problems)})
    elif not options["quiet"]:
        explored = command == "explore"
        say(output.explore_text(report, opinions) if explored else output.prove_text(report, graph, opinions))


def _contradictory(
    contradiction: ContradictoryAxioms,
    opinions: Opinions,
    graph: ProofGraph | None,
    problems: Sequence[OutputError],
    options: dict[str, Any],
) -> int:
    """Say that everything follows, with the proof of falsity."""
    from .output import contradiction_text

    if graph is not None and not options["as_json"] and not options["quiet"]:
        say(contradiction_text(contradiction.report, graph, opinions))
    for problem in problems:
        complain(problem.render())
    return _fail(contradiction, as_json=options["as_json"])


def _files(
    command: str,
    given: _Input,
    report: Report,
    certificate: str,
    graph: ProofGraph | None,
    options: dict[str, Any],
) -> Iterator[tuple[str, str]]:
    if options["proof"]:
        yield options["proof"], certificate
    if options["html"] and graph is not None:
        from .page import Footer, render_page

        words = ["lemmata", command, Path(given.name).name, f"--size {options['size']}"]
        words += [f"--{name}" for name in ("lean", "z3") if options[name]]
        yield options["html"], render_page(graph, Footer(" ".join(words), __version__, given.digest, report.seconds))


def _write_all(files: Iterable[tuple[str, str]]) -> list[OutputError]:
    """Write files, each whole or not at all; what kept some from being written."""
    from .shell import PageError, write_page

    problems = []
    for path, text in files:
        try:
            write_page(path, text)
        except PageError as error:
            problems.append(OutputError(error.message, hint=error.hint))
    return problems


def _first(problems: Sequence[OutputError]) -> dict[str, object]:
    return {"error": problems[0].as_json()} if problems else {}


def _end(problems: Sequence[OutputError], code: int) -> int:
    for problem in problems:
        complain(problem.render())
    return NO_OUTPUT if problems else code


# Helpers of the commands.


def _read(file: str) -> _Input:
    import hashlib

    from .engine.mpl import parse_module, read_source

    path = Path(file)
    source = read_source(path)
    digest = "sha256:" + hashlib.sha256(source.text.encode()).hexdigest()
    return _Input(file, parse_module(source, folder=path.parent), digest)


def _read_within(file: str, limits: Limits) -> tuple[_Input, Limits]:
    """The input, and what it leaves of the limits."""
    import time
    from dataclasses import replace

    from .checking import timer
    from .rewriting.limits import Stopped

    started = time.monotonic()
    try:
        with timer(limits.seconds or None):  # no time at all is for the search to report
            given = _read(file)
    except Stopped:
        raise Problem("limit", f"{file}: the time limit was reached while it was read") from None
    if limits.seconds is None:
        return given, limits
    return given, replace(limits, seconds=max(0.0, limits.seconds - (time.monotonic() - started)))


def _limits(options: dict[str, Any]) -> Limits:
    from .rewriting.limits import Limits

    return Limits(seconds=options["time"], memory_mb=options["memory"])


@contextmanager
def _progress(options: dict[str, Any]) -> Iterator[Callable[[str], None] | None]:
    """A line on standard error that says what is going on, if a person is looking."""
    if options["quiet"] or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("starting") as status:
        yield lambda text: status.update(escape(text))


def _code(report: Report, opinions: Opinions) -> int:
    from .engine.results import Status
    from .rewriting.limits import Stop

    statuses = {g.status for g in report.goals}
    if report.stop is Stop.INTERRUPTED or opinions.interrupted:
        return INTERRUPTED
    if Status.COUNTER_SATISFIABLE in statuses:
        return REFUTED
    worst = _worst(opinions)
    unsettled = statuses - {Status.THEOREM} or (report.stop is not Stop.DONE and (not statuses or report.enumerated))
    return UNKNOWN if worst == OK and unsettled else worst


def _worst(opinions: Opinions) -> int:
    words = opinions.words
    return REFUTED if "refused" in words or opinions.first_error else UNKNOWN if "failed" in words else OK


def _fail(error: LemmataError, *, as_json: bool) -> int:
    """Say what went wrong, on standard output to a program and on standard error to a person."""
    if as_json:
        try:
            say_json({"error": error.as_json()})
        except OutputError as unheard:
            complain(unheard.render())
    if not as_json or isinstance(error, OutputError):
        complain(error.render())
    return _CODES.get(error.kind, BAD_INPUT)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; its exit code. Every failure is a message, never a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in words
    try:
        result = cli.main(words, prog_name="lemmata", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except CutOff:
        complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("LEMMATA_DEBUG"):
            raise
        return _fail(_explained(error), as_json=as_json)
    except KeyboardInterrupt:
        return _fail(Problem("interrupted", "interrupted"), as_json=as_json)


def _explained(error: Exception) -> LemmataError:
    """Any exception as one of ours. What nobody foresaw is our bug."""
    match error:
        case LemmataError():
            return error
        case click.ClickException():
            context = getattr(error, "ctx", None)
            hint = f"see '{context.command_path} --help'" if context else None
            return Problem("usage", error.format_message(), hint)
        case click.Abort():
            return Problem("interrupted", "interrupted")
        case MemoryError():
            return Problem("memory", "out of memory", "--memory MB stops a search before that, with what it found")
        case OSError():
            return OutputError(f"the system refused: {error.strerror}")
    message = f"internal error: {type(error).__name__}: {error}"
    return Problem("bug", message, "a bug of Lemmata; LEMMATA_DEBUG=1 shows where")


def main() -> NoReturn:
    """The entry point of the script `lemmata`."""
    code = run()
    if threading.active_count() > 1:
        # Better code is still being compiled that nobody needs any more. The interpreter would wait for it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
