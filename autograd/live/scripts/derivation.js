// Derivation: lines of working, `name = symbols = numbers = result`, and the chain rule from the root
// to one value. See autograd/explain/equation.py, lines.py and paths.py.

import { Arithmetic, allParts, attempt, readDigits } from "./arithmetic.js";
import { add, compare, digits, isExact, mul, readNumber, toDouble, whole } from "./numbers.js";
import { MATHML, PLAIN, Typesetter, mathElement } from "./typeset.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./typeset.js").Formula} Formula
 * @typedef {import("./typeset.js").Phrase} Phrase
 * @typedef {import("./graph.js").Session} Session
 * @typedef {{ node: number, direct: boolean, slope: number | null, shares: [number, number][] }} Hop
 * @typedef {{ node: number, rule: string, value: number | null, inner: number[], slopes: Hop[] }} Named
 * @typedef {{ slopes: Line[], chain: Line[] }} Explained
 */

/** What a page writes about a graph, with the numbers that a session has. */
export class Book {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** The data of formulas.py. @type {Record<string, any>} */
    this.data = /** @type {any} */ (session.program).formulas;
    this.plain = new Typesetter(PLAIN, this.data);
    this.mathml = new Typesetter(MATHML, this.data);
    this.arithmetic = new Arithmetic(session.rows, this.data.most);
    /** @type {Named[]} the named operations, as the forward pass computes them */
    this.named = this.data.named;
    this.byNode = new Map(this.named.map((named) => [named.node, named]));
  }

  /** A number as a formula, with as many digits as are shown. @param {Num} value @returns {Formula} */
  number(value) {
    return ["n", value, this.data.digits];
  }

  /**
   * A formula of the pool; its names as they are or as their numbers.
   * @param {number} place @param {number | null} shown @returns {Formula}
   */
  formula(place, numbered = false, shown = this.data.digits) {
    const [sign, own, ...parts] = this.data.pool[place];
    if (sign === "n") return ["n", readNumber(own), shown];
    if (sign === "v" || (sign === "x" && numbered)) return ["n", this.session.values[own], shown];
    const within = (/** @type {number} */ part) => this.formula(part, numbered, shown);
    return [sign, own, ...parts.map(within)];
  }

  /** What a value is called: its name or its expression. @param {number} node @returns {Formula} */
  called(node) {
    if (this.data.names[node]) return ["x", node];
    const title = this.data.titles[node];
    if (title === undefined) return ["n", this.session.values[node], null];
    return this.formula(title, false, null);
  }

  /** @param {number} of @param {number} to @param {boolean} direct @returns {Formula} */
  partial(of, to, direct = false) {
    return ["d", direct, this.called(of), this.called(to)];
  }

  /** The line of a slope, as the rules choose now. @param {Formula} left @param {number | null} place @param {Num} value */
  slopeLine(left, place, value) {
    while (place !== null && this.data.pool[place][0] === "?") {
      const [, test, yes, no] = this.data.pool[place];
      place = this.holds(test) ? yes : no;
    }
    if (place === null) return this.bare(left, value);
    const [, formula, remark] = this.data.pool[place];
    const said = remark.map((/** @type {string | number} */ part) =>
      typeof part === "string" ? part : this.formula(part, false, null));
    return new Line(this, left, this.formula(formula), this.formula(formula, true), value, said);
  }

  /** Only a number. @param {Formula} left @param {Num} value @param {Phrase} remark */
  bare(left, value, remark = []) {
    return new Line(this, left, this.number(value), this.number(value), value, remark);
  }

  /** Whether a condition of numbers holds. @param {number} place @returns {boolean} */
  holds(place) {
    const [sign, own, ...parts] = this.data.pool[place];
    if (sign === "!") return !this.holds(parts[0]);
    if (sign === "&") {
      const test = (/** @type {number} */ part) => this.holds(part);
      return own === "and" ? parts.every(test) : parts.some(test);
    }
    const { arithmetic } = this, sides = parts.map((/** @type {number} */ part) =>
      attempt(() => arithmetic.evaluate(this.formula(part), arithmetic.numbers), () => NaN));
    return own.every((/** @type {string} */ order, /** @type {number} */ k) =>
      ORDERS[order](compare(sides[k], sides[k + 1])));
  }

  /** The number of the slope of a named value to its named inputs, over what is in between. @param {Named} named */
  slopesOf(named) {
    const { parents, slopes } = this.session;
    /** @type {Map<number, Num>} */
    const totals = new Map([[named.node, whole(1n)]]);
    for (const node of named.inner) {
      const total = totals.get(node);
      parents[node].forEach((parent, k) => {
        const slope = slopes[node][k];
        if (total === undefined || parent === null || slope === null) return;
        const share = mul(total, slope), other = totals.get(parent);
        totals.set(parent, other === undefined ? share : add(other, share));
      });
    }
    return totals;
  }

  /** The slope of a named value to a named input. @param {number} top @param {number} parent */
  slope(top, parent) {
    return this.slopesOf(/** @type {Named} */ (this.byNode.get(top))).get(parent) ?? whole(0n);
  }

  /** The working of that slope. @param {Named} named @param {Hop} hop @param {boolean} direct */
  hopLine(named, hop, direct) {
    const value = this.slope(named.node, hop.node);
    const left = this.partial(named.node, hop.node, direct);
    const remark = Number.isNaN(value) ? this.noValue(named) : [];
    return remark.length ? this.bare(left, value, remark) : this.slopeLine(left, hop.slope, value);
  }

  /** Which operation is outside its domain, and where. @param {Named} named @returns {Phrase} */
  noValue(named) {
    const { values, parents, constants } = this.session;
    for (const node of [...named.inner].reverse()) {
      const domain = this.data.operations[node].domain;
      if (!domain || !Number.isNaN(values[node])) continue;
      const given = parents[node].map((parent, k) => (parent === null ? constants[node][k] : values[parent]));
      if (given.some(Number.isNaN) || this.holds(domain[0])) continue;
      const places = given.flatMap((x) => [", ", this.number(/** @type {Num} */ (x))]);
      return [domain[1], ...places.slice(1)];
    }
    return [];
  }
}

