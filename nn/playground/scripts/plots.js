// Pictures on canvas: the plane and what neurons make of it, loss curves, the error surface.

import { weighted } from "./training.js";

/** @typedef {import("./training.js").Training} Training
 * @typedef {{ x: number, y: number, half: number }} Box the square that is shown
 * @typedef {{ size: number, values: number[][][] }} Field for each neuron, its output at each place
 * @typedef {{ points: number[][], colour: string, width?: number, dash?: number[] }} Series */

const BLUE = [37, 99, 235], ORANGE = [217, 112, 13], GREEN = [5, 150, 105], VIOLET = [147, 51, 234];
export const CLASSES = [ORANGE, BLUE, GREEN, VIOLET];
const MARGIN = 8;

/** @param {number[]} colour */
const css = (colour) => `rgb(${colour.join(" ")})`;

/** A canvas as sharp as the screen, wiped. @param {any} canvas */
function sheet(canvas) {
  const scale = devicePixelRatio || 1;
  const w = canvas.clientWidth || 300, h = canvas.clientHeight || 300;
  canvas.width = Math.round(w * scale);
  canvas.height = Math.round(h * scale);
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  g.scale(scale, scale);
  const style = getComputedStyle(canvas);
  g.font = `11px ${style.fontFamily}`;
  return { g, w, h, ink: style.color, paper: style.backgroundColor };
}

/** The square around all samples. @param {Training} training @returns {Box} */
export function boxOf({ samples }) {
  const middle = [0, 1].map((k) => {
    const all = samples.map(([x]) => x[k] ?? 0), low = Math.min(...all), high = Math.max(...all);
    return [(low + high) / 2, (high - low) / 2];
  });
  const half = 1.2 * (Math.max(middle[0][1], middle[1][1]) || 1);
  return { x: middle[0][0], y: middle[1][0], half };
}

/** What every neuron gives at the places of a grid, or along a line if there is one input.
 * @param {Training} training @param {Box} box @param {boolean} fine @returns {Field} */
export function sweep(training, box, fine) {
  const neurons = training.layers.flat().length, flat = training.inputs === 1;
  const size = (flat || neurons < 20 ? 40 : 28) * (fine || flat ? 2 : 1);
  const at = (/** @type {number} */ k) => box.half * ((2 * k + 1) / size - 1);
  const values = training.layers.map((rows) => rows.map(() => /** @type {number[]} */ ([])));
  for (let row = 0; row < (flat ? 1 : size); row++) {
    for (let column = 0; column < size; column++) {
      const inputs = flat ? [box.x + at(column)] : [box.x + at(column), box.y - at(row)];
      training.forward(inputs).outputs.forEach((outputs, l) =>
        outputs.forEach((value, j) => values[l][j].push(value)));
    }
  }
  return { size, values };
}

/** The colours of a field, one pixel for each place. @param {number} size @param {any} canvas
 * @param {(place: number) => [number[], number]} colour with how much of it, from 0 to 1 */
function pixels(canvas, size, colour) {
  canvas.width = canvas.height = size;
  const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = g.createImageData(size, size);
  for (let place = 0; place < size * size; place++) {
    const [rgb, much] = colour(place);
    image.data.set([...rgb, 255 * much], 4 * place);
  }
  g.putImageData(image, 0, 0);
}

/** The sign of a number as a colour. @param {number} value @param {number} top @param {number} most
 * @returns {[number[], number]} */
const signed = (value, top, most) =>
  [value > 0 ? BLUE : ORANGE, Math.min(1, Math.abs(value) / (top || 1)) * most || 0];

/** A neuron's own picture. @param {any} canvas @param {number[]} values @param {number} size */
export function thumbnail(canvas, values, size) {
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (values.length > size) return pixels(canvas, size, (k) => signed(values[k], top, 0.9));
  const { g, w, h, ink } = sheet(canvas);
  g.strokeStyle = ink;
  g.beginPath();
  const py = (/** @type {number} */ value) => (h / 2) * (1 - (0.9 * value) / (top || 1));
  values.forEach((value, k) => g.lineTo((k / size) * w, py(value)));
  g.stroke();
}

