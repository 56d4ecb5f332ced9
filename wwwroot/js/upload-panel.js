// <upload-panel>: a place to drop files and folders, or to choose them, and the progress of sending them. When all is there it opens ?upload=<id>.
// It draws itself and needs no connection to its page: the upload goes on while the page reconnects.
import { Upload, active, arrange } from "./upload.js";

const TEMPLATE = `
  <div class="upload-drop" data-part="drop">
    <p><strong>Drop videos, a folder or an archive here</strong></p>
    <div class="row">
      <button type="button" class="btn primary" data-part="pick-files">Choose files</button>
      <button type="button" class="btn" data-part="pick-folder">Choose a folder</button>
    </div>
    <p class="muted small">Archives: .zip, .tar, .tar.gz. Interrupted? Choose the same files again: what is there is not sent twice.</p>
    <input type="file" multiple hidden data-part="files" aria-label="Files to upload">
    <input type="file" webkitdirectory hidden data-part="folder" aria-label="Folder to upload">
  </div>
  <div class="upload-progress" data-part="progress" hidden>
    <div class="row"><strong data-part="name" class="ellipsis"></strong><span class="muted tabular" data-part="numbers"></span></div>
    <div class="progress" role="progressbar" aria-label="Upload" aria-valuemin="0" aria-valuemax="100" data-part="bar"><div></div></div>
    <div class="row">
      <span class="muted small tabular" data-part="detail" role="status"></span>
      <span class="upload-buttons"><button type="button" class="btn small" data-part="pause">Pause</button><button type="button" class="btn small danger" data-part="cancel">Cancel</button></span>
    </div>
  </div>
  <div class="notice bad" role="alert" data-part="error" hidden></div>`;

class UploadPanel extends HTMLElement {
  connectedCallback() {
    if (!this.parts) this.build();
    this.attach(active());
    this.timer = setInterval(() => this.show(), 250);
    this.show();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  build() {
    this.innerHTML = TEMPLATE;
    this.parts = Object.fromEntries([...this.querySelectorAll("[data-part]")].map(e => [e.dataset.part, e]));
    const { drop, files, folder } = this.parts;
    this.parts["pick-files"].addEventListener("click", () => files.click());
    this.parts["pick-folder"].addEventListener("click", () => folder.click());
    for (const input of [files, folder]) {
      input.addEventListener("change", () => {
        const chosen = [...input.files].map(file => ({ path: file.webkitRelativePath || file.name, file }));
        input.value = "";
        this.begin(chosen);
      });
    }
    for (const [event, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
      drop.addEventListener(event, e => { e.preventDefault(); drop.classList.toggle("over", over); });
    }
    drop.addEventListener("drop", async e => {
      // Entries must be taken before anything is awaited: the list is emptied after the event.
      const entries = [...e.dataTransfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
      const loose = [...e.dataTransfer.files].map(file => ({ path: file.name, file }));
      try { this.begin(entries.length > 0 ? (await Promise.all(entries.map(walk))).flat() : loose); } catch { this.fail("What was dropped cannot be read: choose it with the buttons instead."); }
    });
    this.parts.pause.addEventListener("click", () => { if (this.upload.paused) this.upload.resume(); else this.upload.pause(); });
    this.parts.cancel.addEventListener("click", () => {
      if (confirm(`Cancel the upload of ${this.upload.name}? What was sent is removed.`)) this.upload.cancel();
    });
  }

  begin(chosen) {
    this.fail(null);
    const { name, files, hidden } = arrange(chosen);
    if (files.length === 0) {
      this.fail(hidden > 0 ? "There are only hidden files in it." : "There are no files in it.");
      return;
    }
    const upload = new Upload({ name, files });
    this.attach(upload);
    upload.start();
  }

  attach(upload) {
    if (!upload || this.upload === upload) return;
    this.upload = upload;
    upload.addEventListener("change", () => this.show());
    upload.addEventListener("end", () => {
      if (upload.state === "failed") this.fail(upload.error);
      if (upload.state === "canceled") this.open("/data/import");
      if (upload.state === "done") this.open(`/data/import?upload=${upload.id}`);
      this.show();
    });
    upload.addEventListener("announced", () => this.open(`/data/import?sending=${upload.id}`, true));
    this.show();
  }

  // Only while this page is the one that is looked at; a page that lost its server loads anew.
  open(address, quiet) {
    if (!this.isConnected) return;
    const lost = document.getElementById("components-reconnect-modal")?.className.match(/reconnect-(rejected|failed)|resume-failed/);
    if (lost && quiet) history.replaceState(history.state, "", address);
    else if (lost) location.href = address;
    else window.Blazor.navigateTo(address, { replaceHistoryEntry: true });
  }

  fail(message) {
    this.parts.error.hidden = !message;
    this.parts.error.textContent = message ?? "";
  }

  show() {
    const upload = this.upload && !this.upload.ended ? this.upload : null;
    this.parts.drop.hidden = !!upload;
    this.parts.progress.hidden = !upload;
    if (!upload) return;
    const { sent, total, rate } = upload;
    const share = total > 0 ? sent / total : 0;
    this.parts.name.textContent = upload.name;
    this.parts.numbers.textContent = `${bytes(sent)} of ${bytes(total)}`;
    this.parts.bar.firstElementChild.style.width = `${(share * 100).toFixed(1)}%`;
    this.parts.bar.setAttribute("aria-valuenow", Math.round(share * 100));
    this.parts.bar.setAttribute("aria-label", `Upload of ${upload.name}`);
    this.parts.pause.textContent = upload.paused ? "Go on" : "Pause";
    this.parts.pause.disabled = !["sending", "paused"].includes(upload.state);
    const files = `${number(upload.filesDone)} of ${number(upload.files.length)} files`;
    const pace = rate > 0 ? `, ${bytes(rate)}/s, ${duration((total - sent) / rate)} left` : "";
    const text = upload.notice ?? (upload.paused ? `Paused, ${files}` : upload.state === "completing" ? "Completing" : upload.state === "announcing" ? "Preparing" : files + pace);
    if (this.parts.detail.textContent !== text) this.parts.detail.textContent = text;
    this.dataset.state = upload.notice ? "waiting" : upload.state;
  }
}

// All files below a dropped file or folder. A folder tells its content in portions until one is empty.
async function walk(entry, above = "") {
  const path = above + entry.name;
  if (entry.isFile) return [{ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return found;
    for (const child of portion) found.push(...await walk(child, `${path}/`));
  }
}

const number = value => value.toLocaleString("en-US");

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? Math.round(value) : value.toFixed(value >= 100 ? 0 : 1)} ${units[unit]}`;
}

function duration(seconds) {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}

if (!customElements.get("upload-panel")) customElements.define("upload-panel", UploadPanel);
