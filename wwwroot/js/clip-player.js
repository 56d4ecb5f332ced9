// <clip-player src="…" frames="16" rate="8"> plays a sprite sheet (frames in one row): on hover or focus, on a tap, or always with autoplay.
// It works for every video format, because the server sends ready frames. Inside an element with data-plays, that element's hover and focus count.
// Who prefers reduced motion sees motion only after asking for it: by focus or tap, not by passing over it.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

class ClipPlayer extends HTMLElement {
  static observedAttributes = ["src", "frames", "rate"];

  connectedCallback() {
    if (!this.canvas) {
      this.canvas = document.createElement("canvas");
      this.append(this.canvas);
      this.seen = new IntersectionObserver(entries => { if (entries.some(e => e.isIntersecting)) { this.seen.disconnect(); this.load(); } }, { rootMargin: "200px" });
      const host = this.closest("[data-plays]") ?? this;
      for (const [event, action] of [["pointerenter", e => this.hover(e)], ["pointerleave", () => this.rest()], ["focusin", () => this.play()], ["focusout", () => this.rest()]]) {
        host.addEventListener(event, action);
      }
      this.addEventListener("click", e => this.tap(e), true);
    }
    this.seen.observe(this);
  }

  disconnectedCallback() {
    this.rest();
    this.pause();
    this.seen.disconnect();
  }

  attributeChangedCallback(name, before, after) {
    if (this.image && before !== after) queueMicrotask(() => { if (this.isConnected && this.image) this.load(); });
  }

  get frames() { return Math.max(1, Number(this.getAttribute("frames")) || 1); }

  load() {
    const src = this.getAttribute("src"), frames = this.frames;
    if (this.image?.complete && this.shown === `${src} ${frames}`) return;
    this.shown = `${src} ${frames}`;
    this.pause();
    const image = new Image();
    this.image = image;
    this.dataset.loaded = "";
    image.onload = () => {
      if (this.image !== image) return;
      this.canvas.width = image.naturalWidth / frames;
      this.canvas.height = image.naturalHeight;
      const moves = this.hasAttribute("autoplay") && !still.matches;
      this.frame = moves ? 0 : Math.floor(frames / 2);
      this.draw();
      this.dataset.loaded = "true";
      if (moves || this.wanted) this.play();
    };
    image.onerror = () => { if (this.image === image) this.dataset.loaded = "failed"; };
    image.src = src;
  }

  draw() {
    const width = this.canvas.width;
    this.canvas.getContext("2d").drawImage(this.image, this.frame * width, 0, width, this.canvas.height, 0, 0, width, this.canvas.height);
  }

  hover(e) {
    if (!still.matches && e.pointerType !== "touch") this.play();
  }

  // A tap plays or pauses; the text below opens. A player that plays by itself is paused and played by any click.
  tap(e) {
    if (e.pointerType !== "touch" && !this.hasAttribute("autoplay")) return;
    e.preventDefault();
    e.stopPropagation();
    this.wanted = !this.timer;
    if (this.wanted) this.play(); else this.pause();
  }

  // Asked for before its picture is there, it plays when the picture comes.
  play() {
    this.wanted = true;
    if (this.timer || this.frames < 2 || !this.image?.complete || !this.image.naturalWidth) return;
    this.timer = setInterval(() => { this.frame = (this.frame + 1) % this.frames; this.draw(); }, 1000 / (Number(this.getAttribute("rate")) || 8));
    this.dataset.playing = "true";
  }

  rest() {
    if (this.hasAttribute("autoplay")) return;
    this.wanted = false;
    this.pause();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.dataset.playing = "false";
  }
}

customElements.define("clip-player", ClipPlayer);