/** The plane: what the network says everywhere, the samples, and the batch in rings.
 * @param {any} canvas @param {Training} training @param {Field} field @param {Box} box
 * @param {number[]} batch @param {boolean} regression */
export function plane(canvas, training, field, box, batch, regression) {
  const { g, w, h, ink, paper } = sheet(canvas), scores = field.values.at(-1) ?? [];
  const flat = training.inputs === 1, all = [...training.samples, ...training.others];
  const ys = all.map(([, y]) => y[0]), low = Math.min(...ys), high = Math.max(...ys);
  const rise = high - low || 1;
  const px = (/** @type {number} */ x) => (((x - box.x) / box.half + 1) * w) / 2;
  const py = (/** @type {number} */ y) => flat ? h - 20 - ((y - low) / rise) * (h - 40)
    : (1 - (y - box.y) / box.half) * h / 2;
  if (flat) {
    g.strokeStyle = css(BLUE);
    g.lineWidth = 2.5;
    g.beginPath();
    scores[0].forEach((value, k) => g.lineTo(((k + 0.5) / field.size) * w, py(value)));
    g.stroke();
  } else {
    const under = document.createElement("canvas");
    const top = regression ? Math.max(...scores[0].map(Math.abs), high) : 1;
    pixels(under, field.size, (k) => {
      if (scores.length === 1) {
        const [colour, much] = signed(scores[0][k], top, 0.35);
        return [colour, regression ? much : 0.2 + much];
      }
      const each = scores.map((score) => score[k]), best = each.indexOf(Math.max(...each));
      return [CLASSES[best] ?? BLUE, 0.45];
    });
    g.drawImage(under, 0, 0, w, h);
  }
  all.forEach(([x, y], k) => {
    const label = y.length > 1 ? y.indexOf(Math.max(...y)) : y[0];
    const own = regression ? 1 : training.settings.loss === "cross_entropy" || y.length > 1 ? label
      : Number(label > 0);
    const [cx, cy] = [px(x[0]), py(flat ? y[0] : x[1])];
    g.beginPath();
    g.arc(cx, cy, 3.6, 0, 7);
    g.fillStyle = css(CLASSES[own] ?? BLUE);
    g.strokeStyle = paper;
    g.lineWidth = 1;
    if (k < training.samples.length) g.fill(); // the others are validation: hollow
    else g.strokeStyle = css(CLASSES[own] ?? BLUE);
    g.stroke();
    if (!batch.includes(k)) return;
    g.beginPath();
    g.arc(cx, cy, 6.5, 0, 7);
    g.strokeStyle = ink;
    g.lineWidth = 1.6;
    g.stroke();
  });
  g.fillStyle = ink;
  /** @param {number} a @param {number} b */
  const span = (a, b) => `${short(a, 2)} to ${short(b, 2)}`;
  const across = span(box.x - box.half, box.x + box.half);
  g.fillText(flat ? `x ${across} →` : `x₁ ${across} →`, MARGIN, h - 8);
  const up = (/** @type {number} */ at) => flat ? low + ((h - 20 - at) / (h - 40)) * rise
    : box.y + box.half * (1 - (2 * at) / h);
  g.fillText(`↑ ${flat ? "y" : "x₂"} ${span(up(h), up(0))}`, MARGIN, 16);
}

/** @param {number} x */
export function short(x, digits = 4) {
  const text = String(Number(x.toPrecision(digits)));
  return text.replace(/-/g, "−").replace("NaN", "not a number").replace("Infinity", "∞");
}

/** Curves over the iterations, on a logarithmic scale where they fall far.
 * @param {any} canvas @param {Series[]} series @param {number} last the last iteration */
