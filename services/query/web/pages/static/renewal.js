/* A page that says so is asked for anew every so many seconds and shown in place of the old; not while it is used. */
"use strict";
(() => {
  const seconds = Number(document.body.dataset.every);
  if (!seconds) return;
  const timer = setInterval(async () => {
    const main = document.querySelector("main");
    if (document.hidden || main.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    main.replaceWith(document.adoptNode(now.querySelector("main")));
    if (!now.body.dataset.every) clearInterval(timer);
  }, seconds * 1000);
})();
