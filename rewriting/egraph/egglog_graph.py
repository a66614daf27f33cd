"""egglog as the e-graph, through its Python package (`pip install 'lemmata[egglog]'`), and its own programs.

    G = EgglogGraph(rules("x + y = y + x"))
    G.equal("a + b", "b + a")                     False, until G.run()
    run_program("(datatype T (A) (B)) (union (A) (B)) (check (= (A) (B)))")

The package is imported when the first graph is made. What egglog does not do is refused: it has no explanations, calls
no Python from a rule, does not work modulo laws, holds no rule back. Limits are looked at between rounds only.
Constants are folded at the end of a round, as in our own e-graph, but for `^`, `length`, comparisons of strings and
operations on bit vectors. Where egglog panics the e-graph is lost, and a term that is nested by the ten thousand may be
too much for its stack.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from ..bank import BankSymbol, app_symbol
from ..limits import Clock, Limits, Stop
from ..literals import Value
from ..ruleset import RuleSet
from ..source import LemmataError
from ..syntax import Row, TermTable
from ..terms import Signature, Term
from .analyses import Analysis, ConstantFolding
from .costs import Given, cost_model
from .directions import direction_name, egraph_rules, meant
from .egglog_text import COMPUTING, Writer, leaf_row
from .extracted import Extracted, best_term
from .history import Op
from .report import Ended
from .schedules import Contains, Equal, Goal, NodesOver, Run, Saturate, Schedule, Scheduler, Simple, play
from .view import View

MOST_NODES = 10_000_000
DEEPEST = 1_000  # brackets of a program; egglog's reader recurs
_MOST_COMPUTED = 1_000  # rounds of built-in operations within a round
_LONGEST = 600  # characters of what egglog says
_FORBIDDEN_COMMANDS = frozenset({"include", "input", "output"})
_LIMITS = {Stop.TIME: Ended.TIME, Stop.MEMORY: Ended.MEMORY, Stop.INTERRUPTED: Ended.INTERRUPTED}


class EgglogError(LemmataError):
    """What egglog says of a program or a command."""

    kind = "egglog"


def bindings() -> Any:
    """egglog's module, imported. Raises LemmataError where it is not installed."""
    try:
        from egglog import bindings as module
    except ImportError:
        hint = "pip install 'lemmata[egglog]'"
        raise LemmataError("this needs the package egglog, which is not installed", hint=hint) from None
    return module


# Programs


def run_program(text: str) -> tuple[str, ...]:
    """Run a program in egglog's own language; what its commands print, in order.

    Raises EgglogError for whatever egglog raises, a failed check among them, and for a program that is nested more than
    1,000 brackets deep, reads or writes files (`include`, `input`, `output`, `:file`), or calls Python (`py-...`).
    How long it runs is up to the program.
    """
    _expect_harmless(text)
    graph = _Session()
    return tuple(_shown(output) for output in graph.run(text))


class _Session:
    """One e-graph of the package's, and its errors as ours."""

    def __init__(self) -> None:
        self._bindings = bindings()
        self._graph = self._bindings.EGraph()
        self._lost = False

    def run(self, text: str) -> list[Any]:
        """Run commands; what they put out. Raises EgglogError."""
        with self._errors():
            outputs: list[Any] = self._graph.run_program(*self._graph.parse_program(text))
        return outputs

    def value(self, name: str) -> Any:
        """The class that a global name stands for, as a value that can be compared and hashed."""
        b = self._bindings
        with self._errors():
            return self._graph.eval_expr(b.Var(b.PanicSpan(), name))[1]

    def rows(self) -> Mapping[str, list[Any]]:
        """All rows of all functions."""
        with self._errors():
            return {name: function.rows for name, function in self._graph.freeze().functions.items()}

    def base(self, sort: str, value: Any) -> Value:
        """What a value of one of egglog's own sorts is in Python."""
        found: Value = getattr(self._graph, f"value_to_{sort.lower()}")(value)
        return found

    @contextmanager
    def _errors(self) -> Iterator[None]:
        if self._lost:
            raise EgglogError("egglog has panicked before, and this e-graph is lost")
        try:
            yield
        except self._bindings.EggSmolError as error:
            raise EgglogError(_short(str(error))) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # pyo3's, which is no Exception and cannot be imported
                raise
            self._lost = True
            raise EgglogError(f"egglog panicked: {_short(str(error))}") from None


