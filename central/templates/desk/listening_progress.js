// Shows how many posts of the file still wait for the worker.
const holder = document.getElementById("progress");
const look = async () => {
  if (document.hidden) return;
  const response = await fetch(holder.dataset.url).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  holder.replaceChildren(...page.getElementById("progress").childNodes);
  if (!holder.children.length) clearInterval(timer);
};
const timer = setInterval(look, 3000);
