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

// Whoever comes to a page begins at its heading, also where it comes late because its data took a while. Who is at work in the page already keeps the focus, except on another page.
export function focusHeading(heading, arrived) {
  const main = heading?.closest("main"), active = document.activeElement;
  if (main && (arrived || active === main || !main.contains(active))) heading.focus();
}
