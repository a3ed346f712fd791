// The map of incidents. Leaflet draws it; every number comes from this server.
const holder = document.getElementById("points-map"), text = holder.dataset;
holder.hidden = false;
const map = L.map(holder, { zoomControl: false, maxZoom: 19, minZoom: 5, zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches });
L.control.zoom({ zoomInTitle: text.closer, zoomOutTitle: text.further }).addTo(map);
L.control.scale({ imperial: false }).addTo(map);
map.attributionControl.setPrefix(false);
if (text.tiles) L.tileLayer(text.tiles, { attribution: text.attribution, maxZoom: 19 }).addTo(map);
else map.attributionControl.remove();
const bounds = text.bounds ? text.bounds.split(",").map(Number) : [5.6, 97.3, 20.5, 105.7];
map.fitBounds([bounds.slice(0, 2), bounds.slice(2)], { maxZoom: 14, padding: [30, 30] });
fetch(text.areas).then((response) => response.json()).then(({ rings }) => {
  const lines = rings.map((ring) => ring.map(([longitude, latitude]) => [latitude, longitude]));
  L.polyline(lines, { color: "#46536E", weight: 1.2, interactive: false }).addTo(map);
}).catch(() => {});
const marks = L.layerGroup().addTo(map);
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
  marks.clearLayers();
  for (const [latitude, longitude, size, number, place] of clusters) {
    const width = 26 + Math.min(22, 5 * Math.round(Math.log2(size)));
    const icon = L.divIcon({ className: "spot", html: String(size), iconSize: [width, width] });
    const name = `${size} · ${number ? `${number} · ` : ""}${place}`;
    const mark = L.marker([latitude, longitude], { icon, title: name, alt: name }).addTo(marks);
    mark.getElement().setAttribute("aria-label", name);
    const open = () => {
      if (number) location.assign(text.case.replace("NUMBER", number));
      else map.setView([latitude, longitude], Math.min(19, map.getZoom() + 2));
    };
    mark.on("click", open);
    mark.getElement().addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") event.preventDefault(), event.stopPropagation(), open();
    });
  }
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