/** @type {Record<string, (order: number) => boolean>} */
const ORDERS = {
  ">": (order) => order > 0, "≥": (order) => order >= 0, "<": (order) => order < 0,
  "≤": (order) => order <= 0, "=": (order) => order === 0, "≠": (order) => order !== 0,
};

/** One line of working. */
export class Line {
  /** @param {Book} book @param {Formula} left @param {Formula} right @param {Formula} numbers @param {Num} value @param {Phrase} remark */
  constructor(book, left, right, numbers, value, remark = []) {
    this.book = book;
    this.left = left;
    this.right = right;
    this.numbers = numbers;
    this.value = value;
    this.remark = remark;
    /** Whether the formula holds here, not only a convention for where it has no value. */
    this.applies = book.arithmetic.hasValue(numbers, value);
    this.sides = this.bySigns();
  }

  /** What stands in brackets behind the line. @returns {Phrase} */
  get note() {
    const { words } = this.book.data;
    if (this.applies || Number.isNaN(this.value)) return this.remark;
    return [words.by, this.numbers, words.has];
  }

  /** The results in between; none where they are many or lead elsewhere. @returns {Formula[]} */
  stages() {
    const { arithmetic, data, plain } = this.book, found = [];
    if (allParts(this.numbers).length > data.most.worked) return [];
    for (let now = this.numbers; ;) {
      now = attempt(() => withDigits(arithmetic.reduced(now), data.digits), () => ["…", 0]);
      if (now[0] === "…") return [];
      if (now[0] === "n") return plain.write(now) === digits(this.value, data.digits) ? found : [];
      found.push(now);
    }
  }

  /** Each side once, behind the sign that stands before it. @returns {[string, Formula][]} */
  bySigns() {
    const { plain } = this.book;
    /** @type {[string, Formula][]} */
    const found = [["", this.left]];
    const between = this.applies ? [this.right, this.numbers, ...this.stages()] : [];
    let before = plain.write(this.left);
    for (const side of [...between, this.book.number(this.value)]) {
      const text = plain.write(side);
      if (text !== before) found.push([this.sign(found[found.length - 1][1], side), side]);
      before = text;
    }
    return found;
  }

