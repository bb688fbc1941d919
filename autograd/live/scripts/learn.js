/** Learn: the button w ← w − η·∂E/∂w, any number of times, the error's curve, the way back. */

import { readField } from "./controls.js";
import { element, pushButton, putHTML, putText } from "./elements.js";
import { compare, mul, parseNumber, readNumber, sub, toDouble } from "./numbers.js";

/** So many steps can be asked for at once. */
const MOST_STEPS = 10000;

/** So many errors are written out, the last ones, and so many updates, the first ones. */
const LAST_ERRORS = 4, FIRST_UPDATES = 40;

/** The curve's size, and the room at its left and at each end. */
const CURVE = { width: 400, height: 130, left: 10, end: 12 };

export class Learn {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "learn";
    this.title = "Learn";
    this.rate = readNumber(page.program.options.rate);
    this.message = element("span", { class: "cr-message", role: "alert" });
    this.eta = element("input", { type: "text", value: page.text(this.rate), autocomplete: "off",
      spellcheck: "false", "aria-label": "learning rate η", oninput: () => this.typed() });
    this.times = element("input", { type: "number", min: 1, max: MOST_STEPS, value: 1,
      "aria-label": "number of steps" });
    this.back = pushButton("‹ back", "take the last step back", () => page.session.undo());
    this.first = pushButton("« to the start", "take all steps back",
      () => page.session.undo(page.session.history.length));
    this.error = element("p", { class: "cr-sentence", role: "status", "aria-live": "polite" });
    this.updates = element("div", { class: "cr-lines" });
    this.curve = element("figure", { class: "cr-curve" });
    this.panel = element("div", { class: "cr-learn" },
      element("div", { class: "cr-bar" },
        element("label", {}, "η = ", this.eta), element("label", {}, "steps ", this.times),
        element("button", { type: "button", class: "cr-main", onclick: () => this.pushed() },
          "w ← w − η·∂E/∂w".replace("E", page.nameOf(page.program.root))),
        this.back, this.first, this.message),
      this.error, this.updates, this.curve);
  }

  typed() {
    const number = readField(this.eta, this.message);
    if (number === null) return;
    this.rate = number;
    this.page.draw();
  }

  pushed() {
    if (this.eta.getAttribute("aria-invalid") === "true") return this.eta.focus();
    this.times.value = String(this.learn(this.rate, Number(this.times.value)));
  }

  /**
   * So many steps down the slope, at least one and not without end; gives how many.
   * @param {import("./numbers.js").Num} rate
   * @param {number} times
   */
  learn(rate, times) {
    const steps = Math.min(Math.max(1, Math.round(times) || 1), MOST_STEPS);
    this.page.session.learn(rate, steps);
    return steps;
  }

  update() {
    const { page } = this, errors = page.session.history.map((moment) => moment.error);
    const shown = errors.slice(-LAST_ERRORS).map((error) => page.text(error));
    const name = page.nameOf(page.program.root), steps = errors.length - 1;
    putText(this.error, `after ${steps} ${steps === 1 ? "step" : "steps"}: ${name} = ${
      errors.length > LAST_ERRORS ? "… → " : ""}${shown.join(" → ")}`);
    const learned = page.session.weights, rows = learned.slice(0, FIRST_UPDATES);
    const more = learned.length - rows.length;
    const caption = `<caption>The next step${more ? `, and ${more} more` : ""}</caption>`;
    const table = caption + rows.map((node) => this.row(node)).join("");
    putHTML(this.updates, `<table>${table}</table>`);
    const ends = [errors[0], errors[steps]].map((error) => page.briefly(error));
    const said = `${name} after each of ${steps} steps: from ${ends[0]} to ${ends[1]}`;
    putHTML(this.curve, curveSVG(errors.map(toDouble), steps ? said : `${name} at the start`));
    this.back.disabled = this.first.disabled = steps === 0;
  }

  /** What the next step does to a weight. @param {number} node */
  row(node) {
    const { page, rate } = this, { value, grad } = page.session.get(node);
    const next = sub(value, mul(rate, grad));
    const [now, eta, slope, then] = [value, rate, grad, next].map((number) => page.briefly(number));
    const [a, b, c, d] = [now, eta, slope, then].map((text) => parseNumber(text) ?? NaN);
    const found = sub(a, mul(b, c)), same = compare(found, d) === 0 || Object.is(found, d);
    const equals = same ? "=" : "≈"; // in the digits that are shown
    const [by, factor] = [eta, slope].map((text) => (text.startsWith("−") ? `(${text})` : text));
    return `<tr><td>${page.nameHTML(node)}</td><td>${now} − ${by}·${factor} ${equals} <b>${
      then}</b></td></tr>`;
  }

  leave() {}

  pressed() {
    return false;
  }

  address() {
    return "learn";
  }

  /** @param {URLSearchParams} asked */
  arrives(asked) {
    return asked.has("learn");
  }
}

/**
 * The errors as a line from 0 up, without those that are no number.
 * @param {number[]} errors
 * @param {string} said
 */
function curveSVG(errors, said) {
  const finite = errors.filter(Number.isFinite);
  const top = Math.max(0, ...finite), low = Math.min(0, ...finite);
  const { width, height, left, end } = CURVE;
  const across = (/** @type {number} */ at) =>
    left + (at / Math.max(1, errors.length - 1)) * (width - 2 * left);
  const up = (/** @type {number} */ error) =>
    height - end - ((error - low) / (top - low || 1)) * (height - 2 * end);
  const points = errors.flatMap((error, at) =>
    Number.isFinite(error) ? [`${across(at).toFixed(1)},${up(error).toFixed(1)}`] : []);
  const last = points[points.length - 1]?.split(",") ?? ["0", "0"];
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${said}">
<line x1="0" x2="${width}" y1="${up(0)}" y2="${up(0)}" class="cr-axis"/>
<polyline points="${points.join(" ")}" class="cr-way"/>
<circle cx="${last[0]}" cy="${last[1]}" r="4.5"/></svg><figcaption>${said}</figcaption>`;
}
