/** Look: the derivative to the value that was chosen, worked out as on paper. */

import { explanation, lineHTML, valueLine } from "./derivation.js";
import { chooser, element, putHTML } from "./elements.js";

export class Look {
  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.key = "look";
    this.title = "Look";
    const choices = page.named.map((node) => /** @type {[string, string]} */ (
      [String(node), page.nameOf(node)]));
    this.choice = chooser("the derivative to", choices, (node) => page.select(Number(node)));
    this.lines = element("div", { class: "cr-lines" });
    const root = page.nameOf(page.program.root);
    this.panel = element("div", { class: "cr-look" },
      element("label", { class: "cr-bar" }, `∂${root} / ∂`, this.choice), this.lines);
  }

  update() {
    const { session, state } = this.page;
    const { slopes, chain } = explanation(session, state.selected);
    this.choice.value = String(state.selected);
    const written = (/** @type {any} */ line) => `<div class="cr-line">${lineHTML(line)}</div>`;
    putHTML(this.lines, [...slopes, ...chain].map(written).join(""));
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
