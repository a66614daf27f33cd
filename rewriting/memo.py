"""The memo of normal forms: a bounded table that runs share, for those symbols that gain by it.

Whether a symbol gains is measured. Its mode is OFF at first; in SAMPLE and ON a CALL of it (never a TAIL, so that loops
keep their stack) looks into the table. A row of eight int32 cells is

    f + 1 | normal form | a1 .. a5 | steps

for f(a1 .. an), n between 1 and 5; the table is direct-mapped, and what comes later overwrites. While f(a1 .. an) is
being computed its row has no normal form (0), and its last cell tells when that began (the low 31 bits of the steps
made and saved so far); afterwards how many steps it took or, thanks to the memo, would have taken.

`counts` has a row for each symbol: PROBES, HITS, and SAVED, the sum of the steps of the rows that were hit. A run
without memo would have made the steps made and those saved (unless a row was overwritten while it was being computed).

Decisions are made at numbers of calls, not at times: what is counted is the same in every run on every machine.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from .bank import Ints

OFF, SAMPLE, ON = range(3)  # modes
PROBES, HITS, SAVED = range(3)  # columns of the counts
WIDTH = 8  # cells of a row
LARGEST_ARITY = 5
ROWS = 1 << 16

_FIRST_CALLS = 1 << 15  # about a millisecond of the table machine
_AGAIN = 8  # sample anew when the calls have grown by this factor
_PERIOD = 1 << 18  # calls between two looks at symbols that are ON
_WINDOW = 16  # a sample lasts for this part of the calls made so far
_CALLS_PER_ROW = 8  # a table that is large for the run so far would cost more to touch than it saves
PROBE_COST = 5  # steps that a probe costs, a miss with its frame and its row included


class Memo:
    """The table with its modes and counts. `rows`, a power of two, bounds its size, which grows with the run.

    `always` keeps every symbol ON that can be (for tests); otherwise the modes follow what is measured. `rows=0` is a
    memo that stays off.
    """

    def __init__(self, rows: int = ROWS, always: bool = False) -> None:
        if rows & (rows - 1) or rows < 0:
            raise ValueError(f"the rows of a memo are a power of two or 0, not {rows}")
        self.rows = rows
        self.always = always
        self.table: Ints = np.zeros(WIDTH, np.int32)
        self.modes: npt.NDArray[np.int8] = np.zeros(1, np.int8)
        self.counts: npt.NDArray[np.int64] = np.zeros((1, 3), np.int64)
        self.calls = 0  # made so far, in all runs
        self._before = self.counts.copy()  # the counts when the last decision was made
        self._can: npt.NDArray[np.bool_] = np.zeros(1, np.bool_)
        self._sample_ends = 0  # 0: no sample is being taken
        self._next_sample = _FIRST_CALLS
        self._next_look = _PERIOD

    def fit(self, arity: Ints, symbols: Collection[int], count: int) -> None:
        """Make room for `count` symbols, of which `symbols` have rules."""
        missing = count - len(self.modes)
        if missing > 0:
            self.modes = np.concatenate([self.modes, np.zeros(missing, np.int8)])
            more = np.zeros((missing, 3), np.int64)
            self.counts = np.concatenate([self.counts, more])
            self._before = np.concatenate([self._before, more])
        self._can = np.zeros(len(self.modes), np.bool_)
        self._can[[s for s in symbols if 1 <= arity[s] <= LARGEST_ARITY]] = self.rows > 0
        if self.always:
            self._allocate(self.rows)
            self.modes[self._can] = ON

    def clear(self) -> None:
        """Forget all normal forms: ids have changed."""
        self.table[:] = 0

    def until_decision(self) -> int:
        """How many calls may be made before `note` is to be told."""
        if self.always or not self.rows:
            return 1 << 62
        ends = self._sample_ends or self._next_sample
        return max(1, min(ends, self._next_look) - self.calls)

    def note(self, calls: int) -> None:
        """So many calls more were made: change the modes where it is time to."""
        self.calls += calls
        if self.always or not self.rows:
            return
        if self._sample_ends and self.calls >= self._sample_ends:
            self._sample_ends = 0
            self._decide()
        elif not self._sample_ends and self.calls >= self._next_sample:
            self._allocate(self.calls // _CALLS_PER_ROW)
            self._next_sample = _AGAIN * self.calls
            self._sample_ends = self.calls + self.calls // _WINDOW
            self.modes[self._can & (self.modes == OFF)] = SAMPLE
            self._before = self.counts.copy()
        elif self.calls >= self._next_look and not self._sample_ends:
            self._decide()
        if self.calls >= self._next_look:
            self._next_look = self.calls + _PERIOD

    def _decide(self) -> None:
        """ON where the steps saved since the last decision outweigh the probes, else OFF; as it was without probes."""
        probes, _, saved = (self.counts - self._before).T
        self.modes[:] = np.where(probes == 0, self.modes, np.where(saved > PROBE_COST * probes, ON, OFF))
        self._before = self.counts.copy()

    def _allocate(self, rows: int) -> None:
        """A table of about so many rows, empty, if this one has fewer."""
        size = WIDTH * min(self.rows, 1 << max(0, rows.bit_length() - 1))
        if len(self.table) < size:
            self.table = np.zeros(size, np.int32)
