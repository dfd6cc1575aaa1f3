// Single keys that only follow links and move the focus; everything works without them, and they can be switched off.
"use strict";
(() => {
  const off = "nianbao-keys-off";
  const panel = document.getElementById("keys");
  const stored = () => { try { return localStorage.getItem(off) === "1"; } catch { return false; } };
  const store = (value) => { try { localStorage.setItem(off, value ? "1" : "0"); } catch { /* private mode */ } };
  const toggle = panel.querySelector("[data-keys=switch]");
  const name = () => { toggle.textContent = stored() ? toggle.dataset.on : toggle.dataset.off; };

  const follow = (selector) => { const link = document.querySelector(selector); if (link) link.click(); };
  const rows = () => [...document.querySelectorAll("[data-row] a, main tbody th[scope=row] a")];
  const step = (by) => {
    const links = rows();
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (next) next.focus();
  };
  let before = null;
  const show = (shown) => {
    if (shown) before = document.activeElement;
    panel.hidden = !shown;
    if (shown) panel.querySelector("button").focus(); else if (before) before.focus();
  };
  const copy = async () => {
    const text = document.querySelector("[data-citation]");
    if (text && navigator.clipboard) await navigator.clipboard.writeText(text.textContent.trim());
  };
  const actions = {
    "/": () => document.getElementById("q").focus(),
    "j": () => step(1),
    "k": () => step(-1),
    "[": () => follow("[data-key=previous]"),
    "]": () => follow("[data-key=next]"),
    "v": () => follow("[data-key=versions]"),
    "o": () => follow("[data-key=original]"),
    "c": copy,
    "?": () => show(panel.hidden),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) { show(false); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (stored() && event.key !== "?") return;
    const action = actions[event.key];
    if (action) { event.preventDefault(); action(); }
  });
  toggle.addEventListener("click", () => { store(!stored()); name(); });
  panel.querySelector("[data-keys=close]").addEventListener("click", () => show(false));
  name();

  // The chosen figure and its source cell stand side by side: bring the figure to where the reader looks.
  const chosen = document.querySelector("[aria-current=true].figure");
  const centre = () => chosen.scrollIntoView({ block: "center" });
  if (chosen && location.hash === "#cell" && matchMedia("(min-width: 64rem)").matches) {
    addEventListener("load", () => requestAnimationFrame(centre));
  }
})();
