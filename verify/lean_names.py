"""Names of ours as Lean identifiers.

`mangle` is injective and its values are plain ASCII identifiers that mean nothing to Lean: ordinary names stay as they
are, any other becomes `op_` and its pieces, each either `0` with a run of letters and digits, or the word or the code
point of one other character.

>>> mangle("add_comm"), mangle("+"), mangle("x'"), mangle("fun"), mangle("≤")
('add_comm', 'op_plus', 'op_0x_prime', 'op_0fun', 'op_u2264')
"""

from __future__ import annotations

import re

_WORDS = {
    "+": "plus",
    "-": "minus",
    "*": "star",
    "/": "slash",
    "^": "hat",
    "<": "lt",
    ">": "gt",
    "=": "eq",
    "!": "bang",
    "&": "and",
    "|": "or",
    "~": "tilde",
    ".": "dot",
    ":": "colon",
    "'": "prime",
    "#": "hash",
    "@": "at",
    "%": "percent",
    "\\": "backslash",
    "_": "us",
    " ": "space",
    ",": "comma",
    ";": "semicolon",
    "?": "query",
    "$": "dollar",
    '"': "quote",
    "`": "tick",
    "(": "lparen",
    ")": "rparen",
    "[": "lbrack",
    "]": "rbrack",
    "{": "lbrace",
    "}": "rbrace",
}
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PIECES = re.compile(r"[A-Za-z0-9]+|.", re.DOTALL)

# Words that a checked text must not contain anywhere: ways to pass Lean without a proof, or to reach outside the text.
_BANNED = """
sorry sorryAx admit native_decide decide unsafe implemented_by extern import axiom opaque constant partial macro
macro_rules syntax elab elab_rules run_cmd run_elab run_meta eval debug skipKernelTC initialize builtin_initialize
csimp reduceBool reduceNat ofReduceBool ofReduceNat trustCompiler include_str instance attribute
"""

# Words of Lean's and those that the texts of ours use: a name like one of these is mangled.
_WORDS_OF_LEAN = """
abbrev after alias and as assert at begin binder_predicate break by calc case catch checkpoint class commands continue
declare_syntax_cat decreasing_by def default_instance deriving do dsimp else end example exists exit export extends
false finally for forall from fun grind_pattern have hiding if in include inaccessible inductive infix infixl infixr
init inline inferInstance instances intro invariant lambda let letI haveI lemma local match matches meta mod_cast mut
mutual namespace noncomputable nofun nomatch nonrec notation obtain of omit open or postfix precedence prefix prelude
priority private protected public reassoc rec renaming repeat replace return rfl run scoped section set_option show
simproc simp sorts stop structure suffices tactic termination_by termination_hint then theorem this throw trace true
try unif_hint universe universes unless until unop using variable variables where while with without
Prop Sort Type Eq And Or False True Exists Nat congrArg Lemmata Model Concrete M motive
"""

BANNED = frozenset(_BANNED.split())
_RESERVED = BANNED | frozenset(_WORDS_OF_LEAN.split())


def mangle(name: str) -> str:
    """A Lean identifier for any string; different strings have different ones. Linear in its length."""
    plain = _PLAIN.fullmatch(name) and not (name == "op" or name.startswith("op_") or name in _RESERVED)
    if plain:
        return name
    pieces = [
        "0" + piece if piece.isascii() and piece.isalnum() else _WORDS.get(piece, f"u{ord(piece):04x}")
        for piece in _PIECES.findall(name)
    ]
    return "_".join(["op", *pieces])


class Names:
    """A scope: hands out one identifier for each thing asked about, the mangled name itself where it is free.

    Two things of one name (a sort and an operation, say) get different identifiers, the later one with a number.
    """

    def __init__(self, taken: set[str] | None = None) -> None:
        self._taken = set(taken or ())
        self._given: dict[tuple[str, ...], str] = {}

    def of(self, kind: str, name: str, *more: str, prefix: str = "") -> str:
        """The identifier of the thing `kind name more`, starting with `prefix`; always the same one."""
        key = (kind, name, *more)
        if key not in self._given:
            wanted = prefix + mangle(name)
            found, n = wanted, 0
            while found in self._taken:
                n += 1
                found = f"{wanted}_{n}"
            self._taken.add(found)
            self._given[key] = found
        return self._given[key]

    @property
    def taken(self) -> frozenset[str]:
        """Every identifier that is in use."""
        return frozenset(self._taken)
