"""The page of an e-graph: as text, and in a browser."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata.egraph_page import egraph_page
from lemmata.egraph_picture import MOST_DRAWN, MOST_LISTED, picture
from lemmata.rewriting.egraph.graph import EGraph
from lemmata.rewriting.egraph.view import View
from lemmata.rewriting.ruleset import rules
from lemmata.shell import write_page
from tests.page.browser import AVAILABLE, Browser
from tests.page.egraphs import hostile, large, small

needs_browser = pytest.mark.skipif(not AVAILABLE, reason="chromium and chromedriver are not installed")


def view_of(*given: str, start: str, nodes: int = 1000) -> tuple[View, int]:
    graph = EGraph(rules(*given))
    root = graph.add(start)
    graph.run(nodes=nodes)
    return graph.view(), root


class TestPicture:
    def test_every_argument_has_an_edge_to_its_class(self) -> None:
        view, root = view_of("x + y = y + x", "(x + y) + z = x + (y + z)", start="a + b + c")
        shown = picture(view, roots=[root])
        wanted = sorted((int(view.node[i]), int(view.of[i]), d) for i in range(len(view.op)) for d in view.children(i))
        assert sorted((e.node, e.user, e.used) for e in shown.edges) == wanted
        assert (shown.nodes, shown.classes, len(shown.boxes)) == (len(view.op), view.classes, view.classes)

    def test_the_best_node_comes_first_and_is_one(self) -> None:
        view, root = view_of("f(x) = x", "g(f(x)) = done", start="g(f(f(b)))")
        for c in picture(view, roots=[root]).listed:
            assert [n.best for n in c.nodes] == [True] + [False] * (len(c.nodes) - 1)
        first = picture(view, roots=[root]).listed[0]
        assert (first.text, first.root, first.size) == ("done", True, 2)

    def test_users_stand_above_what_they_use_but_on_cycles(self) -> None:
        view, root = view_of("f(x) = x", "x * e = x", start="f(a) * (b * f(c))")
        shown = picture(view, roots=[root])
        assert any(e.upward for e in shown.edges)
        for e in shown.edges:
            user, used = shown.boxes[e.user], shown.boxes[e.used]
            assert e.upward or user.y + user.height < used.y

    def test_boxes_do_not_overlap(self) -> None:
        view, root = view_of("x + y = y + x", "(x + y) + z = x + (y + z)", start="a + b + c + d + e")
        boxes = list(picture(view, roots=[root]).boxes.values())
        for n, a in enumerate(boxes):
            for b in boxes[n + 1 :]:
                assert abs(a.x - b.x) >= 196 or a.y + a.height < b.y or b.y + b.height < a.y

    def test_a_large_one_is_shown_in_part_beginning_with_its_roots(self) -> None:
        view, root = view_of(
            "x + y = y + x", "(x + y) + z = x + (y + z)", start=" + ".join("abcdefghijklm"), nodes=40_000
        )
        shown = picture(view, roots=[root])
        assert view.classes > MOST_LISTED
        assert len(shown.listed) == MOST_LISTED
        assert 1 < len(shown.boxes) <= MOST_DRAWN
        assert shown.listed[0].number == view.class_of(root)
        assert min(shown.boxes.values(), key=lambda b: b.y) == shown.boxes[view.class_of(root)]

    def test_an_empty_one(self) -> None:
        graph = EGraph(rules("f(x) = x"))
        shown = picture(graph.view())
        assert (shown.nodes, shown.listed, dict(shown.boxes), shown.edges) == (0, (), {}, ())
        assert "<b>0</b>" in egraph_page(graph.view(), "nothing")

    def test_without_symbols_terms_are_in_prefix_notation(self) -> None:
        view, root = view_of("f(x) = f(x)", start="a + b * c")
        assert picture(view, roots=[root]).listed[0].text == "+(a, *(b, c))"

    def test_deep_terms(self) -> None:
        view, root = view_of("g(x) = x", start="f(" * 1_200 + "a" + ")" * 1_200)
        shown = picture(view, roots=[root])
        assert len(shown.listed) == MOST_LISTED
        assert max(len(c.text) for c in shown.listed) <= 120

    def test_multiplicities_are_told(self) -> None:
        view, root = view_of("f(x) = f(x)", start="h(a, b)")
        counted = replace(view, count=np.array([3, 1], np.int64))
        assert "3×<a" in egraph_page(counted, "t", None, [root])
        made = rules("x + y = y + x", "x * y = y * x")
        graph = EGraph(made)
        root = graph.add("a + b * c")
        counts = {"+": [1, 2], "*": [3, 1]}
        view = graph.view()
        counted = replace(view, count=np.array(counts["*"] + counts["+"], np.int64))
        page = egraph_page(counted, "t", None, [root], symbols=made.theory.symbols)
        assert ">c0 + 2×c3</text>" in page
        assert ">c1^3 * c2</text>" in page
        doubled = EGraph(rules("f(x) = x + x", laws={"+": "AC"}))
        root = doubled.add("f(a)")
        doubled.run()
        assert ">2×c0</text>" in egraph_page(doubled.view(), "t", None, [root], symbols=doubled.theory.symbols)


TERMS = (
    "a",
    "b",
    "f(a)",
    "f(f(b))",
    "g(a, b)",
    "g(f(a), g(b, a))",
    "g(f(b), f(b))",
    "f(g(a, f(c)))",
    "h(c, g(c, c), a)",
)
SOME = st.sampled_from(TERMS)


@given(st.lists(SOME, min_size=1, max_size=6), st.lists(st.tuples(SOME, SOME), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_small_e_graph_is_shown_in_full(terms: list[str], merged: list[tuple[str, str]]) -> None:
    graph = EGraph(rules("f(x) = f(x)", "g(x, y) = g(x, y)", "h(x, y, z) = h(x, y, z)"))
    roots = [graph.add(t) for t in terms]
    for left, right in merged:
        graph.union(left, right)
    view = graph.view()
    shown = picture(view, roots=roots)
    assert sorted(c.number for c in shown.listed) == list(range(view.classes)) == sorted(shown.boxes)
    assert sum(c.size for c in shown.listed) == len(view.op)
    assert {c.number for c in shown.listed if c.root} == {view.class_of(r) for r in roots}
    wanted = sorted((int(view.of[i]), int(view.node[i]), d) for i in range(len(view.op)) for d in view.children(i))
    assert sorted((e.user, e.node, e.used) for e in shown.edges) == wanted
    assert all(e.upward or shown.boxes[e.user].y < shown.boxes[e.used].y for e in shown.edges)
    for c in shown.listed:
        users = sorted({int(view.of[i]) for i in range(len(view.op)) if c.number in view.children(i)})
        assert (list(c.users), c.used) == (users, len(users))
    text = egraph_page(view, "t", None, roots)
    assert all(text.count(f' id="c{n}"') == text.count(f' id="at-c{n}"') == 1 for n in range(view.classes))


class TestText:
    @pytest.mark.slow
    def test_the_same_view_gives_the_same_bytes_under_any_hash_seed(self) -> None:
        script = (
            "import hashlib; from tests.page.egraphs import small; print(hashlib.sha256(small().encode()).hexdigest())"
        )
        digests = {
            subprocess.run(
                [sys.executable, "-c", script],
                env={**os.environ, "PYTHONHASHSEED": seed},
                cwd=Path(__file__).parents[2],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(digests) == 1

    def test_hostile_names_add_no_element(self) -> None:
        text = hostile()
        assert "<img" not in text
        assert text.count("<!--") == 0
        assert text.count("</script>") == 2
        data = json.loads(re.findall(r'id="data">(.*)</script>', text)[0])
        assert any("alert" in c["found"] for c in data["classes"])

    @pytest.mark.parametrize("page", [small, large, hostile])
    def test_every_link_has_its_anchor_and_every_anchor_is_one(self, page: object) -> None:
        assert callable(page)
        text = str(page())
        anchors = re.findall(r' id="([^"]+)"', text)
        assert len(set(anchors)) == len(anchors)
        assert set(re.findall(r'href="#([^"]+)"', text)) <= {*anchors, "list", "graph"}

    def test_nothing_in_the_page_names_another_place(self) -> None:
        assert "http" not in small().replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")

    def test_what_is_left_out_is_counted(self) -> None:
        text = large()
        assert re.search(r"\d+ of [\d,]+ classes shown", text)
        assert re.search(r">[\d,]+ more</text>", text)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    out = {}
    for name, page in {"small": small, "large": large, "hostile": hostile}.items():
        out[name] = folder / f"{name}.html"
        write_page(out[name], page())
    return out


@needs_browser
class TestBrowser:
    def test_two_views(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"])
        assert tab.count("#canvas .node") == 11
        assert tab.count(".eclass") == 0
        tab.click(".views a[data-view='list']")
        tab.wait("document.documentElement.dataset.view === 'list'")
        assert tab.count(".eclass") == 11
        assert tab.count("#canvas") == 0
        assert tab.text("#report pre").startswith("stopped: saturated")
        assert tab.run("return document.title") == "a * (b + 1) + sin(c) · Lemmata"

    def test_hover_lights_users_and_what_is_used(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"])
        of_sum = "[...document.querySelectorAll('.node')].find((n) => n.querySelector('.term').textContent === '1 + b')"
        name = tab.run(f"return {of_sum}.dataset.id")
        tab.hover(f"#at-{name} .term")
        tab.wait("document.querySelector('#canvas.lighting')")
        terms = (
            "return [...document.querySelectorAll('.node.{}')].map((n) => n.querySelector('.term').textContent).sort()"
        )
        assert tab.run(terms.format("here")) == ["1 + b"]
        assert tab.run(terms.format("up")) == ["a · (1 + b)"]
        assert tab.run(terms.format("down")) == ["1", "b"]
        assert tab.text("#about").startswith(f"{name} 1 + b")
        tab.hover("#query")
        tab.wait("!document.querySelector('#canvas.lighting')")

    def test_hover_on_a_line_lights_what_that_e_node_uses(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"])
        name = tab.run("return document.querySelector('.node.root').dataset.id")
        tab.hover(f"#at-{name} .line:nth-of-type(2) text")
        tab.wait("document.querySelector('.line.here')")
        assert tab.count(".edge.down") == 2
        assert tab.count(".edge.up") == 0

    def test_search_in_both_views(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"])
        tab.type("#query", "SIN")
        assert tab.text("#found") == "4 found in the drawing"
        assert tab.count(".node.found") == 4
        tab.click(".views a[data-view='list']")
        tab.wait("document.documentElement.dataset.view === 'list'")
        assert tab.count(".eclass") == 4
        assert tab.text("#shown") == "4 of 11 shown"
        tab.run("const q = document.getElementById('query'); q.value = 'no such'; q.dispatchEvent(new Event('input'))")
        assert tab.count("#none") == 1

    def test_from_the_list_to_the_drawing_and_back(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"], "#c3")
        assert tab.count("#c3") == 1
        tab.click("#c3 .meta a[href='#at-c3']")
        tab.wait("document.documentElement.dataset.view === 'graph'")
        tab.hover("#query")  # the pointer may have come to lie over another class
        tab.wait("document.querySelector('#at-c3.here')")
        tab.run("document.getElementById('at-c3').focus()")
        press = "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})"
        tab.run(f"document.getElementById('at-c3').dispatchEvent({press})")
        tab.wait("document.documentElement.dataset.view === 'list' && location.hash === '#c3'")

    def test_keys_wheel_and_pointer_move_the_drawing(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["small"])
        tab.wait("document.getElementById('world').getAttribute('transform')")
        where = "return document.getElementById('world').getAttribute('transform')"
        seen = [tab.run(where)]
        for act in (
            lambda: tab.drag("#canvas", 80, 40),
            lambda: tab.wheel("#canvas", -200),
            lambda: tab.click("#zoom-out"),
            lambda: tab.run(
                "document.getElementById('canvas').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}))"
            ),
        ):
            act()
            seen.append(tab.run(where))
        assert len(set(seen)) == 5
        tab.click("#fit")
        assert tab.run(where) == seen[0]

    def test_without_a_script_both_can_be_read(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.scripts(False)
        tab.open(pages["small"])
        assert tab.count(".eclass") == 11
        assert tab.count("#canvas .node") == 11
        assert tab.count("#query, #zoom-in, #theme") == 0
        assert tab.run("return document.getElementById('canvas').getBoundingClientRect().height") > 200

    def test_light_and_dark(self, tab: Browser, pages: dict[str, Path]) -> None:
        colour = "return getComputedStyle(document.querySelector('.node rect')).fill"
        tab.open(pages["small"])
        light = tab.run(colour)
        tab.dark(True)
        assert tab.run(colour) != light
        tab.dark(False)
        tab.click("#theme")
        assert tab.run(colour) != light

    def test_nothing_hostile_runs(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.open(pages["hostile"])
        assert tab.count("img") == 0
        assert "</script><img" in tab.text("h1")
        tab.click(".views a[data-view='list']")
        tab.wait("document.documentElement.dataset.view === 'list'")
        assert tab.count(".eclass") > 0

    def test_on_a_phone_nothing_is_wider_than_the_screen(self, tab: Browser, pages: dict[str, Path]) -> None:
        tab.size(390, 800)
        for name in ("small", "hostile"):
            for anchor in ("", "#list"):
                tab.open(pages[name], anchor)
                assert tab.run("return document.documentElement.scrollWidth") <= 390
