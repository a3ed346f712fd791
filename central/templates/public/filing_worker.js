// Opens the form without network. Only the empty form and what it needs is stored; nothing that a citizen has typed.
const CACHE = "filing-1";
const isForm = url => url.pathname === "/file";
const isProofWorker = url => url.pathname === "/file/proof-worker.js";
const isPart = url => url.pathname.startsWith("/static/") || url.pathname.startsWith("/file/places/");
const SLOW_MS = 4000;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
})()));
self.addEventListener("message", event => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await Promise.all(event.data.urls.map(url => cache.add(url).catch(() => {})));
  event.source.postMessage("stored");
})()));
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (isForm(url)) event.respondWith(freshOrStored(event.request, "/file"));
  else if (isProofWorker(url)) event.respondWith(freshOrStored(event.request));
  else if (isPart(url)) event.respondWith(storedOrFresh(event.request));
});
async function freshOrStored(request, other = "") {
  const cache = await caches.open(CACHE);
  const stored = await cache.match(request) || other && await cache.match(other, {ignoreSearch: true});
  const fresh = fetch(request).then(response => { if (response.ok) cache.put(request, response.clone()); return response; });
  if (!stored) return fresh;
  return Promise.race([fresh.catch(() => stored), new Promise(resolve => setTimeout(resolve, SLOW_MS, stored))]);
}
async function storedOrFresh(request) {
  const cache = await caches.open(CACHE), stored = await cache.match(request);
  if (stored) return stored;
  const response = await fetch(request);
  if (response.ok) cache.put(request, response.clone());
  return response;
}
