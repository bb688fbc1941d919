// Pictures on canvas: the plane and what neurons make of it, loss curves, the error surface.

import { weighted } from "./training.js";

/** @typedef {import("./training.js").Training} Training
 * @typedef {{ x: number, y: number, half: number }} Box the square that is shown
 * @typedef {{ size: number, values: number[][][] }} Field for each neuron, its output at each place
 * @typedef {{ points: number[][], colour: string, width?: number, dash?: number[] }} Series */

// Of the classes 0, 1, …; of negative and positive numbers the first two.
const CLASSES = [[217, 112, 13], [37, 99, 235], [5, 150, 105], [147, 51, 234]];
const MARGIN = 8;

/** @param {number} which */
const classColour = (which) => `rgb(${CLASSES[which].join(" ")})`;

/** @param {number} x */
export function short(x, digits = 4) {
  const text = String(Number(x.toPrecision(digits)));
  return text.replace(/-/g, "−").replace("NaN", "not a number").replace("Infinity", "∞");
}

/** A canvas as sharp as the screen, wiped, and ways to draw on it. @param {any} canvas */
function sheet(canvas) {
  const scale = devicePixelRatio || 1, style = getComputedStyle(canvas);
  const w = canvas.clientWidth || 300, h = canvas.clientHeight || 300;
  canvas.width = Math.round(w * scale);
  canvas.height = Math.round(h * scale);
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.scale(scale, scale);
  g.font = `11px ${style.fontFamily}`;
  g.fillStyle = style.color;
  return {
    g, w, h, ink: style.color, paper: style.backgroundColor,
    colour: (/** @type {string} */ name) => style.getPropertyValue(name),
    /** @param {number[][]} points @param {string} colour @param {number} width */
    path(points, colour, width) {
      g.strokeStyle = colour;
      g.lineWidth = width;
      g.beginPath();
      for (const [x, y] of points) g.lineTo(x, y);
      g.stroke();
    },
    /** @param {number[]} at @param {number} radius @param {string} fill @param {string} edge */
    dot([x, y], radius, fill, edge, width = 1) {
      g.beginPath();
      g.arc(x, y, radius, 0, 7);
      Object.assign(g, { fillStyle: fill, strokeStyle: edge, lineWidth: width });
      if (fill) g.fill();
      g.stroke();
      g.fillStyle = style.color;
    },
  };
}

/** The square around all samples. @param {Training} training @returns {Box} */
export function boxOf({ samples }) {
  const [[x, wide], [y, high]] = [0, 1].map((k) => {
    const all = samples.map(([inputs]) => inputs[k] ?? 0);
    const low = Math.min(...all), top = Math.max(...all);
    return [(low + top) / 2, (top - low) / 2];
  });
  return { x, y, half: 1.2 * (Math.max(wide, high) || 1) };
}

/** What every neuron gives at the places of a grid, or along a line if there is one input.
 * @param {Training} training @param {Box} box @param {boolean} fine @returns {Field} */
export function sweep(training, box, fine) {
  const flat = training.inputs === 1, few = training.layers.flat().length < 20;
  const size = (flat || few ? 36 : 20) * (fine || flat ? 2 : 1);
  const values = (training.own ? [training.outputs] : training.widths.slice(1)).map(
    (width) => Array.from({ length: width }, () => /** @type {number[]} */ ([])));
  for (let place = 0; place < (flat ? size : size * size); place++) {
    const at = [place % size, size - 1 - Math.floor(place / size)].map(
      (k) => box.half * ((2 * k + 1) / size - 1));
    const inputs = flat ? [box.x + at[0]] : [box.x + at[0], box.y + at[1]];
    training.forward(inputs).outputs.forEach((outputs, l) =>
      outputs.forEach((value, j) => values[l][j].push(value)));
  }
  return { size, values };
}

/** A picture of one pixel for each place. @param {number} size @param {any} canvas
 * @param {(place: number) => number[]} paint a class, and how much of its colour, from 0 to 1 */