  /** ≈ if the second side has been rounded. @param {Formula} before @param {Formula} side */
  sign(before, side) {
    if (!allParts(before).some(([sign]) => sign === "x" || sign === "d")) {
      return this.book.arithmetic.areEqual(before, side) ? "=" : "≈";
    }
    const numbers = allParts(side).filter(([sign]) => sign === "n");
    return numbers.every(([, value, shown]) => isAsShown(value, shown, this.book.data.most.noise)) ? "=" : "≈";
  }

  /** As text; without its name if not `whole`. */
  text(named = true) {
    const said = this.note.length && named ? `   ${this.book.plain.phrase(["(", ...this.note, ")"])}` : "";
    return this.oneRow(this.book.plain, named) + said;
  }

  /** In one `math` element without a note: `(−6.1)(0.5) = −3.05`. */
  working() {
    return mathElement(this.oneRow(this.book.mathml, false));
  }

  /** @param {Typesetter} setter @param {boolean} named */
  oneRow(setter, named) {
    const [[, first], ...others] = named ? this.sides : this.sides.slice(1);
    const rest = others.map(([sign, side]) => setter.style.sign(sign) + setter.write(side));
    return setter.style.row([setter.write(first), ...rest]);
  }

  /** As HTML that breaks before signs where it must. */
  html() {
    const { mathml } = this.book, said = this.note.length ? mathml.phrase(["(", ...this.note, ")"]) : "";
    const parts = [mathElement(mathml.write(this.left))];
    for (const [sign, side] of this.sides.slice(1)) {
      const [first, ...others] = mathml.pieces(side);
      const pieces = [mathml.style.sign(sign) + first, ...others];
      parts.push(...pieces.map((piece) => mathElement(piece.replace("<mo>", '<mo form="infix">'))));
    }
    const behind = said && ` <span class="cr-note">${mathElement(said)}</span>`;
    return `<div class="cr-line">${parts.join(" ")}${behind}</div>`;
  }
}

/** Whether digits give the number, but for rounding noise. @param {Num} value @param {number | null} shown @param {number} noise */
function isAsShown(value, shown, noise) {
  if (Number.isNaN(value)) return true;
  const read = attempt(() => readDigits(value, shown), () => NaN);
  if (compare(value, read) === 0) return true;
  return !isExact(value) && Math.abs(toDouble(read) - value) <= noise * Math.abs(value);
}

/** @param {Formula} formula @param {number | null} shown @returns {Formula} */
function withDigits(formula, shown) {
  const [sign, own, ...parts] = formula;
  if (sign === "n") return ["n", own, shown];
  return sign === "x" || sign === "d" ? formula : [sign, own, ...parts.map((part) => withDigits(part, shown))];
}

// The chain rule from the root to one value.

/** The line of a named value, or of one operation. @param {Book} book @param {number} node */
export function valueLine(book, node) {
  const named = book.byNode.get(node), value = book.session.values[node], left = book.called(node);
  if (named?.value != null) {
    return new Line(book, left, book.formula(named.value), book.formula(named.value, true), value);
  }
  return operationLine(book, node);
}

/** @param {Book} book @param {number} node */
export function operationLine(book, node) {
  const value = book.session.values[node], written = book.data.operations[node]?.value;
  if (!written) return book.bare(book.called(node), value);
  return new Line(book, book.called(node), book.formula(written[0]), book.formula(written[1]), value);
}

