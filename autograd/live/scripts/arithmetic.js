// Arithmetic: formulas of numbers, worked out step by step, or compared by the digits they show.
// See autograd/formula/arithmetic.py, which says why.

import { applied } from "./exact.js";
import { add, compare, digits, div, exactly, isExact, mul } from "./numbers.js";
import { bitLength, neg, parseNumber, power, toDouble, whole } from "./numbers.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./typeset.js").Formula} Formula
 * @typedef {(name: string, given: any[]) => Num} Caller a function of numbers, or of runs of them
 * @typedef {{ call: Caller, argument: (x: Num) => Num,
 *   number: (value: Num, shown: number | null) => any }} Way
 */

const UNKNOWN = new Error("no number is known for this"), POLE = new Error("a division by zero");

/** Its parts; a derivative has none. @param {Formula} formula @returns {Formula[]} */
export const partsOf = (formula) => (["n", "x", "d"].includes(formula[0]) ? [] : formula.slice(2));

/** @param {Formula} formula @returns {Formula[]} */
export const allParts = (formula) => [formula, ...partsOf(formula).flatMap(allParts)];

/** @param {Formula} formula @param {Formula[]} parts other ones @returns {Formula} */
const withParts = ([sign, own], parts) => [sign, own, ...parts];

/** @param {any} x */
const isRun = (x) => Array.isArray(x);

/** @param {(x: Num) => Num} convert @param {any[]} given */
const each = (convert, given) => given.map((x) => (isRun(x) ? x.map(convert) : convert(x)));

/** Whether an exact number is beyond every double: it meets none. @param {any} x */
const isHuge = (x) => isExact(x) && !Number.isFinite(toDouble(x));

/** @param {any} x */
const isZero = (x) => !isRun(x) && compare(x, whole(0n)) === 0;

/** What the formulas of a graph are computed with: its rows. */
export class Arithmetic {
  /** @param {Record<string, any>} rows @param {{ exact: number }} most */
  constructor(rows, most) {
    this.rows = rows;
    this.most = most;
    const compute = this.compute.bind(this), same = (/** @type {Num} */ x) => x;
    /** From the digits, exactly. @type {Way} */
    this.exact = { call: this.callExactly.bind(this), number: readDigits, argument: same };
    /** From the digits, in doubles. @type {Way} */
    this.doubles = { call: compute, number: readDouble, argument: toDouble };
    /** The numbers themselves. @type {Way} */
    this.numbers = { call: compute, number: same, argument: same };
  }

  /** A function of numbers, in doubles where it has no exact value. @type {Caller} */
  compute(name, given) {
    const flat = given.flat(), exact = flat.every(isExact), [x, y] = given, row = this.rows[name];
    if (name === "pi") return Math.PI;
    if (exact && name === "div" && isZero(y)) throw POLE;
    if (exact && name === "power" && isZero(x) && compare(y, whole(0n)) < 0) throw POLE;
    if (name === "div") return div(x, y);
    if (name === "power") return power(x, y);
    if (row === undefined) throw UNKNOWN;
    const size = flat.length / row.inputs.length;
    const runs = row.inputs.map((/** @type {any} */ _, /** @type {number} */ k) =>
      flat.slice(k * size, (k + 1) * size));
    return applied(row.value, row.run ? runs : given);
  }

  /** Throws UNKNOWN where the value is no fraction. @type {Caller} */
  callExactly(name, given) {
    const numbers = given.flat();
    if (name === "pi" || (name === "power" && this.isLong(given[0], given[1]))) throw UNKNOWN;
    const found = this.compute(name, given);
    if (isExact(found) || !numbers.every(isExact)) return found;
    // What is exact as a double there is exact: tanh(0), ln(1), σ(0). Further out it is rounded.
    const known = numbers.every((x) => Math.abs(toDouble(x)) === 1 || isZero(x));
    const base = { log2: 2n, log10: 10n }[name];
    const isPower = base && Number.isInteger(found) &&
      compare(power(whole(base), exactly(found)), numbers[0]) === 0;
    if ((known && Number.isInteger(2 * found)) || isPower) return exactly(found);
    throw UNKNOWN;
  }

  /** Whether an exact power has too many digits. @param {Num} x @param {Num} y */
  isLong(x, y) {
    if (!isExact(x) || !isExact(y)) return false;
    const bits = Math.max(bitLength(x.n), bitLength(x.d));
    return y.d > this.most.exact || bits * Math.abs(toDouble(y)) > 10 * this.most.exact;
  }

  /** A whole number that is a power's exponent, and not a long one. @param {Num} x */
  isShort(x) {
    const size = Math.abs(toDouble(x));
    return (isExact(x) ? x.d === 1n : Number.isInteger(x)) && size <= this.most.exact;
  }

  /**
   * After one round of calculation: every innermost operation becomes its result.
   * @param {Formula} formula
   * @returns {Formula}
   */
  reduced(formula) {
    const parts = partsOf(formula), numbers = parts.map(plain);
    if (["n", "x", "d"].includes(formula[0])) return formula;
    if (numbers.includes(null)) return withParts(formula, parts.map((part) => this.reduced(part)));
    if (formula[0] === "run") return formula;
    return ["n", this.operation(formula, numbers)];
  }

