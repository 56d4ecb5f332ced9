// Runs before the first paint, so that a dark page never flashes white.
window.labResolveTheme = theme => theme === "light" || theme === "dark" ? theme : (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
document.documentElement.dataset.theme = window.labResolveTheme((document.cookie.match(/lab-theme=(\w+)/) || [])[1]);

// "/" jumps to the search box, as in most tools of the field.
document.addEventListener("keydown", e => {
  if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "") || document.activeElement?.isContentEditable) return;
  const box = document.querySelector("[data-search] input, input[data-search]");
  if (box) { e.preventDefault(); box.focus(); }
});
