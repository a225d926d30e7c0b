// Comforts only: every page works without this file.
(() => {
  "use strict";
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const stored = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* a locked-down phone: nothing to keep */ } },
  };

  // A refused form: read the summary first.
  document.querySelector(".h-error")?.focus();

  // One press sends once. The server is safe without it; this spares the wait.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => { delete form.dataset.sent; form.removeAttribute("aria-busy"); }, 8000);
  });
  // Back from the next page: forms are fresh again.
  addEventListener("pageshow", () => all("form[data-sent]", (form) => { delete form.dataset.sent; form.removeAttribute("aria-busy"); }));

  // The time a place is still held: <b data-until="2020-07-10T02:52:00+00:00">9:52</b> gets "(9:59)" behind it.
  all("[data-until]", (element) => {
    const until = Date.parse(element.dataset.until);
    if (Number.isNaN(until)) return;
    const left = document.createElement("span");
    left.className = "num muted";
    left.setAttribute("aria-hidden", "true");
    element.after(" ", left);
    const tick = () => {
      const seconds = Math.max(0, Math.round((until - Date.now()) / 1000));
      left.textContent = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
      if (seconds) setTimeout(tick, 1000);
    };
    tick();
  });

  // Papers already at hand: <ul data-remember="1.001193"> remembers its ticks on this device.
  all("[data-remember]", (list) => {
    const key = `hen:${list.dataset.remember}`;
    const boxes = [...list.querySelectorAll("input[type=checkbox]")];
    const ticked = stored.get(key);
    boxes.forEach((box) => { if (ticked.includes(box.id)) box.checked = true; });
    list.addEventListener("change", () => stored.set(key, boxes.filter((box) => box.checked).map((box) => box.id)));
  });

  // <div data-copy>TA-482-716</div> gets a button behind it, where copying works; its words stand on <body>, or in data-copy.
  all("[data-copy]", (element) => {
    const words = document.body.dataset;
    if (!navigator.clipboard || !words.copyLabel) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm h-copy no-print";
    button.textContent = element.dataset.copy || words.copyLabel;
    if (element.id) button.setAttribute("aria-describedby", element.id); // several on one page: which of them
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(element.textContent.trim());
      button.textContent = words.copyDone;
    });
    element.after(button);
  });

  all("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
