"""Proofs as plain data, and their JSON.

A `Derivation` is what search builds: a named statement and the steps that lead to it. It may be wrong. Only `check`
turns it into a `Proof`. A `Certificate` is a theory with a list of derivations, each of which may cite the earlier
ones as lemmas; it is what `lemmata explore --proof` writes and `lemmata check` reads.

A step concludes a formula from earlier steps of the same derivation. Which hypotheses it rests on is not written: the
checker works it out. The rules, with the fields that each one has beside `conclusion`:

    axiom        cites substitution        an axiom of the theory under a substitution of its free variables
    lemma        cites substitution        the same for an earlier theorem of the certificate
    refl                                   t = t
    eval                                   f(literals) = literal, f a built-in operation with that value there
    sym          p                         from a = b: b = a
    trans        p1 ... pn                 from a1 = a2, ..., an = b: a1 = b
    cong         p1 ... pn                 s = t, where t is s with left sides replaced by right sides of p1 ... pn
    ac           p1 ... pn                 s = t, equal up to the laws p1 ... pn: equations that state associativity,
                                           commutativity or a unit
    rewrite      p0 p1 ... pn              the formula p0 with left sides replaced by right sides of p1 ... pn
    assume                                 the conclusion, as a hypothesis
    imp_intro    p                         from q: h implies q, the hypothesis h discharged
    imp_elim     p q                       from (h implies q) and h: q
    and_intro    p q                       from a and b: a and b
    and_elim     p                         one side of a conjunction
    or_intro     p                         a disjunction from one of its sides
    or_elim      p q r                     from (a or b), c under a, c under b: c
    false_elim   p                         anything from falsity
    all_intro    p, variable               from q, the variable not free in its hypotheses: forall x. q
    all_elim     p, terms                  from forall x1 ... xk. q: q at the terms
    ex_intro     p, terms (one)            from q at the witness: exists x. q
    ex_elim      p q, variable             from (exists x. a), and c under a at the fresh variable: c
    injective    p                         from c(..a..) = c(..b..), c a constructor: a = b
    distinct     p                         from c(...) = d(...), two different constructors or literals: falsity
    cases        p1 ... pn, terms (one), fresh
                                           from q under t = c(y...) for every constructor c of t's datatype: q
    induction    p1 ... pn, variable generalised fresh
                                           from q at c(y...) for every constructor c, under q at each y of the
                                           variable's own sort, quantified over the generalised variables: q

`fresh` has a list of variables for each constructor, in the order of the datatype.

JSON (all indices are positions in lists of the same file); version 2 has literals, symbols with attributes
and the rules marked so in `RULES`, version 3 the literals of sorts Real, Complex, BitVec1, BitVec2, ..., the built-in
operations on them, and `xor`, `implies` and `iff` on Bool. A file says the first version that has all it needs:

    {"format": "lemmata-proof", "version": 1,
     "theory": {"name", "digest", "sorts": [sort], "datatypes": [{"sort", "constructors": [name]}],
                "symbols": [{"name", "arguments": [sort], "result", "kind", "notation": {"text", "form", "level",
                "grouping"}, and where there are any "attributes": ["assoc", "comm"] and "unit": symbol}],
                "axioms": [{"name", "formula": term, "kind", "symbol"}]},
     "terms": [row], "hints": {term: name},
     "theorems": [{"name", "statement": term, "steps": [{"rule", "conclusion": term, "premises": [step], ...}]}]}

Names are printed beside the statements that people are asked to believe, so a file may not put other text in their
place: every string is printable, and the name of a variable is one word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_args

from .source import LemmataError
from .syntax import MalformedRow, Row, TermTable, check_shape, children, with_children
from .theory import Attribute, Axiom, AxiomKind, Datatype, Form, Notation, Symbol, SymbolKind, Theory

FORMAT = "lemmata-proof"
VERSIONS = (1, 2, 3)
_SORTS_OF_2 = frozenset({"Int", "Rat", "Bool", "String"})
_CONNECTIVES_OF_2 = frozenset({"not", "and", "or"})
_WORD = re.compile(r"_?[^\W\d_][\w']*")
_LEVELS = 101


@dataclass(frozen=True)
class Rule:
    """What a step of a rule has: how many premises (least, most or None), and which further fields.

    `since` is the first version of the format that has the rule.
    """

    least: int
    most: int | None
    fields: tuple[str, ...] = ()
    since: int = 1


RULES: Mapping[str, Rule] = {
    "axiom": Rule(0, 0, ("cites", "substitution")),
    "lemma": Rule(0, 0, ("cites", "substitution")),
    "refl": Rule(0, 0),
    "eval": Rule(0, 0, since=2),
    "sym": Rule(1, 1),
    "trans": Rule(2, None),
    "cong": Rule(1, None),
    "ac": Rule(1, None, since=2),
    "rewrite": Rule(2, None),
    "assume": Rule(0, 0),
    "imp_intro": Rule(1, 1),
    "imp_elim": Rule(2, 2),
    "and_intro": Rule(2, 2),
    "and_elim": Rule(1, 1),
    "or_intro": Rule(1, 1),
    "or_elim": Rule(3, 3),
    "false_elim": Rule(1, 1),
    "all_intro": Rule(1, 1, ("variable",)),
    "all_elim": Rule(1, 1, ("terms",)),
    "ex_intro": Rule(1, 1, ("terms",)),
    "ex_elim": Rule(2, 2, ("variable",)),
    "injective": Rule(1, 1),
    "distinct": Rule(1, 1),
    "cases": Rule(1, None, ("terms", "fresh")),
    "induction": Rule(1, None, ("variable", "generalised", "fresh")),
}


@dataclass(frozen=True)
class Step:
    """One step; indices of terms and of earlier steps. Fields that its rule does not have keep their defaults."""

    rule: str
    conclusion: int
    premises: tuple[int, ...] = ()
    cites: str | None = None
    substitution: tuple[tuple[int, int], ...] = ()
    variable: int | None = None
    terms: tuple[int, ...] = ()
    generalised: tuple[int, ...] = ()
    fresh: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Derivation:
    """A statement and the steps said to prove it; the last step concludes it. Not to be believed before `check`."""

    name: str
    statement: int
    steps: tuple[Step, ...]

    @property
    def lemmas(self) -> tuple[str, ...]:
        """Names of the earlier theorems cited, in order of first citation."""
        return tuple(dict.fromkeys(s.cites for s in self.steps if s.rule == "lemma" and s.cites is not None))


@dataclass(frozen=True)
class Certificate:
    """A theory, a digest it is said to have, and derivations over one term table (which is the theory's too)."""

    theory: Theory
    digest: str
    terms: TermTable
    theorems: tuple[Derivation, ...]


class MalformedCertificate(LemmataError):
    """The file is not a certificate of this version. The message says where."""

    kind = "certificate"


def to_json(theory: Theory, terms: TermTable, theorems: Sequence[Derivation]) -> dict[str, Any]:
    """The JSON object of a certificate whose derivations are over `terms`. Only the rows in use are written."""
    table = TermTable()
    axioms = theory.terms.copy_into(table, [a.formula for a in theory.axioms])
    used = [i for d in theorems for i in _term_indices(d)]
    moved = dict(zip(used, terms.copy_into(table, used), strict=True))
    return {
        "format": FORMAT,
        "version": _version(theory, table, theorems),
        "theory": {
            "name": theory.name,
            "digest": theory.digest,
            "sorts": list(theory.sorts),
            "datatypes": [{"sort": d.sort, "constructors": list(d.constructors)} for d in theory.datatypes],
            "symbols": [
                {
                    "name": s.name,
                    "arguments": list(s.arguments),
                    "result": s.result,
                    "kind": s.kind,
                    "notation": {f.name: getattr(s.notation, f.name) for f in fields(Notation)},
                    **({"attributes": sorted(s.attributes)} if s.attributes else {}),
                    **({} if s.unit is None else {"unit": s.unit}),
                }
                for s in theory.symbols
            ],
            "axioms": [
                {"name": a.name, "formula": f, "kind": a.kind, "symbol": a.symbol}
                for a, f in zip(theory.axioms, axioms, strict=True)
            ],
        },
        "terms": [list(row) for row in table.rows],
        "hints": {str(i): name for i, name in sorted(table.hints.items())},
        "theorems": [
            {
                "name": d.name,
                "statement": moved[d.statement],
                "steps": [_step_json(step, moved) for step in d.steps],
            }
            for d in theorems
        ],
    }


def _term_indices(derivation: Derivation) -> list[int]:
    found = [derivation.statement]
    for step in derivation.steps:
        found.append(step.conclusion)
        found.extend(i for pair in step.substitution for i in pair)
        found.extend([*step.terms, *step.generalised, *(i for group in step.fresh for i in group)])
        if step.variable is not None:
            found.append(step.variable)
    return found


def _step_json(step: Step, moved: Mapping[int, int]) -> dict[str, Any]:
    out: dict[str, Any] = {"rule": step.rule, "conclusion": moved[step.conclusion], "premises": list(step.premises)}
    for name in RULES[step.rule].fields:
        match name:
            case "cites":
                out[name] = step.cites
            case "substitution":
                out[name] = [[moved[a], moved[b]] for a, b in step.substitution]
            case "variable":
                out[name] = moved[step.variable]  # type: ignore[index]
            case "terms":
                out[name] = [moved[t] for t in step.terms]
            case "generalised":
                out[name] = [moved[t] for t in step.generalised]
            case "fresh":
                out[name] = [[moved[t] for t in group] for group in step.fresh]
    return out


def from_json(data: object) -> Certificate:
    """Read a certificate; raises MalformedCertificate unless every field has the documented shape.

    Shape only: whether the steps prove anything is for `check` to say.
    """
    top = _object(data, "the certificate", ("format", "version", "theory", "terms", "hints", "theorems"))
    version = top["version"]
    if top["format"] != FORMAT or version not in VERSIONS or type(version) is not int:
        raise MalformedCertificate(f"not a {FORMAT} file of version {' or '.join(map(str, VERSIONS))}")
    terms, place = _read_terms(top["terms"], top["hints"])
    theory, digest = _read_theory(top["theory"], terms, place)
    theorems = [
        _read_derivation(item, f"theorem {n}", place) for n, item in enumerate(_list(top["theorems"], "theorems"))
    ]
    if version < _version(theory, terms, theorems):
        raise MalformedCertificate(
            f"it has what version {version} does not have: literals, attributes, built-in operations or a newer rule"
        )
    return Certificate(theory, digest, terms, tuple(theorems))


def _version(theory: Theory, terms: TermTable, theorems: Sequence[Derivation]) -> int:
    """The first version of the format that has all that occurs here."""
    modulo = any(s.attributes or s.unit is not None for s in theory.symbols)
    computed = [_since(s) for s in theory.symbols if s.kind == "builtin"]
    literals = [2 if row[2] in _SORTS_OF_2 else 3 for row in terms.rows if row[0] == "lit"]
    return max([1 + modulo, *computed, *literals, *(RULES[step.rule].since for d in theorems for step in d.steps)])


def _since(builtin: Symbol) -> int:
    """The first version that has the operation."""
    truth = set(builtin.arguments) == {"Bool"}
    older = _SORTS_OF_2.issuperset(builtin.arguments) and (not truth or builtin.notation.text in _CONNECTIVES_OF_2)
    return 2 if older else 3


def load(text: str | bytes) -> Certificate:
    """Read a certificate from JSON text."""
    try:
        data = json.loads(text, object_pairs_hook=_distinct_keys)
    except (ValueError, RecursionError) as error:
        raise MalformedCertificate(f"not JSON: {error}") from None
    return from_json(data)


def _distinct_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object's members; a key given twice would let two readers see two certificates."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedCertificate("an object has one key twice")
    return members


def dump(theory: Theory, terms: TermTable, theorems: Sequence[Derivation]) -> str:
    """A certificate as JSON text, one line for each row and step."""
    data = to_json(theory, terms, theorems)

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def lines(values: Sequence[object]) -> str:
        return "[\n" + ",\n".join(line(v) for v in values) + "\n]"

    blocks = [
        f'{{"name":{line(t["name"])},"statement":{t["statement"]},"steps":{lines(t["steps"])}}}'
        for t in data["theorems"]
    ]
    head = ",\n".join(f"{line(k)}:{line(data[k])}" for k in ("format", "version", "theory"))
    terms_text = f'"terms":{lines(data["terms"])},\n"hints":{line(data["hints"])}'
    return "{" + head + ",\n" + terms_text + ',\n"theorems":[\n' + ",\n".join(blocks) + "\n]}\n"


# Reading: every value is looked at before it is used, so that a hostile file can only be refused.


def _object(value: object, what: str, keys: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() - optional != set(keys):
        raise MalformedCertificate(f"{what} must be an object with exactly the keys {', '.join(keys)}")
    return value


def _list(value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedCertificate(f"{what} must be a list")
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise MalformedCertificate(f"{what} must be a string of printable characters")
    return value


def _word(value: object, what: str) -> str:
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise MalformedCertificate(f"{what} must be a word: a letter, then letters, digits, _ and '")
    return value


def _texts(value: object, what: str) -> tuple[str, ...]:
    return tuple(_text(v, what) for v in _list(value, what))


def _index(value: object, below: int, what: str) -> int:
    if type(value) is not int or not 0 <= value < below:
        raise MalformedCertificate(f"{what} must be an index below {below}")
    return value


def _read_terms(rows: object, hints: object) -> tuple[TermTable, list[int]]:
    """The interned table, and for each position in the file its index there (two equal rows get one index)."""
    table = TermTable()
    place: list[int] = []
    for n, cells in enumerate(_list(rows, "terms")):
        given = _list(cells, f"term {n}")
        if not given or not all(type(c) is int or (isinstance(c, str) and c.isprintable()) for c in given):
            raise MalformedCertificate(f"term {n}: a row is made of printable strings and integers")
        row: Row = tuple(given)
        if row[0] == "var":
            _word(row[1] if len(row) > 1 else None, f"the name of variable {n}")
        try:
            check_shape(row, n)
        except MalformedRow as error:
            raise MalformedCertificate(f"term {n}: {error!s:.200}") from None
        place.append(table.add(with_children(row, [place[c] for c in children(row)])))
    if not isinstance(hints, dict):
        raise MalformedCertificate("hints must be an object")
    positions = {str(n): i for n, i in enumerate(place)}
    for key, name in hints.items():
        if key not in positions:
            raise MalformedCertificate("a hint belongs to a term's index")
        table.hints[positions[key]] = _word(name, "a hint")
    return table, place


def _read_theory(value: object, terms: TermTable, place: Sequence[int]) -> tuple[Theory, str]:
    top = _object(value, "theory", ("name", "digest", "sorts", "datatypes", "symbols", "axioms"))
    datatypes = []
    for item in _list(top["datatypes"], "datatypes"):
        o = _object(item, "a datatype", ("sort", "constructors"))
        datatypes.append(Datatype(_text(o["sort"], "a sort"), _texts(o["constructors"], "constructors")))
    symbols = []
    for item in _list(top["symbols"], "symbols"):
        o = _object(item, "a symbol", ("name", "arguments", "result", "kind", "notation"), ("attributes", "unit"))
        n = _object(o["notation"], "a notation", ("text", "form", "level", "grouping"))
        known = o["kind"] in get_args(SymbolKind) and n["form"] in get_args(Form)
        if not known or n["grouping"] not in ("left", "right", "none"):
            raise MalformedCertificate("a symbol of unknown kind or form")
        level = _index(n["level"], _LEVELS, "a binding level")
        notation = Notation(_text(n["text"], "a notation's text"), n["form"], level, n["grouping"])
        if not notation.text.strip():
            raise MalformedCertificate("a notation's text must show something")
        name, result = _text(o["name"], "a symbol's name"), _text(o["result"], "a sort")
        arguments = _texts(o["arguments"], "argument sorts")
        attributes, unit = _read_attributes(o)
        symbols.append(Symbol(name, arguments, result, o["kind"], notation, attributes, unit))
    axioms = []
    for item in _list(top["axioms"], "axioms"):
        o = _object(item, "an axiom", ("name", "formula", "kind", "symbol"))
        if o["kind"] not in get_args(AxiomKind):
            raise MalformedCertificate("an axiom of unknown kind")
        formula = place[_index(o["formula"], len(place), "an axiom's formula")]
        defines = None if o["symbol"] is None else _text(o["symbol"], "the symbol that an axiom defines")
        axioms.append(Axiom(_text(o["name"], "an axiom's name"), formula, o["kind"], defines))
    for what, names in (
        ("symbols", [s.name for s in symbols]),
        ("axioms", [a.name for a in axioms]),
        ("datatypes", [d.sort for d in datatypes]),
    ):
        if len(set(names)) != len(names):
            raise MalformedCertificate(f"two {what} have one name")
    theory = Theory(
        _text(top["name"], "the theory's name"),
        _texts(top["sorts"], "sorts"),
        tuple(datatypes),
        tuple(symbols),
        tuple(axioms),
        (),
        terms,
    )
    return theory, _text(top["digest"], "the digest")


def _read_attributes(symbol: Mapping[str, Any]) -> tuple[frozenset[Attribute], str | None]:
    attributes: list[Any] = []
    if "attributes" in symbol:
        attributes = _list(symbol["attributes"], "attributes")
        known = all(isinstance(a, str) and a in get_args(Attribute) for a in attributes)
        if not attributes or not known or len(set(attributes)) != len(attributes):
            raise MalformedCertificate("attributes are one or both of 'assoc' and 'comm'")
    return frozenset(attributes), _text(symbol["unit"], "a unit") if "unit" in symbol else None


def _read_derivation(value: object, what: str, place: Sequence[int]) -> Derivation:
    top = _object(value, what, ("name", "statement", "steps"))
    steps: list[Step] = []
    for n, item in enumerate(_list(top["steps"], f"the steps of {what}")):
        steps.append(_read_step(item, f"{what}, step {n}", n, place))
    statement = place[_index(top["statement"], len(place), f"the statement of {what}")]
    return Derivation(_text(top["name"], f"the name of {what}"), statement, tuple(steps))


def _read_step(value: object, what: str, n: int, place: Sequence[int]) -> Step:
    name = value.get("rule") if isinstance(value, dict) else None
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None or not isinstance(name, str):
        raise MalformedCertificate(f"{what}: unknown rule {name!r:.60}")
    o = _object(value, what, ("rule", "conclusion", "premises", *rule.fields))

    def term(v: object) -> int:
        return place[_index(v, len(place), f"a term of {what}")]

    def terms(v: object) -> tuple[int, ...]:
        return tuple(term(i) for i in _list(v, f"a field of {what}"))

    premises = tuple(_index(p, n, f"a premise of {what}") for p in _list(o["premises"], f"the premises of {what}"))
    if len(premises) < rule.least or (rule.most is not None and len(premises) > rule.most):
        raise MalformedCertificate(f"{what}: wrong number of premises for {name}")
    pairs = []
    for pair in _list(o.get("substitution", []), f"the substitution of {what}"):
        if len(_list(pair, f"the substitution of {what}")) != 2:
            raise MalformedCertificate(f"{what}: a substitution is a list of pairs")
        pairs.append((term(pair[0]), term(pair[1])))
    return Step(
        name,
        term(o["conclusion"]),
        premises,
        _text(o["cites"], f"what {what} cites") if "cites" in o else None,
        tuple(pairs),
        term(o["variable"]) if "variable" in o else None,
        terms(o.get("terms", [])),
        terms(o.get("generalised", [])),
        tuple(terms(group) for group in _list(o.get("fresh", []), f"the fresh variables of {what}")),
    )
