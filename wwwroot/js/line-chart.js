// Draws one chart with uPlot. The page sends what to draw once and "there is more" afterwards; the points come over HTTP as binary columns.

const FETCH_INTERVAL_MS = 400;
const charts = new Map();

// By the distance of ticks in seconds: the text, and what stands below it where the day changes.
const CLOCK = [
  [86400, "{YYYY}-{MM}-{DD}", null, null, null, null, null, null, 1],
  [60, "{HH}:{mm}", "\n{YYYY}-{MM}-{DD}", null, "\n{YYYY}-{MM}-{DD}", null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", "\n{YYYY}-{MM}-{DD}", null, "\n{YYYY}-{MM}-{DD}", null, null, null, 1],
];

export async function create(id, element, options) {
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
    this.range = null;
    this.loading = false;
    this.pending = false;
    this.timer = null;
    this.lastLoad = 0;
    this.resizer = new ResizeObserver(() => this.resize());
    this.resizer.observe(element);
    this.themeWatcher = new MutationObserver(() => this.draw());
    this.themeWatcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  }

  async update(options) {
    const reload = JSON.stringify(options.series.map(s => s.url)) !== JSON.stringify(this.options.series.map(s => s.url));
    this.options = options;
    if (reload) await this.load();
    else this.draw();
  }

  scheduleLoad() {
    if (this.timer || this.disposed) return;
    const wait = Math.max(0, this.lastLoad + FETCH_INTERVAL_MS - performance.now());
    this.timer = setTimeout(() => { this.timer = null; this.load(); }, wait);
  }

  async load() {
    if (this.loading) { this.pending = true; return; }
    this.loading = true;
    this.lastLoad = performance.now();
    try {
      const points = Math.max(200, Math.min(4000, Math.round(this.element.clientWidth * 2)));
      const results = await Promise.all(this.options.series.map(s => fetchSeries(s.url, points, this.range)));
      if (this.disposed) return;
      this.data = results;
      this.failed = results.some(r => r === null);
      this.draw();
    } finally {
      this.loading = false;
      if (this.pending && !this.disposed) { this.pending = false; this.scheduleLoad(); }
    }
  }

  draw() {
    if (this.disposed || !this.element.isConnected) return;
    const shown = this.options.series.map((s, i) => ({ ...s, data: this.data[i] })).filter(s => s.data && s.data.steps.length > 0);
    this.describe(shown);
    if (shown.length === 0) {
      this.plot?.destroy();
      this.plot = null;
      return;
    }

    const smoothing = this.options.smoothing ?? 0;
    const tables = [];
    const series = [this.options.xAxis === "clock" ? { label: "Time (UTC)", value: "{YYYY}-{MM}-{DD} {HH}:{mm}:{ss}" } : { label: this.options.xAxis === "time" ? "Time" : this.options.xAxis === "epoch" ? "Epoch" : "Step" }];
    for (const s of shown) {
      const x = this.options.xAxis === "epoch" ? s.data.epochs : this.options.xAxis === "time" ? elapsed(s.data.times) : this.options.xAxis === "clock" ? Array.from(s.data.times, t => t / 1000) : s.data.steps;
      const y = Array.from(s.data.values, v => Number.isFinite(v) && (!this.options.logY || v > 0) ? v : null);
      const sparse = x.length < 60;
      const color = s.color;
      if (smoothing > 0 && y.length > 2) {
        tables.push([Array.from(x), y]);
        series.push({ label: s.label + " (raw)", stroke: color + "40", width: 1, spanGaps: true, points: { show: false }, value: (_, v) => v == null ? "" : quantity(s.label)(v) });
        tables.push([Array.from(x), smooth(y, smoothing)]);
      } else {
        tables.push([Array.from(x), y]);
      }
      series.push({ label: s.label, stroke: color, width: 1.75, dash: s.dash ? [6, 4] : undefined, spanGaps: true, points: { show: sparse, size: 5, fill: color }, value: (plot, v, i) => { const shown = v ?? lastOf(plot.data[i]); return shown == null ? "-" : quantity(s.label)(shown); } });
    }

    const data = tables.length === 1 ? tables[0] : uPlot.join(tables.map(t => dedupe(t)));
    const signature = JSON.stringify([series.map(s => [s.label, s.stroke, s.dash]), this.options.logY, this.options.xAxis, smoothing > 0, document.documentElement.dataset.theme]);
    if (this.plot && signature === this.signature) {
      this.plot.setData(data, !this.zoomed);
      return;
    }

    this.plot?.destroy();
    this.signature = signature;
    this.plot = new uPlot(this.settings(series), data, this.element);
  }

  settings(series) {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--lab-ink-2").trim(), grid = style.getPropertyValue("--lab-line").trim();
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1, size: 4 }, font: "11px InterVariable, system-ui, sans-serif" };
    const clock = this.options.xAxis === "clock";
    return {
      width: this.element.clientWidth,
      height: this.options.height ?? 220,
      series,
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { x: { time: clock }, y: this.options.logY ? { distr: 3 } : this.options.fromZero ? { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } : {} },
      axes: [clock ? { ...axis, size: 44, values: CLOCK } : { ...axis, size: 32, values: (_, ticks) => ticks.map(v => this.options.xAxis === "time" ? duration(v) : number(v)) }, { ...axis, size: 56, values: (_, ticks) => ticks.map(v => v == null ? "" : quantity(this.options.series[0]?.label ?? "")(v)) }],
      cursor: { sync: { key: this.options.syncKey ?? "lab", setSeries: false }, drag: { x: true, y: false }, points: { size: 7 } },
      legend: { show: true, live: true, markers: { width: 2 } },
      hooks: {
        setScale: [(plot, key) => {
          if (key !== "x" || plot.data[0].length === 0) return;
          const all = plot.data[0];
          this.zoomed = plot.scales.x.min > all[0] || plot.scales.x.max < all[all.length - 1];
        }],
      },
    };
  }

  // What the picture says, in words, for everybody who cannot see it, and the honest count of points.
  describe(shown) {
    const note = this.element.parentElement?.querySelector("[data-chart-note]");
    if (!note) return;
    if (this.failed) { note.textContent = "The points could not be read; trying again with the next update."; return; }
    const total = shown.reduce((n, s) => n + s.data.total, 0), drawn = shown.reduce((n, s) => n + s.data.steps.length, 0);
    const odd = shown.reduce((n, s) => n + s.data.values.reduce((k, v) => k + (Number.isFinite(v) ? 0 : 1), 0), 0);
    const format = n => n.toLocaleString("en-US");
    note.textContent = total === 0 ? "No points yet." :
      (drawn < total ? `${format(total)} points, ${format(drawn)} drawn, extremes kept` : `${format(total)} points`) + (odd > 0 ? `, ${format(odd)} NaN or infinite` : "");
  }

  resize() {
    if (this.plot && this.element.clientWidth > 0) this.plot.setSize({ width: this.element.clientWidth, height: this.options.height ?? 220 });
  }

  dispose() {
    this.disposed = true;
    clearTimeout(this.timer);
    this.resizer.disconnect();
    this.themeWatcher.disconnect();
    this.plot?.destroy();
  }
}

