"""The proof of a run: a certificate, in the common format, that the machine goes from one state to another.

The theorem is an equation, `run(program, ...) = exit_j(...)`, or to the state at which the program is stuck. Its theory
is that of `transitions.py`, whose axioms are the transitions; each step of the proof is an instance of one, or computes
an operation on numbers. `check` needs nothing besides.

>>> from ...rewriting.check import check
>>> from .parsing import parse
>>> verdict = check(proof(Request(parse("[2].[3].$add.<x>.[x]c"))))
>>> verdict.accepted, len(verdict.axioms)
(True, 7)
"""

from __future__ import annotations

from ...rewriting.bank import TermBank
from ...rewriting.certificate import Certificate
from ...rewriting.derivation import Builder
from ...rewriting.equations import directed
from ...rewriting.limits import Clock, Limits, Stop
from ...rewriting.recording import Recorder
from ...rewriting.source import LemmataError
from ...rewriting.syntax import TermTable
from ...rewriting.terms import Signature
from .loading import load
from .machine import FUEL, Request
from .terms import Table
from .transitions import Vocabulary, transitions


class NoRunProof(LemmataError):
    """A run of which there is no proof: it did not end within its limits, or chance had its part in it."""

    kind = "limit"


def proof(request: Request, *, fuel: int = FUEL, limits: Limits | None = None) -> Certificate:
    """The certificate of a run to its exit, or to where it is stuck: the theorem `run`.

    `fuel` bounds the terms that the rewriter visits, some for each transition. Raises NoRunProof.
    """
    if request.seed is not None:
        raise NoRunProof("a run with random choices has no proof", hint="give the choices in the memory, at rnd or nd")
    table = Table()
    root, memory = request.loaded(table)
    rows = [root, *(v for values in memory.values() for v in values)]
    vocabulary = Vocabulary.of(table, rows, list(memory), request.strict)
    theory = transitions(vocabulary)
    state = load(vocabulary, table, root, memory, theory.terms)
    bank = TermBank()
    (start,) = bank.load(theory.terms, [state], theory.symbol)
    signature = Signature(theory.symbols, {}, bank)
    recorder = Recorder(signature, theory, [rule for _, rule in directed(theory)], {}, _VISITS * fuel)
    clock = Clock(limits or Limits())
    with clock.holding_interrupts():
        stop = recorder.run([start], clock)
    if stop is not Stop.DONE:
        raise NoRunProof(f"the run did not end within its limits ({stop.value}), so there is nothing to prove")
    builder = Builder(TermTable(theory.terms.rows, theory.terms.hints))
    (last,) = recorder.proof(builder, [start])
    return Certificate(theory, theory.digest, builder.table, (builder.finish("run", last),))


_VISITS = 30  # of terms, at most, for a transition
