/** Learn: the button w ← w − η·∂E/∂w, any number of times, the error's curve, and the way back. */

import { readField } from "./controls.js";
import { element, pushButton, putHTML, putText } from "./elements.js";
import { mul, numberOf, parseNumber, sub, toDouble } from "./numbers.js";

/** The curve's size, and the room around it. */
const CURVE = { width: 360, height: 130, left: 8, top: 10 };

/** So many steps can be asked for at once. */
const MOST_STEPS = 10000;

/** So many errors are listed: the first ones and the last ones are what one looks at. */
const LISTED = 6;

export class Learn {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "learn";
    this.title = "Learn";
    this.rate = numberOf(page.program.options.rate);
    this.message = element("span", { class: "cr-message", role: "alert" });
    this.eta = element("input", { type: "text", value: page.text(this.rate), autocomplete: "off",
      spellcheck: "false", "aria-label": "learning rate η", oninput: () => this.typed() });
    this.times = element("input", { type: "number", min: 1, max: MOST_STEPS, value: 1,
      "aria-label": "number of steps" });
    this.back = pushButton("Back", "take the last learning back", () => page.session.undo());
    this.error = element("p", { class: "cr-sentence", role: "status", "aria-live": "polite" });
    this.updates = element("div", { class: "cr-lines" });
    this.curve = element("figure", { class: "cr-curve" });
    this.panel = element("div", { class: "cr-learn" },
      element("div", { class: "cr-bar" },
        element("label", {}, "η = ", this.eta), element("label", {}, "steps ", this.times),
        element("button", { type: "button", class: "cr-main", onclick: () => this.pushed() },
          "w ← w − η·∂E/∂w"),
        this.back, this.message),
      this.error, this.updates, this.curve);
  }

  typed() {
    const number = readField(this.eta, this.message);
    if (number === null) return;
    this.rate = number;
    this.page.draw();
  }

  pushed() {
    const times = Math.min(Math.max(1, Math.round(Number(this.times.value)) || 1), MOST_STEPS);
    this.times.value = String(times);
    this.page.session.learn(this.rate, times, this.page.learned);
  }

  update() {
    const { page } = this, { session } = page;
    const name = page.nameOf(page.program.root);
    const errors = session.history.errors;
    putText(this.error, `${name} = ${errors.slice(-LISTED).map((x) => page.text(x)).join(" → ")}`);
    putHTML(this.updates, `<table><caption>the next step</caption>${
      page.learned.map((node) => this.row(node)).join("")}</table>`);
    putHTML(this.curve, curveSVG(errors.map(toDouble), name));
    this.back.disabled = errors.length < 2;
  }
}
