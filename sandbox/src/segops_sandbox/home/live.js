// Keeps the page up to date: asks for it again every two seconds and puts in what has changed. Without it, the page is the
// same, once. What somebody is typing, has selected or has opened is left alone.
const INTERVAL_MS = 2000;
const live = document.getElementById("live");
const follow = document.getElementById("follow");
const state = document.getElementById("state");
let shown = live.innerHTML;

follow.checked = localStorage.getItem("follow") !== "no";
follow.addEventListener("change", () => localStorage.setItem("follow", follow.checked ? "yes" : "no"));

const beingUsed = () =>
  live.querySelector("details[open]") !== null ||
  (live.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button")) ||
  live.contains(document.getSelection()?.isCollapsed === false ? document.getSelection().anchorNode : null);

async function update() {
  if (document.hidden || !follow.checked || beingUsed()) return;
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    state.textContent = response.ok ? "" : `(${response.status})`;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
    if (!response.ok || fresh === null || fresh.innerHTML === shown || beingUsed()) return;
    const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    shown = fresh.innerHTML;
    live.replaceChildren(...fresh.childNodes);
    if (focused) live.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  } catch {
    state.textContent = "(the sandbox does not answer)";
  }
}

// A page that takes long, as one over millions of events does, is asked for less often.
async function keepUp() {
  const began = performance.now();
  await update();
  setTimeout(keepUp, Math.max(INTERVAL_MS, 5 * (performance.now() - began)));
}

setTimeout(keepUp, INTERVAL_MS);
