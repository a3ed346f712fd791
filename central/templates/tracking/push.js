(() => {
  const button = document.getElementById("push-button"), form = document.getElementById("action-form");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const state = document.getElementById("push-state");
  document.getElementById("push-part").hidden = false;
  const key = Uint8Array.from(atob(button.dataset.key.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") throw new Error("refused");
      const worker = await navigator.serviceWorker.register("/t/push-worker.js", {scope: "/t"});
      const subscription = await worker.pushManager.subscribe({userVisibleOnly: true, applicationServerKey: key});
      form.elements.push.value = JSON.stringify(subscription);
      form.requestSubmit();
    } catch {
      state.hidden = false;
      button.disabled = false;
    }
  });
})();
