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
    this.panel = element("div", { class: "cr-look" },
      element("label", { class: "cr-bar" }, "Derivative to ", this.choice), this.lines);
  }

  update() {
    const { session, state } = this.page;
    const { slopes, chain } = explanation(session, state.selected);
    this.choice.value = String(state.selected);
    putHTML(this.lines, "");
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
