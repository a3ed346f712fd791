(() => {
  const form = document.getElementById("step-form"), everyMs = 60000;
  const press = code => document.querySelector(`[data-key="${code}"]`);
  // `code` is the place of the key, so that a Thai layout works.
  addEventListener("keydown", event => {
    if (event.ctrlKey && event.key === "Enter" && form) {
      const save = form.querySelector('[name="after"]');
      if (form.querySelector('[name="step"]:checked')) { event.preventDefault(); form.requestSubmit(save); }
    } else if (event.altKey && !event.ctrlKey && !event.metaKey) {
      const target = press(event.code);
      if (!target) return;
      event.preventDefault();
      target.click();
      if (target.name === "step") show(form);
    }
  });
  const show = within => {
    const field = [...within.querySelectorAll(".field :is(input,select,textarea)")].find(each => each.offsetParent);
    if (field) field.focus();
  };
  if (!form) return;
  form.addEventListener("focusin", event => { if (event.target.list) event.target.select(); });
  // Sub-topics of the chosen topic only; without this script the list has all.
  const subtopics = document.getElementById("subtopic-list"), topic = form.elements.topic;
  if (subtopics && topic) {
    const every = [...subtopics.children];
    const filter = () => subtopics.replaceChildren(...every.filter(each => each.dataset.topic === topic.value));
    topic.addEventListener("change", filter);
    filter();
  }
  const template = document.getElementById("template");
  if (template) template.addEventListener("change", () => {
    const option = template.selectedOptions[0], field = document.getElementById(option.dataset.field || "");
    if (!field) return;
    field.value = [field.value.trim(), option.dataset.text].filter(Boolean).join("\n");
    const outcome = document.getElementById("outcome");
    if (outcome && !outcome.value && option.dataset.outcome) outcome.value = option.dataset.outcome;
    template.value = "";
    field.focus();
  });
  const report = async () => {
    if (document.visibilityState !== "visible") return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
    try {
      const response = await fetch(form.action.replace(/step$/, "open"), {method: "POST", body});
      if (!response.ok) return;
      const state = await response.json();
      document.getElementById("others").textContent = state.others.join(", ");
      document.getElementById("presence").hidden = !state.others.length;
      document.getElementById("changed").hidden = state.revision === Number(form.seen.value);
    } catch {}
  };
  setInterval(report, everyMs);
})();
