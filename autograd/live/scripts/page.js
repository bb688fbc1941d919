/**
 * Page: the live page, one state and one function that shows it, and `window.live` for scripts:
 *
 *   live.names()           the names of all values, as the user wrote them
 *   live.get(name)         {value, grad, exact}: doubles, and {value, grad} as text where they are
 *                          exact, such as "-61/4"; null where they are not
 *   live.set(name, value)  another number for a leaf, as a number or as text such as "1/3"
 *   live.step(k)           shows the film's step k, from 1, and gives its sentence
 *   live.learn(eta, n)     n times w ← w − η·∂E/∂w, once unless told, and gives the error then
 *   live.undo()            takes the last step of learning back
 *   live.reset()           starts again from the numbers that the page came with
 *
 * Names that are not there, and numbers that are none, are errors that say what there is. Of
 * several pages in one document it is the last one's; each host (`.cr-page`) has its own as `live`.
 */

import { Controls } from "./controls.js";
import { Book } from "./derivation.js";
import { element, pushButton, putHTML } from "./elements.js";
import { Film } from "./film.js";
import { Session } from "./graph.js";
import { Learn } from "./learn.js";
import { Look } from "./look.js";
import { digits, isExact, parseNumber, short, toDouble, typedNumber } from "./numbers.js";
import { inputsOf, ownSlope } from "./passes.js";
import { Picture } from "./picture.js";
import { Practise } from "./practise.js";
import { mathElement } from "./typeset.js";

/**
 * What each mode of the page is.
 * @typedef {object} Mode
 * @property {string} key
 * @property {string} title
 * @property {HTMLElement} panel
 * @property {() => void} update shows the present numbers
 * @property {(node: number) => boolean} [hides] whether a gradient is not known yet
 * @property {() => void} leave
 * @property {(event: KeyboardEvent) => boolean} pressed whether a key was meant for it
 * @property {() => string} address what stands behind # in the address
 * @property {(asked: URLSearchParams) => boolean} arrives whether an address asks for it
 */

/**
 * So many digits of a number are shown where it is typed, and so many where there is less room: for
 * that many characters.
 */
const SHOWN = 16, BRIEF = 6, ROOM = 10;

export class Page {
  /**
   * @param {HTMLElement} host
   * @param {any} program
   * @param {any} rows
   */
  constructor(host, program, rows) {
    this.program = program;
    this.session = new Session(program, rows);
    this.book = new Book(this.session);
    this.state = {
      mode: program.options.mode, selected: this.session.weights[0] ?? program.root,
    };
    this.waiting = false;
    this.heading = element(this.alone ? "h1" : "h2", { class: "cr-title" });
    this.place = element("section", { class: "cr-picture", "aria-label": "Picture" });
    this.slot = element("section", { class: "cr-panel" });
    this.controls = new Controls(this);
    this.film = new Film(this);
    this.learn = new Learn(this);
    /** The modes, in the order of their buttons. @type {Mode[]} */
    this.modes = [new Look(this), this.film, this.learn, new Practise(this)];
    /** @type {HTMLElement[]} */
    this.tabs = this.modes.map((mode) =>
      pushButton(mode.title, mode.title, () => this.show(mode.key)));
    this.build(host);
    this.picture = new Picture(this.place, this.session, program.views, {
      select: (node) => this.select(node),
      slope: (head, place, tail) => this.slopeText(head, place, tail),
    });
    this.picture.mark(this.state.selected);
    this.session.subscribe(() => this.later());
    this.listen(host);
    this.arrive();
    this.draw();
  }

  /** @param {HTMLElement} host */
  build(host) {
    const tabs = element("nav", { class: "cr-tabs", "aria-label": "Modes" }, ...this.tabs);
    host.append(element("div", { class: "cr-app" },
      element("header", { class: "cr-head" }, this.heading, tabs), this.place,
      element("div", { class: "cr-below" }, this.slot, this.controls.panel)));
  }

  /** Keys are the mode's, unless they mean something where they are pressed. */
  listen(/** @type {HTMLElement} */ host) {
    (this.alone ? document : host).addEventListener("keydown", (given) => {
      const event = /** @type {KeyboardEvent} */ (given);
      const at = /** @type {HTMLElement} */ (event.target);
      const own = ["INPUT", "SELECT", "TEXTAREA"].includes(at.tagName) && event.key !== "Escape";
      const pushed = event.key === " " && ["BUTTON", "SUMMARY"].includes(at.tagName);
      const other = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
      if (own || other || (pushed && !this.tabs.includes(at))) return;
      if (this.mode.pressed(event)) event.preventDefault();
    });
    if (this.alone) addEventListener("hashchange", () => this.arrive());
  }

  /** Goes where the address says. */
  arrive() {
    if (!this.alone) return;
    const asked = new URLSearchParams(location.hash.slice(1));
    const mode = this.modes.find((one) => one.arrives(asked));
    if (mode !== undefined) this.show(mode.key);
  }

  get alone() {
    return Boolean(this.program.options.alone);
  }

  /** The mode that is shown. */
  get mode() {
    return /** @type {Mode} */ (this.modes.find((mode) => mode.key === this.state.mode));
  }

  /** @param {string} key shows that mode */
  show(key) {
    if (key !== this.state.mode) this.mode.leave();
    this.state.mode = key;
    this.draw();
  }

