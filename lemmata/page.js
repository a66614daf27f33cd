// Search, the view of one proof, lemmas unfolded in place, and the drawn graph. The page's data is never parsed as HTML:
// text goes in by textContent, proofs are copied from nodes that are on the page already.
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const nodes = JSON.parse(byId("data").textContent).nodes;
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const theorems = [...document.querySelectorAll(".theorem")];
  const tabs = [...document.querySelectorAll(".views a")];
  let current = theorems[0];

  // Views. The address says what is shown: #list, #proof, #graph, or the anchor of a theorem, axiom or step.

  function setView(view) {
    root.dataset.view = view;
    for (const tab of tabs) {
      if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    if (view === "graph") graph.show();
  }

  function setCurrent(theorem) {
    if (current) current.classList.remove("current");
    current = theorem;
    if (!current) return;
    current.classList.add("current");
    const k = theorems.indexOf(current);
    byId("previous").disabled = k === 0;
    byId("next").disabled = k === theorems.length - 1;
  }

  function follow() {
    const name = location.hash.slice(1);
    if (name === "graph" || name === "list" || name === "" || name === "proof") {
      setView(name || "list");
      if (name === "proof" && current) current.open = true;
      return;
    }
    const target = byId(name);
    if (!target) return;
    const theorem = target.closest(".theorem");
    if (theorem) {
      setCurrent(theorem);
      theorem.hidden = false;
      theorem.open = true;
      setView(root.dataset.view === "graph" || root.dataset.view === "proof" ? "proof" : "list");
    } else {
      setView("list");
      const around = target.closest("details");
      if (around) around.open = true;
    }
    target.scrollIntoView({ block: target === theorem ? "start" : "center" });
  }

  function step(by) {
    const next = theorems[theorems.indexOf(current) + by];
    if (next) location.hash = next.id;
  }

  byId("previous").addEventListener("click", () => step(-1));
  byId("next").addEventListener("click", () => step(1));
  window.addEventListener("hashchange", follow);
  // A link to the anchor the address already names must still lead there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });

  themeButton(byId("theme"));

  // Search: by text, spaces and case aside, in either notation or the name; and by symbols, all of which must occur.

  const squeeze = (text) => text.replace(/\s+/g, "").toLowerCase();
  const haystack = new Map(
    nodes.map((node) => [node.id, [node.ascii, node.text, node.name, ...node.also].map(squeeze).join("\n")]));
  const chips = [...document.querySelectorAll(".chip")];

  function search() {
    const query = squeeze(byId("query").value);
    const wanted = chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.symbol);
    let count = 0;
    for (const theorem of theorems) {
      const node = nodeOf.get(theorem.id);
      const fits = haystack.get(theorem.id).includes(query) && wanted.every((s) => node.symbols.includes(s));
      theorem.hidden = !fits;
      count += fits;
    }
    const total = theorems.length.toLocaleString("en");
    byId("shown").textContent = count === theorems.length ? total : `${count.toLocaleString("en")} of ${total} shown`;
    byId("none").hidden = count > 0 || theorems.length === 0;
  }

  byId("query").addEventListener("input", search);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      search();
    });
  }

  // Lemmas unfolded beneath the step that cites them.

  function addButtons(within) {
    for (const link of within.querySelectorAll("a.lemma")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "unfold";
      button.textContent = "show proof";
      button.setAttribute("aria-expanded", "false");
      link.after(button);
    }
  }

  function copyOfProof(id) {
    const inner = document.createElement("div");
    inner.className = "inner";
    inner.dataset.of = id;
    const title = document.createElement("p");
    title.className = "title";
    title.textContent = `Proof of ${nodeOf.get(id).name}: ${nodeOf.get(id).text}`;
    const lines = byId(id).querySelector(".lines").cloneNode(true);
    for (const copied of lines.querySelectorAll(".inner, .unfold")) copied.remove();
    for (const copied of lines.querySelectorAll("[id]")) copied.removeAttribute("id");
    addButtons(lines);
    inner.append(title, lines);
    return inner;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".unfold");
    if (!button) return;
    const id = button.previousElementSibling.getAttribute("href").slice(1);
    const line = button.closest(".line");
    const open = [...line.children].find((child) => child.dataset.of === id);
    if (open) open.remove();
    else line.append(copyOfProof(id));
    for (const same of line.querySelectorAll(":scope > :not(.inner) .unfold")) {
      if (same.previousElementSibling.getAttribute("href") !== `#${id}`) continue;
      same.textContent = open ? "show proof" : "hide proof";
      same.setAttribute("aria-expanded", String(!open));
    }
  });
  // Buttons come when a proof is first opened: a page may hold tens of thousands of citations.
  for (const theorem of theorems) {
    theorem.addEventListener("toggle", () => addButtons(theorem.querySelector(".lines")), { once: true });
  }

  // Print everything, then put it back as it was.

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const closed of opened) closed.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const closed of opened) closed.open = false;
  });

  // The graph: what a theorem cites stands above it.

  const graph = (() => {
    const WIDTH = 196, HEIGHT = 58, ROOM = WIDTH - 14;
    const svg = byId("canvas"), world = byId("world");
    const drawn = nodes.filter((node) => node.at);
    const optional = new Set(drawn.filter((node) => node.kind === "definition").map((node) => node.id));
    const usedBy = new Map(drawn.map((node) => [node.id, []]));
    for (const node of drawn) for (const cited of node.cites) usedBy.get(cited).push(node.id);
    const collapsed = new Set();
    const elements = new Map();
    const edges = [];
    let visible = new Set();
    const hint = [...byId("about").childNodes];
    let pinned = null;
    let built = false;
    let definitions = optional.size === drawn.length; // shown at first only if there is nothing else

    function make(name, attributes, text) {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (text !== undefined) element.textContent = text;
      return element;
    }

    function build() {
      built = true;
      for (const node of drawn) {
        node.cites.forEach((cited, n) => {
          const path = make("path", { class: "edge", d: route(nodeOf.get(cited).at, node.bends[n], node.at) });
          edges.push({ from: cited, to: node.id, path });
          world.append(path);
        });
      }
      for (const node of drawn) {
        const box = make("g", {
          class: `node ${node.kind}`, transform: `translate(${node.at[0]} ${node.at[1]})`,
          tabindex: "0", role: "button", "data-id": node.id, "aria-label": `${node.name}: ${node.text}`,
        });
        box.append(
          make("title", {}, `${node.name}: ${node.text}`),
          make("rect", { x: -WIDTH / 2, y: -HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: 8 }),
          make("text", { class: "id", y: -13 }, node.name));
        if (node.cites.length) {
          const fold = make("g", { class: "toggle", transform: `translate(${WIDTH / 2 - 10} ${-HEIGHT / 2})` });
          fold.append(make("circle", { class: "fold", r: 8 }), make("text", { class: "sign", y: 4 }, "−"));
          box.append(fold);
        }
        elements.set(node.id, box);
        world.append(box);
      }
      const measure = document.createElement("canvas").getContext("2d");
      for (const node of drawn) label(node, elements.get(node.id), measure);
    }

    // Curves between the rows, straight through them.
    function route(start, bends, end) {
      let [x, y] = [start[0], start[1] + HEIGHT / 2];
      let d = `M${x} ${y}`;
      for (const [toX, toY] of [...bends, end]) {
        const top = toY - HEIGHT / 2, middle = (y + top) / 2;
        d += `C${x} ${middle} ${toX} ${middle} ${toX} ${top}V${toY === end[1] ? top : toY + HEIGHT / 2}`;
        [x, y] = [toX, toY + HEIGHT / 2];
      }
      return d;
    }

    // The name and one or two lines of the statement, as much as the box has room for.
    function label(node, box, measure) {
      const width = (text) => measure.measureText(text).width;
      const cut = (text) => {
        if (width(text) <= ROOM) return text;
        const letters = [...text].slice(0, 80);
        while (letters.length && width(letters.join("") + "…") > ROOM) letters.pop();
        return letters.join("") + "…";
      };
      const name = box.querySelector(".id");
      measure.font = getComputedStyle(name).font;
      name.textContent = cut(node.name);
      const first = make("text", { y: 10 }), second = make("text", { y: 22 });
      name.after(first, second);
      measure.font = getComputedStyle(first).font;
      if (width(node.text) <= ROOM) {
        first.textContent = node.text;
        second.remove();
        return;
      }
      // Break before the loosest sign outside all brackets if both sides fit, or else where the first line is fullest.
      const spaces = [...node.text.slice(0, 120).matchAll(/ /g)].map((match) => match.index);
      const breaks = spaces.filter((k) => width(node.text.slice(0, k)) <= ROOM);
      const loose = (k) => {
        const before = node.text.slice(0, k);
        const outside = before.split("(").length === before.split(")").length;
        return outside && width(node.text.slice(k + 1)) <= ROOM ? "↔→∨∧=≠≤≥<>".indexOf(node.text[k + 1]) : -1;
      };
      const signs = breaks.filter((k) => loose(k) >= 0).sort((a, b) => loose(a) - loose(b));
      const at = signs[0] ?? breaks.at(-1) ?? node.text.length;
      first.setAttribute("y", 5);
      first.textContent = cut(node.text.slice(0, at));
      second.textContent = cut(node.text.slice(at + 1));
    }

    // A node is visible if something visible and not collapsed cites it, or if nothing cites it at all.
    function refresh() {
      visible = new Set();
      const open = drawn.filter((node) => usedBy.get(node.id).length === 0).map((node) => node.id);
      while (open.length) {
        const id = open.pop();
        if (visible.has(id) || (optional.has(id) && !definitions)) continue;
        visible.add(id);
        if (!collapsed.has(id)) open.push(...nodeOf.get(id).cites);
      }
      for (const [id, element] of elements) {
        element.style.display = visible.has(id) ? "" : "none";
        const fold = element.querySelector(".toggle");
        if (!fold) continue;
        fold.style.display = foldable(id) ? "" : "none";
        fold.querySelector(".sign").textContent = collapsed.has(id) ? "+" : "−";
        if (foldable(id)) element.setAttribute("aria-expanded", String(!collapsed.has(id)));
        else element.removeAttribute("aria-expanded");
      }
      for (const edge of edges) {
        edge.shown = visible.has(edge.from) && visible.has(edge.to) && !collapsed.has(edge.to);
        edge.path.style.display = edge.shown ? "" : "none";
      }
      const total = nodes.length.toLocaleString("en");
      const unused = nodes.length - drawn.length;
      const why = [];
      if (!definitions && optional.size) why.push(`${optional.size} definitions hidden`);
      if (unused) why.push(`${unused} never cited`);
      const some = `${visible.size.toLocaleString("en")} of ${total} shown`;
      byId("drawn").textContent =
        visible.size === nodes.length ? `${total} nodes` : some + (why.length ? ` (${why.join(", ")})` : "");
    }

    function foldable(id) {
      return nodeOf.get(id).cites.some((cited) => definitions || !optional.has(cited));
    }

    function toggle(id) {
      if (!foldable(id)) return;
      if (!collapsed.delete(id)) collapsed.add(id);
      refresh();
      light(id);
    }

    function reach(from, next) {
      const met = new Set(), open = [from];
      while (open.length) {
        for (const id of next(open.pop())) {
          if (!met.has(id)) {
            met.add(id);
            open.push(id);
          }
        }
      }
      return met;
    }

    function light(id) {
      const chosen = id || pinned;
      svg.classList.toggle("lighting", Boolean(chosen));
      const up = chosen ? reach(chosen, (n) => nodeOf.get(n).cites) : new Set();
      const down = chosen ? reach(chosen, (n) => usedBy.get(n)) : new Set();
      for (const [other, element] of elements) {
        element.classList.toggle("here", other === chosen);
        element.classList.toggle("up", up.has(other));
        element.classList.toggle("down", down.has(other));
      }
      for (const { from, to, path } of edges) {
        path.classList.toggle("up", up.has(from) && (up.has(to) || to === chosen));
        path.classList.toggle("down", down.has(to) && (down.has(from) || from === chosen));
      }
      describe(chosen, up.size, down.size);
    }

    function describe(id, above, below) {
      const about = byId("about");
      if (!id) {
        about.replaceChildren(...hint);
        return;
      }
      const link = document.createElement("a");
      link.href = `#${id}`;
      link.textContent = nodeOf.get(id).name;
      const statement = document.createElement("span");
      statement.className = "m";
      statement.textContent = ` ${nodeOf.get(id).text} `;
      const counts = document.createElement("span");
      counts.className = "note";
      counts.textContent = `rests on ${above}, leads to ${below}`;
      about.replaceChildren(link, statement, counts);
    }

    const frame = (node) => [...node.at, WIDTH, HEIGHT];
    const picture = drawing(svg, world, {
      boxes: () => drawn.filter((node) => visible.has(node.id)).map(frame),
      legible: 0.6,
      key(event) {
        const box = boxOf(event);
        if (event.key === "Enter" && box) location.hash = box.dataset.id;
        else if (event.key === " " && box) toggle(box.dataset.id);
        else return false;
        return true;
      },
    });

    const boxOf = (event) => event.target.closest(".node");
    svg.addEventListener("click", (event) => {
      if (picture.dragged()) return;
      const box = boxOf(event);
      if (box && event.target.closest(".toggle")) toggle(box.dataset.id);
      else {
        pinned = box ? box.dataset.id : null;
        light(pinned);
      }
    });
    svg.addEventListener("dblclick", (event) => {
      const box = boxOf(event);
      if (box) location.hash = box.dataset.id;
    });
    svg.addEventListener("pointerover", (event) => {
      const box = boxOf(event);
      if (!picture.pressed() && event.pointerType !== "touch") light(box && box.dataset.id);
    });
    svg.addEventListener("pointerleave", () => light(null));
    svg.addEventListener("focusin", (event) => {
      const box = boxOf(event);
      if (!box || !box.matches(":focus-visible")) return;
      picture.reveal(frame(nodeOf.get(box.dataset.id)));
      light(box.dataset.id);
    });
    const switcher = byId("definitions");
    if (switcher) {
      switcher.addEventListener("click", () => {
        definitions = !definitions;
        switcher.setAttribute("aria-pressed", String(definitions));
        refresh();
        picture.fit();
      });
      switcher.setAttribute("aria-pressed", String(definitions));
    }
    byId("collapse").addEventListener("click", () => {
      for (const node of drawn) if (foldable(node.id)) collapsed.add(node.id);
      refresh();
      picture.fit();
    });
    byId("expand").addEventListener("click", () => {
      collapsed.clear();
      refresh();
      picture.fit();
    });

    return {
      show() {
        if (built) return;
        build();
        refresh();
      },
    };
  })();

  setCurrent(current);
  search(); // a browser may have kept the query of an earlier visit
  setView("list");
  follow();
})();
