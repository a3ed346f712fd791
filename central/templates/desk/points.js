// The map of incidents. Leaflet draws it; every number comes from this server.
const holder = document.getElementById("points-map"), text = holder.dataset, bar = document.getElementById("map-bar");
holder.hidden = bar.hidden = false;
const map = L.map(holder, { zoomControl: false, maxZoom: 19, minZoom: 5, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches });
L.control.scale({ imperial: false }).addTo(map);
map.attributionControl.setPrefix(false);
if (text.tiles) L.tileLayer(text.tiles, { attribution: text.attribution, maxZoom: 19 }).addTo(map);
else map.attributionControl.remove();
const bounds = text.bounds ? text.bounds.split(",").map(Number) : [5.6, 97.3, 20.5, 105.7];
const showAll = () => map.fitBounds([bounds.slice(0, 2), bounds.slice(2)], { maxZoom: 14, padding: [30, 30] });
showAll();
// Buttons beside the map: controls on it would cover marks.
for (const button of bar.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => Number(button.dataset.zoom) ? map.setZoom(map.getZoom() + Number(button.dataset.zoom)) : showAll());
}
fetch(text.areas).then((response) => response.json()).then(({ rings }) => {
  const lines = rings.map((ring) => ring.map(([longitude, latitude]) => [latitude, longitude]));
  L.polyline(lines, { color: "#46536E", weight: 1.2, interactive: false }).addTo(map);
}).catch(() => {});
const open = ({ at, number }) => {
  if (number) return location.assign(text.case.replace("NUMBER", number));
  map.setView(at, Math.min(19, map.getZoom() + 2));
  holder.focus();
};
// A mark stays the same element while its cell is shown: moving the map under the keyboard keeps the focus.
const layer = L.layerGroup().addTo(map), marks = new Map();
const show = (clusters) => {
  const shown = new Set(clusters.map(({ key }) => key));
  for (const [key, mark] of marks) if (!shown.has(key)) layer.removeLayer(mark), marks.delete(key);
  for (const cluster of clusters) {
    const { key, at, count, pixels, number, place } = cluster, known = marks.get(key);
    if (known?.signature === JSON.stringify(cluster)) continue;
    if (known) layer.removeLayer(known);
    const name = `${count} · ${number ? `${number} · ` : ""}${place}`;
    const mark = L.marker(at, { icon: L.divIcon({ className: "spot", html: String(count), iconSize: [pixels, pixels] }), title: name, alt: name, autoPanPadding: [40, 40] }).addTo(layer);
    mark.signature = JSON.stringify(cluster);
    marks.set(key, mark);
    mark.getElement().setAttribute("aria-label", name);
    mark.on("click", () => open(cluster));
    mark.getElement().addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") event.preventDefault(), event.stopPropagation(), open(cluster);
    });
  }
};
// The same as a table: for who cannot use marks on a map.
const rows = document.getElementById("shown-rows");
const list = (clusters) => {
  const most = clusters.slice(0, Number(text.listed));
  document.getElementById("shown-places").hidden = !most.length;
  document.getElementById("shown-more").hidden = clusters.length <= most.length;
  rows.replaceChildren(...most.map((cluster, index) => {
    const row = document.createElement("tr"), name = document.createElement("th"), count = document.createElement("td");
    const cell = document.createElement("td"), link = document.createElement(cluster.number ? "a" : "button");
    name.scope = "row", name.textContent = cluster.place;
    count.className = "number", count.textContent = cluster.count;
    const which = document.createElement("span");
    which.className = "visually-hidden", which.textContent = ` ${cluster.number || `${cluster.place} ${index + 1}`}`;
    link.append(cluster.number ? text.open : text.closer, which);
    if (cluster.number) link.href = text.case.replace("NUMBER", cluster.number);
    else link.type = "button", link.className = "button small", link.addEventListener("click", () => open(cluster));
    cell.append(link), row.append(name, count, cell);
    return row;
  }));
};
const slider = document.getElementById("month"), months = JSON.parse(document.getElementById("months")?.textContent ?? "[]");
let newest = 0;
const load = async () => {
  const mine = ++newest, view = map.getBounds(), url = new URL(text.clusters, location);
  const month = months[Number(slider?.value ?? 0) - 1];
  const edges = { west: view.getWest(), south: view.getSouth(), east: view.getEast(), north: view.getNorth() };
  for (const [name, degrees] of Object.entries(edges)) url.searchParams.set(name, degrees.toFixed(4));
  url.searchParams.set("zoom", map.getZoom());
  if (month) url.searchParams.set("month", month.code);
  const response = await fetch(url).catch(() => null);
  if (!response?.ok || mine !== newest) return;
  const { clusters, count } = await response.json();
  document.getElementById("shown-count").textContent = count;
  show(clusters);
  if (!rows.contains(document.activeElement)) list(clusters);
};
map.on("moveend", load);
slider?.addEventListener("input", () => {
  document.getElementById("month-name").textContent = months[Number(slider.value) - 1]?.name ?? text.every;
  load();
});
for (const button of document.querySelectorAll("[data-at]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    map.setView(button.dataset.at.split(",").map(Number), 14);
    holder.scrollIntoView({ block: "nearest" });
    holder.focus();
  });
}
load();
