// The key / goes to the search box of the header, unless somebody types.
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input:not([type=checkbox],[type=radio]),select,textarea");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  const box = document.getElementById("search-words");
  event.preventDefault();
  box.focus();
  box.select();
});