  /** @param {number} node chooses what the derivative is to */
  select(node) {
    this.state.selected = node;
    this.picture.mark(node);
    this.show("look");
  }

  /** Draws with the next picture of the screen, however many numbers change until then. */
  later() {
    this.film.stale = true;
    if (!this.waiting) requestAnimationFrame(() => this.draw());
    this.waiting = true;
  }

  draw() {
    this.waiting = false;
    const { mode, program } = this, address = mode.address();
    putHTML(this.heading, `${this.nameHTML(program.root)} = ${this.valueText(program.root)}`);
    this.picture.update();
    mode.update();
    this.controls.update();
    this.modes.forEach((other, at) =>
      this.tabs[at].setAttribute("aria-pressed", String(other === mode)));
    if (this.slot.firstChild !== mode.panel) this.slot.replaceChildren(mode.panel);
    if (this.alone && location.hash.slice(1) !== address)
      history.replaceState(null, "", address ? `#${address}` : location.pathname);
  }

  /**
   * The working of a slope, of an argument or through a box.
   * @param {number} head
   * @param {number} place
   * @param {number} tail
   */
  slopeText(head, place, tail) {
    const { book } = this, named = book.byNode.get(head);
    const [, places = []] = inputsOf(book, head).find(([parent]) => parent === tail) ?? [];
    if (place >= 0) return ownSlope(book, head, tail, places).text();
    const hop = named?.slopes.find(({ node }) => node === tail);
    return named && hop ? book.hopLine(named, hop, false).text() : undefined;
  }

  /** What it is called, as text. @param {number} node */
  nameOf(node) {
    return this.book.plain.write(this.book.called(node));
  }

  /** What it is called, as MathML. @param {number} node */
  nameHTML(node) {
    return mathElement(this.book.mathml.write(this.book.called(node)));
  }

  /** @param {number} node */
  valueText(node) {
    return this.text(this.session.values[node]);
  }

  /** All digits of a number where they are few. @param {import("./numbers.js").Num} number */
  text(number) {
    const asked = this.program.options.digits;
    return asked === null ? short(number, SHOWN) : digits(number, asked);
  }

  /** Fewer digits, where there is little room. @param {import("./numbers.js").Num} number */
  briefly(number) {
    const asked = this.program.options.digits;
    if (asked !== null) return short(number, asked);
    let text = short(number, BRIEF);
    for (let digit = BRIEF - 1; text.length > ROOM && digit > 1; digit -= 1)
      text = digits(number, digit);
    return text;
  }
}

/** What scripts may do with a page, as the comment above says. */
class Live {
  /** @param {Page} page */
  constructor(page) {
    this.names = () => Object.keys(page.program.named);
    const find = (/** @type {string} */ name) => {
      if (Object.hasOwn(page.program.named, name)) return page.program.named[name];
      throw new RangeError(`no value is called ${name}: there are ${this.names().join(", ")}`);
    };
    this.get = (/** @type {string} */ name) => {
      const { value, grad } = page.session.get(find(name));
      const exact = { value: exactText(value), grad: exactText(grad) };
      return { value: toDouble(value), grad: toDouble(grad), exact };
    };
    this.set = (/** @type {string} */ name, /** @type {number | string} */ value) => {
      const node = find(name), leaf = page.session.leaves.includes(node);
      if (!leaf) throw new RangeError(`${name} is computed: set its inputs`);
      const number = givenNumber(value, page.session.startOf(node));
      if (number === null) throw new RangeError(`${value} is no number: give 0.4, "1/3" or -6.1e3`);
      page.session.set(node, number);
    };
    this.step = (/** @type {number} */ step) => {
      page.film.go(step);
      return page.film.sentence.textContent;
    };
    this.learn = (/** @type {number | string} */ eta = "", times = 1) => {
      const rate = eta === "" ? page.learn.rate : parseNumber(String(eta));
      if (rate === null) throw new RangeError(`${eta} is no number: give 0.01 or "1/100"`);
      page.learn.learn(rate, times);
      return toDouble(page.session.values[page.program.root]);
    };
    this.undo = () => page.session.undo();
    this.reset = () => page.session.reset();
  }
}

/**
 * A number as a script gives it: for an exact leaf as it is written, 0.1 as 1/10.
 * @param {number | string} given
 * @param {import("./numbers.js").Num} start
 */
function givenNumber(given, start) {
  if (!["number", "string", "bigint"].includes(typeof given)) return null;
  const asIs = typeof given === "number" && (!isExact(start) || !Number.isFinite(given));
  return asIs ? given : typedNumber(String(given));
}

/** @param {import("./numbers.js").Num} number */
function exactText(number) {
  return isExact(number) ? `${number.n}${number.d === 1n ? "" : `/${number.d}`}` : null;
}

/**
 * Puts a live page into a host, beside the still picture, which it hides.
 * @param {HTMLElement | null} host
 * @param {any} program
 * @param {any} rows
 */
export function startPage(host, program, rows) {
  if (host === null) return;
  const still = /** @type {HTMLElement | null} */ (host.querySelector(".cr-still"));
  try {
    if (still) still.style.display = "none";
    const scripted = { live: new Live(new Page(host, program, rows)) };
    Object.assign(window, scripted);
    Object.assign(host, scripted);
  } catch (error) {
    host.querySelector(".cr-app")?.remove(); // the picture and the steps as text are better
    if (still) still.style.display = "";
    throw error;
  }
}