export function curves(canvas, series, last) {
  const { g, w, h, ink } = sheet(canvas), style = getComputedStyle(canvas);
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  if (!ys.length) return;
  const low = ys.reduce((a, b) => Math.min(a, b)), high = ys.reduce((a, b) => Math.max(a, b));
  const log = low > 0 && high > 30 * low, scale = log ? Math.log : (/** @type {number} */ y) => y;
  const bottom = log ? scale(low) : Math.min(0, low), rise = scale(high) - bottom || 1;
  const py = (/** @type {number} */ y) => h - 22 - ((scale(y) - bottom) / rise) * (h - 44);
  const px = (/** @type {number} */ x) => MARGIN + (x / Math.max(last, 1)) * (w - 2 * MARGIN);
  for (const { points, colour, width = 1, dash = [] } of series) {
    const step = Math.ceil(points.length / 500) || 1;
    g.strokeStyle = style.getPropertyValue(colour);
    g.lineWidth = points.length > 1 ? width : 5; // one point is a dot
    g.lineCap = points.length > 1 ? "butt" : "round";
    g.setLineDash(dash);
    g.beginPath();
    [points[0] ?? [], ...points].filter((_, k) => k % step === 0 || k === points.length)
      .forEach(([x, y], k) => g.lineTo(px(x) + (k && 0.01), py(Math.min(y, high))));
    g.stroke();
  }
  g.fillStyle = ink;
  g.fillText(short(high) + (log ? "  (logarithmic)" : ""), MARGIN, 13);
  g.fillText(short(log ? low : Math.min(0, low)), MARGIN, h - 7);
  g.textAlign = "right";
  g.fillText(`iteration ${last}`, w - MARGIN, h - 7);
}

/** The error of a line ŷ = m·x + b for all m and b around the best ones.
 * @param {Training} training */
export function surfaceOf(training) {
  const { samples, layers } = training, n = samples.length, [m, b] = layers[0][0];
  const xs = samples.map(([x]) => x[0]), ys = samples.map(([, y]) => y[0]);
  const mean = (/** @type {number[]} */ all) => all.reduce((s, x) => s + x, 0) / n;
  const centre = mean(xs), off = xs.map((x) => x - centre);
  const slope = weighted(off, ys) / (weighted(off, off) || 1);
  const best = [slope, mean(ys) - slope * centre];
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
 * @param {any} canvas @param {ReturnType<typeof surfaceOf>} surface @param {number[][]} path */
export function surfacePicture(canvas, { best, half, size, errors }, path) {
  const { g, w, h, ink, paper } = sheet(canvas), under = document.createElement("canvas");
  const low = Math.min(...errors), high = Math.max(...errors);
  pixels(under, size, (k) =>
    [BLUE, 0.75 * (1 - Math.round(((errors[k] - low) / (high - low || 1)) * 12) / 12)]);
  g.drawImage(under, 0, 0, w, h);
  const at = (/** @type {number[]} */ [m, b]) => /** @type {[number, number]} */ (
    [((m - best[0]) / half + 1) * w / 2, (1 - (b - best[1]) / half) * h / 2]);
  g.strokeStyle = css(ORANGE);
  g.lineWidth = 2;
  g.beginPath();
  path.forEach((point) => g.lineTo(...at(point)));
  g.stroke();
  const [x, y] = at(path[path.length - 1]);
  g.beginPath();
  g.arc(x, y, 5, 0, 7);
  g.fillStyle = css(ORANGE);
  g.strokeStyle = paper;
  g.fill();
  g.stroke();
  g.fillStyle = ink;
  g.fillText(`m from ${short(best[0] - half, 3)} to ${short(best[0] + half, 3)} →`, MARGIN, h - 8);
  g.fillText(`↑ b from ${short(best[1] - half, 3)} to ${short(best[1] + half, 3)}`, MARGIN, 15);
}
