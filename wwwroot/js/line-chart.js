// Draws one chart with uPlot. The page sends what to draw once and "there is more" afterwards; the points come over HTTP as binary columns,
// as many as there are pixels, and finer ones for the part that is zoomed into.

import { aligned, axisTitle, exportOf, fetchAll, inOrder, lastOf, middle, otherMetric, positions, smooth, stepsWithin } from "./chart-data.js";
import { duration, number, quantity } from "./chart-format.js";
import { nearest, nextPoint, picture, table } from "./chart-twins.js";

const FETCH_INTERVAL_MS = 400;
const MOST_POINTS = 2_000_000;
const FEW_CURVES = 16;
const charts = new Map();

// By the distance of ticks in seconds: the text, and what stands below it where the day changes.
const CLOCK = [
  [86400, "{YYYY}-{MM}-{DD}", null, null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{YYYY}-{MM}-{DD}", null, "\n{YYYY}-{MM}-{DD}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{YYYY}-{MM}-{DD}", null, "\n{YYYY}-{MM}-{DD}", null, null, null, 1],
];

export async function create(id, element, options) {
  // Whoever leaves a page at once is away before its charts are made.
  if (!element) return;
  const chart = new LineChart(element, options);
  charts.set(id, chart);
  await chart.load();
}

export async function update(id, options) {
  const chart = charts.get(id);
  if (chart) await chart.update(options);
}

export function refresh(id) {
  charts.get(id)?.scheduleLoad();
}

export function dispose(id) {
  charts.get(id)?.dispose();
  charts.delete(id);
}

class LineChart {
  constructor(element, options) {
    this.element = element;
    this.options = options;
    this.data = [];
    this.origins = [];
    this.window = null; // the part of the axis that is zoomed into
    this.everyPoint = false;
    this.loading = false;
    this.pending = false;
    this.timer = null;
    this.lastLoad = 0;
    this.seen = false;
    this.stale = false;
    // Only what can be seen is read and drawn, with a margin for who scrolls.
    this.sight = new IntersectionObserver(entries => {
      this.seen = entries[entries.length - 1].isIntersecting;
      if (this.seen && this.stale) this.load();
    }, { rootMargin: "150px" });
    this.sight.observe(element);
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(element);
    this.figure = element.closest("figure");
    this.clicks = e => {
      const button = e.target.closest("[data-chart-do]");
      if (button) this.act(button);
    };
    this.figure?.addEventListener("click", this.clicks);
    this.fullscreen = () => this.resize();
    this.figure?.addEventListener("fullscreenchange", this.fullscreen);
    this.themeWatcher = new MutationObserver(() => this.draw());
    this.themeWatcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  // More curves than a legend can name.
  get crowded() {
    return this.options.series.length > FEW_CURVES;
  }

  async update(options) {
    const reload = JSON.stringify(options.series.map(s => s.url)) !== JSON.stringify(this.options.series.map(s => s.url));
    const other = this.options.xAxis !== options.xAxis;
    if (other || reload) this.window = null;
    if (reload) this.everyPoint = false;
    this.options = options;
    if (reload || other) await this.load();
    else this.draw();
  }

  // Reads the part between two places of the axis anew, as finely as it can be drawn; without a part, all. Charts of the same axis follow.
  async zoom(window) {
    const same = c => c === this || (this.options.together && c.options.together === this.options.together && c.options.xAxis === this.options.xAxis);
    await Promise.all([...charts.values()].filter(same).map(c => {
      c.window = window;
      return c.load();
    }));
  }

  act(button) {
    switch (button.dataset.chartDo) {
      case "picture": return picture(this.plot, this.figure);
      case "full": return document.fullscreenElement ? document.exitFullscreen() : this.figure.requestFullscreen?.();
      case "table": {
        this.tabled = !this.tabled;
        button.setAttribute("aria-pressed", String(this.tabled));
        return this.twin();
      }
    }
  }

  twin() {
    const place = this.figure?.querySelector("[data-chart-table]");
    if (!place) return;
    place.hidden = !this.tabled;
    place.replaceChildren(...(this.tabled && this.plot ? [table(this.plot)] : []));
  }

  scheduleLoad() {
    if (this.timer || this.disposed) return;
    // What takes long to read is read less often.
    const wait = Math.max(0, this.lastLoad + Math.max(FETCH_INTERVAL_MS, 5 * (this.took ?? 0)) - performance.now());
    this.timer = setTimeout(() => { this.timer = null; this.load(); }, wait);
  }

  async load() {
    if (!this.seen) { this.stale = true; return; }
    if (this.loading) { this.pending = true; return; }
    this.loading = true;
    this.stale = false;
    this.lastLoad = performance.now();
    try {
      const crowd = Math.max(1, this.options.series.length / FEW_CURVES);
      const points = this.everyPoint ? MOST_POINTS : Math.round(Math.max(200, Math.min(4000, this.element.clientWidth * 2) / crowd));
      const window = this.window, other = otherMetric(this.options.xAxis);
      const ranges = this.options.series.map((_, i) => window && !other ? this.stepsOf(i, window) : null);
      const results = await fetchAll(this.options.series, points, ranges, other);
      this.took = performance.now() - this.lastLoad;
      if (this.disposed) return;
      if (window !== this.window) { this.pending = true; return; }
      this.data = results;
      if (!window) {
        this.whole = results;
        this.origins = results.map(r => r && r.times.length > 0 ? r.times[0] : 0);
      }
      this.failed = results.some(r => r === null);
      this.draw();
    } finally {
      this.loading = false;
      if (this.pending && !this.disposed) { this.pending = false; this.scheduleLoad(); }
    }
  }

  // In the coarse points of the whole series, which are all that is known before the part is read.
  stepsOf(i, [min, max]) {
    if (this.options.series[i].band) return [min, max];
    const data = this.whole?.[i];
    if (!data || data.steps.length === 0) return null;
    return stepsWithin(positions({ ...this.options.series[i], data }, this.options.xAxis, this.origins[i]), data.steps, min, max);
  }

  draw() {
    if (this.disposed || !this.element.isConnected) return;
    const shown = this.options.series.map((s, i) => ({ ...s, data: this.data[i], origin: this.origins[i] })).filter(s => s.data && s.data.steps.length > 0);
    if (shown.length === 0) {
      this.describe(shown);
      this.plot?.destroy();
      this.plot = null;
      return;
    }

    const smoothing = this.options.smoothing ?? 0;
    const tables = [];
    const bands = [];
    const series = [this.options.xAxis === "clock" ? { label: axisTitle("clock"), value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" } : { label: axisTitle(this.options.xAxis) }];
    const scattered = otherMetric(this.options.xAxis) !== null;
    for (const s of shown) {
      const x = Array.from(positions(s, this.options.xAxis, s.origin), v => this.options.logX && !(v > 0) ? NaN : v);
      const y = Array.from(s.data.values, v => Number.isFinite(v) && (!this.options.logY || v > 0) ? v : null);
      const sparse = scattered || x.length < 60;
      const color = s.color;
      if (smoothing > 0 && y.length > 2 && !scattered) {
        tables.push([x, y]);
        series.push({ label: s.label + " (raw)", stroke: color + "40", width: 1, spanGaps: true, points: { show: false }, value: (_, v) => v == null ? "" : quantity(s.label)(v) });
        tables.push([x, smooth(y, smoothing)]);
      } else {
        tables.push([x, y]);
      }
      series.push({ label: s.label, stroke: color, width: scattered ? 0 : 1.75, dash: s.dash ? [6, 4] : undefined, spanGaps: true, points: { show: sparse, size: 5, fill: color }, value: (plot, v, i) => { const shown = v ?? lastOf(plot.data[i]); return shown == null ? "-" : quantity(s.label)(shown); } });
      if (s.band) {
        for (const edge of [s.data.high, s.data.low]) {
          const values = Array.from(edge, v => Number.isFinite(v) && (!this.options.logY || v > 0) ? v : null);
          tables.push([x, smoothing > 0 && !scattered ? smooth(values, smoothing) : values]);
          series.push({ label: `${s.label} (band)`, class: "band-edge", stroke: color + "50", width: 0.5, spanGaps: true, points: { show: false } });
        }
        bands.push({ series: [series.length - 2, series.length - 1], fill: color + "26" });
      }
    }

    const rising = tables.map(t => inOrder(t));
    const data = rising.length === 1 ? rising[0] : uPlot.join(this.crowded && !this.everyPoint && !scattered && !this.options.logX ? aligned(rising, 4 * this.element.clientWidth) : rising);
    const signature = JSON.stringify([series.map(s => [s.label, s.stroke, s.dash]), this.options.logY, this.options.logX, this.options.ignoreOutliers, this.options.xAxis, smoothing > 0, document.documentElement.dataset.theme]);
    this.tight = this.options.ignoreOutliers ? middle(tables) : null;
    this.describe(shown);
    if (this.plot && signature === this.signature) {
      this.plot.setData(data, !this.window);
      if (this.window) this.plot.setScale("x", { min: this.window[0], max: this.window[1] });
      if (this.tabled) this.twin();
      return;
    }

    this.plot?.destroy();
    this.signature = signature;
    this.plot = new uPlot({ ...this.settings(series), bands }, data, this.element);
    if (this.window) this.plot.setScale("x", { min: this.window[0], max: this.window[1] });
    // uPlot shows all that it has then; here that is only a part.
    this.plot.over.addEventListener("dblclick", () => { if (this.window) this.zoom(null); });
    if (this.tabled) this.twin();
  }

  settings(series) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--lab-ink-2").trim(), grid = style.getPropertyValue("--lab-line").trim();
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 }, font: "11px InterVariable, system-ui, sans-serif" };
    const clock = this.options.xAxis === "clock";
    return {
      width: this.element.clientWidth,
      height: this.height(),
      series,
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { x: this.options.logX && !clock ? { time: false, distr: 3 } : { time: clock }, y: this.options.logY ? { distr: 3 } : this.options.ignoreOutliers ? { range: (_, min, max) => this.tight ?? (min == null ? [null, null] : uPlot.rangeNum(min, max, 0.1, true)) } : this.options.fromZero ? { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } : {} },
      axes: [clock ? { ...axis, size: 44, values: CLOCK } : { ...axis, size: 32, values: (_, ticks) => ticks.map(v => v == null ? "" : this.options.xAxis === "time" || this.options.xAxis === "training" ? duration(v) : number(v)) }, { ...axis, size: 56, values: (_, ticks) => ticks.map(v => v == null ? "" : quantity(this.options.series[0]?.label ?? "")(v)) }],
      cursor: { sync: { key: this.options.syncKey ?? "lab", setSeries: false }, drag: { x: true, y: false }, points: { size: 7, show: !this.crowded }, ...(this.crowded ? { focus: { prox: 24 }, dataIdx: nextPoint } : {}) },
      focus: { alpha: 0.15 },
      legend: { show: !this.crowded, live: true, markers: { width: 2 } },
      hooks: {
        ...(this.crowded ? nearest(this.element) : {}),
        setSelect: [plot => {
          if (plot.select.width > 0) this.zoom([plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x")]);
        }],
      },
    };
  }

  // What the picture says, in words, for everybody who cannot see it, and the honest count of points.
  describe(shown) {
    const note = this.element.parentElement?.querySelector("[data-chart-note]");
    if (!note) return;
    if (this.failed) { this.note(note, "The points could not be read; trying again with the next update.", "", ""); return; }
    const total = shown.reduce((n, s) => n + s.data.total, 0), drawn = shown.reduce((n, s) => n + s.data.steps.length, 0);
    const odd = shown.reduce((n, s) => n + s.data.values.reduce((k, v) => k + (Number.isFinite(v) ? 0 : 1), 0), 0);
    const format = n => n.toLocaleString("en-US");
    const means = this.options.series.some(s => s.band);
    const text = total === 0 ? "No points yet." :
      means ? `${format(total)} points, their means at ${format(drawn)} places` + (this.window ? " in this part" : "") :
      (drawn < total ? `${format(total)} points, ${format(drawn)} drawn, extremes kept` : `${format(total)} points`) + (this.window ? " in this part" : "") + (odd > 0 ? `, ${format(odd)} NaN or infinite` : "");
    const outside = this.options.ignoreOutliers && this.tight ? shown.reduce((n, s) => n + s.data.values.reduce((k, v) => k + (v < this.tight[0] || v > this.tight[1] ? 1 : 0), 0), 0) : 0;
    const fewer = !means && drawn < total && total <= MOST_POINTS;
    this.note(note, text + (outside > 0 ? `, ${format(outside)} outliers above or below the picture` : ""), this.window ? "show all" : "", this.everyPoint ? "draw fewer" : fewer ? "draw every point" : "");
  }

  // The buttons stay the same elements, so that they keep the focus while points arrive.
  note(element, text, all, every) {
    if (!this.said) {
      const button = run => Object.assign(document.createElement("button"), { type: "button", className: "linklike", onclick: run });
      this.said = document.createElement("span");
      this.allButton = button(() => this.zoom(null));
      this.everyButton = button(() => { this.everyPoint = !this.everyPoint; this.load(); });
      // Marked as a download, or Blazor takes its address for that of the page.
      this.download = Object.assign(document.createElement("a"), { className: "linklike", textContent: "CSV", download: "", title: "Download every point of these curves" });
      element.replaceChildren(this.said, this.allButton, this.everyButton, this.download);
    }
    const whole = exportOf(this.options.series);
    this.download.hidden = whole === null || text === "No points yet.";
    if (whole) this.download.href = whole;
    this.said.textContent = text;
    for (const [button, word] of [[this.allButton, all], [this.everyButton, every]]) {
      button.textContent = word;
      button.hidden = word === "";
    }
  }

  height() {
    return document.fullscreenElement && document.fullscreenElement === this.figure ? Math.max(220, innerHeight - 190) : this.options.height ?? 220;
  }

  resize() {
    if (this.plot && this.element.clientWidth > 0) this.plot.setSize({ width: this.element.clientWidth, height: this.height() });
  }

  dispose() {
    this.disposed = true;
    clearTimeout(this.timer);
    this.sight.disconnect();
    this.resizer.disconnect();
    this.themeWatcher.disconnect();
    this.figure?.removeEventListener("click", this.clicks);
    this.figure?.removeEventListener("fullscreenchange", this.fullscreen);
    this.plot?.destroy();
  }
}
