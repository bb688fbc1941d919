// Session: the numbers of a graph. A leaf moves, and all values, slopes and gradients follow.

import { applied } from "./exact.js";
import { Fraction, add, isExact, isLong, mul } from "./numbers.js";
import { readNumber, sub, toDouble, whole } from "./numbers.js";

/** @typedef {import("./numbers.js").Num} Num */
/** @typedef {import("./numbers.js").NumberData} NumberData */
/**
 * @typedef {{ text: string, mathml: string }} NameData
 * @typedef {{ op: string | null, inputs: (number | ["n", NumberData])[], label: string,
 *   start: NumberData | null, name: NameData | null, role: string }} GraphNode
 * @typedef {{ nodes: GraphNode[], root: number, exact: boolean,
 *   named: Record<string, number> }} Program
 * @typedef {{ inputs: string[], symbol: string, run: boolean, value: (...given: any[]) => Num,
 *   slopes: ((...given: any[]) => Num | null)[], domain: (...given: any[]) => boolean,
 *   kink: (...given: any[]) => boolean }} Row
 * @typedef {{ error: Num, leaves: Map<number, Num> }} Moment what the root and the leaves were
 */

/** What is so long that it takes its time becomes a double. @param {Num} x */
const kept = (x) => (isLong(x, 10_000) ? toDouble(x) : x);

/** The numbers of a program: values, slopes and gradients by node, null where there is none. */
export class Session {
  /** @param {Program} program @param {Record<string, Row>} rows */
  constructor(program, rows) {
    this.program = program;
    this.nodes = program.nodes;
    this.rows = rows;
    this.root = program.root;
    this.starts = this.nodes.map((node) => node.start && readNumber(node.start));
    /** Of each input its place, null for a constant, which stands in `constants`. */
    this.parents = this.nodes.map((node) =>
      node.inputs.map((input) => (typeof input === "number" ? input : null)),
    );
    this.constants = this.nodes.map((node) =>
      node.inputs.map((input) => (typeof input === "number" ? null : readNumber(input[1]))),
    );
    /** @type {Set<(session: Session) => void>} */
    this.callbacks = new Set();
    /** @type {Num[]} */
    this.values = [];
    /** @type {(Num | null)[][]} */
    this.slopes = [];
    /** @type {(Num | null)[]} */
    this.gradients = [];
    /** The curve since a leaf was last moved by hand. @type {Moment[]} */
    this.history = [];
    this.reset();
  }

  /** The leaves, by place. */
  get leaves() {
    return this.nodes.flatMap((node, place) => (node.op === null ? [place] : []));
  }

  /** What `learn` changes: the leaves that are weights; if there are none, the inputs. */
  get weights() {
    const with_role = (/** @type {string} */ role) =>
      this.leaves.filter((place) => this.nodes[place].role === role);
    return with_role("weight").length ? with_role("weight") : with_role("input");
  }

  /** The value and the gradient, 0 where none comes, as Python's `grad`. @param {number} place */
  get(place) {
    return { value: this.values[place], grad: this.gradients[place] ?? whole(0n) };
  }

  /** @param {number} place @param {Num} number */
  set(place, number) {
    this.setAll([[place, number]]);
  }

  /** A leaf that was a double stays one. @param {Iterable<[number, Num]>} pairs */
  setAll(pairs) {
    const moved = [...pairs].map(([place, number]) => /** @type {[number, Num]} */ ([
      place, likeStart(this.startOf(place), number),
    ]));
    for (const [place, number] of moved) this.values[place] = number;
    this.restart();
  }

  /** All leaves as they were in Python. */
  reset() {
    for (const place of this.leaves) this.values[place] = this.startOf(place);
    this.restart();
  }

  /** @param {number} place */
  startOf(place) {
    const start = this.starts[place] ?? null;
    if (start !== null) return start;
    const node = this.nodes[place], called = node?.name?.text ?? `node ${place}`;
    if (!node) throw new Error(`there is no ${called}: the last is ${this.root}`);
    throw new Error(`${called} is computed by ${node.op}: set a leaf that it is computed from`);
  }