function pixels(canvas, size, paint) {
  canvas.width = canvas.height = size;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = g.createImageData(size, size);
  for (let place = 0; place < size * size; place++) {
    const [which, much] = paint(place);
    image.data.set([...CLASSES[which], 255 * much], 4 * place);
  }
  g.putImageData(image, 0, 0);
  return canvas;
}

/** A number's sign, and its size beside the largest. @param {number} x @param {number} top */
const signed = (x, top) => [Number(x > 0), Math.min(1, Math.abs(x) / (top || 1)) || 0];

/** A neuron's own picture. @param {any} canvas @param {Field["values"][0][0]} values
 * @param {number} size */
export function thumbnail(canvas, values, size) {
  const top = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  if (values.length > size) return pixels(canvas, size, (k) => signed(values[k], top * 1.1));
  const { w, h, ink, path } = sheet(canvas);
  path(values.map((x, k) => [(k / size) * w, (h / 2) * (1 - (0.9 * x) / top)]), ink, 1);
}

/** The plane: what the network says everywhere, the samples, and the batch in rings.
 * @param {any} canvas @param {Training} training @param {Field} field @param {Box} box
 * @param {number[]} batch @param {boolean} regression */
export function plane(canvas, training, { size, values }, box, batch, regression) {
  const { g, w, h, ink, paper, path, dot } = sheet(canvas), scores = values[values.length - 1];
  const flat = training.inputs === 1, all = [...training.samples, ...training.others];
  const chances = flat && training.settings.loss === "cross_entropy";
  const targets = chances ? [0, 1] : all.flatMap(([, y]) => (flat ? y : y[0])), high = Math.max(...targets);
  const low = flat ? Math.min(...targets) : box.y - box.half;
  const ones = scores.map(() => 1), edge = flat ? 30 : 0, rise = (flat ? high - low : 2 * box.half) || 1;
  const px = (/** @type {number} */ x) => (((x - box.x) / box.half + 1) * w) / 2;
  const py = (/** @type {number} */ y) => h - edge - ((y - low) / rise) * (h - 2 * edge);
  if (flat) {
    scores.forEach((score, j) => path(score.map((y, k) => [((k + 0.5) / size) * w,
      py(chances ? 1 / weighted(scores.map((other) => Math.exp(other[k] - y)), ones) : y)]),
    classColour(scores.length > 1 ? j : 1), 2.5));
  } else {
    const top = regression ? Math.max(high, ...scores[0].map(Math.abs)) : 1;
    g.drawImage(pixels(document.createElement("canvas"), size, (k) => {
      const each = scores.map((score) => score[k]), [which, much] = signed(each[0], top);
      if (each.length > 1) return [each.indexOf(Math.max(...each)), 0.45];
      return [Math.max(which, 0), 0.35 * much + (regression ? 0 : 0.2)];
    }), 0, 0, w, h);
  }
  all.forEach(([x, y], k) => {
    const label = y.length > 1 ? y.indexOf(Math.max(...y))
      : training.settings.loss === "cross_entropy" ? y[0] : Number(regression || y[0] > 0);
    const several = flat && y.length > 1; // a dot for each target
    (several ? y : [flat && !chances ? y[0] : flat ? 1 : x[1]]).forEach((height, j) => {
      const at = [px(x[0]), py(height)], colour = classColour(several ? j : label);
      if (k < training.samples.length) dot(at, 3.6, colour, paper);
      else dot(at, 3.6, "", colour); // validation: hollow
      if (batch.includes(k)) dot(at, 6.5, "", ink, 1.6);
    });
  });
  const more = (edge / (h - 2 * edge)) * rise, first = box.x - box.half;
  g.fillText(`${flat ? "x" : "x₁"} ${short(first, 2)} to ${short(box.x + box.half, 2)} →`,
    MARGIN, h - 8);
  const name = chances ? "probability" : flat ? "y" : "x₂";
  g.fillText(`↑ ${name} ${short(low - more, 2)} to ${short(low + rise + more, 2)}`, MARGIN, 16);
}

