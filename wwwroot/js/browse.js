// Keyboard of the clips page. It only moves the focus and presses buttons that are there for the pointer too.

const typing = e => e.target.closest("input:not([type=checkbox]), select, textarea, [role=combobox]");

function move(grid, from, key) {
  const tiles = [...grid.querySelectorAll(".tile")], at = tiles.indexOf(from);
  const columns = Math.max(1, tiles.findIndex((t, i) => i > 0 && t.offsetTop > tiles[0].offsetTop));
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: tiles.length - 1 - at }[key];
  const to = tiles[at + step];
  to?.focus();
  return to;
}

function onKey(root, e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const detail = root.querySelector("[data-detail]");
  if (detail && !typing(e)) {
    const button = { ArrowLeft: "[data-previous]", ArrowRight: "[data-next]" }[e.key];
    if (button && !(e.target.closest(".tile"))) {
      e.preventDefault();
      detail.querySelector(button)?.click();
      return;
    }
  }
  // The list of a type-ahead closes first.
  if (detail && e.key === "Escape" && e.target.getAttribute("aria-expanded") !== "true") {
    detail.querySelector("[data-close]")?.click();
    return;
  }
  const tile = e.target.closest?.(".tile");
  if (!tile) return;
  if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(e.key)) {
    e.preventDefault();
    const to = move(tile.closest("[data-grid]"), tile, e.key);
    if (to && e.shiftKey) pick(to, true);
  } else if (e.key === " ") {
    // Space selects, Enter opens.
    e.preventDefault();
    pick(tile, e.shiftKey);
  }
}

function pick(tile, range) {
  tile.parentElement.querySelector(".pick")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: range }));
}

export function attach(root) {
  const key = e => onKey(root, e);
  // A button is pressed by the release of the space bar.
  const release = e => { if (e.key === " " && e.target.closest?.(".tile")) e.preventDefault(); };
  root.addEventListener("keydown", key);
  root.addEventListener("keyup", release);
  // For whoever has to know from when on keys do something.
  root.dataset.keys = "true";
}

export function focusDetail(root) {
  root.querySelector("[data-detail]")?.focus();
}

export function focusTile(root, index) {
  (root.querySelector(`.tile[data-index="${index}"]`) ?? root.querySelector(".tile"))?.focus();
}
