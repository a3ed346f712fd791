// Sends the form only when the centre can be reached: a browser that fails to send leaves the page, and the text is lost.
// Photos are made smaller first. With their position they are sent as they are.
(() => {
  const form = document.getElementById("action-form"), button = form.querySelector(".main"), {files, with_place: withPlace} = form.elements;
  const offline = document.getElementById("offline"), preparing = document.getElementById("preparing"), TIMEOUT_MS = 8000;
  let isReady = false;
  async function isReachable() {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try { await fetch("/t", {method: "HEAD", cache: "no-store", signal: stop.signal}); return true; } catch { return false; } finally { clearTimeout(timer); }
  }
  async function makePhotosSmall() {
    preparing.hidden = false;
    try {
      const small = new DataTransfer();
      for (const file of files.files) small.items.add(await makeSmallPhoto(file));
      files.files = small.files;
    } catch { /* sent as they are */ }
    preparing.hidden = true;
  }
  form.addEventListener("submit", async event => {
    if (isReady) return;
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true; offline.hidden = true;
    const isSendable = await isReachable();
    if (isSendable && files && files.files.length && !withPlace.checked) await makePhotosSmall();
    button.disabled = false; offline.hidden = isSendable;
    if (!isSendable) return;
    isReady = true;
    form.requestSubmit(button);
  });
  const reset = () => { isReady = false; };
  form.addEventListener("input", reset);
  addEventListener("pageshow", reset);
})();