/** Curves over the iterations, on a logarithmic scale where they fall far.
 * @param {any} canvas @param {Series[]} series @param {number} last the last iteration */
export function curves(canvas, series, last) {
  const { g, w, h, path, colour } = sheet(canvas);
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const low = ys.reduce((a, b) => Math.min(a, b), Infinity);
  const high = ys.reduce((a, b) => Math.max(a, b), 0);
  const log = low > 0 && high > 30 * low, scale = log ? Math.log : (/** @type {number} */ y) => y;
  const least = log ? low : Math.min(0, low), rise = scale(high) - scale(least) || 1;
  const py = (/** @type {number} */ y) => h - 22 - ((scale(y) - scale(least)) / rise) * (h - 44);
  const px = (/** @type {number} */ x) => MARGIN + (x / Math.max(last, 1)) * (w - 2 * MARGIN);
  for (const { points, colour: name, width = 1, dash = [] } of series) {
    const step = Math.ceil(points.length / 500), end = points.length - 1;
    const seen = points.filter((_, k) => k % step === 0 || k === end);
    if (end === 0) seen.push([seen[0][0] + 0.01, seen[0][1]]); // a dot
    g.lineCap = end ? "butt" : "round";
    g.setLineDash(dash);
    path(seen.map(([x, y]) => [px(x), py(y)]), colour(name), end ? width : 5);
  }
  if (!ys.length) return;
  g.fillText(short(high) + (log ? "  (logarithmic)" : ""), MARGIN, 13);
  g.fillText(short(least), MARGIN, h - 7);
  g.textAlign = "right";
  g.fillText(`iteration ${last}`, w - MARGIN, h - 7);
}

/** The error of a line ŷ = m·x + b for all m and b around the best ones.
 * @param {Training} training */
export function surfaceOf(training) {
  const { samples, layers } = training, n = samples.length, [m, b] = layers[0][0];
  const xs = samples.map(([x]) => x[0]), ys = samples.map(([, y]) => y[0]), ones = xs.map(() => 1);
  const centre = weighted(xs, ones) / n, off = xs.map((x) => x - centre);
  const slope = weighted(off, ys) / (weighted(off, off) || 1);
  const best = [slope, weighted(ys, ones) / n - slope * centre];
  const half = 1.3 * Math.max(Math.abs(best[0] - m), Math.abs(best[1] - b), 0.5);
  const size = Math.round(Math.max(14, Math.min(44, Math.sqrt(150000 / n))));
  const errors = Array.from({ length: size * size }, (_, k) => {
    const at = [k % size, size - 1 - Math.floor(k / size)].map(
      (place, which) => best[which] + half * ((2 * place + 1) / size - 1));
    return Math.log(training.mean(samples, [[at]]) + 1e-12);
  });
  return { best, half, size, errors };
}

/** That surface from above, in bands, with the way that training took on it.
 * @param {any} canvas @param {ReturnType<typeof surfaceOf>} surface @param {number[][]} way */
export function surfacePicture(canvas, { best, half, size, errors }, way) {
  const { g, w, h, paper, path, dot } = sheet(canvas);
  const low = Math.min(...errors), rise = Math.max(...errors) - low || 1;
  g.drawImage(pixels(document.createElement("canvas"), size, (k) =>
    [1, 0.75 * (1 - Math.round(((errors[k] - low) / rise) * 12) / 12)]), 0, 0, w, h);
  const points = way.map(([m, b]) =>
    [((m - best[0]) / half + 1) * w / 2, (1 - (b - best[1]) / half) * h / 2]);
  path(points, classColour(0), 2);
  dot(points[points.length - 1], 5, classColour(0), paper);
  const span = best.map((x) => `${short(x - half, 3)} to ${short(x + half, 3)}`);
  g.fillText(`m ${span[0]} →`, MARGIN, h - 8);
  g.fillText(`↑ b ${span[1]}`, MARGIN, 16);
}
