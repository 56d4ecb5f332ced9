// Small helpers that need the browser itself.

export function setTheme(theme) {
  document.cookie = `lab-theme=${theme};path=/;max-age=31536000;samesite=lax`;
  document.documentElement.dataset.theme = window.labResolveTheme(theme);
}

export function prefersDark() {
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

export function watchSystemTheme(owner) {
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", e => owner.invokeMethodAsync("OnSystemTheme", e.matches));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// The log follows its end until somebody scrolls up.
export function followEnd(element) {
  if (!element) return;
  const atEnd = element.dataset.follow !== "false";
  if (!element.dataset.watched) {
    element.dataset.watched = "true";
    element.addEventListener("scroll", () => { element.dataset.follow = String(element.scrollHeight - element.scrollTop - element.clientHeight < 24); });
  }
  if (atEnd) element.scrollTop = element.scrollHeight;
}

// Marks the hit after (or before) the marked one, and brings it into sight; after the last comes the first.
export function nextHit(element, back) {
  const hits = [...(element?.querySelectorAll(".hit") ?? [])];
  if (hits.length === 0) return;
  const at = hits.findIndex(hit => hit.classList.contains("now"));
  hits[at]?.classList.remove("now");
  const next = hits[at < 0 ? (back ? hits.length - 1 : 0) : (at + (back ? -1 : 1) + hits.length) % hits.length];
  next.classList.add("now");
  next.scrollIntoView({ block: "center" });
}

// Whoever comes to a page begins at its heading, also where it comes late because its data took a while. Who is at work in the page already keeps the focus, except on another page.
export function focusHeading(heading, arrived) {
  const main = heading?.closest("main"), active = document.activeElement;
  if (main && (arrived || active === main || !main.contains(active))) heading.focus();
}
