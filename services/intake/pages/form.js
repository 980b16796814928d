// Keeps what is typed into a form on the server, a moment after it was typed; without it a button does the same.
"use strict";
const form = document.querySelector("form[data-draft]");
if (form) {
  const told = document.getElementById("draft-state");
  const signIn = document.getElementById("draft-sign-in");
  let timer = 0;
  let changed = false;
  let away = false; // what is sent now would be lost: nobody is signed in, or nothing answers
  const save = async (keepalive) => {
    if (!changed) return;
    changed = false;
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    body.set("act", "save");
    let status = 0;
    let read = false; // a form that was read comes back as a page, also where its draft cannot be kept
    try {
      const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Draft": "1" }, keepalive });
      status = answer.status;
      read = (answer.headers.get("Content-Type") || "").startsWith("text/html");
    } catch {}
    const saved = status >= 200 && status < 300;
    away = status === 0 || status === 401 || (status >= 500 && !read);
    if (!saved) changed = true;
    if (signIn) signIn.hidden = status !== 401;
    told.textContent = saved
      ? form.dataset.saved + " " + new Date().toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" })
      : status === 401 ? form.dataset.signedOut : away ? form.dataset.away : form.dataset.unsaved;
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 1000, false);
  });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!changed) return;
    event.preventDefault(); // kept before it is sent
    await save(false);
    if (away) return;
    changed = false;
    form.requestSubmit(event.submitter);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(true); });
}