/** The working of the gradient of a named value. @param {Book} book @param {number} wrt @returns {Explained} */
export function explanation(book, wrt) {
  const { root, gradients } = book.session, hops = hopsTo(book, wrt), left = book.partial(root, wrt);
  if (wrt === root) return { slopes: [book.bare(left, whole(1n))], chain: [] };
  const slopes = [...hops].reverse().flatMap(([top, inputs]) => inputs.map((hop) =>
    book.hopLine(/** @type {Named} */ (book.byNode.get(top)), hop, hop.direct)));
  const paths = pathsTo(book, wrt, hops);
  if (!paths.length) return { slopes, chain: consumerLines(book, hops) };
  if (paths.length === 1 && paths[0].length === 1) return { slopes, chain: [] };
  const products = paths.map((path) => productOfSlopes(path.map(([top, hop]) => book.partial(top, hop.node, hop.direct))));
  const numbers = paths.map((path) => bracketed(path.map(([top, hop]) => book.number(book.slope(top, hop.node)))));
  const value = gradients[wrt] ?? whole(0n);
  return { slopes, chain: [new Line(book, left, sumOfTerms(products), sumOfTerms(numbers), value)] };
}

/** The named values between the root and one, each with its inputs on the way. @param {Book} book @param {number} wrt @returns {Map<number, Hop[]>} */
function hopsTo(book, wrt) {
  const active = new Set([wrt]), reached = new Set([book.session.root]);
  const hops = book.named.flatMap(({ node, slopes }) => {
    const following = slopes.filter((hop) => active.has(hop.node));
    if (!following.length || node === wrt) return [];
    active.add(node);
    return [/** @type {[number, Hop[]]} */ ([node, following])];
  });
  for (const [node, following] of [...hops].reverse()) {
    if (reached.has(node)) following.forEach((hop) => reached.add(hop.node));
  }
  return new Map(hops.filter(([node]) => reached.has(node)));
}

/** Every way from the root to one value; none if they are too many or too long. @param {Book} book @param {number} wrt @param {Map<number, Hop[]>} hops */
function pathsTo(book, wrt, hops) {
  const { root } = book.session, { most } = book.data, ways = new Map([[root, 1]]);
  for (const [node, following] of [...hops].reverse()) {
    for (const hop of following) {
      ways.set(hop.node, (ways.get(hop.node) ?? 0) + (ways.get(node) ?? 0));
    }
  }
  if ((ways.get(wrt) ?? 0) > most.paths) return [];
  /** @type {(node: number) => [number, Hop][][]} */
  const listed = (node) => (node === wrt ? [[]] : (hops.get(node) ?? []).flatMap((hop) =>
    listed(hop.node).map((rest) => [/** @type {[number, Hop]} */ ([node, hop]), ...rest])));
  const paths = listed(root);
  return paths.some((path) => path.length > most.hops) ? [] : paths;
}

/** The derivative to each value on the way, summed over its consumers. @param {Book} book @param {Map<number, Hop[]>} hops */
function consumerLines(book, hops) {
  const { root, gradients } = book.session;
  /** @type {Map<number, [number, Hop][]>} */
  const consumers = new Map();
  for (const [top, following] of [...hops].reverse()) {
    for (const hop of following) {
      consumers.set(hop.node, [...(consumers.get(hop.node) ?? []), [top, hop]]);
    }
  }
  return [...consumers].sort(([one], [other]) => other - one).flatMap(([node, uses]) => {
    if (uses.length === 1 && uses[0][0] === root && !uses[0][1].direct) return [];
    const terms = uses.map(([top, hop]) => {
      const own = book.partial(top, node, hop.direct);
      return top === root ? own : productOfSlopes([book.partial(root, top), own]);
    });
    const numbers = uses.map(([top]) => {
      const own = book.number(book.slope(top, node));
      return top === root ? own : bracketed([book.number(gradients[top] ?? whole(0n)), own]);
    });
    const value = gradients[node] ?? whole(0n);
    return [new Line(book, book.partial(root, node), sumOfTerms(terms), sumOfTerms(numbers), value)];
  });
}

/** @param {Formula[]} factors @returns {Formula} */
export const bracketed = (factors) => ["*", true, ...factors];

/** @param {Formula[]} factors @returns {Formula} */
export const productOfSlopes = (factors) => (factors.length === 1 ? factors[0] : ["*", false, ...factors]);

/** @param {Formula[]} terms @returns {Formula} */
const sumOfTerms = (terms) => (terms.length === 1 ? terms[0] : ["+", 0, ...terms]);
