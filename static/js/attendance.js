// Comforts of the meeting's morning: says when the connection is gone, and keeps the chair's screen true. Nothing is sent by itself.
(() => {
  "use strict";

  // The door: without a connection nothing is sent, what was typed stays.
  const note = document.querySelector("[data-offline]");
  if (note) {
    const show = () => { note.hidden = navigator.onLine; };
    addEventListener("online", show);
    addEventListener("offline", show);
    show();
    document.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      show();
      note.scrollIntoView({ block: "nearest" });
    }, true);
  }

  // The running agenda: <div data-live="address"> is asked for anew; 304 leaves it, silence is said and the last state stays.
  const PACE = 10000;
  let tag = null;
  const live = () => document.querySelector("[data-live]");
  const stale = (gone) => { const words = document.querySelector("[data-stale]"); if (words) words.hidden = !gone; };
  const look = async () => {
    const shown = live();
    if (document.hidden || document.querySelector("form[data-sent]")) return;
    try {
      const answer = await fetch(shown.dataset.live, { cache: "no-store", credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {} });
      if (answer.redirected) return location.reload(); // signed out meanwhile
      if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
      if (answer.ok) {
        tag = answer.headers.get("ETag");
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
        const focused = shown.contains(document.activeElement) ? document.activeElement.form?.elements.act?.value : null;
        if (fresh && !shown.querySelector(".h-error")) shown.replaceWith(fresh);
        if (focused) live().querySelector(`[name=act][value=${focused}]`)?.form.querySelector("button").focus();
      }
      stale(false);
    } catch {
      stale(true);
    }
  };
  if (live()?.dataset.live) {
    setInterval(look, PACE);
    document.addEventListener("visibilitychange", look);
    addEventListener("offline", () => stale(true));
    addEventListener("online", look);
  }
})();
