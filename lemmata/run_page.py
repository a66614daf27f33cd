"""The page of a run: its states, to be stepped through, in one self-contained HTML file.

Every state is a row of a table, with its stacks drawn as stacks, the top above, and readable without a script; `run.js`
shows one of them at large and goes from one to the next at a key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources

from .calculi.fmc.machine import Run, State, Step
from .calculi.fmc.printing import beginning, shown_label
from .calculi.fmc.terms import Term
from .page import Footer, foot
from .shell import escape, shell

MOST_STATES = 600  # of a run
_MOST_VALUES = 24  # of a stack, from the top
_MOST_FRAMES = 12
_LONGEST = 200  # characters of the term that is run
_LONGEST_VALUE = 40
_FILES = ("page.css", "run.css"), ("run.js",)


def run_page(steps: Sequence[Step], run: Run, total: int | None, footer: Footer) -> str:
    """A page that shows the states of a run, of which `steps` are the first. Of many, the first are shown.

    `total` is the number of transitions of the whole run, if that has more than `steps`.
    """
    style, script = ("".join(_read(name) for name in names) for names in _FILES)
    shown = steps[:MOST_STATES]
    all_ = (total or len(steps) - 1) + 1
    body = "\n".join(
        [
            _header(run, len(shown), all_),
            '<main class="long">',
            _stage(len(shown)),
            _table(shown),
            "</main>",
            foot(footer.rows()),
        ]
    )
    return shell("A run · Lemmata", body, {"states": len(shown)}, style=style, script=script)


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _header(run: Run, shown: int, total: int) -> str:
    count = f"{total:,} states" if shown == total else f"{shown:,} of {total:,} states shown"
    return f"""<a class="skip" href="#states">Skip to the states</a>
<header><div class="bar"><h1>A run</h1>
<button type="button" id="theme" class="script" aria-label="Light or dark">◐</button></div>
<p class="books"><b>{escape(str(run))}</b> · <span id="count">{count}</span></p>
<noscript><p class="note">Stepping needs JavaScript; the table does not.</p></noscript>
</header>"""


def _stage(states: int) -> str:
    return f"""<section id="stage" class="script" aria-live="polite">
<div class="steer-run">
<button type="button" id="first" aria-label="First state">|◀</button>
<button type="button" id="previous" aria-label="Previous state">◀</button>
<button type="button" id="play" aria-label="Play" aria-pressed="false">▶▶</button>
<button type="button" id="next" aria-label="Next state">▶</button>
<button type="button" id="last" aria-label="Last state">▶|</button>
<input type="range" id="slider" min="0" max="{states - 1}" value="0" aria-label="State">
<output id="where" for="slider">0</output></div>
<div id="picture"></div>
<p class="note keys">← → or j k: step · Home End: first, last · Space: play</p></section>"""


def _table(steps: Sequence[Step]) -> str:
    locations = sorted({"", *(location for step in steps for location in step.state.memory)})
    rows = []
    before: State | None = None
    for number, step in enumerate(steps):
        rows.append(_row(number, step, before, locations))
        before = step.state
    return f'<section id="states"><h2>States</h2>\n<ol class="plain states" start="0">\n{"".join(rows)}</ol></section>'


def _row(number: int, step: Step, before: State | None, locations: Sequence[str]) -> str:
    state = step.state
    picture = (
        f'<p class="rule">{escape(step.rule)}</p>'
        f'<p class="code"><code>{escape(_text(state.code, _LONGEST))}</code></p>'
        f'<div class="stacks">{_stacks(locations, state.memory, before)}{_frames(state)}</div>'
    )
    return (
        f'<li class="state" id="state-{number}"><a class="no" href="#state-{number}">{number}</a>'
        f'<div class="shown">{picture}</div></li>\n'
    )


def _stacks(locations: Sequence[str], memory: Mapping[str, Sequence[Term]], before: State | None) -> str:
    """The stacks of a state, in which those cells are marked that were not there before."""
    drawn = []
    for location in locations:
        values = memory.get(location, ())
        old = values if before is None else before.memory.get(location, ())
        cells = []
        for n in range(len(values) - 1, max(-1, len(values) - 1 - _MOST_VALUES), -1):
            new = " new" if n >= len(old) or old[n] != values[n] else ""
            cells.append(f'<span class="cell{new}">{escape(_text(values[n], _LONGEST_VALUE))}</span>')
        if len(values) > _MOST_VALUES:
            cells.append(f'<span class="cell more">{len(values) - _MOST_VALUES:,} below</span>')
        changed = len(values) != len(old) or any(" new" in cell for cell in cells)
        drawn.append(_stack(location or "λ", cells, " changed" if changed else ""))
    return "".join(drawn)


def _frames(state: State) -> str:
    if not state.frames:
        return ""
    frames = list(reversed(state.frames))
    cells = [
        f'<span class="cell frame"><b>{escape(shown_label(f.label))}</b> → '
        f"{escape(_text(f.code, _LONGEST_VALUE))}</span>"
        for f in frames[:_MOST_FRAMES]
    ]
    if len(frames) > _MOST_FRAMES:
        cells.append(f'<span class="cell more">{len(frames) - _MOST_FRAMES:,} below</span>')
    return _stack("continuation", cells, " waiting")


def _stack(name: str, cells: Sequence[str], kind: str) -> str:
    inside = "".join(cells) or '<span class="cell none">empty</span>'
    return (
        f'<figure class="stack{kind}"><div class="cells">{inside}</div><figcaption>{escape(name)}</figcaption></figure>'
    )


def _text(term: Term, most: int) -> str:
    return beginning(term.table, term.root, most)
