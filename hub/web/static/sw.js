// Shows a page of its own when the hub can't be reached. It keeps nothing of the school: an old page must never look new.
"use strict";
const CACHE = "hub-offline-2", SEEN = "/offline/seen";
const KEPT = ["/offline", "/static/hub.css", "/static/offline.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))).then(() => self.clients.claim())
));

async function seen() {
  const cache = await caches.open(CACHE);
  await cache.put(SEEN, new Response(String(Date.now())));
}

async function page(request) {
  try {
    const answer = await fetch(request);
    await seen();
    return answer;
  } catch {
    return caches.match("/offline");
  }
}

// Another language was chosen: the page for bad times speaks it, too.
async function inItsLanguage() {
  const cache = await caches.open(CACHE);
  await cache.add("/offline").catch(() => {});
}

self.addEventListener("message", (event) => event.waitUntil(seen()));  // the open page has heard from the hub

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.mode === "navigate") {
    const answer = page(event.request);
    event.respondWith(answer);
    if (url.searchParams.has("lang")) event.waitUntil(answer.then(inItsLanguage));
  }
  else if (url.pathname === SEEN) event.respondWith(caches.match(SEEN).then((kept) => kept || Response.error()));
  else if (KEPT.includes(url.pathname) && !url.search) event.respondWith(fetch(event.request).catch(() => caches.match(url.pathname)));
});
