"""What the compiler knows of a machine's state: values, the tops of stacks, and the frames that it need not build.

A symbolic state stands for all states of which it gives the top: the values that a program has pushed since the last
time its stacks were written to memory, and how many cells of each stack it has taken away. Blocks of code are made for
*shapes*, states without the names of words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Kind = str  # of a word: "any", "int" or "pointer"


@dataclass(frozen=True)
class Word:
    """An SSA value, or a constant, of 64 bits."""

    name: str
    kind: Kind


@dataclass(frozen=True, eq=False)
class Thunk:
    """A closure that has not been built: its code, and the values of its captures."""

    row: int
    values: tuple[Word | Thunk, ...]

    @property
    def depth(self) -> int:
        return 1 + max((v.depth for v in self.values if isinstance(v, Thunk)), default=0)


Value = Word | Thunk


@dataclass
class Stack:
    """The known top of a stack: `taken` cells of it in memory are gone, `values` lie above what remains.

    `loaded` are the names of the words that those cells held, the uppermost first, as far as they are known.
    """

    taken: int = 0
    values: list[Value] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def copy(self) -> Stack:
        return Stack(self.taken, list(self.values), list(self.loaded))


@dataclass(frozen=True)
class Handler:
    """A frame that has not been built. `values` are those of the captures of its row."""

    label: str
    row: int
    values: tuple[Value, ...]


@dataclass
class State:
    """A symbolic state, and the names of the registers. `environment` has the values of the binders around `row`, the
    innermost last; those that the row does not capture may be missing. `pending` is the fuel used since `fuel`."""

    row: int
    environment: list[Value | None]
    stacks: dict[str, Stack]
    handlers: list[Handler]
    sp: str
    kp: str
    hp: str
    fuel: str
    pending: int = 0
    built: dict[Thunk, Word] = field(default_factory=dict)
    tops: dict[str, str] = field(default_factory=dict)

    def copy(self) -> State:
        return State(
            self.row,
            list(self.environment),
            {at: stack.copy() for at, stack in self.stacks.items()},
            list(self.handlers),
            self.sp,
            self.kp,
            self.hp,
            self.fuel,
            self.pending,
            dict(self.built),
            dict(self.tops),
        )

    def stack(self, location: str) -> Stack:
        return self.stacks.setdefault(location, Stack())

    def captured(self, indices: Sequence[int]) -> tuple[Value, ...]:
        """The values of variables, given by index. A thunk that has been built is its address."""
        values = [self.environment[-1 - k] for k in indices]
        return tuple(self.current(v) for v in values if v is not None)

    def current(self, value: Value) -> Value:
        return self.built.get(value, value) if isinstance(value, Thunk) else value


Shape = object  # hashable: a kind, or ("thunk", row, shapes)


@dataclass(frozen=True)
class Shapes:
    """A state without the names of words: the key of a block. `safe` blocks look at the fuel and the heap first."""

    row: int
    environment: tuple[Shape, ...]  # of the captures of the row
    stacks: tuple[tuple[str, int, tuple[Shape, ...]], ...]
    handlers: tuple[tuple[str, int, tuple[Shape, ...]], ...]
    safe: bool

    @property
    def control(self) -> object:
        """What blocks of different values have in common."""
        return self.row, self.safe, tuple((label, row) for label, row, _ in self.handlers)


def shape(value: Value) -> Shape:
    """The shape of a value; linear in its thunks."""
    if isinstance(value, Word):
        return value.kind
    return ("thunk", value.row, tuple(shape(v) for v in value.values))


def words(value: Value) -> Iterator[str]:
    """The names of the words in a value, in the order in which `rebuilt` takes them."""
    if isinstance(value, Word):
        yield value.name
    else:
        for inner in value.values:
            yield from words(inner)


def rebuilt(given: Shape, names: Iterator[str]) -> Value:
    """A value of a shape, of new names."""
    if isinstance(given, str):
        return Word(next(names), given)
    assert isinstance(given, tuple)
    return Thunk(given[1], tuple(rebuilt(inner, names) for inner in given[2]))


def widened(given: Shape) -> Shape:
    """The shape of any value whatever."""
    return "any" if isinstance(given, str) else given


def shapes_of(state: State, captured: Mapping[int, tuple[int, ...]], safe: bool) -> tuple[Shapes, list[str]]:
    """The key of a state, and the words in it."""
    environment = state.captured(captured[state.row])
    stacks = [
        (at, stack.taken, [state.current(v) for v in stack.values])
        for at, stack in sorted(state.stacks.items())
        if stack.taken or stack.values
    ]
    handlers = [(h.label, h.row, [state.current(v) for v in h.values]) for h in state.handlers]
    values = [*environment, *(v for _, _, vs in stacks for v in vs), *(v for _, _, vs in handlers for v in vs)]
    key = Shapes(
        state.row,
        tuple(map(shape, environment)),
        tuple((at, taken, tuple(map(shape, vs))) for at, taken, vs in stacks),
        tuple((label, row, tuple(map(shape, vs))) for label, row, vs in handlers),
        safe,
    )
    return key, [name for v in values for name in words(v)]
