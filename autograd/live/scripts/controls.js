/** Controls: a row for each leaf, to type its number, to drag it, to step it by its last digit. */

import { element, pushButton, putText } from "./elements.js";
import { Fraction, add, digits, isExact, mul, parseNumber } from "./numbers.js";
import { toDouble, typedNumber } from "./numbers.js";

/** @typedef {import("./numbers.js").Num} Num */

/** How many pixels a drag goes for one unit, and what share of the last digit that is. */
const DRAG = { pixels: 3, share: 10n };

const GROUPS = [
  ["input", "Inputs"],
  ["weight", "Weights"],
  ["target", "Targets"],
  ["output", "Result"],
];

/** What is longer than this stands above its number. */
const LONG = 4;

/** w₂ stands before w₁₀. */
const ORDER = new Intl.Collator("en", { numeric: true });

export class Controls {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Map<number, Row>} */
    this.rows = new Map();
    this.panel = element("section", { class: "cr-inputs", "aria-label": "Numbers" });
    for (const [role, title] of GROUPS) this.group(role, title);
    const reset = pushButton("Reset", "Reset", () => page.session.reset());
    this.panel.append(element("div", { class: "cr-bar" }, reset));
  }

  /**
   * The rows of one role.
   * @param {string} role
   * @param {string} title
   */
  group(role, title) {
    const { leaves, nodes: all } = this.page.session;
    const nodes = leaves.filter((node) => all[node].role === role);
    if (!nodes.length) return;
    nodes.sort((a, b) => ORDER.compare(this.page.nameOf(a), this.page.nameOf(b)));
    const rows = nodes.map((node) => new Row(this.page, node));
    rows.forEach((row) => this.rows.set(row.node, row));
    const heading = element("h3", { class: `cr-${role}` }, title,
      element("span", { class: "cr-faint" }, "gradient"));
    this.panel.append(element("section", { "aria-label": title }, heading,
      element("div", { class: "cr-rows" }, ...rows.map((row) => row.element))));
  }

  update() {
    for (const row of this.rows.values()) row.update();
  }
}

/** One leaf: its name, which is also where it is dragged, its number, and its gradient. */
class Row {
  /**
   * @param {import("./page.js").Page} page
   * @param {number} node
   */
  constructor(page, node) {
    this.page = page;
    this.node = node;
    const name = this.name = page.nameOf(node);
    this.root = page.nameOf(page.program.root);
    this.typing = false;
    const long = name.length > LONG ? " cr-long" : "";
    this.handle = element("span", { class: `cr-handle${long}`, title: `drag to change ${name}` });
    this.handle.innerHTML = page.nameHTML(node);
    this.field = element("input", {
      type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false",
      role: "spinbutton", "aria-label": name,
      oninput: () => this.typed(), onkeydown: (event) => this.key(event),
      onfocus: () => this.update(), onblur: () => this.left(),
    });
    this.gradient = element("button", { type: "button", class: "cr-gradient",
      onclick: () => page.select(node) });
    this.message = element("span", { class: "cr-message", role: "alert" });
    this.element = element("div", { class: "cr-row", role: "group", "aria-label": name },
      this.handle,
      pushButton("−", `less ${name}`, (event) => this.move(event.shiftKey ? -10n : -1n)),
      this.field,
      pushButton("+", `more ${name}`, (event) => this.move(event.shiftKey ? 10n : 1n)),
      this.gradient, this.message);
    this.drag();
  }

  /** Shows the present numbers, but never writes over what is being typed. */
  update() {
    const { page, node } = this, { value, grad } = page.session.get(node);
    const text = page.text(value), here = document.activeElement === this.field;
    if (!this.typing) this.field.value = here ? text : page.briefly(value);
    this.field.title = text;
    this.field.setAttribute("aria-valuenow", String(toDouble(value)));
    this.field.setAttribute("aria-valuetext", text);
    const hidden = page.mode.hides?.(node), slope = `∂${this.root}/∂${this.name}`;
    const brief = hidden ? "–" : page.briefly(grad);
    putText(this.gradient, brief);
    this.gradient.title = `${slope} = ${hidden ? brief : page.text(grad)}`;
    this.gradient.setAttribute("aria-label", `${slope} = ${brief}: show how`);
    this.gradient.setAttribute("aria-pressed", String(page.state.selected === node));
  }

