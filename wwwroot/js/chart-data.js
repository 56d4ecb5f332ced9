// Points of series as they come from the server, and what stands on the axis below them.

// Little-endian float64: count, total, then columns of steps, epochs, times (ms since 1970), values and, where another metric was asked for, that metric.
// range: steps to read from and to, or null for all; other: name of another metric for the axis, or null; band: whether edges follow the values.
export async function fetchSeries(url, points, range, other, band) {
  const query = [`points=${points}`];
  if (range) query.push(`from=${range[0]}`, ...(/[?&]to=/.test(url) ? [] : [`to=${range[1]}`]));
  if (other) query.push(`x=${encodeURIComponent(other)}`);
  try {
    const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query.join("&")}`, { headers: { Accept: "application/vnd.lrcnlab.series" } });
    if (!response.ok) return null;
    return columnsAt(new Float64Array(await response.arrayBuffer()), 0, other, band);
  } catch {
    return null;
  }
}

function columnsAt(all, start, other, band) {
  const n = all[start], column = i => all.subarray(start + 2 + i * n, start + 2 + (i + 1) * n), columns = band ? 6 : other ? 5 : 4;
  return { total: all[start + 1], steps: column(0), epochs: column(1), times: column(2), values: column(3), other: columns === 5 ? column(4) : null, low: band ? column(4) : null, high: band ? column(5) : null, end: start + 2 + n * columns };
}

// All series of a chart in as few requests as possible: one for each metric that several runs have, up to a hundred runs a request.
export async function fetchAll(series, points, ranges, other) {
  const results = new Array(series.length).fill(null), together = new Map();
  series.forEach((s, i) => {
    const parts = s.band ? null : /^(.*)\/runs\/([^/?]+)\/metrics\?key=([^&]+)$/.exec(s.url);
    const name = parts ? [parts[1], parts[3], ranges[i] === null].join(" ") : `alone ${i}`;
    if (!together.has(name)) together.set(name, []);
    together.get(name).push({ i, root: parts?.[1], run: parts?.[2], key: parts?.[3] });
  });
  const requests = [...together.values()].flatMap(group => Array.from({ length: Math.ceil(group.length / 100) }, (_, k) => group.slice(100 * k, 100 * k + 100)));
  await Promise.all(requests.map(async group => {
    if (group.length === 1) {
      const { i } = group[0], band = series[i].band;
      results[i] = await fetchSeries(series[i].url, band ? Math.min(points, 600) : points, ranges[i], band ? null : other, band);
    } else {
      const query = group.map(g => `run=${g.run}` + (ranges[g.i] ? `&from=${ranges[g.i][0]}&to=${ranges[g.i][1]}` : "")).join("&");
      await fetchRuns(`${group[0].root}/metrics?key=${group[0].key}&points=${points}${other ? `&x=${encodeURIComponent(other)}` : ""}&${query}`, other, group.map(g => g.i), results);
    }
  }));
  return results;
}

async function fetchRuns(url, other, places, results) {
  try {
    const response = await fetch(url, { headers: { Accept: "application/vnd.lrcnlab.series" } });
    if (!response.ok) return;
    const all = new Float64Array(await response.arrayBuffer());
    let start = 0;
    for (const i of places) {
      results[i] = columnsAt(all, start, other, false);
      start = results[i].end;
    }
  } catch {
    // The network is away: nothing was read.
  }
}

// Brings points of many curves to common places, closer together than pixels: the table of all places would else grow with the square of the curves.
// Of two points in one place the one further from what came before stays, so that no spike is lost.
export function aligned(tables, cells) {
  let min = Infinity, max = -Infinity;
  for (const [x] of tables) for (const v of x) if (Number.isFinite(v)) { if (v < min) min = v; if (v > max) max = v; }
  if (!(max > min)) return tables;
  const places = new Map();
  return tables.map(([x, y]) => {
    const xs = [], ys = [];
    let last = -1;
    for (let i = 0; i < x.length; i++) {
      const cell = Math.round((x[i] - min) / (max - min) * cells);
      if (!places.has(cell)) places.set(cell, x[i]);
      if (cell !== last) { xs.push(places.get(cell)); ys.push(y[i]); }
      else {
        const before = ys[ys.length - 2];
        if (ys[ys.length - 1] == null || (y[i] != null && before != null && Math.abs(y[i] - before) > Math.abs(ys[ys.length - 1] - before))) ys[ys.length - 1] = y[i];
      }
      last = cell;
    }
    return [xs, ys];
  });
}

// Name of the metric on the axis; null for the others.
export function otherMetric(axis) {
  return axis?.startsWith("metric:") ? axis.slice(7) : null;
}

export function axisTitle(axis) {
  return { epoch: "Epoch", time: "Time", clock: "Time (UTC)", training: "Time in training", samples: "Samples seen" }[axis] ?? otherMetric(axis) ?? "Step";
}

// Where the points of a series stand on the axis. origin: time of its first point of all, in ms.
export function positions(series, axis, origin) {
  const { steps, epochs, times, other } = series.data;
  if (series.band) return steps;
  switch (axis) {
    case "epoch": return epochs;
    case "time": return Array.from(times, t => (t - origin) / 1000);
    case "clock": return Array.from(times, t => t / 1000);
    case "training": return Array.from(times, t => (t - origin - paused(series.pauses, origin, t)) / 1000);
    case "samples": return Array.from(epochs, e => Math.round(e * (series.samplesPerEpoch ?? 1)));
    default: return other ?? steps;
  }
}

// Milliseconds between two times in which the run did not train.
function paused(pauses, from, to) {
  return (pauses ?? []).reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(begin, from)), 0);
}

// Steps that a part of the axis covers, with a neighbour on either side; null when it covers none.
export function stepsWithin(x, steps, min, max) {
  let first = 0, last = x.length - 1;
  while (first < x.length && x[first] < min) first++;
  while (last >= 0 && x[last] > max) last--;
  if (first > x.length - 1 || last < 0) return null;
  return [steps[Math.max(0, first - 1)], steps[Math.min(x.length - 1, last + 1)]];
}

// Exponential mean with the start corrected, so that the first points are not pulled to zero; gaps stay gaps.
export function smooth(values, weight) {
  let mean = 0, mass = 0;
  return values.map(v => {
    if (v == null) return null;
    mean = mean * weight + v * (1 - weight);
    mass = mass * weight + (1 - weight);
    return mean / mass;
  });
}

// By rising place, of points in one place the last; what has no place is left out. uPlot needs it so.
export function inOrder([x, y]) {
  let order = Array.from(x.keys()).filter(i => Number.isFinite(x[i]));
  if (order.some((i, k) => k > 0 && x[i] < x[order[k - 1]])) order = order.sort((a, b) => x[a] - x[b] || a - b);
  const xs = [], ys = [];
  for (const i of order) {
    if (xs.length && x[i] === xs[xs.length - 1]) ys[ys.length - 1] = y[i];
    else { xs.push(x[i]); ys.push(y[i]); }
  }
  return [xs, ys];
}

export function lastOf(values) {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] != null) return values[i];
  return null;
}

// Where every point of the curves of a chart is downloaded; null when they are not of runs.
export function exportOf(series) {
  const parts = series.map(s => /^(.*)\/runs\/([^/]+)\/metrics\?key=([^&]+)/.exec(s.url));
  return parts.length === 0 || parts.includes(null) ? null : `${parts[0][1]}/metrics/export?${parts.map(([, , run, key]) => `series=${run}:${key}`).join("&")}`;
}

// From the 5th to the 95th percentile of what is drawn, with a margin; null where that is nothing.
export function middle(tables) {
  const values = tables.flatMap(([, y]) => y.filter(v => v != null)).sort((a, b) => a - b);
  if (values.length < 20) return null;
  const low = values[Math.floor(0.05 * (values.length - 1))], high = values[Math.ceil(0.95 * (values.length - 1))];
  const margin = 0.08 * (high - low);
  return high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)) ? [low - margin, high + margin] : null;
}
