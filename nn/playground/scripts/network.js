// The network: a button for each neuron with its own picture of the plane, a line for each weight.

import { short, thumbnail } from "./plots.js";

/** @typedef {import("./training.js").Training} Training
 * @typedef {import("./plots.js").Field} Field
 * @typedef {{ layer: number, neuron: number }} Place */

/** An element with its attributes, in a parent. @param {any} parent @param {string} tag
 * @param {Record<string, any>} attributes @returns {any} */
function put(parent, tag, { text = "", ...attributes }) {
  const drawn = tag === "svg" || tag === "line";
  const space = `http://www.w3.org/${drawn ? "2000/svg" : "1999/xhtml"}`;
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  parent.append(made);
  return made;
}

/** @param {string} letter @param {number} number */
const indexed = (letter, number) =>
  letter + String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);

/** What nn calls a neuron, an input (layer −1) and a weight. @param {Training} training */
export function names({ widths, settings }) {
  const line = String(widths) === "1,1" && settings.bias;
  /** How many there are in the layers before. @param {number} l
   * @param {(l: number) => number} of */
  const before = (l, of) => widths.slice(1, l + 1).reduce((sum, _, k) => sum + of(k), 0);
  /** @param {number} l @param {number} j */
  const neuron = (l, j) => {
    const letter = l < 0 ? "x" : l < widths.length - 2 ? "h" : "ŷ";
    if (letter === "h") return indexed("h", before(l, (k) => widths[k + 1]) + j + 1);
    return widths[l + 1] === 1 ? letter : indexed(letter, j + 1);
  };
  /** @param {number} l @param {number} j @param {number} i */
  const weight = (l, j, i) => {
    const bias = i === widths[l];
    if (line) return bias ? "b" : "m";
    if (bias) return indexed("b", before(l, (k) => widths[k + 1]) + j + 1);
    return indexed("w", before(l, (k) => widths[k] * widths[k + 1]) + j * widths[l] + i + 1);
  };
  return { neuron, weight };
}

export class Network {
  /** @param {any} host @param {Training} training @param {(place: Place) => void} choose
   * @param {(layer: number, by: number) => void} resize */
  constructor(host, training, choose, resize) {
    const { widths } = training;
    this.host = host;
    this.training = training;
    this.named = names(training);
    host.replaceChildren();
    host.style.setProperty("--rows", Math.max(...widths));
    host.style.setProperty("--columns", widths.length);
    this.lines = put(host, "svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none",
      "aria-hidden": true });
    /** @type {any[][]} */ this.buttons = [];
    /** @type {any[][][]} */ this.edges = widths.slice(1).map(() => []);
    widths.forEach((width, column) => {
      const hidden = column > 0 && column < widths.length - 1;
      const heading = put(host, "div", { class: "heading", style: `left:${this.at(column)[0]}%` });
      put(heading, "span", { text: hidden ? "hidden" : column ? "output" : "input" });
      for (const by of hidden ? [-1, 1] : []) {
        const label = `one neuron ${by > 0 ? "more" : "fewer"} in hidden layer ${column}`;
        const sign = { type: "button", text: by > 0 ? "+" : "−", "aria-label": label };
        put(heading, "button", sign).addEventListener("click", () => {
          resize(column - 1, by); // which makes other buttons
          host.querySelector(`[aria-label="${label}"]`)?.focus();
        });
      }
      const made = Array.from({ length: width }, (_, j) => this.circle(column - 1, j, choose));
      if (column) this.buttons.push(made);
    });
    this.labels = put(host, "div", { class: "labels", "aria-hidden": true });
  }

  /** The place of a neuron, in percent. @param {number} column @param {number} row */
  at(column, row = 0) {
    const { widths } = this.training;
    return [(100 * (column + 0.5)) / widths.length, (100 * (row + 0.5)) / widths[column]];
  }

  /** One neuron, or an input, with the lines that lead to it. @param {number} l @param {number} j
   * @param {(place: Place) => void} choose */
  circle(l, j, choose) {
    const [x2, y2] = this.at(l + 1, j), style = `left:${x2}%;top:${y2}%`, input = l < 0;
    const made = put(this.host, input ? "div" : "button", input ? { class: "neuron input", style }
      : { class: "neuron", type: "button", style });
    if (!input) put(made, "canvas", { width: 36, height: 36 });
    put(made, "span", { text: this.named.neuron(l, j) });
    if (input) return made;
    /** @param {any} target @param {number} count @param {number} from */
    const labelled = (target, count, from) => {
      for (const name of ["pointerenter", "focus", "pointerleave", "blur"]) {
        const seen = name === "pointerenter" || name === "focus" ? count : 0;
        target.addEventListener(name, () => this.show(seen, l, j, from));
      }
    };
    labelled(made, Infinity, 0);
    made.addEventListener("click", () => choose({ layer: l, neuron: j }));
    this.edges[l][j] = Array.from({ length: this.training.widths[l] }, (_, i) => {
      const [x1, y1] = this.at(l, i), [hit, line] = ["hit", "weight"].map(
        (name) => put(this.lines, "line", { class: name, x1, y1, x2, y2 }));
      labelled(hit, 1, i);
      return line;
    });
    return made;
  }

  /** Writes the numbers of a neuron's weights beside its lines. @param {number} count
   * @param {number} l @param {number} j @param {number} from */
  show(count, l, j, from) {
    const [x2, y2] = this.at(l + 1, j), { widths, layers } = this.training;
    this.labels.replaceChildren();
    layers[l][j].slice(from, from + count).forEach((w, k) => {
      const i = from + k, bias = i === widths[l], [x1, y1] = bias ? [x2, y2] : this.at(l, i);
      const part = count === 1 ? 0.5 : 0.42;
      put(this.labels, "span", { text: `${this.named.weight(l, j, i)} = ${short(w)}`,
        class: bias ? "bias" : "",
        style: `left:${x1 + part * (x2 - x1)}%;top:${y1 + part * (y2 - y1)}%` });
    });
  }

  /** The present weights and pictures. @param {Field} field @param {Place | null} chosen */
  update(field, chosen) {
    const { layers } = this.training, { weight, neuron } = this.named;
    const top = layers.flat(2).reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    layers.forEach((rows, l) => rows.forEach((row, j) => {
      const button = this.buttons[l][j];
      thumbnail(button.firstChild, field.values[l][j], field.size);
      button.setAttribute("aria-pressed", chosen?.layer === l && chosen.neuron === j);
      button.setAttribute("aria-label", `${neuron(l, j)}, ${this.training.activation(l)}: `
        + row.map((w, i) => `${weight(l, j, i)} ${short(w, 3)}`).join(", "));
      this.edges[l][j].forEach((line, i) => {
        const size = Math.abs(row[i]) / top || 0;
        line.classList.toggle("negative", row[i] < 0);
        line.style.strokeWidth = 0.4 + 4 * size;
        line.style.strokeOpacity = 0.45 + 0.55 * size;
      });
    }));
  }
}
