/* One tab stop per row of the heat map; arrows move inside it. Without this script a row's one stop is its unit's page. */
"use strict";
(() => {
  const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
  document.addEventListener("keydown", (event) => {
    const row = event.target instanceof Element ? event.target.closest(".heat tbody tr") : null;
    if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const stops = [...row.querySelectorAll("a")];
    const at = stops.indexOf(event.target);
    let next;
    if (event.key in STEPS) next = stops[at + STEPS[event.key]];
    else if (event.key === "Home") next = stops[0];
    else if (event.key === "End") next = stops[stops.length - 1];
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const other = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      const there = other ? [...other.querySelectorAll("a")] : [];
      next = there[Math.min(at, there.length - 1)];
    } else return;
    event.preventDefault();
    if (!next) return;
    next.focus();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target instanceof Element ? event.target.closest(".heat tbody tr") : null;
    if (!row) return;
    for (const one of row.querySelectorAll("a")) one.tabIndex = one === event.target ? 0 : -1;
  });
})();
