// Search, the two views, and light on what a class uses and is used by. The page's data is never parsed as HTML.
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const classOf = new Map(data.classes.map((c) => [c.id, c]));
  const tabs = [...document.querySelectorAll(".views a")];
  const rows = new Map([...document.querySelectorAll(".eclass")].map((row) => [row.id, row]));
  const svg = byId("canvas"), world = byId("world");
  const boxes = new Map([...world.querySelectorAll(".node")].map((box) => [box.dataset.id, box]));
  const edges = [...world.querySelectorAll(".edge")];
  const hint = [...byId("about").childNodes];
  let pinned = null;

  themeButton(byId("theme"));
  svg.removeAttribute("viewBox"); // it serves readers without a script

  const boxOf = (event) => event.target.closest(".node");
  const picture = drawing(svg, world, {
    boxes: () => data.classes.filter((c) => c.frame).map((c) => c.frame),
    legible: 0.6,
    key(event) {
      const box = boxOf(event);
      if (!box) return false;
      if (event.key === "Enter") location.hash = box.dataset.id;
      else if (event.key === " ") pin(box.dataset.id);
      else return false;
      return true;
    },
  });

  // Views. The address says what is shown: #graph, #list, #c3 for a class in the list, #at-c3 for one in the drawing.

  function setView(view) {
    root.dataset.view = view;
    for (const tab of tabs) {
      if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  function follow() {
    const name = location.hash.slice(1);
    if (name === "" || name === "graph" || name === "list" || name === "classes") {
      setView(name === "" ? "graph" : name === "classes" ? "list" : name);
    } else if (rows.has(name)) {
      setView("list");
      rows.get(name).hidden = false;
      rows.get(name).scrollIntoView({ block: "center" });
    } else if (name.startsWith("at-") && boxes.has(name.slice(3))) {
      setView("graph");
      pin(name.slice(3));
      picture.reveal(classOf.get(name.slice(3)).frame);
    }
  }

  window.addEventListener("hashchange", follow);
  // A link to the anchor the address already names must still lead there.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });

  // Search in best terms, heads of e-nodes and names of classes, spaces and case aside.

  const squeeze = (text) => text.replace(/\s+/g, "").toLowerCase();
  const haystack = new Map(data.classes.map((c) => [c.id, c.found.split("\n").map(squeeze).join("\n")]));

  function search() {
    const query = squeeze(byId("query").value);
    let listed = 0, drawn = 0;
    for (const [id, row] of rows) {
      const fits = haystack.get(id).includes(query);
      row.hidden = !fits;
      listed += fits;
      const box = boxes.get(id);
      if (box) box.classList.toggle("found", fits && query !== "");
      drawn += box && fits ? 1 : 0;
    }
    svg.classList.toggle("seeking", query !== "");
    byId("found").textContent = query ? `${drawn.toLocaleString("en")} found in the drawing` : "";
    const total = data.total.toLocaleString("en");
    byId("shown").textContent = listed === data.total ? total : `${listed.toLocaleString("en")} of ${total} shown`;
    byId("none").hidden = listed > 0 || rows.size === 0;
  }

  byId("query").addEventListener("input", search);

  // Light: what uses a class stands above it, what it uses below. On a line, only what that e-node uses.

  function pin(id) {
    pinned = id;
    light(id);
  }

  function light(id, line = null) {
    const chosen = id || pinned;
    svg.classList.toggle("lighting", Boolean(chosen));
    const up = new Set(), down = new Set();
    for (const edge of edges) {
      const below = edge.dataset.from === chosen && (!line || line.dataset.node === edge.dataset.node);
      const above = !line && edge.dataset.to === chosen && edge.dataset.from !== chosen;
      if (below) down.add(edge.dataset.to);
      if (above) up.add(edge.dataset.from);
      edge.classList.toggle("down", below);
      edge.classList.toggle("up", above);
    }
    for (const [other, box] of boxes) {
      box.classList.toggle("here", other === chosen);
      box.classList.toggle("up", up.has(other) && other !== chosen);
      box.classList.toggle("down", down.has(other) && other !== chosen);
    }
    for (const lit of world.querySelectorAll(".line.here")) lit.classList.remove("here");
    if (line) line.classList.add("here");
    describe(chosen, down.size);
  }

  function describe(id, uses) {
    const about = byId("about");
    if (!id) {
      about.replaceChildren(...hint);
      return;
    }
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = id;
    const term = document.createElement("span");
    term.className = "m";
    term.textContent = ` ${classOf.get(id).text} `;
    const counts = document.createElement("span");
    counts.className = "note";
    counts.textContent = `uses ${uses} of the classes drawn, used by ${classOf.get(id).used} in all`;
    about.replaceChildren(link, term, counts);
  }

  svg.addEventListener("click", (event) => {
    if (picture.dragged()) return;
    const box = boxOf(event);
    pin(box ? box.dataset.id : null);
  });
  svg.addEventListener("dblclick", (event) => {
    const box = boxOf(event);
    if (box) location.hash = box.dataset.id;
  });
  svg.addEventListener("pointerover", (event) => {
    if (picture.pressed() || event.pointerType === "touch") return;
    const box = boxOf(event);
    light(box && box.dataset.id, box && event.target.closest(".line"));
  });
  svg.addEventListener("pointerleave", () => light(null));
  svg.addEventListener("focusin", (event) => {
    const box = boxOf(event);
    if (!box || !box.matches(":focus-visible")) return;
    picture.reveal(classOf.get(box.dataset.id).frame);
    light(box.dataset.id);
  });

  search(); // a browser may have kept the query of an earlier visit
  setView("graph");
  follow();
})();
