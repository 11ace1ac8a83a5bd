// Keys of the worklist: j and k move, Enter opens, a accepts, n opens the form to hold or refuse, ? shows the help.
// The page works without this file. Single keys can be switched off; the choice stays in this browser.
"use strict";
(() => {
  const help = document.getElementById("keys");
  const off = document.getElementById("keys-off");
  const lines = Array.from(document.querySelectorAll(".plays > .play"));
  if (!help || !off) return;
  const kept = () => {
    try { return localStorage.getItem("keys") === "off"; } catch { return false; }
  };
  help.hidden = false;
  off.checked = kept();
  off.addEventListener("change", () => {
    try { localStorage.setItem("keys", off.checked ? "off" : "on"); } catch { /* It holds for this page. */ }
  });
  for (const line of lines) line.tabIndex = -1;
  const here = () => lines.findIndex((line) => line.contains(document.activeElement));
  const go = (to) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, to))];
    if (line) line.focus();
  };
  const types = (at) => at instanceof HTMLElement && at.closest("input, select, textarea, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (off.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || types(event.target)) return;
    const at = here();
    const line = lines[at];
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at < 0 ? 0 : at - 1);
    else if (event.key === "?") help.open = !help.open;
    else if (event.key === "Enter" && line && document.activeElement === line) {
      const link = line.querySelector(".acts > a:not(.opens)");
      if (link) link.click();
    } else if (event.key === "a" && line) {
      const accept = line.querySelector("button[value=accept]");
      if (accept) accept.click();
    } else if (event.key === "n" && line) {
      const form = line.querySelector(".acts details");
      const there = line.querySelector(".acts > .opens");
      if (form) { form.open = true; form.querySelector("input[type=date], select").focus(); } else if (there) there.click();
    } else return;
    event.preventDefault();
  });
})();
