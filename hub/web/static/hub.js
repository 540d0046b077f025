// Keeps the page live: the server tells of changes, the page fetches itself again and swaps what is marked data-live.
// Without this script everything works; the page then reloads itself.
"use strict";
const root = document.documentElement;
const LOST_AFTER = 12000;
let heard = Date.now(), busy = false, again = false;

function told(words) {
  heard = Date.now();
  for (const place of document.querySelectorAll("[data-age]")) place.textContent = words[place.dataset.age];
  lost(false);
}

function lost(yes) {
  root.classList.toggle("lost", yes);
  for (const note of document.querySelectorAll(".stale")) note.hidden = !yes;
}

function inUse(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || [...part.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);
}

async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = fresh.title;
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && next.outerHTML !== part.outerHTML && !inUse(part)) part.replaceWith(next);
    }
    heard = Date.now();
    lost(false);
  } catch { /* the watch below says that the page is old */ } finally {
    busy = false;
    if (again) { again = false; refresh(); }
  }
}

function listen() {
  const stream = new EventSource(document.body.dataset.stream);
  let first = true;
  stream.addEventListener("beat", (event) => { told(JSON.parse(event.data)); if (first) refresh(); first = false; });
  stream.addEventListener("changed", (event) => { told(JSON.parse(event.data)); refresh(); });
  stream.addEventListener("error", () => {
    first = true;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { refresh(); listen(); }, 10000);
  });
}

listen();
setInterval(() => { if (Date.now() - heard > LOST_AFTER) lost(true); }, 1000);
if (document.querySelector("[data-figures]")) setInterval(refresh, 5000);
if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});
