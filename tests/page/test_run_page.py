"""The page of a run: as text, and in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from lemmata.calculi.fmc import closures
from lemmata.calculi.fmc.machine import Request
from lemmata.calculi.fmc.parsing import parse
from lemmata.page import Footer
from lemmata.run_page import MOST_STATES, run_page
from lemmata.shell import write_page
from tests.page.browser import AVAILABLE, Browser

needs_browser = pytest.mark.skipif(not AVAILABLE, reason="chromium and chromedriver are not installed")
FOOTER = Footer("lemmata run", "0", "sha256:0")


def page(text: str, fuel: int = 1000) -> str:
    request = Request(parse(text), {"c": [parse("5")]})
    steps = list(closures.steps(request, fuel=fuel))
    run = closures.execute(request, fuel=fuel)
    return run_page(steps, run, run.transitions if run.exit is None else None, FOOTER)


def test_every_state_has_its_rule_its_term_and_its_stacks() -> None:
    html = page("[1].c<x>.[x]")
    for part in ("start", "push", "pop", "[1].c&lt;x&gt;.[x]", 'id="state-3"', "4 states", "exit *", "λ", ">empty<"):
        assert part in html


def test_what_is_new_is_marked() -> None:
    html = page("[1].[2].$add")
    assert html.count('class="cell new"') == 3  # two pushes, and the sum
    assert '<span class="cell new">3</span>' in html


def test_of_a_long_run_a_part_is_shown_and_said_so() -> None:
    html = page("([1].<x>.#l)^#l", fuel=4 * MOST_STATES)
    assert f"{MOST_STATES:,} of {4 * MOST_STATES + 1:,} states shown" in html
    assert html.count('class="state"') == MOST_STATES


def test_names_are_escaped() -> None:
    footer = Footer("<script>alert(1)</script>", "0", "<b>")
    request = Request(parse("[1]"), {"<i>": [parse("2")]})
    html = run_page(list(closures.steps(request)), closures.execute(request), None, footer)
    assert "<script>alert" not in html
    assert "<i>" not in html.split("</style>")[1]


@needs_browser
class TestBrowser:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "run.html"
        write_page(path, page("[1].[2].$add.<x>.[x]c.#e"))
        return path

    def at(self, tab: Browser) -> str:
        return str(tab.run("return document.querySelector('#where').textContent"))

    def press(self, tab: Browser, key: str) -> None:
        tab.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true}))", key)

    def test_keys_step_through_the_states(self, tab: Browser, file: Path) -> None:
        tab.open(file)
        assert self.at(tab) == "0 of 7"
        for key, place in (("ArrowRight", 1), ("j", 2), ("j", 3), ("k", 2), ("ArrowLeft", 1), ("End", 7), ("j", 7)):
            self.press(tab, key)
            assert self.at(tab) == f"{place} of 7"
        assert tab.run("return location.hash") == "#state-7"
        assert tab.text("#picture .rule") == tab.text("#state-7 .rule")
        self.press(tab, "Home")
        assert self.at(tab) == "0 of 7"
        assert tab.run("return document.querySelector('#previous').disabled") is True

    def test_space_plays_to_the_end(self, tab: Browser, file: Path) -> None:
        tab.open(file, "#state-5")
        assert self.at(tab) == "5 of 7"
        self.press(tab, " ")
        assert tab.run("return document.querySelector('#play').getAttribute('aria-pressed')") == "true"
        tab.wait("document.querySelector('#where').textContent === '7 of 7'")
        assert tab.run("return document.querySelector('#play').getAttribute('aria-pressed')") == "false"

    def test_buttons_rows_and_the_slider_step_too(self, tab: Browser, file: Path) -> None:
        tab.open(file)
        tab.click("#next")
        assert self.at(tab) == "1 of 7"
        tab.run("document.querySelector('#state-4 .rule').click()")
        assert self.at(tab) == "4 of 7"
        tab.run("const s = document.querySelector('#slider'); s.value = 6; s.dispatchEvent(new Event('input'))")
        assert self.at(tab) == "6 of 7"

    def test_stacks_grow_upwards(self, tab: Browser, file: Path) -> None:
        tab.open(file, "#state-2")
        tops = tab.run(
            "return [...document.querySelectorAll('#picture .stack:first-child .cell')].map(c => c.innerText)"
        )
        assert tops == ["2", "1"]
        heights = tab.run(
            "return [...document.querySelectorAll('#picture .stack:first-child .cell')]"
            ".map(c => c.getBoundingClientRect().top)"
        )
        assert heights == sorted(heights)

    def test_without_a_script_the_table_is_there(self, tab: Browser, file: Path) -> None:
        tab.scripts(False)
        tab.open(file)
        assert tab.count(".state") == 8
        assert tab.count("#stage") == 0

    def test_a_phone_shows_it_without_scrolling_sideways(self, tab: Browser, file: Path) -> None:
        tab.size(390, 800)
        tab.open(file)
        assert tab.run("return document.documentElement.scrollWidth <= 390")
