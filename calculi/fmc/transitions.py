"""The machine as a theory: one axiom for each transition, and nothing else.

    state   run(code, environment, stack, ..., stack, frames)        a stack for every location, the main one first
    answer  exit_j(stack, ..., stack)                                the exit j was reached

    push_a      run(push_a(n, m), e, ..s.., k) = run(m, e, ..[clos(n, e) | s].., k)         and so on

The axioms depend on a program only by its `Vocabulary`: the locations and labels that it names, how far its variables
look, and the primitives that it has. They are rewrite rules: the table machine runs them (`table_machine.py`), and a
proof of a run is a chain of their instances (`run_proof.py`), for which the checker needs no step of its own. Push and
pop are [T] (specification A3, formulation iii), control is [M/R] (B2).

Names: a location or a label stands behind an underscore; the main location and the label * have none. `thunk` pushes a
closed term, `copy` the value of a variable, by its index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...rewriting.operations import builtin_symbols
from ...rewriting.syntax import TermTable
from ...rewriting.theory import Axiom, Notation, Symbol, Theory
from .machine import READ_ONLY, WRITE_ONLY
from .primitives import ARITHMETIC, FALSE, TRUE
from .terms import SKIP, Table

CODE, VALUE, STACK, ENVIRONMENT, FRAMES, STATE = "Code", "Value", "Stack", "Environment", "Frames", "State"
_LABELLED = ("jump", "join", "loop")


@dataclass(frozen=True)
class Vocabulary:
    """What of a program the axioms depend on. Locations begin with the main one; `copies` are (index, location)."""

    locations: tuple[str, ...]
    labels: tuple[str, ...]
    copies: frozenset[tuple[int, str]]
    executed: frozenset[int]
    primitives: frozenset[str]
    strict: bool

    @classmethod
    def of(cls, table: Table, roots: Sequence[int], locations: Sequence[str], strict: bool) -> Vocabulary:
        """That of some terms, with a memory at `locations`."""
        named, labels = set(locations), {SKIP}
        copies, executed, primitives = set(), {0, 1}, set()  # a Church boolean executes variables 0 and 1
        for i in table.reachable(roots):
            kind, *parts = table.rows[i]
            if kind in ("push", "pop"):
                named.add(parts[0])
            if kind == "push" and table.rows[parts[1]][0] == "bound":
                copies.add((table.rows[parts[1]][1], parts[0]))
            if kind in _LABELLED:
                labels.add(parts[0])
            if kind == "primitive":
                primitives.add(parts[0])
            if kind == "bound":
                executed.add(parts[0])
        if primitives & {"eq", "lt", "le"}:
            labels |= {TRUE, FALSE}
        return cls(
            ("", *sorted(named - {""})),
            tuple(sorted(labels)),
            frozenset(copies),
            frozenset(executed),
            frozenset(primitives),
            strict,
        )


def named(kind: str, about: str) -> str:
    """The name of a symbol about a location or a label."""
    return kind if about in ("", SKIP) else f"{kind}_{about}"


def transitions(vocabulary: Vocabulary) -> Theory:
    """The theory of the machine for a vocabulary."""
    return _Writer(vocabulary).theory()


class _Writer:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.table = TermTable()
        self.symbols: dict[str, Symbol] = {}
        self.axioms: list[Axiom] = []
        v = vocabulary
        stacks = (STACK,) * len(v.locations)
        self._declare("run", (CODE, ENVIRONMENT, *stacks, FRAMES), STATE)
        self._declare("empty", (), STACK)
        self._declare("on", (VALUE, STACK), STACK)
        self._declare("none", (), ENVIRONMENT)
        self._declare("bind", (VALUE, ENVIRONMENT), ENVIRONMENT)
        self._declare("done", (), FRAMES)
        self._declare("clos", (CODE, ENVIRONMENT), VALUE)
        self._declare("num", ("Int",), VALUE)
        self._declare("const", ("String",), VALUE)
        for kind, sort in (("free", "String"), ("constcode", "String"), ("numcode", "Int")):
            self._declare(kind, (sort,), CODE)  # of which there is no transition
        for location in v.locations:
            self._declare(named("push", location), (CODE, CODE), CODE)
            self._declare(named("thunk", location), (CODE, CODE), CODE)
            self._declare(named("number", location), ("Int", CODE), CODE)
            self._declare(named("constant", location), ("String", CODE), CODE)
            self._declare(named("pop", location), (CODE,), CODE)
        for index, location in sorted(v.copies):
            self._declare(named(f"copy{index}", location), (CODE,), CODE)
        for index in sorted(v.executed):
            self._declare(f"execute{index}", (), CODE)
        for label in v.labels:
            self._declare(named("join", label), (CODE, CODE), CODE)
            self._declare(named("loop", label), (CODE,), CODE)
            self._declare(named("jump", label), (), CODE)
            self._declare(named("frame", label), (CODE, ENVIRONMENT, FRAMES), FRAMES)
            self._declare(named("exit", label), stacks, STATE)
        for name in sorted(v.primitives):
            self._declare(f"prim_{name}", (), CODE)
        builtin = builtin_symbols(["Int", "String", "Bool"])
        wanted = {"+", "-", "*", "div", "mod", "<", "<=", "="}
        kept = [s for s in builtin if s.notation.text in wanted and s.arguments in _OPERANDS]
        self.symbols |= {s.name: s for s in kept}
        self.operation = {(s.notation.text, s.arguments[0]): s.name for s in kept}

    def _declare(self, name: str, arguments: tuple[str, ...], result: str) -> None:
        self.symbols[name] = Symbol(name, arguments, result, "abstract", Notation(name))

    def theory(self) -> Theory:
        v = self.vocabulary
        for location in v.locations:
            if not (v.strict and location in READ_ONLY):
                self._pushes(location)
            if not (v.strict and location in WRITE_ONLY):
                self._pop(location)
        for label in v.labels:
            self._control(label)
        for index in sorted(v.executed):
            self._execute(index)
        for name in sorted(v.primitives):
            self._primitive(name)
        sorts = (CODE, VALUE, STACK, ENVIRONMENT, FRAMES, STATE, "Int", "String", "Bool")
        return Theory("FMC", sorts, (), tuple(self.symbols.values()), tuple(self.axioms), (), self.table)

    # Terms: e is the environment, k the frames, s_a the stack of a location

    def app(self, name: str, *arguments: int) -> int:
        return self.table.app(name, *arguments)

    def var(self, name: str, sort: str) -> int:
        return self.table.var(name, sort)

    def state(self, code: int, environment: int, frames: int, **stacks: int) -> int:
        """A state; stacks that are not given, by number as s0, s1, ..., are variables."""
        rows = [stacks.get(f"s{n}", self.stack(n)) for n in range(len(self.vocabulary.locations))]
        return self.app("run", code, environment, *rows, frames)

    def stack(self, number: int) -> int:
        return self.var(f"s{number}", STACK)

    @property
    def e(self) -> int:
        return self.var("e", ENVIRONMENT)

    @property
    def k(self) -> int:
        return self.var("k", FRAMES)

    @property
    def m(self) -> int:
        return self.var("m", CODE)

    def axiom(self, name: str, left: int, right: int, premise: int | None = None) -> None:
        equation = self.table.eq(left, right)
        formula = equation if premise is None else self.table.imp(premise, equation)
        self.axioms.append(Axiom(name, formula, "axiom"))

    # Transitions

    def _pushes(self, location: str) -> None:
        number = self.vocabulary.locations.index(location)
        s, n = f"s{number}", self.var("n", CODE)

        def push(kind: str, value: int, *arguments: int, environment: int | None = None) -> None:
            e = self.e if environment is None else environment
            above = self.app("on", value, self.stack(number))
            code = self.app(named(kind, location), *arguments, self.m)
            self.axiom(named(kind, location), self.state(code, e, self.k), self.state(self.m, e, self.k, **{s: above}))

        push("push", self.app("clos", n, self.e), n)
        push("thunk", self.app("clos", n, self.app("none")), n)
        x, c = self.var("x", "Int"), self.var("c", "String")
        push("number", self.app("num", x), x)
        push("constant", self.app("const", c), c)
        for index, at in sorted(self.vocabulary.copies):
            if at == location:
                push(f"copy{index}", self.value(index), environment=self.bound(index))

    def value(self, index: int) -> int:
        return self.var(f"v{index}", VALUE)

    def bound(self, index: int, last: int | None = None) -> int:
        """An environment of at least index + 1 values, of which the last is given."""
        environment = self.app("bind", self.value(index) if last is None else last, self.e)
        for n in range(index - 1, -1, -1):
            environment = self.app("bind", self.value(n), environment)
        return environment

    def _pop(self, location: str) -> None:
        number = self.vocabulary.locations.index(location)
        v = self.value(0)
        full = self.app("on", v, self.stack(number))
        code = self.app(named("pop", location), self.m)
        after = self.state(self.m, self.app("bind", v, self.e), self.k)
        self.axiom(named("pop", location), self.state(code, self.e, self.k, **{f"s{number}": full}), after)

    def _control(self, label: str) -> None:
        v = self.vocabulary
        n, e, k = self.var("n", CODE), self.e, self.k
        frame = named("frame", label)
        waiting = self.app(frame, self.m, e, k)
        join = self.app(named("join", label), n, self.m)
        self.axiom(named("join", label), self.state(join, e, k), self.state(n, e, waiting))
        loop = self.app(named("loop", label), self.m)
        self.axiom(named("loop", label), self.state(loop, e, k), self.state(self.m, e, self.app(frame, loop, e, k)))
        jump, outer = self.app(named("jump", label)), self.var("d", ENVIRONMENT)
        self.axiom(named("select", label), self.state(jump, outer, waiting), self.state(self.m, e, k))
        for other in v.labels:
            if other != label:
                passed = self.app(named("frame", other), self.m, e, k)
                name = f"{named('reject', label)}:{other}"  # no label has a colon
                self.axiom(name, self.state(jump, outer, passed), self.state(jump, outer, k))
        stacks = [self.stack(number) for number in range(len(v.locations))]
        left = self.state(jump, outer, self.app("done"))
        self.axiom(named("exit", label), left, self.app(named("exit", label), *stacks))

    def _execute(self, index: int) -> None:
        n, d = self.var("n", CODE), self.var("d", ENVIRONMENT)
        environment = self.bound(index, self.app("clos", n, d))
        left = self.state(self.app(f"execute{index}"), environment, self.k)
        self.axiom(f"execute{index}", left, self.state(n, d, self.k))

    def _primitive(self, name: str) -> None:
        x, y = self.var("x", "Int"), self.var("y", "Int")
        numbers = [self.app("num", y), self.app("num", x)]
        code = self.app(f"prim_{name}")
        if name in ARITHMETIC:
            value = self.app("num", self.app(self.operation[ARITHMETIC[name], "Int"], x, y))
            premise = self._equals(y, self.table.literal("0", "Int"), False) if name in ("div", "mod") else None
            self._computes(name, code, numbers, self.app("jump"), premise, value)
            return
        if name not in ("eq", "eqb"):
            test = self.app(self.operation[{"lt": "<", "le": "<="}[name], "Int"], x, y)
            self._decides(name, code, numbers, test)
            return
        c, d = self.var("c", "String"), self.var("d", "String")
        constants = [self.app("const", d), self.app("const", c)]
        self._decides(name, code, numbers, self.app(self.operation["=", "Int"], x, y))
        self._decides(f"{name}_constants", code, constants, self.app(self.operation["=", "String"], c, d))
        for which, mixed in (("left", [numbers[0], constants[1]]), ("right", [constants[0], numbers[1]])):
            self._answers(f"{name}_{which}", code, mixed, False, None)

    def _equals(self, x: int, y: int, truth: bool) -> int:
        test = self.app(self.operation["=", "Int"], x, y)
        return self.table.eq(test, self.table.literal("true" if truth else "false", "Bool"))

    def _computes(
        self, name: str, code: int, operands: Sequence[int], then: int, premise: int | None, value: int | None
    ) -> None:
        """Two operands, the uppermost first, are replaced by a value, or by nothing."""
        rest = self.stack(0)
        full = self.app("on", operands[0], self.app("on", operands[1], rest))
        left = self.state(code, self.e, self.k, s0=full)
        above = rest if value is None else self.app("on", value, rest)
        self.axiom(name, left, self.state(then, self.e, self.k, s0=above), premise)

    def _decides(self, name: str, code: int, operands: Sequence[int], test: int) -> None:
        for truth in (True, False):
            premise = self.table.eq(test, self.table.literal("true" if truth else "false", "Bool"))
            self._answers(f"{name}_{'true' if truth else 'false'}", code, operands, truth, premise)

    def _answers(self, name: str, code: int, operands: Sequence[int], truth: bool, premise: int | None) -> None:
        if code != self.app("prim_eqb") if "prim_eqb" in self.symbols else True:
            self._computes(name, code, operands, self.app(named("jump", TRUE if truth else FALSE)), premise, None)
        else:
            chosen = self.app("pop", self.app("pop", self.app("execute1" if truth else "execute0")))
            value = self.app("clos", chosen, self.app("none"))
            self._computes(name, code, operands, self.app("jump"), premise, value)


_OPERANDS = (("Int", "Int"), ("String", "String"))
