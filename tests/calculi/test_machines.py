"""The machines: one answer, whichever runs; types that hold; laws; limits; depth."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lemmata.calculi.fmc import closures, continuations, native, native_function, native_heap, prefix, table_machine
from lemmata.calculi.fmc.equivalence import same_result
from lemmata.calculi.fmc.executor import NoNativeCode, Tier, execute
from lemmata.calculi.fmc.machine import Ending, Request, Run
from lemmata.calculi.fmc.parsing import parse
from lemmata.calculi.fmc.terms import Term, same
from lemmata.calculi.fmc.typing import infer
from lemmata.rewriting.executor import Tier as CoreTier
from lemmata.rewriting.limits import Limits
from tests.calculi.cases import same_memory
from tests.calculi.terms import DEPTHS, SEEDS, any_memory, any_term, inhabitant, typed_term

_FUEL = 2_000


def outcome(run: Run) -> object:
    """All that a run says of its end, but for the names of bound variables, and how far it came within its fuel."""
    if run.ending is Ending.FUEL:
        return run.ending
    last = run.last
    state = None if last is None else (dict(last.memory), last.code, [(f.label, f.code) for f in last.frames])
    return run.ending, run.exit, run.memory, state


@contextmanager
def harried(seed: int) -> Iterator[None]:
    """Native code that collects, comes back and forgets what it knows as often as it can."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEMMATA_CACHE_DIR", folder)
        patch.setattr(native, "_FIRST_SLICE", (1, 3, 50, 1 << 18)[seed % 4])
        patch.setattr(native_heap.Heap, "FIRST", (1, 40, 1 << 17)[seed % 3])
        patch.setattr(native_function, "_VERSIONS", 1 + seed % 2)
        patch.setattr(native_function, "_INLINED", (0, 60)[seed % 2])
        patch.setattr(native_function, "_TALLEST", (1, 48)[seed // 2 % 2])
        patch.setattr(native_function, "_DEEPEST", (0, 3)[seed // 3 % 2])
        yield


class TestAgreement:
    @settings(max_examples=60)
    @given(seed=SEEDS)
    def test_native_code_does_what_the_machine_with_closures_does(self, seed: int) -> None:
        request = Request(any_term(seed), any_memory(seed), strict=seed % 5 == 0)
        slow = closures.execute(request, fuel=_FUEL)
        with harried(seed):
            fast = native.execute(request, fuel=_FUEL)
        assert outcome(fast) == outcome(slow)
        if slow.ending is not Ending.FUEL:
            assert (fast.transitions, fast.steps) == (slow.transitions, slow.steps)

    @settings(max_examples=80)
    @given(seed=SEEDS)
    def test_so_does_the_table_machine(self, seed: int) -> None:
        request = Request(any_term(seed), any_memory(seed), strict=seed % 5 == 0)
        slow = closures.execute(request, fuel=_FUEL)
        assume(slow.ending is not Ending.FUEL)
        assert outcome(table_machine.execute(request, fuel=None, executor="table")) == outcome(slow)

    @settings(max_examples=10)
    @given(seed=SEEDS)
    def test_so_does_the_cores_native_code(self, seed: int) -> None:
        request = Request(any_term(seed), any_memory(seed))
        slow = closures.execute(request, fuel=_FUEL)
        if slow.ending is not Ending.FUEL:
            assert outcome(table_machine.execute(request, fuel=None, executor="native")) == outcome(slow)

    @settings(max_examples=300)
    @given(seed=SEEDS)
    def test_substitution_makes_the_same_pushes_and_pops(self, seed: int) -> None:
        term, memory = any_term(seed), any_memory(seed)
        slow, other = closures.run(term, memory, fuel=_FUEL), continuations.run(term, memory, fuel=_FUEL)
        assume(Ending.FUEL not in (slow.ending, other.ending))
        assert (other.ending, other.exit, other.steps) == (slow.ending, slow.exit, slow.steps)
        assert same_memory(other.memory, slow.memory)

    @settings(max_examples=300)
    @given(seed=SEEDS)
    def test_so_does_insertion_into_prefix_terms(self, seed: int) -> None:
        term = any_term(seed, control=False)
        memory = {at: [v for v in values if v.row[0] == "number"] for at, values in any_memory(seed).items()}
        slow, other = closures.run(term, memory, fuel=_FUEL), prefix.run(term, memory, fuel=_FUEL)
        assume(Ending.FUEL not in (slow.ending, other.ending))
        assert (other.ending, other.exit, other.steps) == (slow.ending, slow.exit, slow.steps)
        assert slow.ending is Ending.STUCK or same_result(other, slow)

    @given(seed=st.integers(0, 50))
    @settings(max_examples=5)
    def test_random_choices_are_those_of_the_seed_in_every_machine(self, seed: int) -> None:
        coin = "[[1]].[[0]].rnd<b>.b"
        request = Request(parse(" ; ".join([coin] * 12)), seed=seed)
        answers = [run(request).memory for run in (closures.execute, native.execute, table_machine.execute)]
        assert answers[0] == answers[1] == answers[2]
        assert len(answers[0][""]) == 12

    @pytest.mark.parametrize(
        ("text", "memory"),
        [
            ("rnd<x>.rnd<y>.rnd<z>.rnd<u>.nd<v>.[x].[y].[z].[u].[v]", {}),
            ("rnd<x>.rnd<y>.[x].[y]", {"rnd": [parse("5")]}),
            ("[1]rnd.rnd<x>.rnd<y>.[2]rnd.[x].[y].rnd<z>.rnd<u>.[z].[u]", {}),
        ],
    )
    def test_choices_that_are_not_executed_are_those_of_the_seed_too(
        self, text: str, memory: dict[str, list[Term]]
    ) -> None:
        for seed in range(6):
            request = Request(parse(text), memory, seed=seed)
            answers = [run(request).memory for run in (closures.execute, native.execute, table_machine.execute)]
            assert answers[0] == answers[1] == answers[2]

    @pytest.mark.parametrize("tier", ["specification", "table", "native"])
    def test_large_numbers_are_computed_exactly(self, tier: str) -> None:
        power = "(k<n>.[n]k.[n].[0].$eq ; #T -> #done ; #F -> [7].$mul.k<n>.[n].[1].$sub.<m>.[m]k.#l)^#l ; #done -> *"
        run = execute(Request(parse(f"[1] ; {power}"), {"k": [parse("200")]}), tier=tier)  # type: ignore[arg-type]
        assert run.memory[""] == [parse(str(7**200))]

    @pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "mod"])
    def test_arithmetic_is_exact_where_words_end(self, name: str) -> None:
        ends = [0, 1, -1, 3, -7, 2**31, 2**32 - 1, 2**32, 2**62 - 1, -(2**62), 2**62, -(2**62) - 1]
        pairs = [(x, y) for x in ends for y in ends if y or name not in ("div", "mod")]
        cells = {"l": [x for x, _ in pairs], "r": [y for _, y in pairs]}
        memory = {at: [parse(str(v) if v >= 0 else f"'m{-v}") for v in vs] for at, vs in cells.items()}
        round_ = f"l<x>.r<y>.[x].[y].${name}.<z>.[z]out.#l"
        count = f"k<n>.[n]k.[0].[n].$lt ; #F -> #done ; #T -> k<n>.[n].[1].$sub.<m>.[m]k.{round_}"
        request = Request(parse(f"({count})^#l ; #done -> *"), memory | {"k": [parse(str(len(pairs)))]})
        compute = {"add": int.__add__, "sub": int.__sub__, "mul": int.__mul__, "div": int.__floordiv__}
        expected = [compute.get(name, int.__mod__)(x, y) for x, y in reversed(pairs)]
        for run in (native.execute(request), table_machine.execute(request, fuel=None, executor="table")):
            assert run.exit == "*"
            assert [v.row[1] for v in run.memory["out"]] == expected


class TestTypes:
    @settings(max_examples=400)
    @given(seed=SEEDS)
    def test_a_typed_term_ends_at_one_of_its_exits_with_the_heights_of_its_type(self, seed: int) -> None:
        term = typed_term(seed)
        assume(term is not None)
        assert term is not None
        type_ = infer(term)
        need, exits = dict(type_.row[1]), dict(type_.row[2])
        table = type_.table
        memory = {at: [Term(table, inhabitant(table, t)) for t in reversed(types)] for at, types in need.items()}
        run = closures.run(term, memory, fuel=100_000)
        assert run.ending is Ending.EXIT
        assert {at: len(values) for at, values in run.memory.items()} == {
            at: len(types) for at, types in exits[run.exit]
        }

    def test_most_terms_drawn_have_types(self) -> None:
        assert sum(typed_term(seed) is not None for seed in range(300)) > 150


class TestLaws:
    @settings(max_examples=200)
    @given(first=SEEDS, then=SEEDS)
    def test_runs_compose(self, first: int, then: int) -> None:
        left, right, memory = any_term(first, 12), any_term(then, 12), any_memory(first)
        one = closures.run(left, memory, fuel=_FUEL)
        assume(one.exit == "*")
        two = closures.run(right, one.memory, fuel=_FUEL)
        assume(two.ending is not Ending.FUEL)
        table = left.table
        both = Term(table, table.join("*", left.root, right.within(table)))
        assert outcome(closures.run(both, memory, fuel=3 * _FUEL))[:3] == outcome(two)[:3]  # type: ignore[index]

    @settings(max_examples=200)
    @given(seed=SEEDS)
    def test_more_at_the_bottom_changes_nothing_above(self, seed: int) -> None:
        term, memory, below = any_term(seed), any_memory(seed), any_memory(seed + 1)
        run = closures.run(term, memory, fuel=_FUEL)
        assume(run.ending is Ending.EXIT)
        more = closures.run(term, {at: [*below[at], *memory[at]] for at in memory}, fuel=_FUEL)
        expected = {at: [*below.get(at, []), *run.memory.get(at, [])] for at in below.keys() | run.memory.keys()}
        assert (more.exit, more.memory) == (run.exit, {at: v for at, v in sorted(expected.items()) if v})

    @settings(max_examples=100)
    @given(seed=SEEDS)
    def test_a_frame_below_waits_until_the_exit(self, seed: int) -> None:
        term, memory = any_term(seed, 15), any_memory(seed)
        run = closures.run(term, memory, fuel=_FUEL)
        assume(run.ending is Ending.EXIT and run.exit is not None)
        table = term.table
        caught = Term(table, table.join(str(run.exit), term.root, table.push("seen", table.number(1), table.skip())))
        assert closures.run(caught, memory, fuel=_FUEL + 10).memory == {**run.memory, "seen": [parse("1")]}


class TestLimits:
    @pytest.mark.parametrize("tier", ["auto", "specification", "table", "native"])
    @pytest.mark.parametrize("text", ["*^*", "([1].<x>.#l)^#l", "[<x>.[x].x].<f>.[f].f"])
    def test_a_run_without_end_stops_and_says_where(self, tier: str, text: str) -> None:
        run = execute(Request(parse(text)), tier=tier, fuel=30_000)  # type: ignore[arg-type]
        assert run.ending is Ending.FUEL
        assert run.exit is None
        assert run.last is not None

    @pytest.mark.parametrize("tier", ["auto", "table", "native"])
    def test_time_is_a_limit(self, tier: str) -> None:
        run = execute(Request(parse("*^*")), tier=tier, limits=Limits(seconds=0.3))  # type: ignore[arg-type]
        assert run.ending is Ending.TIME

    def test_a_stack_that_grows_for_ever_ends_at_the_memory_limit(self) -> None:
        run = execute(Request(parse("([1].#l)^#l")), tier="native", limits=Limits(memory_mb=600))
        assert run.ending is Ending.MEMORY
        assert run.memory[""][-1] == parse("1")

    def test_the_table_machine_may_be_stopped_within_a_primitive(self) -> None:
        programs = ["[2].[3].$add.[4].$mul.[5] ; $lt ; #T -> [1].[2].$eq", "[0]c.(([1].c<x>.[x].$add.<y>.[y]c.#l)^#l)"]
        for text in programs:
            for fuel in range(40):
                run = table_machine.execute(Request(parse(text)), fuel=fuel)
                assert run.ending in (Ending.FUEL, Ending.EXIT)

    @pytest.mark.parametrize("executor", ["auto", "table", "native"])
    @pytest.mark.parametrize("seconds", [0, 1e-6, 0.005, 0.02, 0.05])
    def test_so_it_may_by_the_clock_at_any_time(self, executor: CoreTier, seconds: float) -> None:
        request = Request(parse("[0]c.(([1].c<x>.[x].$add.<y>.[y]c.#l)^#l)"))
        run = table_machine.execute(request, fuel=None, limits=Limits(seconds=seconds), executor=executor)
        assert run.ending is Ending.TIME
        assert run.last is not None

    @pytest.mark.parametrize("text", ["[1].<x>", "[1].x", "[1] ; #e", "[1].[2].$add"])
    def test_a_run_that_needs_all_its_fuel_has_run_out(self, text: str) -> None:
        request = Request(parse(text))
        needed = closures.execute(request).transitions
        for machine in (closures.execute, native.execute):
            assert machine(request, fuel=needed).ending is Ending.FUEL
            assert machine(request, fuel=needed + 1).ending is not Ending.FUEL

    def test_wide_frames_many_times_over_are_too_much_for_native_code(self) -> None:
        n = 130
        pops = "".join(f"<x{i}>." for i in range(n))
        uses = "".join(f"[x{i}]." for i in range(n))
        term = parse(f"{pops}({'(' * n}k<f>.f{f' ; #e -> {uses}*)' * n})")
        with pytest.raises(NoNativeCode):
            execute(Request(term), tier="native")

    def test_garbage_is_collected(self) -> None:
        swap = "s<x>.[[x]]s.s<y>.[7]s.k<n>.[n]k.[n].[0].$eq ; #T -> #done ; #F -> k<n>.[n].[1].$sub.<m>.[m]k.#l"
        request = Request(parse(f"({swap})^#l ; #done -> *"), {"s": [parse("1")], "k": [parse("300000")]})
        run = native.execute(request)
        assert (run.exit, run.memory["s"]) == ("*", [parse("7")])

    def test_native_code_that_would_be_too_much_is_refused_and_auto_does_without(self) -> None:
        term = parse("[1].<x>." * 10_001 + "*")
        with pytest.raises(NoNativeCode):
            execute(Request(term), tier="native")
        assert execute(Request(term)).exit == "*"

    def test_a_hundred_million_rounds(self) -> None:
        text = "(c<n>.[n]c.[n].[0].$eq ; #T -> #done ; #F -> c<n>.[n].[1].$sub.<m>.[m]c.#l)^#l ; #done -> *"
        run = execute(Request(parse(text), {"c": [parse("100000000")]}))
        assert (run.exit, run.memory) == ("*", {"c": [parse("0")]})


class TestDepth:
    @pytest.mark.parametrize("n", DEPTHS)
    @pytest.mark.parametrize("tier", ["specification", "table"])
    @pytest.mark.parametrize(
        ("written", "grows"),
        [
            (lambda n: "[1]." * n + "*", True),
            (lambda n: "[" * n + "1" + "]" * n, False),
            (lambda n: "[1]." * n + "<x>." * (n - 1) + "*", False),
            (lambda n: " ; ".join(["[1]"] * n), True),
            (lambda n: "(" * n + "[2]" + " ; #e -> *)" * n, False),
        ],
    )
    def test_programs_may_be_nested_deeply(
        self, tier: Tier, written: Callable[[int], str], grows: bool, n: int
    ) -> None:
        run = execute(Request(parse(written(n))), tier=tier)
        assert run.exit == "*"
        assert len(run.memory[""]) == (n if grows else 1)

    @pytest.mark.parametrize("n", DEPTHS)
    @pytest.mark.parametrize("tier", ["specification", "native"])
    def test_calls_may_be_nested_deeply(self, tier: Tier, n: int) -> None:
        down = "<n>.(([n].[0].$eq ; #T -> #t) ; #F -> [n].[1].$sub.f<g>.[g]f.g ; [1].$add) ; #t -> [0]"
        assert execute(Request(parse(f"[{down}]f.[{n}].f<g>.[g]f.g")), tier=tier).memory[""] == [parse(str(n))]


def test_a_stuck_run_says_why_in_the_same_words_everywhere() -> None:
    wanted = {
        "c<x>": "the stack c is empty at c<x>",
        "[1].$add": "$add takes two values, and the main stack has 1",
        "[1].[0].$mod": "division by zero: 1 $mod 0",
        "['a].[1].$lt": "$lt has no value for 'a and 1",
        "[1].<x>.x": "a value cannot be executed: 1",
        "z": "a free variable cannot be executed: z",
        "[<x>].[1].$eq": "$eq has no value for <x> and 1",
    }
    for text, reason in wanted.items():
        for run in (closures.execute, native.execute, table_machine.execute):
            assert run(Request(parse(text))).reason == reason


def test_church_booleans_compare_as_terms() -> None:
    assert same(closures.run(parse("[1].[1].$eqb")).memory[""][0], parse("<a>.<b>.a"))