def _expect_harmless(text: str) -> None:
    """Raise EgglogError for a program that is nested too deeply, touches files or runs Python."""
    depth, heads, previous = 0, [""], ""
    for token in _tokens(text):
        if token == "(":
            depth += 1
            heads.append("")
        elif token == ")":
            depth = max(0, depth - 1)
            del heads[depth + 1 :]
        elif previous == "(":
            heads[-1] = token
            commands = all(h == "fail" for h in heads[1:-1])
            if commands and token in _FORBIDDEN_COMMANDS:
                raise EgglogError(f"({token} ...) touches files, which programs may not do here")
        if depth > DEEPEST:
            raise EgglogError(f"a program may nest {DEEPEST:,} brackets deep, not more")
        if token == ":file":
            raise EgglogError(":file touches files, which programs may not do here")
        if token.startswith("py-"):
            raise EgglogError(f"{_short(token)} runs Python, which programs may not do here")
        previous = token


def _tokens(text: str) -> Iterator[str]:
    """Brackets and atoms of egglog's text; strings and comments are passed over."""
    at, end = 0, len(text)
    while at < end:
        c = text[at]
        if c in "()":
            yield c
            at += 1
        elif c == ";":
            at = text.find("\n", at)
            at = end if at < 0 else at
        elif c == '"':
            at += 1
            while at < end and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
            at += 1
            yield '"'
        elif c.isspace():
            at += 1
        else:
            start = at
            while at < end and not text[at].isspace() and text[at] not in '();"':
                at += 1
            yield text[start:at]


def _shown(output: Any) -> str:
    match type(output).__name__:
        case "ExtractBest":
            return _term_text(output.termdag, output.term)
        case "ExtractVariants":
            return "\n".join(_term_text(output.termdag, term) for term in output.terms)
        case "PrintFunctionSize":
            return str(output.size)
        case "PrintAllFunctionsSize":
            return "\n".join(f"{name}: {size}" for name, size in output.sizes)
        case "PrintFunctionOutput":
            pairs = ((_term_text(output.termdag, t) for t in row) for row in output.terms)
            return "\n".join(" -> ".join(pair) for pair in pairs)
        case "RunScheduleOutput":
            report = output.report
            matches = sum(report.num_matches_per_rule.values())
            return f"{len(report.iterations)} rounds, {matches} matches, {'' if report.updated else 'not '}changed"
    return str(output)


def _term_text(dag: Any, root: int) -> str:
    """A term as text, what is long in pieces with names: an extracted term may be exponential as a tree."""
    texts: dict[int, str] = {}
    bound: list[str] = []
    stack = [root]
    while stack:
        i = stack[-1]
        term = dag.get(i)
        arguments = getattr(term, "args", None)
        missing = [c for c in arguments or () if c not in texts] if i not in texts else []
        if missing:
            stack += reversed(missing)
            continue
        stack.pop()
        if i in texts:
            continue
        if arguments is None:
            texts[i] = dag.to_string(i)
        else:
            texts[i] = f"({' '.join([term.name, *(texts[c] for c in arguments)])})"
        if len(texts[i]) > _LONGEST and i != root:
            bound.append(f"(let t{len(bound)} {texts[i]})")
            texts[i] = f"t{len(bound) - 1}"
    return "\n".join([*bound, texts[root]])


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


# The back end


@dataclass(frozen=True)
class EgglogRound:
    """One round: e-nodes after it, the matches of all rules in it, and its wall seconds."""

    nodes: int
    matches: int
    seconds: float


