// Ranges of a plot in parallel axes: dragged with the pointer, kept in the page's address as brush=field:low:high;…
// A run that is pointed at in one plot or table stands out in the others.

// How far a handle reaches beyond its axis, in units of the drawing, so that its ends are easily caught; and how near to an end counts as the end.
const MARGIN = 8, SNAP = 0.015;

let drag = null;

function fraction(handle, e) {
  const box = handle.getBoundingClientRect(), margin = MARGIN * box.height / Number(handle.getAttribute("height"));
  const share = (box.bottom - margin - e.clientY) / (box.height - 2 * margin);
  return share < SNAP ? 0 : share > 1 - SNAP ? 1 : share;
}

function value(handle, share) {
  const low = Number(handle.dataset.low), high = Number(handle.dataset.high);
  return handle.dataset.log === "true" ? low * (high / low) ** share : low + share * (high - low);
}

function go(field, range) {
  const url = new URL(location.href);
  const kept = (url.searchParams.get("brush") ?? "").split(";").filter(part => part && !part.startsWith(`${field}:`));
  if (range) kept.push(`${field}:${range.map(v => Number(v.toPrecision(6))).join(":")}`);
  if (kept.length) url.searchParams.set("brush", kept.join(";"));
  else url.searchParams.delete("brush");
  Blazor.navigateTo(url.href, { replaceHistoryEntry: true });
}

document.addEventListener("pointerdown", e => {
  const handle = e.target.closest?.("[data-axis]");
  if (!handle || e.button !== 0) return;
  e.preventDefault();
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const at = fraction(handle, e);
  drag = { handle, from: at, to: at, mark };
  for (const [name, text] of [["x", Number(handle.getAttribute("x")) + 5], ["width", 14], ["fill", "var(--lab-accent)"], ["fill-opacity", "0.35"], ["pointer-events", "none"]]) mark.setAttribute(name, text);
  handle.ownerSVGElement.append(mark);
  handle.setPointerCapture(e.pointerId);
});
document.addEventListener("pointermove", e => {
  if (!drag) return;
  drag.to = fraction(drag.handle, e);
  const y = Number(drag.handle.getAttribute("y")) + MARGIN, height = Number(drag.handle.getAttribute("height")) - 2 * MARGIN;
  const [low, high] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
  drag.mark.setAttribute("y", y + (1 - high) * height);
  drag.mark.setAttribute("height", Math.max(1, (high - low) * height));
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (!drag) return;
    const { handle, from, to, mark } = drag;
    drag = null;
    mark.remove();
    if (end === "pointercancel") return;
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    go(handle.dataset.axis, high - low < 0.02 ? null : [value(handle, low), value(handle, high)]);
  });
}

document.addEventListener("pointerover", e => {
  const run = e.target.closest?.("[data-run]")?.dataset.run;
  for (const mark of document.querySelectorAll("[data-brush] [data-run]")) mark.classList.toggle("hot", run !== undefined && mark.dataset.run === run);
});
