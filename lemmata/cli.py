"""The command line: thin. It reads files, calls the engine, prints, and ends with a code that scripts can trust.

Exit codes: 0 settled positively; 1 refuted or refused; 2 unknown within the limits; 64 usage; 65 bad input; 69 a tool
is missing; 70 a bug of ours; 73 an output file cannot be written; 130 interrupted.

Heavy modules are imported inside the commands, so that `lemmata --help` is quick.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from . import __version__
from .rewriting.source import LemmataError

if TYPE_CHECKING:
    from .engine.mpl import Module
    from .engine.results import Report
    from .opinions import Opinions
    from .rewriting.limits import Limits

OK, REFUTED, UNKNOWN, USAGE, BAD_INPUT, NO_TOOL, BUG, NO_OUTPUT, INTERRUPTED = 0, 1, 2, 64, 65, 69, 70, 73, 130
_CODES = {"tool": NO_TOOL, "output": NO_OUTPUT, "usage": USAGE}


class OutputError(LemmataError):
    """A file that was asked for cannot be written; what was found has been printed."""

    kind = "output"


def say(lines: Iterable[str]) -> None:
    """Print lines; a reader that has gone away is no error."""
    try:
        for line in lines:
            click.echo(line)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say_json(value: object) -> None:
    say([json.dumps(value, ensure_ascii=False, indent=None, separators=(", ", ": "))])


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--time, --memory, --json, --quiet: the same everywhere."""
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors (and JSON); no progress."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else."),
        click.option("--memory", type=click.IntRange(min=1), metavar="MB", help="Stop when memory reaches this."),
        click.option("--time", type=click.FloatRange(min=0), metavar="SECONDS", help="Stop after this wall time."),
    ):
        command = option(command)
    return command


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a search may be asked to check and to write."""
    path = click.Path(dir_okay=False)
    for option in (
        click.option("--proof", type=path, metavar="FILE", help="Write the certificate, for `lemmata check`."),
        click.option("--html", type=path, metavar="FILE", help="Write the proof page."),
        click.option("--z3", is_flag=True, help="Have Z3 check every step."),
        click.option("--lean", is_flag=True, help="Have Lean check every theorem."),
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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lemmata")
def cli() -> None:
    """From axioms to machine-checked theorems.

    Theories are written in MPL; see docs/mpl.md and examples/.
    """


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False))
@output_options
@limit_options
def explore(file: str, **options: Any) -> int:
    """Find and prove the equations that hold in a theory."""
    from .engine.prove import explore as run

    module = _read(file)
    with _progress(options) as progress:
        report = run(module.theory, module.variables, size=options["size"], limits=_limits(options), progress=progress)
        opinions = _ask(report, options)
    return _finish("explore", file, report, opinions, options)


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.argument("names", nargs=-1)
@output_options
@limit_options
def prove(file: str, names: tuple[str, ...], **options: Any) -> int:
    """Prove the theorems that a theory names: all of them, or NAMES."""
    from .engine.prove import prove as run

    module = _read(file)
    with _progress(options) as progress:
        report = run(
            module.theory,
            module.variables,
            names=names,
            size=options["size"],
            limits=_limits(options),
            progress=progress,
        )
        opinions = _ask(report, options)
    return _finish("prove", file, report, opinions, options)


@cli.command()
@click.argument("certificate", type=click.Path(dir_okay=False))
@click.option("--theory", type=click.Path(dir_okay=False), help="The theory it must be about; else the one it carries.")
@limit_options
def check(certificate: str, theory: str | None, **options: Any) -> int:
    """Replay a certificate with the small checker."""
    from .checking import check_file

    verdict = check_file(certificate, theory)
    if options["as_json"]:
        say_json(verdict.as_json())
    elif not options["quiet"]:
        say(verdict.lines())
    return verdict.code


@cli.group()
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
@click.argument("certificate", type=click.Path(dir_okay=False))
@click.option("--text", type=click.Path(dir_okay=False), metavar="FILE", help="Write the Lean file here.")
@limit_options
def lean_check(certificate: str, text: str | None, **options: Any) -> int:
    """Export a certificate to Lean and have it checked there."""
    from .checking import read_certificate
    from .opinions import ask
    from .output import checked_lines

    read = read_certificate(certificate)
    opinions = ask(read.theory, read.terms, read.theorems, lean=True, z3=False, limits=_limits(options))
    assert opinions.lean is not None
    names = list(opinions.kernel)
    if options["as_json"]:
        theorems = [{"name": name, "checked": opinions.of(name)} for name in names]
        say_json({"theorems": theorems, "checker": opinions.lean.checker, "version": opinions.lean.version})
    elif not options["quiet"]:
        say(checked_lines(opinions))
    if text is not None:
        _write(text, opinions.lean.text)
    return _worst(opinions)


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


# Helpers of the commands.


def _read(file: str) -> Module:
    from .engine.mpl import parse_module, read_source

    path = Path(file)
    return parse_module(read_source(path), folder=path.parent)


def _limits(options: dict[str, Any]) -> Limits | None:
    from .rewriting.limits import Limits

    seconds, memory = options["time"], options["memory"]
    return None if seconds is None and memory is None else Limits(seconds=seconds, memory_mb=memory)


@contextmanager
def _progress(options: dict[str, Any]) -> Iterator[Callable[[str], None] | None]:
    """A line on standard error that says what is going on, if a person is looking."""
    if options["quiet"] or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("starting") as status:
        yield lambda text: status.update(escape(text))


def _ask(report: Report, options: dict[str, Any]) -> Opinions:
    from .opinions import ask_about

    return ask_about(report, lean=options["lean"], z3=options["z3"])


def _finish(command: str, file: str, report: Report, opinions: Opinions, options: dict[str, Any]) -> int:
    """Print, write what was asked for, and the exit code. Nothing found is lost when a file cannot be written."""
    from . import output
    from .engine.proofgraph import proof_graph

    needs_graph = options["html"] or (command == "prove" and not options["as_json"] and not options["quiet"])
    checked = {d.name: opinions.of(d.name) for d in report.certificate}
    graph = proof_graph(report, checked) if needs_graph else None
    problems: list[OutputError] = []
    for path, text in _files(command, file, report, opinions, graph, options):
        try:
            _write(path, text)
        except OutputError as error:
            problems.append(error)
    if options["as_json"]:
        value = (output.explore_json if command == "explore" else output.prove_json)(report, opinions)
        say_json({**value, "error": problems[0].as_json()} if problems else value)
    elif not options["quiet"]:
        if command == "explore":
            say(output.explore_text(report, opinions))
        elif graph is not None:
            say(output.prove_text(report, graph, opinions))
    for problem in problems:
        click.echo(problem.render(), err=True)
    return NO_OUTPUT if problems else _code(report, opinions)


def _files(
    command: str, file: str, report: Report, opinions: Opinions, graph: Any, options: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    if options["proof"]:
        yield options["proof"], opinions.certificate
    if options["html"]:
        from .page import Footer, render_page

        words = ["lemmata", command, Path(file).name, f"--size {options['size']}"]
        words += [f"--{name}" for name in ("lean", "z3") if options[name]]
        yield options["html"], render_page(graph, Footer(" ".join(words), __version__, _digest(file), report.seconds))


def _digest(file: str) -> str:
    import hashlib

    return "sha256:" + hashlib.sha256(Path(file).read_bytes()).hexdigest()


def _write(path: str, text: str) -> None:
    from .shell import PageError, write_page

    try:
        write_page(path, text)
    except PageError as error:
        raise OutputError(error.message, hint=error.hint) from None


def _code(report: Report, opinions: Opinions) -> int:
    from .engine.results import Status
    from .rewriting.limits import Stop

    statuses = {g.status for g in report.goals}
    if report.stop is Stop.INTERRUPTED:
        return INTERRUPTED
    if Status.COUNTER_SATISFIABLE in statuses:
        return REFUTED
    worst = _worst(opinions)
    unsettled = statuses - {Status.THEOREM} or (report.stop is not Stop.DONE and (not statuses or report.enumerated))
    return UNKNOWN if worst == OK and unsettled else worst


def _worst(opinions: Opinions) -> int:
    words = opinions.words
    return REFUTED if "refused" in words else UNKNOWN if "failed" in words else OK


def _fail(error: LemmataError) -> int:
    if "--json" in sys.argv[1:]:
        say_json({"error": error.as_json()})
    else:
        click.echo(error.render(), err=True)
    return _CODES.get(error.kind, BAD_INPUT)


class _UsageProblem(LemmataError):
    kind = "usage"


def run(arguments: list[str] | None = None) -> int:
    """Run a command line; its exit code. Every failure is a message, never a traceback."""
    try:
        result = cli.main(arguments, prog_name="lemmata", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.exceptions.Exit as ended:
        return int(ended.exit_code)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"see '{context.command_path} --help'" if context else None
        return _fail(_UsageProblem(error.format_message(), hint=hint))
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except LemmataError as error:
        return _fail(error)
    except MemoryError:
        return _fail_plainly("out of memory", UNKNOWN)
    except Exception as error:  # the last resort: our bug, said without a traceback unless one is asked for
        if os.environ.get("LEMMATA_DEBUG"):
            raise
        message = f"internal error: {type(error).__name__}: {error}"
        return _fail_plainly(message, BUG, "a bug of Lemmata; LEMMATA_DEBUG=1 shows where")


def _fail_plainly(message: str, code: int, hint: str | None = None) -> int:
    _fail(LemmataError(message, hint=hint))
    return code


def main() -> NoReturn:
    """The entry point of the script `lemmata`."""
    sys.exit(run())
