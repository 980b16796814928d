// Keeps what is typed into a form on the server, a moment after it was typed; without it a button does the same.
"use strict";
const form = document.querySelector("form[data-draft]");
if (form) {
  const told = document.getElementById("draft-state");
  let timer = 0;
  let changed = false;
  const save = async (keepalive) => {
    if (!changed) return;
    changed = false;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("act", "save");
    try {
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Draft": "1" }, keepalive });
      if (!answer.ok) throw new Error(answer.status);
      told.textContent = form.dataset.saved + " " + new Date().toLocaleTimeString("zh-CN", { hour12: false });
    } catch {
      changed = true;
      told.textContent = form.dataset.unsaved;
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 1000, false);
  });
  form.addEventListener("submit", () => { changed = false; });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
}
