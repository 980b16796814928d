// What a page looks like to whoever reads it: texts, marks, tab stops, sizes. Gives a list of what is wrong.
(asked) => {
  const wrong = [];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true });
  const told = (one) => (one.closest("[id]") ? "#" + one.closest("[id]").id + " " : "") + "<" + one.tagName.toLowerCase() + (one.getAttribute("class") ? "." + one.getAttribute("class") : "") + ">";
  const short = (text) => `“${text.slice(0, 60).replace(/\s+/g, " ")}”`;
  const root = document.documentElement;
  const forPrograms = document.querySelector("main.api"); // one document in both languages, as long as the API is
  if (root.scrollWidth > innerWidth) wrong.push(`wider than the window: ${root.scrollWidth} > ${innerWidth}`);
  if (root.lang !== asked.lang) wrong.push(`lang is ${root.lang}`);
  if (document.querySelectorAll("h1").length !== 1) wrong.push(`${document.querySelectorAll("h1").length} first headings`);
  if (!document.title.trim() || document.title.startsWith(" ·")) wrong.push("no title");
  const screens = root.scrollHeight / innerHeight;
  if (asked.screens && !forPrograms && screens > asked.screens) wrong.push(`${screens.toFixed(1)} screens long`);

  // Words: what is read, and what is only said aloud. What is for programs, and examples of it, have no language.
  const read = (body) => {
    const found = [], walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const one = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
      if (text && !one.closest("script, style")) found.push([text, one]);
    }
    return found;
  };
  let texts = read(document.body);
  if (!asked.plain && !forPrograms) {
    for (const [text, one] of texts) {
      if (/(已等|还剩|waits|left)\s*-\d|(^|\s)-\d+ ?(days?|天)/.test(text)) wrong.push(`less than no time: ${told(one)} ${short(text)}`);
      if (asked.lang === "en" && /[\u3400-\u9fff]/.test(text) && !one.closest("[lang]").lang.startsWith("zh")) wrong.push(`Chinese that is not marked as such: ${told(one)} ${short(text)}`);
    }
    // Marks split a name such as “5G基站”: the words are read without them.
    const body = document.body.cloneNode(true);
    for (const one of body.querySelectorAll("span[lang=zh-CN]:not([class])")) one.replaceWith(...one.childNodes);
    body.normalize();
    texts = read(body);
    for (const one of body.querySelectorAll("[aria-label], [title], [alt], [placeholder]"))
      for (const name of ["aria-label", "title", "alt", "placeholder"]) if (one.getAttribute(name)) texts.push([one.getAttribute(name).trim(), one]);
    texts.push([document.title, document.head]);
    const strange = asked.lang === "en" ? /[\u3400-\u9fff]+/g : /[A-Za-z][A-Za-z_.@-]*[A-Za-z]/g;
    const ids = new RegExp(`(^|[^A-Za-z0-9-])(${asked.ids.join("|")})(?![A-Za-z0-9-])`);
    const seen = new Set(), words = new Set();
    // Hashes, ids that have no name, positions on the log as they are and sealed, commands.
    const MACHINE = /^(SHA-256 )?[0-9a-f-]{20,}$|^(submissions|rulings|dispatches)-\d+@\d+|^~[A-Za-z0-9_-]{20,}$|^liangdeng [a-z ]+$/;
    for (const [text, one] of texts) {
      if (one.closest("pre.printed, [hreflang], .brand") || seen.has(text) || MACHINE.test(text)) continue;
      seen.add(text);
      strange.lastIndex = 0;
      if (strange.test(text)) {
        let left = text;
        for (const data of asked.data) if (left.includes(data)) left = left.split(data).join(" ");
        for (const word of left.match(strange) || [])
          if (!asked.allowed.includes(word) && !words.has(word) && !one.closest("code.id, code.long, code.position, code.address")) {
            words.add(word);
            wrong.push(`a word of the other language: ${word} in ${told(one)} ${short(text)}`);
          }
      }
      const id = ids.exec(text);
      if (id && !one.closest("code.id")) wrong.push(`the id ${id[2]} instead of a name: ${told(one)} ${short(text)}`);
    }
  }

  // Colour is never the only sign.
  for (const one of document.querySelectorAll(".cell, .lamp, .quarter-light, .chip, .count, .errand, .seal, .dots a")) {
    const drawn = one.querySelector("svg use");
    if (shown(one) && !drawn && !one.textContent.trim()) wrong.push(`colour alone: ${told(one)}`);
  }
  for (const one of document.querySelectorAll("svg.mark use")) if (!document.querySelector(one.getAttribute("href"))) wrong.push(`a mark without a shape: ${told(one)}`);
  for (const one of document.querySelectorAll("a, button")) {
    if (shown(one) && !one.textContent.trim() && !one.getAttribute("aria-label") && !one.querySelector("img[alt]:not([alt=''])")) wrong.push(`nothing to read on ${told(one)}`);
  }

  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && shown(one)).length;
  if (asked.stops && !forPrograms && stops > asked.stops) wrong.push(`${stops} tab stops`);

  // Readable on paper, and with colours that the reader has chosen instead of ours.
  if (asked.plain) {
    const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
    const bright = (rgb) => rgb.slice(0, 3).map((one) => one / 255).map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
      .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
    const ground = (one) => {
      for (let at = one; at; at = at.parentElement) {
        const colour = parts(getComputedStyle(at).backgroundColor);
        if (colour.length < 4 || colour[3] > 0.5) return colour;
      }
      return asked.plain === "print" ? [255, 255, 255] : parts(getComputedStyle(document.body).backgroundColor);
    };
    for (const [text, one] of texts) {
      if (!shown(one) || !one.getClientRects().length || one.closest(".skip, .unseen")) continue;
      const ink = bright(parts(getComputedStyle(one).color)), paper = bright(ground(one));
      const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (ratio < 4.5) wrong.push(`${asked.plain}: ${ratio.toFixed(1)} : 1 for ${short(text)} ${told(one)}`);
      if (asked.plain === "print" && paper < 0.7) wrong.push(`print: a dark ground under ${short(text)} ${told(one)}`);
    }
  }
  const parts = [...new Set([...document.querySelectorAll("body *")].map((one) => one.tagName + "." + (one.getAttribute("class") || "")))].sort();
  return { wrong, parts, screens, stops, page: document.body.dataset.page || "" };
}
