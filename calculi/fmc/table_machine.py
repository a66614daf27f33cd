"""Programs of the calculus on the term-rewriting core: the axioms of `transitions.py` as rules of its executors.

A rule set is compiled to tables in milliseconds; the kernel of the table machine was compiled before. A run that lasts
goes on in the core's own native code, made once for a vocabulary and kept on disk. Each transition is one rule
application, and the bank that states are terms of is collected while the program runs. The transitions of an answer are
rewrites: what primitives compute, and the conditions of comparisons, count besides.

>>> from .parsing import parse
>>> ran = execute(Request(parse("c<f>.[f]c.f"), {"c": [parse("[2].[3].$add")]}))
>>> ran.exit, ran.memory[""], ran.transitions
('*', [Term('5')], 7)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...rewriting.bank import TermBank, app_symbol
from ...rewriting.equations import directed
from ...rewriting.executor import Execution, Tier
from ...rewriting.limits import Clock, Limits, Stop
from ...rewriting.machine import TableMachine
from ...rewriting.memo import Memo
from ...rewriting.rules import compile_rules
from ...rewriting.source import LemmataError
from ...rewriting.syntax import TermTable, children
from ...rewriting.theory import Theory
from ...rewriting.walk import Walk
from .loading import TooLargeNumber, load, read
from .machine import CHOICES, FUEL, LIMITS, Ending, Request, Run, church, why_stuck
from .terms import Table
from .transitions import STATE, Vocabulary, transitions


class NumberTooLarge(LemmataError):
    """A result of more than 2^19 bits, which the other machines are stuck at."""

    kind = "limit"


def execute(request: Request, *, fuel: int | None = FUEL, limits: Limits | None = None, executor: Tier = "auto") -> Run:
    """Run a request to its end, or for about `fuel` transitions, or to a limit; Ctrl-C is one.

    `executor` is the core's: the table machine, native code, or the one after the other. With `fuel` it is the table
    machine, which counts it. Raises NumberTooLarge.
    """
    clock = Clock(limits or Limits())
    with clock.holding_interrupts():
        try:
            return _execute(request, fuel, clock, executor)
        except TooLargeNumber:
            raise NumberTooLarge("a number has more than 2^19 bits", hint="--tier native stops at it") from None


def _execute(request: Request, fuel: int | None, clock: Clock, executor: Tier) -> Run:
    table = Table()
    root, memory = request.loaded(table)
    coins = request.coins()
    rows = [root, *(v for values in memory.values() for v in values), *(church(table, b) for b in (True, False))]
    vocabulary = Vocabulary.of(table, rows, [*memory, *(CHOICES if coins else ())], request.strict)
    theory = transitions(vocabulary)
    state = load(vocabulary, table, root, memory, theory.terms)
    made = 0
    while True:
        stop, walk, reached, at = _advance(theory, state, None if fuel is None else fuel - made, clock, executor)
        made += walk.steps
        last, label = read(vocabulary, reached, at, table)
        kept = {location: list(values) for location, values in last.memory.items()}
        if label is not None:
            return Run(Ending.EXIT, kept, made - 1, exit=label)
        if stop is not Stop.DONE:
            return Run(LIMITS[stop], kept, made, last=last)
        row = last.code.row
        if row[0] != "pop" or row[1] not in coins or row[1] in last.memory:
            return Run(Ending.STUCK, kept, made, last=last, reason=why_stuck(last, request.strict))
        state = _with_choice(vocabulary, reached, at, row[1], coins, theory.terms)


def _advance(
    theory: Theory, state: int, fuel: int | None, clock: Clock, executor: Tier
) -> tuple[Stop, Walk, TermTable, int]:
    """Rewrite a state until no rule applies, or to a limit: why it ended, the walk, and the state then, as a row."""
    bank = TermBank(1 << 14)
    for symbol in theory.symbols:
        bank.symbol_id(app_symbol(symbol))
    rules = compile_rules(bank, theory.terms, theory.symbol, [rule for _, rule in directed(theory)])
    roots = bank.load(theory.terms, [state], theory.symbol)
    if fuel is None:
        stop, walk, _, _ = Execution(bank, rules, executor, "off", private=True).advance(roots, clock)
    else:
        machine = TableMachine(bank, rules, memo=Memo(rows=0))
        walk = Walk(bank, roots, machine.has_rules)
        stop = walk.advance(machine, clock, fuel)
    found = walk.results()
    term = found[0] if found else walk.term()
    if term is None:  # the limit came before the first transition
        return stop, walk, theory.terms, state
    if bank.sort(term) != STATE:  # it came within a primitive, of which the rest is done
        machine = TableMachine(bank, rules, memo=Memo(rows=0))
        while bank.sort(term) != STATE:
            walk.advance(machine, Clock(Limits()), 1)
            found = walk.results()
            term = found[0] if found else walk.term()
            assert term is not None
    reached = TermTable()
    return stop, walk, reached, bank.dump([term], reached)[0]


def _with_choice(
    vocabulary: Vocabulary,
    source: TermTable,
    root: int,
    location: str,
    coins: Mapping[str, Iterator[bool]],
    target: TermTable,
) -> int:
    """The state with the next choice on an empty stream."""
    moved = source.copy_into(target, [root])[0]
    name, parts = target.rows[moved][1], list(children(target.rows[moved]))
    truth = target.app("execute1" if next(coins[location]) else "execute0")
    value = target.app("clos", target.app("pop", target.app("pop", truth)), target.app("none"))
    parts[2 + vocabulary.locations.index(location)] = target.app("on", value, target.app("empty"))
    return target.app(str(name), *parts)
