"""Arrays without reference counts, for kernels that call many small functions."""

from __future__ import annotations

from typing import Any

from numba.extending import intrinsic


def _unowned(_: Any, array: Any) -> Any:
    """The array without its owner.

    Numba counts the owners of an array up and down at every call that passes it; with twenty arrays and functions of a
    few steps that takes most of the time. A kernel may drop the owner of what its caller holds, never of what it made.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(array)(context, builder, arguments[0])
        view.meminfo = view.meminfo.type(None)
        view.parent = view.parent.type(None)
        return view._getvalue()

    return array(array), code


unowned: Any = intrinsic(_unowned)
