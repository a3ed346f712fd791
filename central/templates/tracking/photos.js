// Makes the photos of the form smaller before it is sent. With their position they are sent as they are.
(() => {
  const form = document.getElementById("action-form"), files = form.elements.files, button = form.querySelector(".main");
  let isReady = false;
  files.addEventListener("change", () => { isReady = false; });
  form.addEventListener("submit", async event => {
    if (isReady || !files.files.length || form.elements.with_place.checked) return;
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    document.getElementById("photos-state").hidden = false;
    try {
      const small = new DataTransfer();
      for (const file of files.files) small.items.add(await makeSmallPhoto(file));
      files.files = small.files;
    } catch { /* sent as they are */ }
    isReady = true; button.disabled = false;
    form.requestSubmit(button);
  });
})();
