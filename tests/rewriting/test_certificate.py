"""Certificates to JSON and back; any other JSON value is malformed, and the schema says so too where it can."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lemmata.rewriting.certificate import RULES, MalformedCertificate, dump, from_json, load, to_json
from lemmata.rewriting.check import check
from lemmata.rewriting.syntax import TermTable
from tests.rewriting.bad_certificates import catalogue
from tests.samples import peano, peano_derivations

SCHEMA = json.loads(files("lemmata.rewriting").joinpath("certificate.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def _sample() -> dict[str, Any]:
    theory, terms = peano(), TermTable()
    return to_json(theory, terms, peano_derivations(theory, terms))


SAMPLE = json.dumps(_sample())


class TestThereAndBack:
    def test_the_text_is_read_back_to_the_same_certificate(self) -> None:
        theory, terms = peano(), TermTable()
        text = dump(theory, terms, peano_derivations(theory, terms))
        assert json.loads(text) == json.loads(SAMPLE)
        read = load(text)
        assert read.theory.digest == read.digest == theory.digest
        assert dump(read.theory, read.terms, read.theorems) == text
        again = load(text.encode())
        assert dump(again.theory, again.terms, again.theorems) == text
        assert check(read).accepted

    def test_only_the_rows_in_use_are_written(self) -> None:
        theory, terms = peano(), TermTable([("var", "unused", "N")])
        derivations = peano_derivations(theory, terms)
        assert to_json(theory, terms, derivations) == json.loads(SAMPLE)

    def test_rows_given_twice_are_one(self) -> None:
        data = _sample()
        first = data["terms"][0]
        data["terms"].append(first)
        data["theorems"][0]["steps"][0]["substitution"][0][0] = len(data["terms"]) - 1
        assert first[0] == "var"
        assert check(from_json(data)).accepted

    def test_names_survive(self) -> None:
        theory, terms = peano(), TermTable()
        read = load(dump(theory, terms, peano_derivations(theory, terms)))
        assert {"w", "y", "z", "p", "x"} & set(read.terms.hints.values()) == set(read.terms.hints.values())
        assert read.theory.symbols == theory.symbols

    def test_attributes_survive_and_are_part_of_the_digest(self) -> None:
        theory = peano()
        digest = theory.digest
        plus = replace(theory.symbol["+"], attributes=frozenset(["assoc", "comm"]), unit="0")
        symbols = tuple(plus if s.name == "+" else s for s in theory.symbols)
        with_attributes = replace(theory, symbols=symbols)
        assert theory.digest == digest != with_attributes.digest
        data = to_json(with_attributes, TermTable(), [])
        VALIDATOR.validate(data)
        assert [s.get("attributes") for s in data["theory"]["symbols"]].count(["assoc", "comm"]) == 1
        read = from_json(data)
        assert read.theory.symbols == symbols
        assert read.theory.digest == with_attributes.digest
        assert "attributes" not in SAMPLE
        assert "unit" not in SAMPLE


# Shapes that are wrong, each as an edit of the sample; the flag says whether the schema too can see it.

Edit = Callable[[dict[str, Any]], object]


def _put(*path: str | int, value: object) -> Edit:
    def edit(data: dict[str, Any]) -> None:
        at: Any = data
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return edit


def _step(**fields: object) -> Edit:
    return lambda data: data["theorems"][0]["steps"][0].update(fields)


def _row(*cells: object) -> Edit:
    return lambda data: data["terms"].append(list(cells))


MALFORMED: dict[str, tuple[Edit, bool]] = {
    "a key too many": (_put("more", value=1), True),
    "a key too few": (lambda data: data.pop("hints"), True),
    "another format": (_put("format", value="proof"), True),
    "another version": (_put("version", value=4), True),
    "a version that is a truth value": (_put("version", value=True), True),
    "a version with a point": (_put("version", value=1.0), False),
    "terms that are no list": (_put("terms", value={}), True),
    "theorems that are no list": (_put("theorems", value=None), True),
    "a theorem that is no object": (_put("theorems", 0, value=[]), True),
    "a theory that is no object": (_put("theory", value="Peano"), True),
    "a digest that is no string": (_put("theory", "digest", value=7), True),
    "a sort that is no string": (_put("theory", "sorts", value=[0]), True),
    "a theory with a line break in its name": (_put("theory", "name", value="a\nb"), True),
    "a theory with an escape in its name": (_put("theory", "name", value="\x1b[2J"), True),
    "half a character": (_put("theory", "name", value="\ud800"), False),
    "a text that runs backwards": (_put("theory", "name", value="a\u202eb"), False),
    "a symbol of unknown kind": (_put("theory", "symbols", 0, "kind", value="eval"), True),
    "a kind that is a list": (_put("theory", "symbols", 0, "kind", value=["defined"]), True),
    "a symbol without a text": (_put("theory", "symbols", 0, "notation", "text", value=" "), True),
    "an unknown form": (_put("theory", "symbols", 0, "notation", "form", value="mixfix"), True),
    "an unknown grouping": (_put("theory", "symbols", 0, "notation", "grouping", value="up"), True),
    "a level below 0": (_put("theory", "symbols", 0, "notation", "level", value=-1), True),
    "a level above 100": (_put("theory", "symbols", 0, "notation", "level", value=10**9), True),
    "a level that is a truth value": (_put("theory", "symbols", 0, "notation", "level", value=True), True),
    "attributes in a string": (_put("theory", "symbols", 0, "attributes", value="assoc"), True),
    "an unknown attribute": (_put("theory", "symbols", 0, "attributes", value=["idem"]), True),
    "an attribute given twice": (_put("theory", "symbols", 0, "attributes", value=["comm", "comm"]), True),
    "an empty list of attributes": (_put("theory", "symbols", 0, "attributes", value=[]), True),
    "an attribute that is a list": (_put("theory", "symbols", 0, "attributes", value=[["comm"]]), True),
    "a unit that is nothing": (_put("theory", "symbols", 0, "unit", value=None), True),
    "two symbols of one name": (_put("theory", "symbols", 1, "name", value="0"), False),
    "two axioms of one name": (_put("theory", "axioms", 1, "name", value="+.1"), False),
    "two datatypes of one sort": (lambda data: data["theory"]["datatypes"].extend(data["theory"]["datatypes"]), False),
    "an axiom of unknown kind": (_put("theory", "axioms", 0, "kind", value="theorem"), True),
    "an axiom for the symbol 1": (_put("theory", "axioms", 0, "symbol", value=1), True),
    "an axiom for half a character": (_put("theory", "axioms", 0, "symbol", value="\ud800"), False),
    "an axiom beyond the table": (_put("theory", "axioms", 0, "formula", value=10**6), False),
    "a row that is no list": (_put("terms", 0, value="var"), True),
    "an empty row": (_row(), True),
    "a row of unknown kind": (_row("lambda", 0), True),
    "a row whose kind is a list": (_row(["var"], "x", "N"), True),
    "a row whose kind is a number": (_row(1, 2), True),
    "a variable without a sort": (_row("var", "x"), True),
    "a variable whose name is a statement": (_row("var", "0 = 1 or x", "N"), True),
    "a variable whose name is markup": (_row("var", "<b>x</b>", "N"), True),
    "a variable that is a hole": (_row("var", "_", "N"), True),
    "a variable called 0": (_row("var", "0", "N"), True),
    "a variable whose name ends a line": (_row("var", "x\n", "N"), False),
    "a sort that ends a line": (_row("var", "x", "N\n"), False),
    "a bound variable below 0": (_row("bound", -1, "N"), True),
    "a bound variable that is a truth value": (_row("bound", False, "N"), True),
    "a bound variable with a point, equal to another row": (_row("bound", 0.0, "N"), False),
    "a bound variable beyond every number": (_row("bound", float("inf"), "N"), True),
    "a bound variable that is no number": (_row("bound", float("nan"), "N"), True),
    "an equation of three": (_row("eq", 0, 0, 0), True),
    "an equation of truth values": (_row("eq", True, True), True),
    "an equation of fractions": (_row("eq", 0.5, 0.5), True),
    "a row over itself": (lambda data: data["terms"].append(["imp", len(data["terms"]), 0]), False),
    "a row over a later one": (_put("terms", 0, value=["app", "s", 5]), False),
    "an application of a number": (_row("app", 1, 0), True),
    "a quantifier without a sort": (_row("all", 0), True),
    "a falsity of something": (_row("false", 0), True),
    "hints in a list": (_put("hints", value=[]), True),
    "a hint for no index": (_put("hints", "x", value="x"), True),
    "a hint written another way": (_put("hints", "00", value="x"), True),
    "a hint for a digit of another script": (_put("hints", "٣", value="x"), True),
    "a hint beyond the table": (_put("hints", "999999", value="x"), False),
    "a hint with too many digits": (_put("hints", "9" * 5000, value="x"), False),
    "a hint that is a statement": (_put("hints", "0", value="x. false) and (exists y"), True),
    "a hint that is no string": (_put("hints", "0", value=None), True),
    "an unknown rule": (_step(rule="sorry"), True),
    "a rule that is a list": (_step(rule=["refl"]), True),
    "a rule that is a method": (_step(rule="__init__"), True),
    "a field of another rule": (_step(variable=0), True),
    "a rule without its fields": (_step(rule="all_elim"), True),
    "a premise too many": (_step(premises=[0]), True),
    "a premise that comes later": (_put("theorems", 0, "steps", 3, "premises", value=[3]), False),
    "a premise below 0": (_put("theorems", 0, "steps", 3, "premises", value=[-1]), True),
    "a premise that is a truth value": (_put("theorems", 0, "steps", 3, "premises", value=[True]), True),
    "premises in an object": (_step(premises={}), True),
    "a conclusion beyond the table": (_step(conclusion=10**30), False),
    "a conclusion that is a string": (_step(conclusion="0"), True),
    "a citation of a number": (_step(cites=1), True),
    "a substitution of triples": (_step(substitution=[[0, 0, 0]]), True),
    "a substitution in an object": (_step(substitution={"x": 0}), True),
    "fresh variables that are no lists": (_put("theorems", 0, "steps", 5, "fresh", value=[0, 1]), True),
    "a variable that is nothing": (_put("theorems", 0, "steps", 5, "variable", value=None), True),
    "a statement that is nothing": (_put("theorems", 0, "statement", value=None), True),
    "a name that is nothing": (_put("theorems", 0, "name", value=None), True),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_certificate_is_refused(name: str) -> None:
    edit, seen_by_schema = MALFORMED[name]
    data = json.loads(SAMPLE)
    assert from_json(data)
    edit(data)
    with pytest.raises(MalformedCertificate):
        from_json(data)
    with pytest.raises(MalformedCertificate):
        load(json.dumps(data))
    assert VALIDATOR.is_valid(data) != seen_by_schema


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '{"format": "lemmata-proof"}',
        "[" * 100_000,
        "[" * 500 + "]" * 500,
        '{"a":' * 100_000,
        "9" * 10_000,
        "NaN",
        SAMPLE.replace('"version": 1', '"version": 1, "version": 1'),
        SAMPLE.replace('"rule": "refl"', '"rule": "sorry", "rule": "refl"'),
        b"\xff\xfe\x00",
        SAMPLE.encode() + b"\x80",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_text_that_is_no_certificate_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedCertificate):
        load(text)


def test_a_deeply_nested_cell_is_refused() -> None:
    for depth in (10, 100, 500, 900, 950, 980):
        data = SAMPLE.replace('"terms": [', '"terms": [[' + "[" * depth + "]" * depth + "], ", 1)
        with pytest.raises(MalformedCertificate):
            load(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(list(RULES)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_value_is_read_or_malformed(value: object) -> None:
    with pytest.raises(MalformedCertificate):
        from_json(value)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """All (container, key) pairs below a JSON value."""
    found, stack = [], [value]
    while stack:
        here = stack.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        for key in keys:
            found.append((here, key))
            stack.append(here[key])
    return found


PLACES = len(_places(json.loads(SAMPLE)))
NEAR = st.one_of(JSON, st.integers(-2, 120), st.sampled_from(["x", "N", "s", "0", "+.1", "zero_add", "Prop", "\ud800"]))


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, PLACES - 1), NEAR, st.booleans()), min_size=1, max_size=3))
def test_any_edit_of_a_certificate_is_read_or_malformed(edits: list[tuple[int, object, bool]]) -> None:
    data = json.loads(SAMPLE)
    places = _places(data)
    for place, value, drop in edits:
        container, key = places[place]
        if drop and (isinstance(container, dict) or key < len(container)):
            container.pop(key, None) if isinstance(container, dict) else container.pop(key)
        elif isinstance(container, dict) or key < len(container):
            container[key] = value
    try:
        certificate = from_json(data)
    except MalformedCertificate:
        return
    assert VALIDATOR.is_valid(data)
    check(certificate)
    check(certificate, peano())


class TestTheSchema:
    def test_it_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_our_certificates_validate(self) -> None:
        VALIDATOR.validate(_sample())
        for bad in catalogue():
            if all(step.rule in RULES for d in bad.derivations for step in d.steps) and bad.terms.rows:
                _valid_if_readable(bad.theory, bad.terms, list(bad.derivations))

    def test_every_rule_of_the_checker_is_a_rule_of_the_schema(self) -> None:
        definitions = SCHEMA["$defs"]
        shapes = [definitions[part["$ref"].rpartition("/")[2]] for part in definitions["step"]["oneOf"]]
        named = {}
        for shape in shapes:
            premises = shape["properties"]["premises"]
            for rule in shape["properties"]["rule"]["enum"]:
                named[rule] = premises.get("minItems", 0), premises.get("maxItems"), set(shape.get("required", ()))
        assert named == {name: (rule.least, rule.most, set(rule.fields)) for name, rule in RULES.items()}


def _valid_if_readable(theory: Any, terms: TermTable, derivations: list[Any]) -> None:
    try:
        data = to_json(theory, terms, derivations)
        from_json(copy.deepcopy(data))
    except (MalformedCertificate, IndexError, TypeError, KeyError):
        return  # some of the bad ones have no JSON
    VALIDATOR.validate(data)