// Little-endian float64: count, total, then columns of steps, epochs, times (ms since 1970) and values.
async function fetchSeries(url, points) {
  try {
    const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}points=${points}`, { headers: { Accept: "application/vnd.lrcnlab.series" } });
    if (!response.ok) return null;
    const all = new Float64Array(await response.arrayBuffer());
    const n = all[0], column = i => all.subarray(2 + i * n, 2 + (i + 1) * n);
    return { total: all[1], steps: column(0), epochs: column(1), times: column(2), values: column(3) };
  } catch {
    return null;
  }
}

function elapsed(times) {
  return Array.from(times, t => (t - times[0]) / 1000);
}

// Exponential mean with the start corrected, so that the first points are not pulled to zero; gaps stay gaps.
function smooth(values, weight) {
  let mean = 0, mass = 0;
  return values.map(v => {
    if (v == null) return null;
    mean = mean * weight + v * (1 - weight);
    mass = mass * weight + (1 - weight);
    return mean / mass;
  });
}

// uPlot.join needs rising x without repeats.
function dedupe([x, y]) {
  const xs = [], ys = [];
  for (let i = 0; i < x.length; i++) {
    if (xs.length && x[i] === xs[xs.length - 1]) ys[ys.length - 1] = y[i];
    else { xs.push(x[i]); ys.push(y[i]); }
  }
  return [xs, ys];
}

function lastOf(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] != null) return values[i];
  return null;
}

// How values of a metric are written.
function quantity(key) {
  if (key.endsWith("_bytes_per_second")) return v => `${bytes(v)}/s`;
  if (key.endsWith("_bytes")) return bytes;
  const unit = [["_percent", "%"], ["_celsius", "°C"], ["_watts", "W"], ["_wh", "Wh"]].find(([end]) => key.endsWith(end))?.[1];
  return unit ? v => `${number(v)} ${unit}` : number;
}

// Powers of ten, so that the axis has round numbers.
function bytes(v) {
  const [unit, size] = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]].find(([, size]) => Math.abs(v) >= size) ?? ["B", 1];
  return `${(v / size).toLocaleString("en-US", { maximumSignificantDigits: 4 })} ${unit}`;
}

function number(v) {
  const a = Math.abs(v);
  if (a !== 0 && (a < 1e-3 || a >= 1e6)) return v.toExponential(2);
  return v.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}

function duration(s) {
  return s < 90 ? `${+s.toFixed(1)} s` : s < 5400 ? `${+(s / 60).toFixed(1)} min` : `${+(s / 3600).toFixed(1)} h`;
}
