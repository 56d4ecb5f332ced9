// How numbers of a chart are written.

// Made once: a new one for each number would cost more than the drawing.
const four = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 4 });

// How values of a metric are written.
export function quantity(key) {
  if (key.endsWith("_bytes_per_second")) return v => `${bytes(v)}/s`;
  if (key.endsWith("_bytes")) return bytes;
  const unit = [["_percent", "%"], ["_celsius", "°C"], ["_watts", "W"], ["_wh", "Wh"]].find(([end]) => key.endsWith(end))?.[1];
  return unit ? v => `${number(v)} ${unit}` : number;
}

// Powers of ten, so that the axis has round numbers.
function bytes(v) {
  const [unit, size] = [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]].find(([, size]) => Math.abs(v) >= size) ?? ["B", 1];
  return `${four.format(v / size)} ${unit}`;
}

export function number(v) {
  const a = Math.abs(v);
  if (a !== 0 && (a < 1e-3 || a >= 1e6)) return v.toExponential(2);
  return four.format(v);
}

export function duration(s) {
  return s < 90 ? `${+s.toFixed(1)} s` : s < 5400 ? `${+(s / 60).toFixed(1)} min` : `${+(s / 3600).toFixed(1)} h`;
}