  /**
   * w ← w − η·∂E/∂w, so many times.
   * @param {Num} rate @param {number} steps @param {number[]} places
   */
  learn(rate, steps = 1, places = this.weights) {
    places.forEach((place) => this.startOf(place));
    for (let step = 0; step < steps; step += 1) {
      for (const place of places) {
        const moved = sub(this.values[place], mul(rate, this.get(place).grad));
        // The digits of exact weights triple with every step.
        this.values[place] = isLong(moved) ? toDouble(moved) : moved;
      }
      this.compute();
      this.history.push(this.moment());
    }
    this.tell();
  }

  /** The last steps of `learn` taken back. */
  undo(steps = 1) {
    this.history.length = Math.max(1, this.history.length - steps);
    for (const [place, number] of this.history[this.history.length - 1].leaves) {
      this.values[place] = number;
    }
    this.compute();
    this.tell();
  }

  /**
   * Calls back after each change; what it returns ends that.
   * @param {(session: Session) => void} callback
   */
  subscribe(callback) {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  tell() {
    this.callbacks.forEach((callback) => callback(this));
  }

  restart() {
    this.compute();
    this.history = [this.moment()];
    this.tell();
  }

  /** @returns {Moment} */
  moment() {
    const leaves = new Map(this.leaves.map((place) => [place, this.values[place]]));
    return { error: this.values[this.root], leaves };
  }

  compute() {
    this.nodes.forEach((node, place) => {
      this.slopes[place] = node.op === null ? [] : this.forward(this.rows[node.op], place);
    });
    this.gradients = this.nodes.map(() => null);
    this.gradients[this.root] = whole(1n);
    for (let place = this.root; place >= 0; place -= 1) this.backward(place);
  }

  /**
   * Computes a node; gives its slopes, null for those that hand nothing on.
   * @param {Row} row @param {number} place
   */
  forward(row, place) {
    const parents = this.parents[place], size = parents.length / row.inputs.length;
    const given = parents.map((parent, at) =>
      parent === null ? /** @type {Num} */ (this.constants[place][at]) : this.values[parent],
    );
    const runs = row.run ? row.inputs.map((_, k) => given.slice(k * size, (k + 1) * size)) : given;
    const value = kept(applied(row.value, runs));
    this.values[place] = value;
    return parents.map((parent, at) => {
      if (parent === null) return null;
      if (!row.run) return applied(row.slopes[at], [...runs, value]);
      const elements = row.inputs.map((_, k) => given[k * size + (at % size)]);
      return applied(row.slopes[Math.floor(at / size)], [...elements, ...runs, value]);
    });
  }

  /** Hands the gradient of a node on. @param {number} place */
  backward(place) {
    const gradient = this.gradients[place];
    this.parents[place].forEach((parent, at) => {
      const slope = this.slopes[place][at];
      if (gradient === null || parent === null || slope === null) return;
      const share = this.share(gradient, slope), other = this.gradients[parent];
      this.gradients[parent] = other === null ? share : this.total(other, share);
    });
  }

  /** What a slope hands on of a gradient. @param {Num} gradient @param {Num} slope */
  share(gradient, slope) {
    const product = kept(mul(gradient, slope));
    return isExact(product) ? product : product + 0; // a sum begins with 0, and never is -0
  }

  /** The sum of two shares. @param {Num} one @param {Num} other */
  total(one, other) {
    return kept(add(one, other));
  }
}

/**
 * A number of the kind that Python's leaf has.
 * @param {Num} start @param {Num} number @returns {Num}
 */
function likeStart(start, number) {
  if (isExact(start) && number === 0) return new Fraction(0n, 1n, start.int); // it has no −0
  if (!isExact(start) || !isExact(number)) return toDouble(number);
  return new Fraction(number.n, number.d, start.int && number.d === 1n);
}
