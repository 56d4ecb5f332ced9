// <input data-suggest="/api/…"> and <textarea data-suggest="/api/…">: what may stand at the caret, asked of the server and chosen by keyboard or pointer.
// The server answers { at, length, items } to { text, at }: each item replaces the word that is being written.

const DELAY_MS = 80;
let field = null, answer = null, active = -1, timer = null, asked = 0;

function list() {
  let box = document.getElementById("lab-suggest");
  if (!box) {
    box = Object.assign(document.createElement("ul"), { id: "lab-suggest", className: "suggest", hidden: true });
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", "Suggestions");
    // Before the field loses the focus.
    box.addEventListener("mousedown", e => {
      const item = e.target.closest("[role=option]");
      e.preventDefault();
      if (item) accept(Number(item.dataset.index));
    });
    const place = document.createElement("section");
    place.setAttribute("aria-label", "Suggestions for what is being written");
    place.append(box);
    document.body.append(place);
  }
  return box;
}

function close() {
  clearTimeout(timer);
  asked++;
  answer = null;
  active = -1;
  const box = document.getElementById("lab-suggest");
  if (box) box.hidden = true;
  expand(false);
  field?.removeAttribute("aria-activedescendant");
}

// Only a combobox can be open.
function expand(open) {
  if (field instanceof HTMLInputElement) field.setAttribute("aria-expanded", String(open));
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, DELAY_MS);
}

async function ask() {
  clearTimeout(timer);
  if (!field || field.selectionStart !== field.selectionEnd) return close();
  const turn = ++asked, at = field.selectionStart;
  try {
    const response = await fetch(field.dataset.suggest, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text: field.value, at }) });
    if (turn !== asked || !field || field.selectionStart !== at) return;
    if (!response.ok) return close();
    const found = await response.json();
    if (turn !== asked) return;
    // The same again keeps what is marked.
    if (answer && JSON.stringify(found) === JSON.stringify(answer)) return;
    answer = found;
    show();
  } catch {
    close(); // Without the server there is nothing to suggest.
  }
}

function show() {
  if (!answer || answer.items.length === 0) return close();
  const box = list();
  active = -1;
  box.replaceChildren(...answer.items.map((item, i) => {
    const [word, ...help] = item.split("\t");
    const line = Object.assign(document.createElement("li"), { id: `lab-suggest-${i}`, textContent: word });
    if (help.length) line.append(Object.assign(document.createElement("span"), { className: "muted small", textContent: help.join(" ") }));
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    line.dataset.index = i;
    return line;
  }));
  place(box);
  box.hidden = false;
  expand(true);
  field.removeAttribute("aria-activedescendant");
}

// Below the word that is being written.
function place(box) {
  const style = getComputedStyle(field), outer = field.getBoundingClientRect();
  const before = field.value.slice(0, answer.at), line = before.slice(before.lastIndexOf("\n") + 1);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const lineHeight = parseFloat(style.lineHeight) || 1.45 * parseFloat(style.fontSize);
  const lines = field instanceof HTMLTextAreaElement ? (before.match(/\n/g) ?? []).length + 1 : 0;
  const left = outer.left + parseFloat(style.paddingLeft) + pen.measureText(line).width - field.scrollLeft;
  const top = lines ? outer.top + parseFloat(style.paddingTop) + lines * lineHeight - field.scrollTop : outer.bottom;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - 300)) + scrollX}px`;
  box.style.top = `${top + 4 + scrollY}px`;
}

function mark(i) {
  const items = [...list().children];
  items[active]?.setAttribute("aria-selected", "false");
  active = (i + items.length) % items.length;
  items[active].setAttribute("aria-selected", "true");
  items[active].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", items[active].id);
}

function accept(i) {
  const word = answer.items[i].split("\t")[0], { at, length } = answer;
  const space = /[(\s:]$/.test(word) ? "" : field.dataset.suggestEnd ?? " ";
  field.setRangeText(word + space, at, at + length, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("focusin", e => {
  if (!e.target.matches?.("[data-suggest]")) return;
  field = e.target;
  list();
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "lab-suggest");
  if (field instanceof HTMLInputElement) field.setAttribute("role", "combobox");
  expand(false);
});
document.addEventListener("focusout", e => {
  if (e.target === field) {
    close();
    field = null;
  }
});
document.addEventListener("input", e => { if (e.target === field) soon(); });
document.addEventListener("click", e => { if (e.target === field && answer) close(); });
addEventListener("resize", close);
addEventListener("scroll", e => { if (answer && e.target === document) close(); }, true);
document.addEventListener("keydown", e => {
  if (e.target !== field) return;
  if (e.ctrlKey && e.key === " ") {
    e.preventDefault();
    return ask();
  }
  if (!answer) return;
  const choose = (e.key === "Enter" || e.key === "Tab") && active >= 0;
  if (!choose && !["ArrowDown", "ArrowUp", "Escape"].includes(e.key)) return e.key === "Enter" ? close() : undefined;
  e.preventDefault();
  e.stopPropagation();
  if (choose) accept(active);
  else if (e.key === "Escape") close();
  else mark(e.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
}, true);
