"""The parts of native code that no program changes, as LLVM IR: ways in and out, slow operations, unknown jumps."""

from __future__ import annotations

from . import native_layout as layout

REGISTERS = "ptr %c, ptr {sp}, ptr {kp}, ptr {hp}, i64 {self}, i64 {fuel}"
PARAMETERS = "ptr %c, ptr %sp, ptr %kp, ptr %hp, i64 %self, i64 %fuel"
COLD = "!prof !0"  # the first of two successors hardly ever comes


def jump(label: int) -> str:
    """The jump to a label, by number, whose frame is not known: frames that do not handle it are dropped."""
    return _JUMP.format(parameters=PARAMETERS, label=label, any=layout.ANY, transition=layout.TRANSITION)


PRELUDE = f"""
declare {{i64, i1}} @llvm.sadd.with.overflow.i64(i64, i64)
declare {{i64, i1}} @llvm.ssub.with.overflow.i64(i64, i64)
declare {{i64, i1}} @llvm.smul.with.overflow.i64(i64, i64)
!0 = !{{!"branch_weights", i32 1, i32 1000000}}

define internal i64 @leave({PARAMETERS}, i64 %function, i64 %code) noinline cold nounwind {{
 %s = getelementptr i64, ptr %c, i64 {layout.SP}
 store ptr %sp, ptr %s
 %k = getelementptr i64, ptr %c, i64 {layout.KP}
 store ptr %kp, ptr %k
 %h = getelementptr i64, ptr %c, i64 {layout.HP}
 store ptr %hp, ptr %h
 %f = getelementptr i64, ptr %c, i64 {layout.FUEL}
 store i64 %fuel, ptr %f
 %o = getelementptr i64, ptr %c, i64 {layout.SELF}
 store i64 %self, ptr %o
 %w = getelementptr i64, ptr %c, i64 {layout.WHERE}
 store i64 %function, ptr %w
 ret i64 %code
}}

define internal i64 @slowly(ptr %c, i64 %operation, i64 %x, i64 %y) noinline cold nounwind {{
 %a = getelementptr i64, ptr %c, i64 {layout.SLOW}
 %compute = load ptr, ptr %a
 %r = call i64 %compute(i64 %operation, i64 %x, i64 %y)
 ret i64 %r
}}

define internal tailcc i64 @end({PARAMETERS}) nounwind {{
 %r = call i64 @leave({PARAMETERS}, i64 0, i64 {layout.EXIT})
 ret i64 %r
}}

define i64 @enter(ptr %c, i64 %function) nounwind {{
 %s = getelementptr i64, ptr %c, i64 {layout.SP}
 %sp = load ptr, ptr %s
 %k = getelementptr i64, ptr %c, i64 {layout.KP}
 %kp = load ptr, ptr %k
 %h = getelementptr i64, ptr %c, i64 {layout.HP}
 %hp = load ptr, ptr %h
 %f = getelementptr i64, ptr %c, i64 {layout.FUEL}
 %fuel = load i64, ptr %f
 %o = getelementptr i64, ptr %c, i64 {layout.SELF}
 %self = load i64, ptr %o
 %a = getelementptr ptr, ptr @functions, i64 %function
 %code = load ptr, ptr %a
 %r = call tailcc i64 %code({PARAMETERS})
 ret i64 %r
}}
"""

_JUMP = """
define internal tailcc i64 @jump{label}({parameters}) nounwind {{
entry:
 br label %look
look:
 %at = phi ptr [ %kp, %entry ], [ %below, %reject ]
 %left = phi i64 [ %fuel, %entry ], [ %less, %reject ]
 %top = getelementptr i64, ptr %at, i64 -1
 %header = load i64, ptr %top
 %high = lshr i64 %header, 32
 %handled = and i64 %high, 65535
 %same = icmp eq i64 %handled, {label}
 %less = sub i64 %left, {transition}
 br i1 %same, label %select, label %other
select:
 %low = and i64 %header, 4294967295
 %number = lshr i64 %low, 1
 %place = getelementptr ptr, ptr @functions, i64 %number
 %function = load ptr, ptr %place
 %r = musttail call tailcc i64 %function(ptr %c, ptr %sp, ptr %at, ptr %hp, i64 0, i64 %less)
 ret i64 %r
other:
 %bottom = icmp eq i64 %handled, {any}
 br i1 %bottom, label %end, label %reject
reject:
 %size = lshr i64 %header, 48
 %out = xor i64 %size, -1
 %below = getelementptr i64, ptr %at, i64 %out
 br label %look
end:
 %e = musttail call tailcc i64 @end(ptr %c, ptr %sp, ptr %at, ptr %hp, i64 {label}, i64 %left)
 ret i64 %e
}}
"""