@dataclass(frozen=True)
class EgglogReport:
    """How a run of egglog's went. `matches` are those of each rule, by name; wall seconds."""

    stop: Ended
    rounds: tuple[EgglogRound, ...]
    nodes: int
    matches: Mapping[str, int]
    seconds: float

    def __str__(self) -> str:
        most = sorted(self.matches.items(), key=lambda item: (-item[1], item[0]))[:4]
        lines = (
            f"stopped: {self.stop.words}",
            f"e-nodes: {self.nodes:,}",
            f"rounds:  {len(self.rounds)}",
            f"seconds: {self.seconds:.3g}",
            f"matches: {sum(self.matches.values()):,}; most by " + ", ".join(f"{name} {n:,}" for name, n in most),
        )
        return "\n".join(lines)


@dataclass
class _Ended(Exception):
    why: Ended


@dataclass(frozen=True)
class _Saved:
    """What `pop` restores beside egglog's own state."""

    writer: Writer
    named: dict[int, str]
    rulesets: set[str]


@dataclass
class _Names:
    """Global names, none of which comes twice, whatever is undone."""

    made: int = 0

    def __call__(self) -> str:
        self.made += 1
        return f"$n{self.made}"


@dataclass
class _Tally:
    rounds: list[EgglogRound] = field(default_factory=list)
    matches: dict[str, int] = field(default_factory=dict)
    settled: bool = False


