(() => {
  if (!document.documentElement.classList.contains("js")) return;
  const element = id => document.getElementById(id), form = element("filing"), fields = form.elements;
  const sentences = JSON.parse(element("sentences").textContent);
  const steps = [...form.querySelectorAll(".step")].map(step => step.id), language = document.documentElement.lang;
  const HOUR_MS = 3600 * 1000, MAX_AGE_MS = 7 * 24 * HOUR_MS, RECEIPT_MS = 24 * HOUR_MS, RETRY_MS = 20000, SEND_TIMEOUT_MS = 180000;
  const TECHNICAL = new Set(["key", "challenge", "counter", "accepted", "files", "lang", "do"]);
  const FIELDS = {topic: "topic_note", place: "spot", story: "text", person: "phone"};  // what `problem` finds wrong
  let current = "notice", key = newKey(), files = [], isSending = false, retryTimer;

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64; bytes[8] = bytes[8] & 63 | 128;
    return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  }

  // ---- the draft on this device
  function typed() {
    const values = {};
    for (const [name, value] of new FormData(form)) if (!TECHNICAL.has(name)) values[name] = value;
    return values;
  }
  // At each key: a phone closes a page without asking. Files are stored when they are chosen.
  async function save(isWaiting = false) {
    const values = typed(), isEmpty = !values.topic && !values.text && !files.length;
    if (isEmpty) return;
    form.dataset.saved = "";
    const isLasting = await draftStore.put("draft", {values, key, step: current, isWaiting, at: Date.now()});
    element("saved").hidden = !isLasting;
    form.dataset.saved = "yes";
  }
  const removeDraft = () => Promise.all([draftStore.remove("draft"), draftStore.remove("files")]);
  async function restore() {
    const receipt = await draftStore.get("receipt");
    if (receipt && Date.now() - receipt.at < RECEIPT_MS) return showReceipt(receipt.html);
    await draftStore.remove("receipt");
    const draft = await draftStore.get("draft");
    if (!draft) return show(location.hash.slice(1) || "notice", false);
    if (Date.now() - draft.at > MAX_AGE_MS) { await removeDraft(); return show("notice", false); }
    if (Date.now() - draft.at > HOUR_MS) ask(draft); else await resume(draft);
  }
  // Somebody else may have begun it: computers of halls and libraries are shared.
  function ask(draft) {
    element("older").hidden = false; form.hidden = true;
    element("resume").onclick = async () => {
      element("older").hidden = true; form.hidden = false;
      await resume(draft);
      if (!draft.isWaiting) await save();
      element(current).querySelector("h2").focus({preventScroll: true});
    };
  }
  async function resume(draft) {
    key = draft.key; listFiles(await draftStore.get("files") || []);
    for (const name of ["province", "district", "tambon"]) { setValue(name, draft.values[name] || ""); await fillPlaces(name); }
    for (const [name, value] of Object.entries(draft.values)) setValue(name, value);
    element("resumed").hidden = draft.isWaiting;
    element("saved").hidden = !await draftStore.isLasting();
    show(draft.isWaiting ? "check" : draft.step, false);
    if (draft.isWaiting) send();
  }
  function setValue(name, value) {
    const field = fields[name];
    if (!field) return;
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  }
  async function discard() {
    await removeDraft();
    location.replace("/file" + location.search);
  }

  // ---- one question after another
  function show(name, isNew = true) {
    current = steps.includes(name) ? name : "notice";
    if (current !== "notice") fields.accepted.checked = true;
    for (const step of steps) element(step).classList.toggle("current", step === current);
    if (current === "check") summarise();
    const number = steps.indexOf(current) + 1;
    element("progress").textContent = sentences.step.replace("{step}", number).replace("{steps}", steps.length);
    element("back").hidden = number === 1;
    element("next").textContent = element(current).dataset.next || sentences.next;
    element("topic-note").hidden = !["other", "unsure"].includes(fields.topic.value);
    element("contact").hidden = fields.naming.value === "anonymous";
    if (isNew) {
      history.pushState(null, "", "#" + current);
      showError("");
      element("resumed").hidden = true;
    }
    scrollTo(0, 0);
    if (isNew) element(current).querySelector("h2").focus({preventScroll: true});
  }
  function showError(sentence, name = "") {
    for (const field of form.querySelectorAll("[aria-invalid]")) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-errormessage"); }
    const wrong = name && fields[name];
    if (wrong && wrong.offsetParent) { wrong.setAttribute("aria-invalid", "true"); wrong.setAttribute("aria-errormessage", "error"); }
    element("error").textContent = sentence;
    element("error").hidden = !sentence;
    if (sentence) scrollTo(0, 0);
  }
  function problem(name) {
    const value = field => fields[field].value.trim();
    if (name === "topic" && !value("topic")) return sentences.no_topic;
    if (name === "topic" && value("topic_note").length > 500 || name === "place" && value("spot").length > 500) return sentences.note_too_long;
    if (name === "story") {
      if (!value("text") && !files.length) return sentences.no_story;
      if (value("text").length > 20000) return sentences.text_too_long;
    }
    const phone = fields.naming.value === "anonymous" ? "" : value("phone").replace(/[\s()./-]/g, "");
    if (name === "person" && phone && !/^(\+?66|0066|0)[\d๐-๙]{8,9}$/.test(phone) && !/^๐[๐-๙]{8,9}$/.test(phone)) return sentences.bad_phone;
    return "";
  }
  function goOn() {
    const wrong = problem(current);
    if (wrong) return showError(wrong, FIELDS[current]);
    if (current !== "check") { show(steps[steps.indexOf(current) + 1]); save(); return; }
    const first = steps.find(problem);
    if (first) { show(first); showError(problem(first), FIELDS[first]); } else send();
  }
  function summarise() {
    const list = element("summary");
    list.className = "review"; list.replaceChildren();
    for (const step of steps.slice(1, -1)) {
      const rows = document.createElement("dl"), card = document.createElement("div"), edit = document.createElement("button");
      for (const [label, reply] of replies(step)) {
        const term = document.createElement("dt"), value = document.createElement("dd");
        term.textContent = label; value.textContent = reply || sentences.not_given;
        rows.append(term, value);
      }
      Object.assign(edit, {type: "button", className: "button", textContent: sentences.change});
      edit.setAttribute("aria-label", `${sentences.change} · ${element(step).querySelector("h2").textContent}`);
      edit.onclick = () => show(step);
      card.className = "card"; card.append(rows, edit); list.append(card);
    }
  }
  function* replies(step) {
    for (const group of element(step).querySelectorAll("[data-field]")) {
      const checked = group.querySelector("input:checked");
      yield [group.dataset.field, checked ? (checked.labels[0].querySelector("b") || checked.labels[0].lastElementChild).textContent : ""];
    }
    for (const field of element(step).querySelectorAll("select,textarea,input[type=text],input[type=checkbox]")) {
      if (field.closest("[data-field]") || field.closest("[hidden]")) continue;
      const isEmpty = field.type === "checkbox" ? !field.checked : !field.value.trim();
      const label = field.labels[0].textContent;
      if (field.tagName === "SELECT" && field.closest("details")) { yield [label, field.selectedOptions[0].textContent]; continue; }
      if (isEmpty && !["text", "province", "name", "phone"].includes(field.name)) continue;
      yield [label, isEmpty ? "" : field.tagName === "SELECT" ? field.selectedOptions[0].textContent : field.type === "checkbox" ? "✓" : field.value.trim()];
    }
    if (step === "story" && files.length) yield [element("files").labels[0].textContent, files.map(file => file.name).join("\n")];
  }

  // ---- place, position, files
  async function fillPlaces(changed) {
    const district = fields.district, tambon = fields.tambon, province = fields.province.value;
    if (changed === "tambon") return;
    let lists = [];
    try { if (province) lists = (await (await fetch(`/file/places/${province}.json`)).json()).districts; } catch { if (changed) showError(sentences.no_places); }
    const fill = (field, areas) => {
      const chosen = field.value, first = field.options[0];
      field.replaceChildren(first, ...areas.map(area => new Option(area[language], area.code)));
      field.value = areas.some(area => area.code === chosen) ? chosen : "";
    };
    fill(district, lists);
    fill(tambon, (lists.find(area => area.code === district.value) || {tambons: []}).tambons);
  }
  function addPosition() {
    const state = element("position-state");
    if (!navigator.geolocation) { state.textContent = sentences.no_position; return; }
    state.textContent = sentences.finding_position;
    navigator.geolocation.getCurrentPosition(({coords}) => {
      const text = `${sentences.position} ${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      fields.spot.value = [fields.spot.value.trim(), text].filter(Boolean).join("\n");
      state.textContent = sentences.position_added;
      save();
    }, () => { state.textContent = sentences.no_position; }, {enableHighAccuracy: true, timeout: 20000});
  }
  function listFiles(chosen) {
    files = chosen;
    element("chosen").replaceChildren(...files.map(file => Object.assign(document.createElement("li"), {textContent: file.name})));
  }

  // With the position a photo is sent as it is: the position is in the file.
  const smallPhotos = new WeakMap();
  async function sendable(file) {
    if (fields.with_place.checked) return file;
    if (!smallPhotos.has(file)) smallPhotos.set(file, await makeSmallPhoto(file));
    return smallPhotos.get(file);
  }

  // ---- sending, once, whenever there is a network
  function solve(challenge) {
    return new Promise((resolve, reject) => {
      const worker = new Worker("/file/proof-worker.js");
      worker.onmessage = ({data}) => { worker.terminate(); resolve(data); };
      worker.onerror = () => { worker.terminate(); reject(new TypeError("no worker")); };
      worker.postMessage({challenge, key, bits: Number(form.dataset.bits)});
    });
  }
  async function post() {
    const body = new FormData(form);
    body.delete("files");
    for (const file of files) {
      const sent = await sendable(file);
      body.append("files", sent, sent.name);
    }
    for (const [name, value] of Object.entries({key, do: "send", part: "1", counter: await solve(fields.challenge.value)})) body.set(name, value);
    return fetch("/file", {method: "POST", body, signal: AbortSignal.timeout ? AbortSignal.timeout(SEND_TIMEOUT_MS) : undefined});
  }
  async function send() {
    if (isSending) return;
    isSending = true; clearTimeout(retryTimer);
    element("next").disabled = true; showError(""); wait(sentences.sending);
    await save(true);
    try {
      let response = await post(), result = await response.json();
      if (result.challenge) {  // this page was open for too long
        fields.challenge.value = result.challenge;
        response = await post(); result = await response.json();
      }
      if (result.receipt) {
        await draftStore.put("receipt", {html: result.receipt, at: Date.now()});
        await removeDraft();
        showReceipt(result.receipt);
      } else if (response.status === 429) waitForNetwork(result.error);
      else { await save(); wait(""); show(result.step); showError(result.error, result.field); }
    } catch { waitForNetwork(sentences.not_sent); }
    isSending = false; element("next").disabled = false;
  }
  function wait(sentence) { element("waiting").textContent = sentence; element("waiting").hidden = !sentence; }
  function waitForNetwork(sentence) {
    wait(sentence);
    element("waiting").scrollIntoView({block: "center"});
    retryTimer = setTimeout(sendAgain, RETRY_MS);
  }
  async function sendAgain() {
    const draft = await draftStore.get("draft");
    if (draft && draft.isWaiting && current === "check") send();
  }
  function showReceipt(html) {
    const heading = document.querySelector("h1");
    heading.textContent = sentences.received;
    heading.tabIndex = -1;
    element("progress").textContent = "";
    element("main").innerHTML = html;
    element("switch").hidden = true;
    history.replaceState(null, "", "/file" + location.search);
    element("has-code").onclick = async () => { await draftStore.remove("receipt"); location.assign("/" + location.search); };
    scrollTo(0, 0);
    heading.focus({preventScroll: true});
  }

  element("next").onclick = goOn;
  element("back").onclick = () => show(steps[steps.indexOf(current) - 1]);
  element("discard").onclick = element("anew").onclick = discard;
  element("position").onclick = addPosition;
  element("switch").onclick = async event => { event.preventDefault(); await save(); location.assign(`/file?lang=${event.target.value}`); };
  form.addEventListener("submit", event => { event.preventDefault(); goOn(); });
  form.addEventListener("input", () => { showError(""); save(); });
  form.addEventListener("change", event => {
    const {name} = event.target;
    if (name === "files") { listFiles([...event.target.files]); draftStore.put("files", files); }
    if (name === "province" || name === "district") fillPlaces(name);
    if (name === "topic") element("topic-note").hidden = !["other", "unsure"].includes(fields.topic.value);
    if (name === "naming") element("contact").hidden = fields.naming.value === "anonymous";
    save();
  });
  addEventListener("popstate", () => element("filing") && show(location.hash.slice(1) || "notice", false));
  addEventListener("online", sendAgain);
  document.addEventListener("visibilitychange", () => document.hidden && element("filing") && save(isSending));
  if (fields.province.value) fillPlaces("");
  restore();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/file/worker.js", {scope: "/file"}).then(async () => {
    const worker = (await navigator.serviceWorker.ready).active, province = fields.province && fields.province.value;
    navigator.serviceWorker.onmessage = () => { document.documentElement.dataset.offline = "ready"; };
    worker.postMessage({urls: [location.pathname + location.search, "/file/proof-worker.js", ...sentences.assets, ...(province ? [`/file/places/${province}.json`] : [])]});
  }).catch(() => {});
})();
