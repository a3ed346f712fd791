// Speaks to `kiosk desk-bridge` on this computer. Nothing is sent before a button is pressed.
const bridge = document.getElementById("bridge");
const TOKEN = "desk-bridge-token";
const bridgeSays = (text) => { document.getElementById("bridge-state").textContent = text; };
async function askBridge(path, message) {
  let answer;
  try {
    answer = await fetch(bridge.dataset.url + path, {
      method: "POST",
      headers: {"Content-Type": "application/json", "Authorization": `Bearer ${localStorage.getItem(TOKEN) || ""}`},
      body: JSON.stringify(message),
      referrerPolicy: "no-referrer",
    });
  } catch { bridgeSays(bridge.dataset.away); return null; }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) { bridgeSays(""); return content || {}; }
  if (content.problem === "not_paired") { localStorage.removeItem(TOKEN); showBridge(); }
  bridgeSays(content[bridge.dataset.language] || bridge.dataset.away);
  return null;
}
function showBridge() {
  const isPaired = Boolean(localStorage.getItem(TOKEN));
  for (const [id, isShown] of [["read-card", isPaired], ["bridge-print", isPaired], ["pairing", !isPaired]]) {
    const element = document.getElementById(id);
    if (element) element.hidden = !isShown;
  }
}
document.getElementById("pair")?.addEventListener("click", async () => {
  const answer = await askBridge("/pair", {code: document.getElementById("pairing-code").value});
  if (answer?.token) {
    localStorage.setItem(TOKEN, answer.token);
    document.getElementById("pairing-code").value = "";
    showBridge();
    bridgeSays(bridge.dataset.paired);
    document.getElementById("read-card").focus();
  }
});
document.getElementById("pairing-code")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") { event.preventDefault(); document.getElementById("pair").click(); }
});
document.getElementById("read-card")?.addEventListener("click", async () => {
  const card = await askBridge("/card", {});
  if (!card) return;
  const names = [card.first_name, card.middle_name, card.last_name].filter(Boolean).join(" ");
  document.getElementById("name").value = card.title + names;
  document.getElementById("citizen_id").value = card.citizen_id;
  const hidden = document.querySelector('input[type="hidden"][name="card"]');
  if (hidden) hidden.value = JSON.stringify(card);
  const byCard = document.querySelector('input[name="way"][value="card"]');
  if (byCard) byCard.checked = true;
  (document.getElementById("topic") || document.getElementById("reason")).focus();
});
document.getElementById("bridge-print")?.addEventListener("click", async () => {
  const answer = await askBridge("/print", JSON.parse(document.getElementById("slip").dataset.slip));
  if (answer) bridgeSays(bridge.dataset.printed);
});
showBridge();
