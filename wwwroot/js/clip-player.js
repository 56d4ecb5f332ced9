// <clip-player src="…" frames="16" rate="8"> plays a sprite sheet (frames in one row): on hover or focus, or always with autoplay.
// It works for every video format, because the server sends ready frames.

class ClipPlayer extends HTMLElement {
  static observedAttributes = ["src", "frames", "rate"];

  connectedCallback() {
    if (!this.canvas) {
      this.canvas = document.createElement("canvas");
      this.append(this.canvas);
      this.seen = new IntersectionObserver(entries => { if (entries.some(e => e.isIntersecting)) { this.seen.disconnect(); this.load(); } }, { rootMargin: "200px" });
      for (const [event, action] of [["pointerenter", () => this.play()], ["pointerleave", () => this.rest()], ["focusin", () => this.play()], ["focusout", () => this.rest()]]) {
        this.addEventListener(event, action);
      }
    }
    this.seen.observe(this);
  }

  disconnectedCallback() {
    this.pause();
    this.seen.disconnect();
  }

  attributeChangedCallback() {
    if (this.image) this.load();
  }

  get frames() { return Math.max(1, Number(this.getAttribute("frames")) || 1); }

  load() {
    this.pause();
    this.image = new Image();
    this.image.onload = () => {
      this.canvas.width = this.image.naturalWidth / this.frames;
      this.canvas.height = this.image.naturalHeight;
      this.frame = this.hasAttribute("autoplay") ? 0 : Math.floor(this.frames / 2);
      this.draw();
      this.dataset.loaded = "true";
      if (this.hasAttribute("autoplay")) this.play();
    };
    this.image.onerror = () => { this.dataset.loaded = "failed"; };
    this.image.src = this.getAttribute("src");
  }

  draw() {
    const width = this.canvas.width;
    this.canvas.getContext("2d").drawImage(this.image, this.frame * width, 0, width, this.canvas.height, 0, 0, width, this.canvas.height);
  }

  play() {
    if (this.timer || this.frames < 2 || !this.image?.complete) return;
    this.timer = setInterval(() => { this.frame = (this.frame + 1) % this.frames; this.draw(); }, 1000 / (Number(this.getAttribute("rate")) || 8));
    this.dataset.playing = "true";
  }

  rest() {
    if (!this.hasAttribute("autoplay")) this.pause();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.dataset.playing = "false";
  }
}

customElements.define("clip-player", ClipPlayer);
