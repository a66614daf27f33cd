"use strict";
(() => {
  const root = document.documentElement;
  root.dataset.view = "run";
  const $ = (id) => document.getElementById(id);
  const rows = [...document.querySelectorAll(".state")];
  const last = rows.length - 1;
  let at = -1;
  let timer = 0;

  const show = (number, moves = true) => {
    const next = Math.max(0, Math.min(last, number));
    if (next === at) return;
    if (at >= 0) rows[at].classList.remove("now");
    at = next;
    rows[at].classList.add("now");
    $("picture").replaceChildren(...[...rows[at].querySelector(".shown").children].map((c) => c.cloneNode(true)));
    $("slider").value = String(at);
    $("where").textContent = `${at} of ${last}`;
    $("first").disabled = $("previous").disabled = at === 0;
    $("last").disabled = $("next").disabled = at === last;
    if (moves) history.replaceState(null, "", `#state-${at}`);
    if (at === last) play(false);
  };

  const play = (on) => {
    clearInterval(timer);
    timer = on ? setInterval(() => show(at + 1), 400) : 0;
    $("play").setAttribute("aria-pressed", String(on));
  };

  const fromHash = () => {
    const found = /^#state-(\d+)$/.exec(location.hash);
    show(found ? Number(found[1]) : 0, false);
  };

  const moves = {
    ArrowRight: () => show(at + 1), j: () => show(at + 1),
    ArrowLeft: () => show(at - 1), k: () => show(at - 1),
    Home: () => show(0), End: () => show(last),
    " ": () => play(timer === 0),
  };
  document.addEventListener("keydown", (event) => {
    const own = event.target.closest("button, a") && event.key === " ";
    if (event.ctrlKey || event.metaKey || event.altKey || own || !(event.key in moves)) return;
    event.preventDefault();
    moves[event.key]();
  });
  $("first").onclick = moves.Home;
  $("previous").onclick = moves.k;
  $("next").onclick = moves.j;
  $("last").onclick = moves.End;
  $("play").onclick = moves[" "];
  $("slider").oninput = () => show(Number($("slider").value));
  $("states").addEventListener("click", (event) => {
    const row = event.target.closest(".state");
    if (row && !event.target.closest("a")) show(rows.indexOf(row));
  });
  $("theme").onclick = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  };
  addEventListener("hashchange", fromHash);
  fromHash();
})();