  /** Reads what is typed as soon as it is a number. */
  typed() {
    this.typing = true;
    const number = readField(this.field, this.message);
    if (number !== null) this.page.session.set(this.node, number);
  }

  /** Forgets what was typed and is no number. */
  left() {
    this.typing = false;
    readField(this.field, this.message, true);
    this.update();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = { ArrowUp: 1n, ArrowDown: -1n, PageUp: 10n, PageDown: -10n }[event.key];
    if (event.key === "Enter") this.left();
    if (way === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.move(event.shiftKey ? way * 10n : way);
  }

  /** @param {bigint} units */
  move(units) {
    this.left();
    const value = this.page.session.values[this.node];
    this.page.session.set(this.node, moved(value, units, lastDigit(value)));
  }

  /** A drag over the name goes by a tenth of the last digit that the number had before it. */
  drag() {
    /** @type {{at: number, from: Num, unit: Fraction, done: bigint} | null} */
    let held = null;
    const { handle } = this;
    handle.addEventListener("pointerdown", (event) => {
      const from = this.page.session.values[this.node];
      const { n, d } = lastDigit(from), unit = new Fraction(n, d * DRAG.share);
      held = { at: event.clientX, from, unit, done: 0n };
      handle.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (held === null) return;
      const units = BigInt(Math.round((event.clientX - held.at) / DRAG.pixels));
      if (units !== held.done) this.page.session.set(this.node, moved(held.from, units, held.unit));
      held.done = units;
    });
    for (const end of ["pointerup", "pointercancel"])
      handle.addEventListener(end, () => (held = null));
  }
}

/**
 * The number in a field, or null: then the field and the message beside it say so.
 * @param {HTMLInputElement} field
 * @param {HTMLElement} message
 * @param {boolean} [forget] whether a text that is no number may go unsaid
 * @returns {Num | null}
 */
export function readField(field, message, forget = false) {
  const number = typedNumber(field.value);
  const wrong = number === null && !forget;
  field.setAttribute("aria-invalid", String(wrong));
  putText(message, wrong ? `“${field.value}” is no number: 0.4, 1/3 and −6.1e3 are` : "");
  return number;
}

/**
 * The unit of the last digit that is shown: 0.1 for 0.4, 1 for 5, 1/3 for 2/3; of a number with
 * many digits that of the fourth.
 * @param {Num} value
 * @returns {Fraction}
 */
export function lastDigit(value) {
  const text = digits(value).replace("−", "-");
  if (text.includes("/")) return new Fraction(1n, BigInt(text.split("/")[1]));
  const [, places = "", power = "0"] = /^-?\d*(?:\.(\d*))?(?:e(.*))?$/.exec(text) ?? [];
  const size = Math.abs(toDouble(value));
  const fourth = size > 0 && size < Infinity ? Math.floor(Math.log10(size)) - 3 : -Infinity;
  const exponent = Math.max(Number(power) - places.length, fourth);
  const ten = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? new Fraction(1n, ten) : new Fraction(ten);
}

/**
 * A number and so many units, without the dust of doubles: 0.1 + 2·0.1 is 0.3.
 * @param {Num} value
 * @param {bigint} units
 * @param {Fraction} unit
 * @returns {Num}
 */
function moved(value, units, unit) {
  const from = isExact(value) ? value : parseNumber(String(value));
  if (from === null || !isExact(from)) return value;
  const found = add(from, mul(new Fraction(units), unit));
  return isExact(value) ? found : toDouble(found);
}
