// Shows a page of its own when the hub can't be reached. It keeps nothing of the school: an old page must never look new.
"use strict";
const CACHE = "hub-offline-1";
const KEPT = ["/offline", "/static/hub.css", "/static/offline.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    await cache.put("/offline/seen", new Response(String(Date.now())));
    return answer;
  } catch {
    return cache.match("/offline");
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (url.pathname === "/offline/seen") event.respondWith(caches.match("/offline/seen").then((kept) => kept || Response.error()));
  else if (KEPT.includes(url.pathname) && !url.search) event.respondWith(fetch(event.request).catch(() => caches.match(url.pathname)));
});
