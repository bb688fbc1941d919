/** Shapes: a folding of the graph as SVG, with room for its numbers. See autograd/live/views.py. */

/**
 * @typedef {[x: number, y: number, width: number, height: number, title: number, role: number,
 *   shown: number, group: number, open: string | null]} BoxData
 * @typedef {[tail: number, head: number, path: string, tipX: number, tipY: number,
 *   labelX: number | null, labelY: number | null, slope: number | string | null]} ArrowData
 * @typedef {[x: number, y: number, width: number, height: number, title: string, titleX: number,
 *   titleY: number]} FrameData
 * @typedef {{size: [number, number], of: string | null, labels: boolean, digits: number,
 *   boxes: BoxData[], arrows: ArrowData[],
 *   frames: FrameData[]}} Folding
 * @typedef {{first: string, levels: [string, string][], foldings: Record<string, Folding>,
 *   roles: string[], titles: string[], groups: number[][], digits: number, room: number,
 *   few: number, slope: number, asked: boolean, packed: string, missing: string}} Views
 */

/** The height of a line of numbers, and of the bar by which a role is told without its colour. */
const ROW = 20, BAR = 3;

/** Where that bar is: see autograd/draw/colours.py. @type {Record<string, string>} */
const BARS = { input: "bottom", weight: "top", target: "middle", output: "right" };

/** @param {string} text */
const safe = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** @param {Views} views @param {Folding} folding */
export function shapes(views, folding) {
  const { frames, arrows, boxes } = folding;
  return frames.map(frameShape).join("") + arrows.map(arrowShape).join("")
    + boxes.map((box) => boxShape(box, views)).join("");
}

/** @param {FrameData} frame */
function frameShape([x, y, width, height, title, titleX, titleY]) {
  return `<rect class="cr-group" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`
    + `<text class="cr-what" x="${titleX}" y="${titleY}" text-anchor="middle">`
    + `${safe(title)}</text>`;
}

/** @param {ArrowData} arrow */
function arrowShape([, , path, x, y, labelX, labelY]) {
  const label = labelX === null ? "" : `<text x="${labelX}" y="${labelY}"></text>`;
  return `<g class="cr-arrow" role="img" tabindex="-1"><path class="cr-hit" d="${path}"/>`
    + `<path d="${path}"/><path class="cr-tip" d="${tip(path, x, y)}"/>${label}</g>`;
}

/** The head of an arrow, from where its path ends to its tip. */
function tip(/** @type {string} */ path, /** @type {number} */ x, /** @type {number} */ y) {
  const steps = (path.match(/-?\d+/g) ?? []).map(Number);
  let [a, b] = steps;
  for (let at = 6; at < steps.length; at += 6) [a, b] = [a + steps[at], b + steps[at + 1]];
  const [u, v] = [(x - a) * 0.35, (y - b) * 0.35];
  return `M${x} ${y}L${a - v} ${b + u}L${a + v} ${b - u}z`;
}

/** @param {BoxData} box @param {Views} views */
function boxShape([x, y, width, height, title, role, shown, , open], views) {
  const kind = views.roles[role], bar = BARS[kind] ?? "", lying = bar && bar !== "right" ? BAR : 0;
  const head = height - 2 * ROW - lying, top = bar === "top" ? BAR : 0;
  const wide = bar === "right" ? width - BAR : width;
  const below = top + head + (bar === "middle" ? BAR : 0);
  const lines = views.titles[title].split("\n"), first = top + (head - 12 * lines.length) / 2 + 10;
  const name = lines.map((line, at) => `<tspan x="${wide / 2}" y="${first + 12 * at}">`
    + `${safe(line)}</tspan>`).join(" ");
  const number = (/** @type {number} */ at, /** @type {string} */ what) =>
    `<text class="cr-what" x="5" y="${below + at * ROW + 14}">${what}</text>`
    + ` <text class="cr-number" x="${wide - 5}" y="${below + at * ROW + 14}"></text>`;
  const marks = { top: [0, 0], middle: [0, top + head], bottom: [0, height - BAR],
    right: [wide, 0] }[bar];
  const mark = marks ? `<rect class="cr-role" x="${marks[0]}" y="${marks[1]}" width="`
    + `${lying ? width : BAR}" height="${lying || height}"/>` : "";
  const [value, grad] = shown < 0 ? ["values", "|grad| ≤"] : ["value", "grad"];
  return `<g class="cr-box cr-${kind}" role="button" tabindex="-1" `
    + `transform="translate(${x} ${y})">`
    + `<rect class="cr-card" width="${width}" height="${height}"/>`
    + `<rect class="cr-top" y="${top}" width="${wide}" height="${head}"/>${mark}`
    + `<path class="cr-rule" d="M0 ${below + ROW}h${wide}"/>`
    + `<rect class="cr-edge" width="${width}" height="${height}"/>`
    + `<text class="cr-name">${name}</text> ${number(0, value)} ${number(1, grad)}`
    + `${open === null ? "" : unfoldShape(wide)}</g>`;
}

/** What is clicked to unfold a box; for keys there is a button. @param {number} x */
function unfoldShape(x) {
  return `<g class="cr-open" transform="translate(${x - 6} -6)"><title>unfold</title>`
    + '<rect x="-6" y="-6" width="24" height="24" fill="none" pointer-events="all"/>'
    + '<rect class="cr-knob" width="12" height="12" rx="3"/><path d="M3 6h6M6 3v6"/></g>';
}