  /** @param {Formula} formula @param {any[]} numbers @returns {any} */
  operation([sign, own], numbers, call = this.doubles.call) {
    const mixed = numbers.some(isExact) && !numbers.every(isExact);
    if ((sign === "+" || sign === "*") && mixed && numbers.some(isHuge)) throw UNKNOWN;
    if (sign === "+") return numbers.reduce(add);
    if (sign === "*") return numbers.reduce(mul);
    if (sign === "-") return neg(numbers[0]);
    if (sign === "/") return call("div", numbers);
    if (sign === "^") return call("power", numbers);
    if (sign === "run") return numbers;
    if (sign === "f") return call(own[0], numbers);
    throw UNKNOWN;
  }

  /** The value of a formula of numbers. @param {Formula} formula @param {Way} way @returns {any} */
  evaluate(formula, way) {
    const [sign, own, shown] = formula;
    if (sign === "n") return way.number(own, shown);
    const numbers = partsOf(formula).map((part) => this.evaluate(part, way));
    const broken = sign === "^" && !this.isShort(numbers[1]);
    const given = sign === "f" || broken ? each(way.argument, numbers) : numbers;
    return this.operation(formula, given, way.call);
  }

  /** By doubles, null if a part has none. @param {Formula} formula @returns {number | null} */
  inDoubles(formula) {
    return attempt(() => toDouble(this.evaluate(formula, this.doubles)), () => null);
  }

  /**
   * Whether two formulas have one value, by their digits; false where that is not known.
   * @param {Formula} one
   * @param {Formula} other
   * @returns {boolean}
   */
  areEqual(one, other) {
    if (isSame(one, other)) return true;
    const found = attempt(() => [one, other].map((side) => this.byRule(side)), () => null);
    if (found) return found[0] !== null && found[1] !== null && isAlike(found[0], found[1]);
    const parts = partsOf(one), others = partsOf(other), alike = parts.length === others.length;
    if (parts.length && alike && isSame(withParts(one, others), other)) {
      return parts.every((part, k) => this.areEqual(part, others[k]));
    }
    return [one, other].every((side) => Number.isNaN(this.inDoubles(side)));
  }

  /** The exact value, by IEEE 754 that of a division by zero. @param {Formula} formula */
  byRule(formula) {
    return attempt(() => this.evaluate(formula, this.exact), (error) => {
      if (error === POLE) return this.inDoubles(formula);
      throw error;
    });
  }

  /** Whether it can be this: 0/0 cannot be 0. @param {Formula} formula @param {Num} value */
  hasValue(formula, value) {
    let found = this.inDoubles(formula);
    if (Number.isNaN(value)) return found === null || Number.isNaN(found);
    const exact = attempt(() => this.evaluate(formula, this.exact), (error) => error);
    if (exact === POLE) return found !== null && isAlike(found, toDouble(value));
    if (exact !== UNKNOWN) found = exact;
    return found === null || !Number.isNaN(found) || !this.hasPole(formula);
  }

  /** Whether a part is infinite as ln(0) is. @param {Formula} formula @returns {boolean} */
  hasPole(formula) {
    const parts = partsOf(formula), found = this.inDoubles(formula);
    if (!parts.length) return found !== null && !Number.isFinite(found);
    const edges = parts.some((part) => [0, 1, -1].includes(this.inDoubles(part) ?? NaN));
    return (Math.abs(found ?? 0) === Infinity && edges) || parts.some((part) => this.hasPole(part));
  }
}

/**
 * What is computed, or what there is where no number is known.
 * @template T
 * @param {() => T} compute
 * @param {(error: any) => T} otherwise
 * @returns {T}
 */
export function attempt(compute, otherwise) {
  try {
    return compute();
  } catch (error) {
    if (error !== UNKNOWN && error !== POLE) throw error;
    return otherwise(error);
  }
}

/** The number that a part is; those of a run. @param {Formula} part @returns {any} */
function plain([sign, own, ...parts]) {
  if (sign === "n") return own;
  if (sign === "-" && parts[0][0] === "n") return neg(parts[0][1]);
  const numbers = sign === "run" ? parts.map(plain) : [null];
  return numbers.includes(null) ? null : numbers;
}

/** What its digits mean. @param {Num} value @param {number | null} shown @returns {Num} */
export function readDigits(value, shown) {
  const found = parseNumber(digits(value, shown));
  if (found === null) throw UNKNOWN;
  return found;
}

/** As a double: -0 keeps its sign. @param {Num} value @param {number | null} shown */
function readDouble(value, shown) {
  const found = toDouble(readDigits(value, shown));
  return found === 0 && digits(value, shown).startsWith("−") ? -0 : found;
}

/** @param {Num} x @param {Num} y */
const isAlike = (x, y) => compare(x, y) === 0 || (Number.isNaN(x) && Number.isNaN(y));

/** Whether two formulas are the same. @param {any} one @param {any} other @returns {boolean} */
function isSame(one, other) {
  const numbers = one?.[0] === "n" && other?.[0] === "n";
  if (numbers) return one[2] === other[2] && isAlike(one[1], other[1]);
  if (!isRun(one) || !isRun(other)) return one === other;
  return one.length === other.length && one.every((part, k) => isSame(part, other[k]));
}
