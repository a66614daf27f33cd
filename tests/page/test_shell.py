"""Pages as files and as text: whole or not at all, inert, the same bytes each time."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lemmata.engine.proofgraph import proof_graph
from lemmata.engine.results import Report
from lemmata.page import Footer, render_page
from lemmata.rewriting.limits import Stop
from lemmata.shell import PageError, embed, escape, write_page
from tests.page.reports import HOSTILE, hostile, report, sample, tower

FOOTER = Footer("lemmata explore peano.mpl", "0.1.0", "sha256:0", 1.25)


def page(shown: Report | None = None) -> str:
    return render_page(proof_graph(shown or sample(), {}), FOOTER)


def test_a_page_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "p.html"
    target.write_text("old")
    write_page(target, "new é")
    assert target.read_text("utf-8") == "new é"
    assert os.listdir(tmp_path) == ["p.html"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to(tmp_path / "real.html")
    write_page(tmp_path / "link.html", "new")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "real.html").read_text() == "new"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_page_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    target = tmp_path / "p.html"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(PageError, match=r"p\.html.*No space left") as caught:
        write_page(target, "new")
    assert caught.value.kind == "file"
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["p.html"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_a_full_device_is_reported_and_stays_a_device() -> None:
    with pytest.raises(PageError, match="/dev/full"):
        write_page("/dev/full", "text")
    assert not os.path.isfile("/dev/full")


@pytest.mark.parametrize("name", ["missing/p.html", "folder", "a\0b", "n" * 300])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(PageError, match="cannot write"):
        write_page(os.path.join(tmp_path, name), "text")
    assert os.listdir(tmp_path) == ["folder"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert page() == page()


def test_the_hash_seed_changes_nothing() -> None:
    script = (
        "import hashlib; from tests.page.test_shell import page; print(hashlib.sha256(page().encode()).hexdigest())"
    )
    digests = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert digests[0] == digests[1] == hashlib.sha256(page().encode()).hexdigest() + "\n"


def test_embedded_data_cannot_end_its_element() -> None:
    text = embed({"name": HOSTILE})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"name": HOSTILE.replace("\ud800", "\ufffd")}


def test_escaped_text_is_text() -> None:
    assert escape("<b a='\"'>&\0\ud800") == "&lt;b a=&#x27;&quot;&#x27;&gt;&amp;\ufffd\ufffd"


def test_hostile_names_add_no_element(tmp_path: Path) -> None:
    text = page(hostile())
    assert "<img" not in text
    assert text.count("<!--") == 0
    assert text.count("</script>") == 2
    write_page(tmp_path / "p.html", text)


def test_nothing_in_the_page_names_another_place() -> None:
    text = page()
    assert "http:" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https:" not in text
    assert "default-src 'none'" in text


def test_every_link_has_its_anchor_and_every_anchor_is_one() -> None:
    text = page(tower(40))
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(set(anchors)) == len(anchors)
    # Three links lead to views, which the script shows.
    assert set(re.findall(r'href="#([^"]+)"', text)) <= {*anchors, "list", "proof", "graph"}


def named(names: Sequence[str]) -> Report:
    """The sample with other names for its first theorems."""
    plain = sample()
    new = {d.name: name for d, name in zip(plain.certificate, names, strict=False)}
    derivations = [
        replace(
            d,
            name=new.get(d.name, d.name),
            steps=tuple(replace(s, cites=new.get(str(s.cites), s.cites)) for s in d.steps),
        )
        for d in plain.certificate
    ]
    return report(plain.theory, plain.terms, derivations)


def test_theorems_are_known_by_their_names() -> None:
    text = page(named(["zero_left", "Left2"]))
    assert '<details class="theorem" id="zero_left">' in text
    assert '<span class="no">zero_left</span>' in text
    assert 'href="#Left2"' in text
    assert '<span class="ref">Left2</span>' in text
    assert '<span class="no">+.1</span>' in text
    assert "T1" not in re.sub(r"<style.*?</style>|<script>.*?</script>|sha256:\w+", "", text, flags=re.DOTALL)


def test_no_name_takes_the_anchor_of_something_else() -> None:
    fixed = [i for i in re.findall(r' id="([^"]+)"', page()) if re.fullmatch("[A-Za-z]\\w*", i)]
    for start in range(0, len(fixed), 8):
        text = page(named([*fixed[start : start + 8], "list", "proof"][:8]))
        anchors = re.findall(r' id="([^"]+)"', text)
        assert len(set(anchors)) == len(anchors)
    for name in ("list", "proof"):  # addresses that the script understands
        assert f'id="{name}"' not in page(named([name]))


@pytest.mark.parametrize("name", ["x'", "≤_trans", 'a" onclick="b', "-s1", "a-s1", "", "9", "_"])
def test_a_name_that_is_no_identifier_has_another_anchor(name: str) -> None:
    text = page(named([name]))
    assert 'class="theorem" id="t-1"' in text
    assert f'<span class="no">{escape(name)}</span>' in text


def test_redundant_theorems_are_linked_where_the_page_has_what_they_follow_from() -> None:
    plain = sample()
    moved = [
        replace(f, name=f"R{n}", follows_from=("zero_add", "+.1", "R2", "R9"))
        for n, f in enumerate(plain.theorems[:2], 1)
    ]
    derivations = [replace(f.derivation, name=f.name) for f in moved]
    text = page(replace(plain, redundant=tuple(moved), certificate=(*plain.certificate, *derivations)))
    row = text[text.index('<tr id="R1">') :]
    row = row[: row.index("</tr>")]
    assert '<a href="#zero_add">zero_add</a>, <a href="#A1">+.1</a>, <a href="#R2">R2</a>, R9' in row


def test_a_run_that_stopped_early_says_so() -> None:
    assert "Stopped early" not in page()
    assert "Stopped early: the time limit was reached." in page(replace(sample(), stop=Stop.TIME))
    for stop in Stop:
        assert f"Stopped early: {stop.value}." not in page(replace(sample(), stop=stop))


def test_a_run_that_keeps_no_books_shows_none() -> None:
    text = page(replace(sample(), enumerated=0, refuted=(), open=(), stop=Stop.MEMORY))
    assert "enumerated" not in text
    assert "Stopped early: the memory limit was reached." in text


def test_what_was_filtered_is_named() -> None:
    text = re.sub(
        r"<[^>]+>", "", page(replace(sample(), filtered={"follows by congruence": 5, "both sides compute": 2}))
    )
    assert "+ 7&nbsp;filtered." in text
    assert "Filtered: both sides compute: 2; follows by congruence: 5." in text


def test_three_hundred_theorems_take_less_than_five_megabytes() -> None:
    assert len(page(tower(300)).encode()) < 5_000_000


def test_the_books_and_the_footer() -> None:
    text = re.sub(r"<[^>]+>", "", page(sample(refuted=300)))
    assert "309&nbsp;enumerated = 8&nbsp;theorems + 300&nbsp;refuted + 1&nbsp;open." in text
    assert "200 of 300 shown" in text
    assert "lemmata explore peano.mpl" in text
    assert "1.2 s" in text
