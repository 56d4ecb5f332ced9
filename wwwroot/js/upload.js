// Sends files to the server in pieces over plain HTTP: several at once, each retried until the server has acknowledged it.
// The server knows which bytes are there; after any interruption this asks it and goes on. Nothing is read into memory: slices of files are sent from disk.

const API = "/api/v1/uploads";
const PIECE_BYTES = 8 << 20;
const SMALL_BYTES = 1 << 20;
const BATCH_FILES = 200;
const AT_ONCE = 3;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 20000;
const PIECE_TIMEOUT_MS = 10 * 60 * 1000;

const running = new Map();

/** The upload that this page is sending now, if any; it goes on while the person looks at other pages. */
export const active = () => [...running.values()].find(u => !u.ended) ?? null;
export const find = id => running.get(id) ?? null;

/** What a person chose, ready to be sent: hidden files left out, the common folder taken away, in an order that is the same next time. */
export function arrange(chosen) {
  const hidden = path => path.split("/").some(name => name.startsWith(".") || name === "__MACOSX") || /(^|\/)(thumbs\.db|desktop\.ini)$/i.test(path);
  let files = chosen.map(({ path, file }) => ({ path: path.replace(/^\/+/, ""), file })).filter(f => !hidden(f.path));
  const left = chosen.length - files.length;
  const top = files.length > 0 ? files[0].path.split("/")[0] : "";
  const folder = files.length > 0 && files.every(f => f.path.startsWith(`${top}/`));
  if (folder) files = files.map(f => ({ path: f.path.slice(top.length + 1), file: f.file }));
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { name: folder ? top : files.length === 1 ? files[0].path : "files", files, hidden: left };
}

export class Upload extends EventTarget {
  constructor({ name, files }) {
    super();
    Object.assign(this, { name, files, id: null, error: null, notice: null, paused: false, ended: false, state: "announcing" });
    this.total = files.reduce((sum, f) => sum + f.file.size, 0);
    this.received = files.map(() => 0);
    this.flying = new Map();
    this.samples = [];
    this.guard = e => e.preventDefault();
    this.wake = () => this.retryNow?.();
  }

  /** Bytes that are there, and those on the way as far as they were sent. */
  get sent() {
    let sum = 0;
    for (const bytes of this.received) sum += bytes;
    for (const bytes of this.flying.values()) sum += bytes;
    return Math.min(sum, this.total);
  }

  get filesDone() { return this.received.filter((bytes, i) => bytes >= this.files[i].file.size).length; }

  /** Bytes a second over the last ten seconds; 0 when unknown. */
  get rate() {
    const now = performance.now();
    this.samples = [...this.samples.filter(s => now - s.at < 10000), { at: now, sent: this.sent }];
    const first = this.samples[0];
    return now - first.at < 500 ? 0 : Math.max(0, (this.sent - first.sent) * 1000 / (now - first.at));
  }