class EgglogGraph:
    """An e-graph over the rules of a `RuleSet`, kept by egglog.

    Of analyses it takes `ConstantFolding` alone, without pruning. Raises LemmataError for rules and analyses that
    egglog cannot use. To be used from the thread that made it.
    """

    def __init__(self, rules: RuleSet, *, analyses: Iterable[Analysis] = ()) -> None:
        if rules.functions:
            _cannot(f"call Python for {min(rules.functions)!r}")
        self._computes = False
        for analysis in analyses:
            if not isinstance(analysis, ConstantFolding):
                _cannot(f"keep the analysis {analysis.name!r}, which is Python")
            if analysis.prune:
                _cannot("prune what has a constant")
            self._computes = True
        self._rules = rules
        self._symbols = dict(rules.theory.symbol)
        self._session = _Session()
        self._writer = Writer(self._symbols)
        self._table = TermTable()
        self._named: dict[int, str] = {}  # the global names of rows
        self._names = _Names()
        self._saved: list[_Saved] = []
        self._rulesets: set[str] = set()
        self._session.run(f"(ruleset {COMPUTING})")
        self._ways = egraph_rules(rules)
        for n, rule in enumerate(self._ways):
            self._writer.rule(rules.theory.terms, rule, f"r{n}")
        self._flush()

    # Sizes

    @property
    def nodes(self) -> int:
        """The number of e-nodes, congruent ones counted once."""
        (output,) = self._session.run("(print-size)")
        return sum(size for name, size in output.sizes if name in self._writer.makers)

    @property
    def classes(self) -> int:
        """The number of classes. Linear in the e-nodes."""
        rows = self._session.rows()
        return len({row.output for name in self._writer.makers for row in rows.get(name, ())})

    # Terms

    def add(self, term: Term | str) -> int:
        """The node of a term: a number that stands for it until a `pop`. Raises SourceError for a text."""
        given = self._rules.term(term) if isinstance(term, str) else term
        for symbol in given.signature.symbols:
            if self._symbols.setdefault(symbol.name, symbol) != symbol:
                raise LemmataError(f"a term over another symbol {symbol.name}")
        root = given.dump(self._table)
        if root not in self._named:
            self._writer.define(self._table, root, self._named, self._names)
            self._flush()
            self._compute()
        return root

    def equal(self, left: int | Term | str, right: int | Term | str) -> bool:
        """Are two terms in one class? Terms that the graph does not have are added."""
        first, second = (self._session.value(self._name(given)) for given in (left, right))
        return bool(first == second)

    def union(self, left: int | Term | str, right: int | Term | str, reason: str = "asserted") -> bool:
        """Make two terms equal by decree; False if they were equal already. Nobody will ask egglog for the reason."""
        if self.equal(left, right):
            return False
        self._session.run(f"(union {self._name(left)} {self._name(right)})")
        self._compute()
        return True

    def extract(self, given: int | Term | str, cost: Given = "size") -> Extracted:
        """The cheapest equal of a term, as a tree, and what it costs (`costs.py`); found by us in egglog's e-graph."""
        name = self._name(given)
        view, first = self._view()
        signature = Signature(tuple(self._symbols.values()), self._rules.variables, self._rules.bank)
        return best_term(view, signature, view.class_of(first[self._session.value(name)]), cost_model(cost))

    def explain(self, left: int | Term | str, right: int | Term | str) -> NoReturn:
        """Raises LemmataError: egglog's package gives no proofs."""
        _cannot("explain why two terms are equal")

    def _name(self, given: int | Term | str) -> str:
        row = given if isinstance(given, int) else self.add(given)
        if row not in self._named:
            raise LemmataError(f"the e-graph has no node {row}")
        return self._named[row]

    # Saturation

    def run(
        self,
        limits: Limits | None = None,
        *,
        rounds: int | None = None,
        nodes: int = MOST_NODES,
        schedule: Schedule | None = None,
        scheduler: Scheduler | None = None,
        until: Goal | None = None,
        progress: Callable[[EgglogRound], None] | None = None,
    ) -> EgglogReport:
        """Apply the rules in rounds until nothing new comes of it, a goal holds, or a limit is reached.

        All limits are looked at between rounds only; a round may take any time and memory and make any number of
        e-nodes. Raises LemmataError for a scheduler that holds rules back.
        """
        if scheduler is not None and not isinstance(scheduler, Simple):
            _cannot("hold rules back round by round")
        clock = Clock(limits or Limits())
        tally = _Tally()
        if isinstance(until, Equal):
            self.add(until.left)
            self.add(until.right)

        def one_round(names: tuple[str, ...] | None) -> bool:
            if rounds is not None and len(tally.rounds) >= rounds:
                raise _Ended(Ended.ROUNDS)
            if (reason := clock.reason()) is not None:
                raise _Ended(_LIMITS[reason])
            changed = self._round(names, tally)
            if progress is not None:
                progress(tally.rounds[-1])
            if until is not None and self.holds(until):
                raise _Ended(Ended.GOAL)
            if tally.rounds[-1].nodes >= nodes:
                raise _Ended(Ended.NODES)
            tally.settled = not changed and names is None
            return changed

        with clock.holding_interrupts():
            try:
                if until is not None and self.holds(until):
                    raise _Ended(Ended.GOAL)
                reached = play(schedule or Saturate(Run()), one_round, self.holds)
                ended = Ended.GOAL if reached else Ended.SATURATED if tally.settled else Ended.ROUNDS
            except _Ended as stopped:
                ended = stopped.why
        matches = {direction_name(rule): tally.matches.get(f"r{n}", 0) for n, rule in enumerate(self._ways)}
        return EgglogReport(ended, tuple(tally.rounds), self.nodes, matches, clock.elapsed())

    def holds(self, goal: Goal) -> bool:
        """Is a goal reached?"""
        match goal:
            case Equal(left, right):
                return self.equal(left, right)
            case Contains(term):
                return self._has(term)
            case NodesOver(most):
                return self.nodes > most
        raise LemmataError("a goal of egglog's is Equal, Contains or NodesOver")

    def _has(self, term: Term | str) -> bool:
        given = self._rules.term(term) if isinstance(term, str) else term
        if any(self._symbols.setdefault(s.name, s) != s for s in given.signature.symbols):
            return False
        table = TermTable()
        facts = self._writer.facts(table, given.dump(table))
        self._flush()
        try:
            self._session.run(f"(check {facts})")
        except EgglogError as error:
            if "Check failed" not in error.message:
                raise
            return False
        return True

    def _round(self, names: tuple[str, ...] | None, tally: _Tally) -> bool:
        """One round of the rules of these names; has it changed anything?"""
        started = time.monotonic()
        chosen = meant(self._ways, names)
        ruleset = "all" if names is None else "_".join(["some", *map(str, chosen)])
        if ruleset not in self._rulesets:
            self._rulesets.add(ruleset)
            parts = " ".join(f"r{n}" for n in chosen)
            self._session.run(f"(unstable-combined-ruleset {ruleset} {parts})" if chosen else f"(ruleset {ruleset})")
        outputs = self._session.run(f"(run {ruleset} 1)")
        found = {rule: n for o in outputs for rule, n in o.report.num_matches_per_rule.items()}
        for rule, matches in found.items():
            number = rule.partition(".")[0]
            tally.matches[number] = tally.matches.get(number, 0) + matches
        changed = self._compute() or any(o.report.updated for o in outputs)
        tally.rounds.append(EgglogRound(self.nodes, sum(found.values()), time.monotonic() - started))
        return changed

    def _compute(self) -> bool:
        """Fold constants; has it changed anything?"""
        if not self._computes:
            return False
        outputs = self._session.run(f"(run-schedule (repeat {_MOST_COMPUTED} (run {COMPUTING})))")
        return any(o.report.updated for o in outputs)

    # As data

    def view(self) -> View:
        """The e-nodes in their classes, for extraction and pictures. Linear in them."""
        return self._view()[0]

    def _view(self) -> tuple[View, dict[Any, int]]:
        """The view, and the first node of each class by egglog's value for the class."""
        ops: dict[Op, int] = {}
        leaves: dict[Row, int] = {}
        op: list[int] = []
        leaf: list[int] = []
        below: list[tuple[Any, ...]] = []
        of: list[Any] = []
        rows = self._session.rows()
        for name, maker in self._writer.makers.items():
            applied = maker.kind == "app"
            symbol = app_symbol(self._symbols[maker.meant]) if applied else BankSymbol(maker.kind, "", (), maker.meant)
            number = ops.setdefault(Op(symbol, not applied), len(ops))
            for row in rows.get(name, ()):
                op.append(number)
                of.append(row.output)
                below.append(tuple(row.inputs) if applied else ())
                if applied:
                    leaf.append(-1)
                else:
                    value = self._session.base(maker.arguments[0], row.inputs[0])
                    leaf.append(leaves.setdefault(leaf_row(maker, value), len(leaves)))
        first: dict[Any, int] = {}
        for n, value in enumerate(of):
            first.setdefault(value, n)
        start = np.zeros(len(op) + 1, np.int32)
        np.cumsum([len(cells) for cells in below], out=start[1:])
        view = View.build(
            tuple(ops),
            tuple(leaves),
            find=np.array([first[value] for value in of], np.int32),
            node=np.arange(len(op), dtype=np.int32),
            op=np.array(op, np.int32),
            leaf=np.array(leaf, np.int32),
            start=start,
            child=np.array([first[value] for cells in below for value in cells], np.int32),
        )
        return view, first

    # Undoing

    def push(self) -> None:
        """Remember the graph as it is, for `pop`. Takes a copy."""
        self._session.run("(push)")
        self._saved.append(_Saved(self._writer.copy(), dict(self._named), set(self._rulesets)))

    def pop(self) -> None:
        """Go back to the last `push` that was not undone. Nodes made since are no longer good.

        Raises LemmataError if there is none.
        """
        if not self._saved:
            raise LemmataError("there is nothing to pop", hint="push first")
        self._session.run("(pop)")
        saved = self._saved.pop()
        self._writer, self._named, self._rulesets = saved.writer, saved.named, saved.rulesets

    # As a program

    def program(self, text: str) -> tuple[str, ...]:
        """Run a program of egglog's in this e-graph, as `run_program` does."""
        _expect_harmless(text)
        return tuple(_shown(output) for output in self._session.run(text))

    def _flush(self) -> None:
        for command in self._writer.take():
            self._session.run(command)


def _cannot(what: str) -> NoReturn:
    raise LemmataError(f"egglog cannot {what}", hint="the e-graph of Lemmata can: leave out backend='egglog'")
