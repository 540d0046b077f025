// Keeps the page live: the server tells of changes, the page fetches itself again and swaps what is marked data-live.
// Without this script everything works; the page then reloads itself.
"use strict";
const root = document.documentElement;
const LOST_AFTER = 12000, PATIENCE = 10000, FIRST_PAGE = "/";
let heard = Date.now(), busy = false, again = false, behind = false, source = location.href;

// A page that could not follow a change is old, however alive the stream is.
function told(words) {
  navigator.serviceWorker?.controller?.postMessage("seen");
  if (behind) return;
  heard = Date.now();
  for (const place of document.querySelectorAll("[data-age]")) place.textContent = words[place.dataset.age];
  lost(false);
}

function lost(yes) {
  root.classList.toggle("lost", yes);
  for (const note of document.querySelectorAll(".stale")) note.hidden = !yes;
}

function watch() { if (Date.now() - heard > LOST_AFTER) lost(true); }

function written(field) {
  if (field.matches("select")) return field.value !== (field.querySelector("option[selected]") || field.options[0])?.value;
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// A form in which somebody writes is left alone, and so is one that came back with what was written (data-written).

function inUse(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")
    || part.querySelector("[data-written]") !== null
    || [...part.querySelectorAll("input:not([type=hidden]), textarea, select")].some(written);
}

// Who goes through the page with the keyboard stays at the same link, and what was opened stays open.
function swap(part, next) {
  const opened = [...part.querySelectorAll("details[open] summary")].map((one) => one.textContent);
  for (const one of next.querySelectorAll("summary")) if (opened.includes(one.textContent)) one.parentElement.open = true;
  const links = "a, button, summary", name = (one) => one.href || one.value || one.textContent;
  const held = part.contains(document.activeElement) ? name(document.activeElement) : null;
  part.replaceWith(next);
  if (held !== null) [...next.querySelectorAll(links)].find((one) => name(one) === held)?.focus({ preventScroll: true });
}

async function refresh() {
  if (busy) { again = true; return; }
  busy = behind = true;
  const patience = new AbortController(), end = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(source, { headers: { accept: "text/html" }, signal: patience.signal });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.reload(); return; }  // signed out
    if (answer.status >= 400 && answer.status < 500 && source !== FIRST_PAGE) {
      source = FIRST_PAGE;  // there is no such page any more, or never was: its header is every page's
      again = true;
      return;
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (source === location.href) document.title = fresh.title;
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (next && next.outerHTML !== part.outerHTML && !inUse(part)) swap(part, next);
    }
    if (!answer.ok) return;
    heard = Date.now();
    behind = false;
    lost(false);
  } catch { /* the watch below says that the page is old */ } finally {
    clearTimeout(end);
    busy = false;
    if (again) { again = false; refresh(); }
  }
}

function listen() {
  const stream = new EventSource(document.body.dataset.stream);
  let first = true;
  stream.addEventListener("beat", (event) => { told(JSON.parse(event.data)); if (first || behind) refresh(); first = false; });
  stream.addEventListener("changed", (event) => { told(JSON.parse(event.data)); refresh(); });
  stream.addEventListener("error", () => {
    first = true;
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => { refresh(); listen(); }, 10000);
  });
}

listen();
setInterval(watch, 1000);
document.addEventListener("visibilitychange", watch);  // a telephone that slept must not show its old page as new
if (document.querySelector("[data-figures]")) setInterval(refresh, 5000);
if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});