  async start() {
    addEventListener("beforeunload", this.guard);
    addEventListener("online", this.wake);
    try {
      const list = { name: this.name, files: this.files.map(f => ({ path: f.path, bytes: f.file.size })) };
      const upload = await this.insist(() => send("POST", API, JSON.stringify(list), "application/json"));
      this.id = upload.id;
      this.received = upload.received;
      this.resumed = upload.receivedBytes;
      running.set(this.id, this);
      this.set("sending");
      this.dispatchEvent(new Event("announced"));
      this.jobs = this.plan();
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.work()));
      if (this.ended) return;
      this.set("completing");
      await this.insist(() => send("POST", `${API}/${this.id}/complete`));
      this.end("done");
    } catch (error) {
      if (!this.ended) {
        this.error = error.message;
        this.end("failed");
      }
    }
  }

  pause() {
    if (this.state !== "sending") return;
    this.paused = true;
    for (const request of this.flying.keys()) request.abort();
    this.set("paused");
  }

  resume() {
    this.paused = false;
    this.samples = [];
    this.set("sending");
    this.resumed_?.();
    this.retryNow?.();
  }

  async cancel() {
    this.end("canceled");
    for (const request of this.flying.keys()) request.abort();
    if (this.id) await fetch(`${API}/${this.id}`, { method: "DELETE" }).catch(() => {});
  }

  // Large files one by one, small ones many in one request.
  plan() {
    const jobs = [];
    let batch = [], bytes = 0;
    const close = () => { if (batch.length > 0) jobs.push({ batch }); batch = []; bytes = 0; };
    this.files.forEach(({ file }, number) => {
      if (this.received[number] >= file.size) return;
      if (file.size > SMALL_BYTES || this.received[number] > 0) { jobs.push({ number }); return; }
      if (batch.length === BATCH_FILES || bytes + file.size > PIECE_BYTES) close();
      batch.push(number);
      bytes += file.size;
    });
    close();
    return jobs;
  }

  async work() {
    for (let job = this.jobs.shift(); job && !this.ended; job = this.jobs.shift()) {
      if (job.batch) await this.sendBatch(job.batch); else await this.sendFile(job.number);
    }
  }

  async sendFile(number) {
    const { file } = this.files[number];
    while (this.received[number] < file.size && !this.ended) {
      await this.insist(async () => {
        const offset = this.received[number];
        const piece = file.slice(offset, offset + PIECE_BYTES);
        const answer = await this.fly(`${API}/${this.id}/files/${number}?offset=${offset}`, piece, piece.size).catch(e => {
          // The server has more or less than we thought, such as after a restart: go on from there.
          if (e.status === 409 && e.body?.received !== offset && Number.isFinite(e.body?.received)) return e.body;
          throw e;
        });
        this.received[number] = answer.received;
      }, file);
    }
  }

  async sendBatch(numbers) {
    const parts = numbers.flatMap(number => {
      const header = new DataView(new ArrayBuffer(8));
      header.setInt32(0, number, true);
      header.setInt32(4, this.files[number].file.size, true);
      return [header.buffer, this.files[number].file];
    });
    const body = new Blob(parts);
    await this.insist(() => this.fly(`${API}/${this.id}/batch`, body, body.size - 8 * numbers.length), null, numbers);
    if (!this.ended) numbers.forEach(number => { this.received[number] = this.files[number].file.size; });
  }

  // Again and again, with longer and longer waits, until it works, the person cancels, or the server says that it never will.
  async insist(action, file, batch) {
    for (let wait = FIRST_WAIT_MS; !this.ended; ) {
      while (this.paused && !this.ended) await new Promise(resolve => { this.resumed_ = resolve; });
      if (this.ended) return;
      try {
        const result = await action();
        this.say(null);
        return result;
      } catch (error) {
        if (this.ended || this.paused) continue;
        if (!error.temporary) throw error;
        await this.requireReadable(file ? [file] : (batch ?? []).map(n => this.files[n].file));
        this.say(error.status === 507 ? `${error.message} Trying again.` : error.status ? `The server is not ready (${error.status}). Trying again.` : "The server cannot be reached. Trying again.");
        await new Promise(resolve => { this.retryNow = resolve; setTimeout(resolve, wait * (0.75 + Math.random() / 2)); });
        wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      }
    }
  }

  // A file that was changed or removed since it was chosen looks like a lost connection.
  async requireReadable(files) {
    for (const file of files) {
      try { await file.slice(0, 1).arrayBuffer(); } catch { throw new Error(`"${file.name}" was changed or removed since it was chosen: choose the files again.`); }
    }
  }

  fly(url, body, bytes) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const over = settle => { this.flying.delete(request); settle(); };
      request.open("PUT", url);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.timeout = PIECE_TIMEOUT_MS;
      request.upload.onprogress = e => this.flying.set(request, Math.min(e.loaded, bytes));
      request.onload = () => over(() => {
        let answer = null;
        try { answer = JSON.parse(request.responseText); } catch { /* an answer without words */ }
        if (request.status === 200) resolve(answer); else reject(failure(request.status, answer));
      });
      request.onerror = request.onabort = request.ontimeout = () => over(() => reject(failure(0, null)));
      this.flying.set(request, 0);
      request.send(body);
    });
  }

  say(notice) {
    if (this.notice !== notice) this.set(this.state, notice);
  }

  set(state, notice = null) {
    if (this.ended) return;
    Object.assign(this, { state, notice });
    this.dispatchEvent(new Event("change"));
  }

  end(state) {
    if (this.ended) return;
    this.set(state);
    this.ended = true;
    running.delete(this.id);
    removeEventListener("beforeunload", this.guard);
    removeEventListener("online", this.wake);
    this.resumed_?.();
    this.retryNow?.();
    this.dispatchEvent(new Event("end"));
  }
}

function failure(status, body) {
  const words = body?.errors ? Object.values(body.errors).flat()[0] : body?.detail || body?.message;
  const error = new Error(words ?? (status === 404 ? "The server does not know this upload any more." : `The server refused (${status}).`));
  return Object.assign(error, { status, body, temporary: status === 0 || status === 400 && !body?.errors || [408, 409, 429].includes(status) || status >= 500 });
}

async function send(method, url, body, type) {
  let response;
  try { response = await fetch(url, { method, body, headers: type ? { "Content-Type": type } : {} }); } catch { throw failure(0, null); }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw Object.assign(failure(response.status, answer), response.status === 409 ? { temporary: false } : {});
  return answer;
}
