"""The heap of native code: a bump of new closures, and a copying collector (Cheney 1970) in LLVM IR.

Roots are ranges of words: stacks, the continuation stack, a register. Whatever in them is the address of an object in
the old half is copied to the new one, once, and its header is replaced by the new address, which is even where headers
are odd. Then the new half itself is a range, which grows while it is scanned. Integers of any size that are met are
marked.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from ...rewriting.machine_code import linked, optimised

_WORD = 8
SLACK = 1 << 16  # words above a limit that code may write before it looks again

_COPY = """
define ptr @copy(ptr %from, ptr %to, ptr %low, ptr %high, ptr %free, ptr %marks, i1 %moving) nounwind {
entry:
 br label %look
look:
 %at = phi ptr [ %from, %entry ], [ %after, %next ]
 %alloc = phi ptr [ %free, %entry ], [ %grown, %next ]
 %end = select i1 %moving, ptr %alloc, ptr %to
 %done = icmp uge ptr %at, %end
 br i1 %done, label %out, label %word
out:
 ret ptr %alloc
word:
 %w = load i64, ptr %at
 %tag = and i64 %w, 7
 switch i64 %tag, label %next0 [ i64 0, label %address i64 4, label %large ]
large:
 %n = lshr i64 %w, 3
 %mark = getelementptr i8, ptr %marks, i64 %n
 store i8 1, ptr %mark
 br label %next0
address:
 %p = inttoptr i64 %w to ptr
 %above = icmp uge ptr %p, %low
 %below = icmp ult ptr %p, %high
 %inside = and i1 %above, %below
 br i1 %inside, label %object, label %next0
object:
 %header = load i64, ptr %p
 %odd = trunc i64 %header to i1
 br i1 %odd, label %move, label %forward
forward:
 store i64 %header, ptr %at
 br label %next0
move:
 %captured = lshr i64 %header, 48
 %size = add i64 %captured, 1
 %new = ptrtoint ptr %alloc to i64
 br label %copying
copying:
 %i = phi i64 [ 0, %move ], [ %j, %copying ]
 %source = getelementptr i64, ptr %p, i64 %i
 %target = getelementptr i64, ptr %alloc, i64 %i
 %v = load i64, ptr %source
 store i64 %v, ptr %target
 %j = add i64 %i, 1
 %more = icmp ult i64 %j, %size
 br i1 %more, label %copying, label %moved
moved:
 store i64 %new, ptr %p
 store i64 %new, ptr %at
 %bumped = getelementptr i64, ptr %alloc, i64 %size
 br label %next
next0:
 br label %next
next:
 %grown = phi ptr [ %bumped, %moved ], [ %alloc, %next0 ]
 %after = getelementptr i64, ptr %at, i64 1
 br label %look
}
"""


@cache
def _copier() -> tuple[Callable[..., int], object]:
    engine = linked(optimised(_COPY))
    kind = ctypes.CFUNCTYPE(ctypes.c_void_p, *[ctypes.c_void_p] * 6, ctypes.c_bool)
    return kind(engine.get_function_address("copy")), engine


class Area:
    """Address space for words, of which only what is used takes memory. `cells` may be read and written by index."""

    def __init__(self, sizes: Sequence[int]) -> None:
        """As many words as the system will reserve, of the sizes given. Raises MemoryError if it reserves none."""
        for words in sizes:
            try:
                flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
                self._map = mmap.mmap(-1, words * _WORD, flags=flags)
            except OSError:
                continue
            self.size = words
            self.cells = memoryview(self._map).cast("q")
            self.base = ctypes.addressof(ctypes.c_char.from_buffer(self._map))
            return
        raise MemoryError("no room for a native run")

    @property
    def limit(self) -> int:
        """The address from which on there is only slack."""
        return self.base + (self.size - SLACK) * _WORD

    def index(self, address: int) -> int:
        return (address - self.base) // _WORD

    def address(self, index: int) -> int:
        return self.base + index * _WORD

    def give_back(self) -> None:
        """Forget the contents, and free their memory."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


class Heap:
    """Two halves, one in use. `full` is the address at which code has to come back for a collection."""

    FIRST = 1 << 17  # words that are used before the first collection: as many as lie in a near cache

    def __init__(self, sizes: Sequence[int]) -> None:
        self.area = Area(sizes)
        self._other = Area(sizes)
        self.free = self.area.base
        self._threshold = self.FIRST
        self.full = self._full()

    def _full(self) -> int:
        return min(self.area.limit, self.area.address(self._threshold))

    def collect(self, ranges: Iterable[tuple[int, int]], free: int, marks: bytearray) -> bool:
        """Copy what ranges of addresses lead to, `free` being the first word that is not used, and set the marks of
        large integers by number. False if there is no room even so."""
        copy, _ = _copier()
        used = self.area.index(free)
        to = self._other.base
        room = (ctypes.c_char * len(marks)).from_buffer(marks)
        given = (self.area.base, free)
        alloc = to
        for low, high in ranges:
            alloc = copy(low, high, *given, alloc, ctypes.addressof(room), False)
        alloc = copy(to, to, *given, alloc, ctypes.addressof(room), True)
        self.area, self._other = self._other, self.area
        live = self.area.index(alloc)
        if used > 4 * self.FIRST:
            self._other.give_back()
        self._threshold = max(self.FIRST, 3 * live)
        self.free = alloc
        self.full = self._full()
        return alloc < self.full
