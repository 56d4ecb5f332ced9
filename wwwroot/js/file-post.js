// <file-post url="/api/v1/…" label="Import a project" accept=".zip">: a button that sends one file to an address, with progress, and says what came of it.
// The answer's "message" is shown, or what a refusal says.

class FilePost extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    this.innerHTML = `<span class="row"><button type="button" class="btn"></button><input type="file" hidden><span class="muted small tabular" role="status"></span><button type="button" class="btn small" hidden>Cancel</button></span><div class="notice bad" role="alert" hidden></div>`;
    const [button, cancel] = this.querySelectorAll("button");
    this.button = button;
    this.cancel = cancel;
    this.input = this.querySelector("input");
    this.status = this.querySelector("[role=status]");
    this.alert = this.querySelector("[role=alert]");
    button.textContent = this.getAttribute("label");
    this.input.accept = this.getAttribute("accept") ?? "";
    this.input.setAttribute("aria-label", `File: ${button.textContent}`);
    button.addEventListener("click", () => this.input.click());
    cancel.addEventListener("click", () => this.request?.abort());
    this.input.addEventListener("change", () => {
      const file = this.input.files[0];
      this.input.value = "";
      if (file) this.send(file);
    });
  }

  disconnectedCallback() {
    this.request?.abort();
  }

  send(file) {
    const request = this.request = new XMLHttpRequest();
    request.open("POST", this.getAttribute("url"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.upload.addEventListener("progress", e => this.say(e.loaded < e.total ? `${file.name}: ${Math.floor(100 * e.loaded / e.total)} % sent` : `${file.name} is there, reading it`));
    request.addEventListener("load", () => {
      if (request.status < 300) this.taken?.();
      this.end(request.status < 300 ? read(request)?.message ?? "Done." : null, request.status < 300 ? null : refusal(read(request)) ?? `The server answered ${request.status}.`);
    });
    request.addEventListener("error", () => this.end(null, "The connection was lost. What was sent so far changed nothing, or comes to the same when it is sent again."));
    request.addEventListener("abort", () => this.end("Canceled.", null));
    this.button.disabled = true;
    this.cancel.hidden = false;
    this.alert.hidden = true;
    this.say(`${file.name}: 0 % sent`);
    request.send(file);
  }

  say(text) {
    this.status.textContent = text;
  }

  end(message, problem) {
    this.request = null;
    this.button.disabled = false;
    this.cancel.hidden = true;
    this.say(message ?? "");
    this.alert.hidden = !problem;
    this.alert.textContent = problem ?? "";
  }
}

function read(request) {
  try { return JSON.parse(request.responseText); } catch { return null; }
}

function refusal(problem) {
  return problem?.errors ? Object.values(problem.errors).flat().join(" ") : problem?.detail;
}

if (!customElements.get("file-post")) customElements.define("file-post", FilePost);

/** Calls the component back once a file was taken. */
export function tell(element, component) {
  element.taken = () => component.invokeMethodAsync("OnTakenAsync");
}
