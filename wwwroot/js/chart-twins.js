// A chart in other shapes: as a picture to keep, and as a table to read.

import { number, quantity } from "./chart-format.js";

const MOST_ROWS = 200;

// As it looks now, with title, legend and ground, as a PNG.
export function picture(plot, figure) {
  if (!plot) return;
  const source = plot.ctx.canvas, scale = source.width / plot.width;
  const style = getComputedStyle(document.documentElement), color = name => style.getPropertyValue(name).trim();
  const lines = plot.series.slice(1).filter(s => s.show && s.label);
  const head = 34, legend = 22 * Math.ceil(lines.length / 2) + 8;
  const canvas = Object.assign(document.createElement("canvas"), { width: source.width, height: source.height + (head + legend) * scale });
  const pen = canvas.getContext("2d");
  pen.fillStyle = color("--lab-surface") || "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  pen.fillStyle = color("--lab-ink") || "#111111";
  pen.font = "600 14px InterVariable, system-ui, sans-serif";
  const title = figure?.getAttribute("aria-label") ?? "Chart";
  pen.fillText(title, 12, 22);
  pen.drawImage(source, 0, head, plot.width, source.height / scale);
  pen.font = "12px InterVariable, system-ui, sans-serif";
  lines.forEach((s, i) => {
    const x = 12 + (i % 2) * (plot.width / 2), y = head + source.height / scale + 18 + 22 * Math.floor(i / 2);
    pen.fillStyle = typeof s.stroke === "function" ? s.stroke(plot, i + 1) : s.stroke;
    pen.fillRect(x, y - 9, 10, 10);
    pen.fillStyle = color("--lab-ink") || "#111111";
    pen.fillText(s.label, x + 16, y, plot.width / 2 - 36);
  });
  canvas.toBlob(blob => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").toLowerCase() || "chart"}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

// What is drawn, a line a place of the axis; of many places some, spread evenly.
export function table(plot) {
  const [x, ...columns] = plot.data, lines = plot.series.slice(1);
  const chosen = x.length <= MOST_ROWS ? x.map((_, i) => i) : Array.from({ length: MOST_ROWS }, (_, k) => Math.round(k * (x.length - 1) / (MOST_ROWS - 1)));
  const cell = (tag, text, className) => Object.assign(document.createElement(tag), { textContent: text, className: className ?? "" });
  const table = Object.assign(document.createElement("table"), { className: "lab" });
  const head = table.createTHead().insertRow();
  head.append(cell("th", plot.series[0].label), ...lines.map(s => cell("th", s.label, "num")));
  const body = table.createTBody();
  const clock = plot.scales.x.time;
  for (const i of chosen) {
    const row = body.insertRow();
    row.append(cell("td", clock ? new Date(x[i] * 1000).toISOString().replace("T", " ").slice(0, 19) : number(x[i]), "tabular"), ...columns.map(c => cell("td", c[i] == null ? "-" : number(c[i]), "num")));
  }
  const wrap = Object.assign(document.createElement("div"), { className: "table-wrap", tabIndex: 0 });
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", "Values of the chart");
  wrap.append(table);
  if (chosen.length < x.length) wrap.append(cell("p", `${chosen.length} of ${x.length} places, spread evenly; the CSV below has every point.`, "muted small"));
  return wrap;
}

// Of many curves the one under the hand is named; hooks for uPlot.
export function nearest(element) {
  let focused = null;
  const line = Object.assign(document.createElement("p"), { className: "nearest" });
  const say = plot => {
    const series = focused === null ? null : plot.series[focused], i = series ? plot.cursor.idxs?.[focused] : null, value = i == null ? null : plot.data[focused][i];
    line.textContent = series ? `${series.label}${value == null ? "" : `: ${quantity(series.label)(value)} at ${number(plot.data[0][i])}`}` : `${plot.series.length - 1} curves: point at one to see whose it is`;
    line.style.setProperty("--curve", series ? (typeof series.stroke === "function" ? series.stroke(plot, focused) : series.stroke) : "transparent");
  };
  return {
    ready: [plot => { element.append(line); say(plot); }],
    setSeries: [(plot, i) => { focused = i; say(plot); }],
    setCursor: [say],
    destroy: [() => line.remove()],
  };
}

// Curves have their points at different places: of each, the one next to the hand.
export function nextPoint(plot, series, at) {
  const values = plot.data[series];
  for (let away = 0; away < values.length; away++) {
    if (values[at - away] != null) return at - away;
    if (values[at + away] != null) return at + away;
  }
  return at;
}
