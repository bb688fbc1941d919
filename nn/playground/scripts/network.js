// The network: a button for each neuron with its own picture of the plane, a line for each weight.

import { short, thumbnail } from "./plots.js";

/** @typedef {import("./training.js").Training} Training @typedef {import("./plots.js").Field} Field
 * @typedef {{ layer: number, neuron: number }} Place */

/** An element with its attributes. @param {string} tag @param {Record<string, any>} attributes
 * @param {string} [space] @returns {any} */
export function element(tag, attributes, space = "http://www.w3.org/1999/xhtml") {
  const made = document.createElementNS(space, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  return made;
}

const LOWERED = "₀₁₂₃₄₅₆₇₈₉";
/** @param {string} letter @param {number} number */
const indexed = (letter, number) =>
  letter + String(number).replace(/\d/g, (digit) => LOWERED[Number(digit)]);

/** What nn calls a neuron, an input (layer −1) and a weight. @param {Training} training */
export function names({ widths, settings }) {
  const sum = (/** @type {number[]} */ all) => all.reduce((s, x) => s + x, 0);
  const line = widths.length === 2 && widths[0] === 1 && widths[1] === 1 && settings.bias;
  /** @param {number} layer @param {number} neuron */
  const neuron = (layer, neuron) => {
    if (layer < 0) return widths[0] === 1 ? "x" : indexed("x", neuron + 1);
    const before = sum(widths.slice(1, layer + 1));
    if (layer < widths.length - 2) return indexed("h", before + neuron + 1);
    return widths[widths.length - 1] === 1 ? "ŷ" : indexed("ŷ", neuron + 1);
  };
  /** @param {number} layer @param {number} neuron @param {number} input */
  const weight = (layer, neuron, input) => {
    const bias = input === widths[layer];
    if (line) return bias ? "b" : "m";
    if (bias) return indexed("b", sum(widths.slice(1, layer + 1)) + neuron + 1);
    const before = sum(widths.slice(0, layer).map((width, l) => width * widths[l + 1]));
    return indexed("w", before + neuron * widths[layer] + input + 1);
  };
  return { neuron, weight };
}

export class Network {
  /** @param {any} host @param {Training} training @param {(place: Place) => void} choose
   * @param {(layer: number, by: number) => void} resize */
  constructor(host, training, choose, resize) {
    this.host = host;
    this.training = training;
    this.named = names(training);
    host.replaceChildren();
    const { widths } = training, tallest = Math.max(...widths);
    host.style.setProperty("--rows", String(tallest));
    host.style.setProperty("--columns", String(widths.length));
    this.lines = element("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none",
      "aria-hidden": "true" }, "http://www.w3.org/2000/svg");
    host.append(this.lines);
    /** @type {any[][]} */ this.buttons = [];
    /** @type {any[][][]} */ this.edges = [];
    widths.forEach((width, column) => {
      const l = column - 1, heading = element("div", { class: "heading" });
      heading.style.left = `${this.x(column)}%`;
      const what = l < 0 ? "input" : l < training.settings.layers.length ? "hidden" : "output";
      heading.append(element("span", { text: what }));
      if (what === "hidden") {
        for (const by of [-1, 1]) {
          const button = element("button", { type: "button", text: by > 0 ? "+" : "−", "aria-label":
            `one neuron ${by > 0 ? "more" : "fewer"} in hidden layer ${column}` });
          button.addEventListener("click", () => resize(l, by));
          heading.append(button);
        }
      }
      host.append(heading);
      const made = Array.from({ length: width }, (_, j) => this.circle(l, j, choose));
      if (l >= 0) this.buttons.push(made);
    });
    this.labels = element("div", { class: "labels", "aria-hidden": "true" });
    host.append(this.labels);
  }

  /** @param {number} column */
  x(column) {
    return (100 * (column + 0.5)) / this.training.widths.length;
  }

  /** @param {number} column @param {number} row */
  y(column, row) {
    return (100 * (row + 0.5)) / this.training.widths[column];
  }

  /** One neuron, or an input, with the lines that lead to it. @param {number} l @param {number} j
   * @param {(place: Place) => void} choose */
  circle(l, j, choose) {
    const { widths } = this.training, column = l + 1;
    const made = element(l < 0 ? "div" : "button", { class: l < 0 ? "neuron input" : "neuron" });
    made.style.left = `${this.x(column)}%`;
    made.style.top = `${this.y(column, j)}%`;
    made.append(element("span", { text: this.named.neuron(l, j) }));
    this.host.append(made);
    if (l < 0) return made;
    made.type = "button";
    made.prepend(element("canvas", { width: 36, height: 36 }));
    made.addEventListener("click", () => choose({ layer: l, neuron: j }));
    for (const event of ["pointerenter", "focus"]) {
      made.addEventListener(event, () => this.show(widths[l] + 1, l, j));
    }
    for (const event of ["pointerleave", "blur"]) {
      made.addEventListener(event, () => this.labels.replaceChildren());
    }
    const drawn = Array.from({ length: widths[l] }, (_, i) => {
      const ends = { x1: this.x(l), y1: this.y(l, i), x2: this.x(column), y2: this.y(column, j) };
      const lines = ["hit", "weight"].map((name) =>
        element("line", { class: name, ...ends }, "http://www.w3.org/2000/svg"));
      lines[0].addEventListener("pointerenter", () => this.show(1, l, j, i));
      lines[0].addEventListener("pointerleave", () => this.labels.replaceChildren());
      this.lines.append(...lines);
      return lines[1];
    });
    (this.edges[l] ??= [])[j] = drawn;
    return made;
  }

  /** Writes the numbers of a neuron's weights beside its lines. @param {number} count
   * @param {number} l @param {number} j @param {number} from */
  show(count, l, j, from = 0) {
    const row = this.training.layers[l][j], { widths } = this.training;
    this.labels.replaceChildren(...row.slice(from, from + count).map((w, k) => {
      const i = from + k, bias = i === widths[l], part = bias ? 1 : count === 1 ? 0.5 : 0.42;
      const label = element("span", { text: `${this.named.weight(l, j, i)} = ${short(w)}` });
      const from_y = bias ? this.y(l + 1, j) : this.y(l, i);
      label.className = bias ? "bias" : "";
      label.style.left = `${this.x(l) + part * (this.x(l + 1) - this.x(l))}%`;
      label.style.top = `${from_y + part * (this.y(l + 1, j) - from_y)}%`;
      return label;
    }));
  }

  /** The present weights and pictures. @param {Field} field @param {Place | null} chosen */
  update(field, chosen) {
    const top = this.training.layers.flat(2).reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    this.training.layers.forEach((rows, l) => rows.forEach((row, j) => {
      const button = this.buttons[l][j], name = this.named.neuron(l, j);
      thumbnail(button.firstChild, field.values[l][j], field.size);
      button.setAttribute("aria-pressed", String(chosen?.layer === l && chosen.neuron === j));
      const said = row.map((w, i) => `${this.named.weight(l, j, i)} ${short(w, 3)}`).join(", ");
      button.setAttribute("aria-label", `${name}, ${this.training.activation(l)}: ${said}`);
      this.edges[l][j].forEach((line, i) => {
        line.classList.toggle("negative", row[i] < 0);
        line.style.strokeWidth = 0.4 + 4 * (Math.abs(row[i]) / top) || 0.4;
      });
    }));
  }
}
