"""The proof page in a browser: its three views, with and without JavaScript, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from lemmata.engine.proofgraph import proof_graph
from lemmata.engine.results import Report
from lemmata.page import Footer, render_page
from lemmata.shell import write_page
from tests.page.browser import AVAILABLE, Browser
from tests.page.reports import hostile, sample, tower

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="chromium and chromedriver are not installed")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    reports: dict[str, Report] = {"sample": sample(300), "hostile": hostile(), "tower": tower(60)}
    out = {}
    for name, report in reports.items():
        checked = {d.name: {"kernel": "accepted", "lean": "refused"} for d in report.certificate}
        out[name] = folder / f"{name}.html"
        write_page(out[name], render_page(proof_graph(report, checked), Footer("lemmata", "0", "sha256:0")))
    return out


def test_search_by_text_in_either_notation(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"])
    assert tab.count(".theorem") == 8
    tab.type("#query", "s(x)<=")
    assert tab.count(".theorem") == 1
    assert tab.text("#shown") == "1 of 8 shown"
    tab.run("const q = document.getElementById('query'); q.value = 'S(x) ≤'; q.dispatchEvent(new Event('input'))")
    assert tab.count("#succ_le_succ") == 1
    tab.run("const q = document.getElementById('query'); q.value = 'nowhere'; q.dispatchEvent(new Event('input'))")
    assert tab.count(".theorem") == 0
    assert tab.count("#none") == 1


def test_search_by_symbols(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"])
    tab.click(".chip[data-symbol='+']")
    assert tab.count(".theorem") == 2
    tab.click(".chip[data-symbol='0']")
    assert tab.count(".theorem") == 1
    tab.click(".chip[data-symbol='+']")
    assert tab.count(".theorem") == 4


def test_a_premise_link_leads_to_its_theorem(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#succ_le_succ")
    assert tab.count("#succ_le_succ-s1") == 1
    assert tab.count("#succ_add-s1") == 0
    tab.click("#succ_le_succ a.lemma[href='#succ_add']")
    tab.wait("document.getElementById('succ_add').open")
    assert tab.count("#succ_add-s1") == 1
    assert tab.run("return location.hash") == "#succ_add"


def test_a_step_has_an_anchor_of_its_own(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#succ_le_succ-s4")
    box = "const r = document.getElementById(arguments[0]).getBoundingClientRect();"
    assert tab.run(f"{box} return r.top > 0 && r.bottom < innerHeight", "succ_le_succ-s4") is True


def test_a_lemma_unfolds_in_place_and_folds_again(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["tower"], "#t4")
    tab.click("#t4 .unfold")
    assert tab.count("#t4 .inner .line") > 0
    assert "Proof of t3" in tab.text("#t4 .inner .title")
    tab.click("#t4 .inner .unfold")
    assert "Proof of t2" in tab.text("#t4 .inner .inner .title")
    assert (
        tab.run("const i = [...document.querySelectorAll('[id]')].map((e) => e.id); return i.length - new Set(i).size")
        == 0
    )
    tab.click("#t4 .unfold")
    assert tab.count("#t4 .inner") == 0


def test_the_proof_view_shows_one_theorem_and_steps_on(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#proof")
    assert tab.count(".theorem") == 1
    assert tab.count("#zero_add-s1") == 1
    tab.click("#next")
    tab.wait("document.querySelector('.theorem.current').id === 'succ_add'")
    assert tab.count(".theorem") == 1
    assert tab.count("#succ_add-s1") == 1


def test_hovering_lights_ancestors_and_descendants(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")
    assert tab.text("#drawn") == "8 of 13 shown (3 definitions hidden, 2 never cited)"
    tab.click("#definitions")
    assert tab.text("#drawn") == "11 of 13 shown (2 never cited)"
    tab.hover("[data-id='succ_add']")
    lit = "return [...document.querySelectorAll(arguments[0])].map((e) => e.dataset.id).sort()"
    assert tab.run(lit, ".node.up") == ["A1", "A2"]
    assert tab.run(lit, ".node.down") == ["succ_le_succ"]
    assert "rests on 2, leads to 1" in tab.text("#about")


def test_collapsing_hides_what_is_needed_nowhere_else(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")
    tab.click("#definitions")
    tab.click("[data-id='succ_le_succ'] .sign")
    assert tab.count("[data-id='succ_add']") == 0
    assert tab.count("[data-id='A1']") == 1  # zero_add needs it too
    assert tab.text("#drawn").startswith("9 of 13 shown")
    tab.click("#expand")
    assert tab.count("[data-id='succ_add']") == 1
    tab.click("#collapse")
    assert tab.text("#drawn").startswith("7 of 13 shown")


def test_zoom_and_pan_by_mouse_wheel_buttons_and_keys(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")

    def scale() -> float:
        return float(tab.run("return document.getElementById('world').getCTM().a"))

    def left() -> float:
        return float(tab.run("return document.getElementById('world').getCTM().e"))

    start = scale()
    tab.wheel("#canvas", -300)
    assert scale() > start
    tab.click("#fit")
    assert scale() == pytest.approx(start)
    tab.click("#zoom-out")
    assert scale() < start
    tab.click("#fit")
    at = left()
    tab.drag("#canvas", 100, 0)
    assert left() == pytest.approx(at + 100, abs=2)
    tab.run("document.getElementById('canvas').focus()")
    tab.type("#canvas", "+")
    assert scale() > start
    tab.type("#canvas", "0")
    assert left() == pytest.approx(at)
    tab.type("#canvas", "\ue014")  # arrow right: look further right
    assert left() == pytest.approx(at - 60)


def test_labels_fit_their_boxes_and_bear_the_names(tab: Browser, pages: dict[str, Path]) -> None:
    for name in ("sample", "hostile", "tower"):
        tab.open(pages[name], "#graph")
        wide = """return [...document.querySelectorAll('.node')].filter((b) => !b.style.display).flatMap((box) => {
          const room = box.querySelector('rect').getBBox();
          return [...box.querySelectorAll(':scope > text')].map((text) => text.getBBox()).filter((label) =>
            label.x < room.x || label.x + label.width > room.x + room.width ||
            label.y < room.y || label.y + label.height > room.y + room.height);
        }).length"""
        assert tab.run(wide) == 0
    tab.open(pages["sample"], "#graph")
    label = "return document.querySelector(arguments[0]).textContent"
    assert tab.run(label, "[data-id='succ_le_succ'] .id") == "succ_le_succ"
    assert tab.run(label, "[data-id='succ_le_succ'] .id + text") == "x ≤ y → s(x) ≤ s(y)"
    tab.hover("[data-id='succ_le_succ']")
    assert tab.text("#about a") == "succ_le_succ"


def test_a_long_statement_is_broken_before_its_relation(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")
    lines = "return [...document.querySelectorAll(arguments[0])].map((text) => text.textContent)"
    assert tab.run(lines, "[data-id='logic'] > text:not(.id)") == ["x = 0 ∨ x = 0", "→ x = 0 ∧ (∀y. y = y)"]


def test_a_phone_sees_legible_labels_first_and_all_on_demand(tab: Browser, pages: dict[str, Path]) -> None:
    scale = "return document.getElementById('world').getCTM().a"
    tab.size(390, 844)
    tab.open(pages["sample"], "#graph")
    assert tab.run(scale) == pytest.approx(0.6)
    tab.click("#fit")
    assert tab.run(scale) < 0.5


def test_focus_brings_a_node_into_view(tab: Browser, pages: dict[str, Path]) -> None:
    inside = """const [node, frame] = [document.activeElement, document.getElementById('canvas')]
      .map((element) => element.getBoundingClientRect());
      return node.left >= frame.left && node.right <= frame.right && node.top >= frame.top"""
    tab.open(pages["sample"], "#graph")
    for _ in range(6):
        tab.click("#zoom-in")
    tab.run("document.getElementById('canvas').focus()")
    for _ in range(3):
        tab.type("#canvas:focus, .node:focus", "\ue004")  # tab
        assert tab.run("return document.activeElement.classList.contains('node')") is True
        assert tab.run(inside) is True


def test_a_pinch_zooms(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")
    before = tab.run("return document.getElementById('world').getCTM().a")
    tab.cdp("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)

    def touch(kind: str, *xs: int) -> None:
        tab.cdp(
            "Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": 700, "id": n} for n, x in enumerate(xs)]
        )

    touch("touchStart", 600, 680)
    for spread in (20, 40, 60, 80):
        touch("touchMove", 600 - spread, 680 + spread)
    touch("touchEnd")
    tab.cdp("Emulation.setTouchEmulationEnabled", enabled=False)
    assert tab.run("return document.getElementById('world').getCTM().a") > before * 1.5


def test_enter_on_a_node_opens_its_proof(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"], "#graph")
    tab.run("document.querySelector('[data-id=succ_le_succ]').focus()")
    tab.type("[data-id='succ_le_succ']", "\ue007")
    tab.wait("document.documentElement.dataset.view === 'proof'")
    assert tab.count("#succ_le_succ-s1") == 1


@pytest.mark.parametrize("width", [1280, 390, 360])
@pytest.mark.parametrize("name", ["sample", "hostile", "tower"])
def test_nothing_runs_over_the_edge(tab: Browser, pages: dict[str, Path], name: str, width: int) -> None:
    tab.size(width, 844)
    for anchor in ("#list", "#proof", "#graph"):
        tab.open(pages[name], anchor)
        tab.run("for (const d of document.querySelectorAll('details')) d.open = true")
        assert tab.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert tab.screenshot().startswith(b"\x89PNG")


def test_light_and_dark_follow_the_system_and_the_button(tab: Browser, pages: dict[str, Path]) -> None:
    colour = "return getComputedStyle(document.body).backgroundColor"
    tab.open(pages["sample"])
    light = tab.run(colour)
    tab.dark(True)
    dark = tab.run(colour)
    assert light != dark
    tab.click("#theme")
    assert tab.run(colour) == light
    tab.run("localStorage.clear()")


def test_without_javascript_the_list_and_the_proofs_are_there(tab: Browser, pages: dict[str, Path]) -> None:
    tab.scripts(False)
    tab.open(pages["sample"])
    tab.scripts(True)  # the page has been read; only the questions below need scripts
    assert tab.run("return document.documentElement.dataset.view ?? 'none'") == "none"
    assert tab.count(".theorem > summary") == 8
    assert tab.count(".script") == 0
    tab.click("#zero_add > summary")
    assert tab.count("#zero_add-s1") == 1
    assert "0 + 0" in tab.text("#zero_add-s3")


def test_hostile_names_are_shown_and_do_nothing(tab: Browser, pages: dict[str, Path]) -> None:
    for anchor in ("", "#t-1", "#graph"):
        tab.open(pages["hostile"], anchor)
        assert tab.run("return document.images.length") == 0
        assert tab.run("return document.scripts.length") == 2
    assert "<img src=x onerror=alert(1)>" in tab.run("return document.querySelector('h1').textContent")
    tab.hover("[data-id='t-2']")
    assert "<img" in tab.text("#about")


def test_printing_opens_every_proof(tab: Browser, pages: dict[str, Path]) -> None:
    tab.open(pages["sample"])
    tab.run("dispatchEvent(new Event('beforeprint'))")
    assert tab.run("return document.querySelectorAll('details:not([open])').length") == 0
    tab.run("dispatchEvent(new Event('afterprint'))")
    assert tab.run("return document.querySelectorAll('.theorem[open]').length") == 0
