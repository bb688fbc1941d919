// Derivation: what a page writes about a graph with the numbers that a session has, and the chain
// rule from the root to one value. See autograd/live/formulas.py, autograd/explain/paths.py.

import { Arithmetic, attempt } from "./arithmetic.js";
import { Line } from "./equation.js";
import { add, compare, mul, readNumber, whole } from "./numbers.js";
import { MATHML, PLAIN, Typesetter } from "./typeset.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./typeset.js").Formula} Formula
 * @typedef {import("./typeset.js").Phrase} Phrase
 * @typedef {import("./graph.js").Session} Session
 * @typedef {{ node: number, direct: boolean, slope: number | null,
 *   shares: [number, number][] }} Hop
 * @typedef {{ node: number, rule: string, value: number | null, inner: number[],
 *   slopes: Hop[] }} Named
 * @typedef {Map<number, Num>} Totals
 * @typedef {Map<number, Hop[]>} Hops from each value to the next ones, in the order of the graph
 */

/** @type {Record<string, (order: number) => boolean>} */
const ORDERS = {
  ">": (order) => order > 0, "≥": (order) => order >= 0, "<": (order) => order < 0,
  "≤": (order) => order <= 0, "=": (order) => order === 0, "≠": (order) => order !== 0,
};

export class Book {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** @type {Record<string, any>} */
    this.data = /** @type {any} */ (session.program).formulas;
    this.plain = new Typesetter(PLAIN, this.data);
    this.mathml = new Typesetter(MATHML, this.data);
    this.arithmetic = new Arithmetic(session.rows, this.data.most);
    /** The named operations, in the order of the forward pass. @type {Named[]} */
    this.named = this.data.named;
    this.byNode = new Map(this.named.map((named) => [named.node, named]));
    /** What values are called, as a formula and as text. @type {Map<number, [Formula, string]>} */
    this.calls = new Map();
    /** The slopes of named values, while gradients are these. @type {Map<number, Totals>} */
    this.totals = new Map();
    this.gradients = session.gradients;
  }

  /** A number, with as many digits as are shown. @param {Num} value @returns {Formula} */
  number(value) {
    return ["n", value, this.data.digits];
  }

  /**
   * A formula of the pool, with names, or numbers in their place.
   * @param {number} place
   * @param {boolean} numbered
   * @param {number | null} shown
   * @returns {Formula}
   */
  formula(place, numbered = false, shown = this.data.digits) {
    const [sign, own, ...parts] = this.data.pool[place];
    if (sign === "n") return ["n", readNumber(own), shown];
    if (sign === "v" || (sign === "x" && numbered)) return ["n", this.session.values[own], shown];
    const within = (/** @type {number} */ part) => this.formula(part, numbered, shown);
    return [sign, own, ...parts.map(within)];
  }

  /** What a value is called: its name or its expression. @param {number} node */
  called(node) {
    return this.call(node)[0];
  }

  /** The same as text. @param {number} node */
  nameOf(node) {
    return this.call(node)[1];
  }

  /** @param {number} node @returns {[Formula, string]} */
  call(node) {
    const known = this.calls.get(node), { names, titles } = this.data;
    if (known) return known;
    /** @type {Formula} */
    let found = ["x", node];
    if (titles[node] !== undefined) found = this.formula(titles[node], false, null);
    else if (!names[node]) found = ["n", this.session.values[node], null];
    const both = /** @type {[Formula, string]} */ ([found, this.plain.write(found)]);
    if (found[0] !== "n") this.calls.set(node, both);
    return both;
  }

  /** @param {number} of @param {number} to @param {boolean} direct @returns {Formula} */
  partial(of, to, direct = false) {
    return ["d", direct, this.called(of), this.called(to)];
  }

  // Lines.

  /** Only a number. @param {Formula} left @param {Num} value @param {Phrase} remark */
  bare(left, value, remark = []) {
    return new Line(this, left, value, () => [this.number(value), this.number(value), remark]);
  }

  /** The value of an operation in its operands. @param {number} node */
  operationLine(node) {
    const left = this.called(node), value = this.session.values[node];
    const written = this.data.operations[node]?.value;
    if (!written) return this.bare(left, value);
    return new Line(this, left, value, () => written.map((/** @type {number} */ place) =>
      this.formula(place)));
  }

  /** That of a named one in named values; of another as above. @param {number} node */
  valueLine(node) {
    const place = this.byNode.get(node)?.value ?? null, value = this.session.values[node];
    if (place === null) return this.operationLine(node);
    return new Line(this, this.called(node), value, () =>
      [this.formula(place), this.formula(place, true)]);
  }

  /**
   * A slope, as the rules choose now.
   * @param {Formula} left
   * @param {number | null} place
   * @param {Num} value
   */
  slopeLine(left, place, value) {
    if (place === null) return this.bare(left, value, ["too long to be written out here"]);
    return new Line(this, left, value, () => this.chosen(place));
  }

  /** The case that applies. @param {number} place @returns {import("./equation.js").Parts} */
  chosen(place) {
    const [sign, own, ...sides] = this.data.pool[place];
    if (sign === "?") return this.chosen(this.holds(own) ? sides[0] : sides[1]);
    const remark = sides[0].map((/** @type {string | number} */ part) =>
      typeof part === "string" ? part : this.formula(part, false, null));
    return [this.formula(own), this.formula(own, true), remark];
  }

  /** Whether a condition of numbers holds. @param {number} place @returns {boolean} */
  holds(place) {
    const { arithmetic } = this, [sign, own, ...parts] = this.data.pool[place];
    const test = (/** @type {number} */ part) => this.holds(part);
    if (sign === "!") return !test(parts[0]);
    if (sign === "&") return own === "and" ? parts.every(test) : parts.some(test);
    const sides = parts.map((/** @type {number} */ part) =>
      attempt(() => arithmetic.evaluate(this.formula(part), arithmetic.numbers), () => NaN));
    return own.every((/** @type {string} */ order, /** @type {number} */ k) =>
      ORDERS[order](compare(sides[k], sides[k + 1])));
  }

  /** The slope of a named value to a named input. @param {Named} named @param {Hop} hop */
  hopLine(named, hop, direct = hop.direct) {
    const value = this.slope(named.node, hop.node);
    const left = this.partial(named.node, hop.node, direct);
    const remark = Number.isNaN(value) ? this.noValue(named) : [];
    return remark.length ? this.bare(left, value, remark) : this.slopeLine(left, hop.slope, value);
  }

  /** Its number. @param {number} top @param {number} to */
  slope(top, to) {
    if (this.gradients !== this.session.gradients) this.totals.clear();
    this.gradients = this.session.gradients;
    const totals = this.totals.get(top) ?? this.slopesOf(top);
    this.totals.set(top, totals);
    return totals.get(to) ?? whole(0n);
  }

  /** Those to all that is written out in a named value, and to its inputs. @param {number} top */
  slopesOf(top) {
    const { parents, slopes } = this.session, totals = /** @type {Totals} */ (new Map());
    totals.set(top, whole(1n));
    for (const node of this.byNode.get(top)?.inner ?? []) {
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

  /** Which operation is outside its domain, and where. @param {Named} named @returns {Phrase} */
  noValue(named) {
    const { values, parents, constants } = this.session;
    for (const node of [...named.inner].reverse()) {
      const domain = this.data.operations[node].domain;
      if (!domain || !Number.isNaN(values[node])) continue;
      const given = parents[node].map((parent, k) =>
        /** @type {Num} */ (parent === null ? constants[node][k] : values[parent]));
      if (given.some(Number.isNaN) || this.holds(domain[0])) continue;
      return [domain[1], ...given.flatMap((x) => [", ", this.number(x)]).slice(1)];
    }
    return [];
  }
}

/** The value of an operation. @param {Book} book @param {number} node */
export const valueLine = (book, node) => book.valueLine(node);

// The chain rule from the root to one value.

/** The working of the gradient of a named value. @param {Book} book @param {number} wrt */
export function explanation(book, wrt) {
  const { root, gradients } = book.session, left = book.partial(root, wrt);
  const hops = hopsTo(book, wrt), paths = pathsTo(book, wrt, hops);
  if (wrt === root) return { slopes: [book.bare(left, whole(1n))], chain: [] };
  const slopes = [...hops].reverse().flatMap(([top, inputs]) =>
    inputs.map((hop) => book.hopLine(/** @type {Named} */ (book.byNode.get(top)), hop)));
  if (!paths.length) return { slopes, chain: consumerLines(book, hops) };
  if (paths.length === 1 && paths[0].length === 1) return { slopes, chain: [] };
  const symbols = paths.map((path) => productOfSlopes(path.map(([top, hop]) =>
    book.partial(top, hop.node, hop.direct))));
  const numbers = paths.map((path) => bracketed(path.map(([top, hop]) =>
    book.number(book.slope(top, hop.node)))));
  return { slopes, chain: [sumLine(book, left, gradients[wrt], symbols, numbers)] };
}

/** The named values on the way. @param {Book} book @param {number} wrt @returns {Hops} */
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

/**
 * Every way from the root to another value, none if they are too many or too long.
 * @param {Book} book
 * @param {number} wrt
 * @param {Hops} hops
 */
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

/** The derivative to each value on the way, by consumers. @param {Book} book @param {Hops} hops */
function consumerLines(book, hops) {
  const { root, gradients } = book.session;
  const nodes = new Set([...hops.values()].flat().map((hop) => hop.node));
  return [...nodes].sort((one, other) => other - one).flatMap((node) => {
    const uses = [...hops].reverse().flatMap(([top, following]) =>
      following.filter((hop) => hop.node === node).map((hop) => ({ top, direct: hop.direct })));
    if (uses.length === 1 && uses[0].top === root && !uses[0].direct) return [];
    const symbols = uses.map(({ top, direct }) => {
      const own = book.partial(top, node, direct);
      return top === root ? own : productOfSlopes([book.partial(root, top), own]);
    });
    const numbers = uses.map(({ top }) => {
      const own = book.number(book.slope(top, node));
      return top === root ? own : bracketed([book.number(gradients[top] ?? whole(0n)), own]);
    });
    return [sumLine(book, book.partial(root, node), gradients[node], symbols, numbers)];
  });
}

/** @param {Formula[]} factors @returns {Formula} */
export const bracketed = (factors) => ["*", true, ...factors];

/** @param {Formula[]} factors @returns {Formula} */
export const productOfSlopes = (factors) =>
  (factors.length === 1 ? factors[0] : ["*", false, ...factors]);

/**
 * @param {Book} book
 * @param {Formula} left
 * @param {Num | null} value
 * @param {Formula[][]} terms with symbols, and with numbers
 */
function sumLine(book, left, value, ...terms) {
  const [right, numbers] = terms.map((all) =>
    (all.length === 1 ? all[0] : /** @type {Formula} */ (["+", 0, ...all])));
  return new Line(book, left, value ?? whole(0n), () => [right, numbers]);
}
