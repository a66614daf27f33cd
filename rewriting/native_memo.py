"""The memo of normal forms of native code: a bounded table for those symbols that gain by it.

Whether a symbol gains is measured, as in `memo.py`, but in time: a run that has lasted for a millisecond samples all
symbols for a fraction of that, and again whenever it has lasted eight times as long as at the sample before, so that
sampling costs a few hundredths of a run. A symbol stays on where the rewrites that its hits saved outweigh its probes.

A row of the table has the int32 cells f + 1, normal form, a1 .. a4 for f(a1 .. an), n between 1 and 4. It is direct-
mapped, and what comes later overwrites.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from .bank import Ints
from .native_code import MEMO_WIDTH

_FIRST = 0.0007  # seconds into the run: the first sample
_AGAIN = 8  # times as long: the next one
_WINDOW = 1 / 8  # of the time so far: how long a sample lasts
_PERIOD = 0.02  # seconds between two looks otherwise
_ENOUGH = 500  # probes of a sample, all told: with fewer it goes on, at most until the run has lasted twice as long
_LEAST_PROBES = 32  # fewer say nothing
_PROBE_COST = 12  # rewrites that a probe costs, a miss with its frame and its row included


class NativeMemo:
    """The table with its modes (0 is off) and counts by symbol, arrays that running code reads and writes.

    `probes` counts the calls that looked, `hits` those that found, `work` the rewrites of all that had to be computed.
    Only `symbols` are ever on; none of them: nothing is allocated.
    """

    def __init__(self, symbols: Collection[int], count: int, rows: int = 1 << 14) -> None:
        self.rows = rows if symbols else 1
        self.table: Ints = np.zeros(MEMO_WIDTH * self.rows, np.int32)
        self.modes: npt.NDArray[np.int8] = np.zeros(count, np.int8)
        self.probes, self.hits, self.work = np.zeros((3, count), np.int64)
        self._before = self.probes.copy(), self.hits.copy(), self.work.copy()
        self._can = np.zeros(count, np.bool_)
        self._can[list(symbols)] = True
        self._used = False  # may the table have rows?
        self._sample_at = _FIRST if symbols else float("inf")
        self._decide_at = float("inf")
        self._sampling_since = 0.0

    @property
    def answered(self) -> int:
        """How many calls the memo has answered."""
        return int(self.hits.sum())

    def clear(self) -> None:
        """Forget all normal forms: ids have changed. Another thread may be in `look` meanwhile."""
        if self._used or self.modes.any():
            self._used = False
            self.table[:] = 0
            if self.modes.any():
                self._used = True

    def next_look(self, elapsed: float) -> float:
        """Seconds until `look` is wanted."""
        return max(0.0001, min(_PERIOD, self._sample_at - elapsed, self._decide_at - elapsed))

    def look(self, elapsed: float) -> None:
        """Begin a sample or end one, if it is time; `elapsed` are the seconds of the session so far."""
        if elapsed >= self._decide_at:
            enough = int((self.probes - self._before[0]).sum()) >= _ENOUGH or elapsed >= 2 * self._sampling_since
            if enough:
                self._decide()
            self._decide_at = float("inf") if enough else elapsed * (1 + _WINDOW)
        elif elapsed >= self._sample_at:
            self._before = self.probes.copy(), self.hits.copy(), self.work.copy()
            self.modes[self._can] = 1
            self._used = True
            self._sampling_since = elapsed
            self._sample_at = elapsed * _AGAIN
            self._decide_at = elapsed * (1 + _WINDOW)

    def _decide(self) -> None:
        """On where the rewrites saved since the sample began outweigh the probes, off elsewhere."""
        probes, hits, work = (
            now - old for now, old in zip((self.probes, self.hits, self.work), self._before, strict=True)
        )
        saved = hits * work / np.maximum(1, probes - hits)
        self.modes[:] = self._can & (probes >= _LEAST_PROBES) & (hits * 5 >= probes) & (saved > _PROBE_COST * probes)
