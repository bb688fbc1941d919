/** Look: what was chosen, worked out as on paper: its value, its slopes, the chain rule to it. */

import { explanation, valueLine } from "./derivation.js";
import { chooser, element, putHTML, putText } from "./elements.js";
import { inputsOf, ownSlope } from "./passes.js";

/** @typedef {import("./equation.js").Line} Line */

export class Look {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "look";
    this.title = "Look";
    const nodes = new Set([...page.session.leaves, ...page.session.nodes.keys()]);
    const choices = [...nodes].map((node) =>
      /** @type {[string, string]} */ ([String(node), page.nameOf(node)]));
    this.choice = chooser("look at", choices, (node) => page.select(Number(node)));
    this.rule = element("span", { class: "cr-faint" });
    this.lines = element("div", { class: "cr-lines", tabindex: 0, role: "region",
      "aria-label": "working" });
    this.panel = element("div", { class: "cr-look" },
      element("div", { class: "cr-bar" },
        element("label", { class: "cr-bar" }, "Look at", this.choice), this.rule), this.lines);
  }

  update() {
    const { page } = this, { book, session } = page, node = page.state.selected;
    const computed = session.nodes[node].op !== null;
    const { slopes, chain } = this.gradient(node);
    this.choice.value = String(node);
    putText(this.rule, book.data.operations[node]?.rule ?? "");
    putHTML(this.lines, section("Value", computed ? [valueLine(book, node)] : [])
      + section("What it is made of", this.slopes(node))
      + section(chain.length ? "On the way" : "Gradient", slopes) + section("Chain rule", chain));
  }

  /** The slopes of an operation to what it is made of. @param {number} node */
  slopes(node) {
    const { book } = this.page;
    return inputsOf(book, node).map(([parent, places]) => ownSlope(book, node, parent, places));
  }

  /** How the gradient comes about; of what has no name, its number. @param {number} node */
  gradient(node) {
    const { book, session } = this.page;
    if (book.data.names[node] && session.gradients[node] !== null) return explanation(book, node);
    const line = book.bare(book.partial(session.root, node), session.get(node).grad);
    return { slopes: [line], chain: [] };
  }

  leave() {}

  pressed() {
    return false;
  }

  address() {
    return "";
  }

  arrives() {
    return false;
  }
}

/** @param {string} title @param {Line[]} lines */
function section(title, lines) {
  if (!lines.length) return "";
  return `<h3 class="cr-part">${title}</h3>${lines.map((line) => line.html()).join("")}`;
}
