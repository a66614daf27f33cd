"use strict";
// What the scripts of all pages share: light and dark, and a drawing to be moved, zoomed and walked through.

const { themeButton, drawing } = (() => {
  // A button that turns the page light or dark. What it was is kept where the browser lets it.
  function themeButton(button) {
    const root = document.documentElement;
    const stored = (() => {
      try { return localStorage; } catch { return null; } // some browsers forbid storage for pages opened from disk
    })();
    const theme = stored && stored.getItem("lemmata-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    button.addEventListener("click", () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      if (stored) stored.setItem("lemmata-theme", root.dataset.theme);
    });
  }

  // The group `world` in `svg`, which pointers drag and pinch, the wheel zooms, and keys do both. `boxes` gives what is
  // to be seen, as [x, y, width, height] from their centres; the first view has at least the scale `legible`. `key` is
  // called for the keys that are left; whether it has used one it says.
  function drawing(svg, world, { boxes, legible, key }) {
    const view = { x: 0, y: 0, k: 1 };
    const pointers = new Map();
    let travelled = 0;
    let touched = false; // has a person moved the drawing?

    function move() {
      world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
    }

    function zoom(factor, x = svg.clientWidth / 2, y = svg.clientHeight / 2) {
      touched = true;
      const k = Math.min(3, Math.max(0.03, view.k * factor));
      view.x = x - ((x - view.x) * k) / view.k;
      view.y = y - ((y - view.y) * k) / view.k;
      view.k = k;
      move();
    }

    function reveal([x, y, width, height]) {
      const inside = (at, half, size) => Math.min(size - half - 8, Math.max(half + 8, at));
      const [h, v] = [view.x + x * view.k, view.y + y * view.k];
      view.x += inside(h, (width / 2) * view.k, svg.clientWidth) - h;
      view.y += inside(v, (height / 2) * view.k, svg.clientHeight) - v;
      move();
    }

    // All that is to be seen, or as much of its top as can be drawn at the least scale.
    function fit(least = 0) {
      touched = false;
      let [left, top, right, foot] = [Infinity, Infinity, -Infinity, -Infinity];
      for (const [x, y, width, height] of boxes()) {
        left = Math.min(left, x - width / 2 - 20);
        right = Math.max(right, x + width / 2 + 20);
        top = Math.min(top, y - height / 2 - 24);
        foot = Math.max(foot, y + height / 2 + 20);
      }
      if (left > right) return;
      view.k = Math.max(least, Math.min(1.2, svg.clientWidth / (right - left), svg.clientHeight / (foot - top)));
      view.x = svg.clientWidth / 2 - ((left + right) / 2) * view.k;
      view.y = Math.max(0, svg.clientHeight - (foot - top) * view.k) / 2 - top * view.k;
      move();
    }

    // Pointers: one drags, two pinch, a short press is a click.

    svg.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      if (pointers.size === 1) travelled = 0;
    });
    svg.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = [event.clientX, event.clientY];
      const other = [...pointers].find(([id]) => id !== event.pointerId);
      travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
      pointers.set(event.pointerId, now);
      if (travelled < 4) return;
      svg.setPointerCapture(event.pointerId); // only now, or a press on a node would not reach it
      svg.classList.add("moving");
      touched = true;
      view.x += (now[0] - before[0]) / pointers.size;
      view.y += (now[1] - before[1]) / pointers.size;
      if (other) {
        const far = (p) => Math.hypot(p[0] - other[1][0], p[1] - other[1][1]) || 1;
        const frame = svg.getBoundingClientRect();
        zoom(far(now) / far(before), (now[0] + other[1][0]) / 2 - frame.left, (now[1] + other[1][1]) / 2 - frame.top);
      }
      move();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      svg.addEventListener(end, (event) => {
        pointers.delete(event.pointerId);
        if (!pointers.size) svg.classList.remove("moving");
      });
    }
    svg.addEventListener("pointerleave", (event) => {
      if (!svg.hasPointerCapture(event.pointerId)) pointers.delete(event.pointerId);
    });
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const frame = svg.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? 20 : 1;
      zoom(Math.exp(-event.deltaY * lines * 0.0015), event.clientX - frame.left, event.clientY - frame.top);
    }, { passive: false });

    svg.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves[event.key]) {
        touched = true;
        view.x += moves[event.key][0];
        view.y += moves[event.key][1];
        move();
      } else if (event.key === "+" || event.key === "=") zoom(1.25);
      else if (event.key === "-") zoom(0.8);
      else if (event.key === "0") fit();
      else if (!key(event)) return;
      event.preventDefault();
    });
    for (const [id, act] of [["zoom-in", () => zoom(1.25)], ["zoom-out", () => zoom(0.8)], ["fit", () => fit()]]) {
      document.getElementById(id).addEventListener("click", act);
    }

    // When it is first seen, and when the window changes its size, all is drawn, until somebody has chosen a part of it.
    new ResizeObserver(() => {
      if (!touched && svg.clientWidth) fit(legible);
    }).observe(svg);

    return {
      fit,
      reveal,
      dragged: () => travelled >= 4,
      pressed: () => pointers.size > 0,
    };
  }

  return { themeButton, drawing };
})();
