/**
 * Questions: what a graph can be asked. A derivative is a sum over ways of products of factors, and
 * each question keeps them, so that `mistakes.js` can say what is missing in an answer.
 */

import { explanation, valueLine } from "./derivation.js";
import { add, compare, digits, exactly, isExact, mul } from "./numbers.js";
import { parseNumber, sub, toDouble } from "./numbers.js";
import { productLine } from "./passes.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./derivation.js").Book} Book
 * @typedef {import("./equation.js").Line} Line
 * @typedef {{ text: string, value: Num, from: number, to: number }} Factor a local slope
 * @typedef {{ kind: "value" | "slope" | "share" | "gradient", node: number, of: number,
 *   answer: Num, ways: Factor[][], lines: () => Line[] }} Question about `node`, as `of` depends on
 *   it; its working is made when it is wanted
 */

/** What has more ways, or longer ones, is no question. */
const MOST_WAYS = 5, MOST_FACTORS = 6;

/** So many digits are enough of a number that is no exact one, or has more than `LONG`. */
export const ENOUGH = 4;
const LONG = 12, NOISE = 1e-12;

/** How many significant digits a number shows, Infinity for p/q. @param {Num} number */
function significant(number) {
  const text = digits(number);
  const all = text.replace(/e.*|[−.]/g, "").replace(/^0+|0+$/g, "");
  return text.includes("/") ? Infinity : all.length;
}

/** Whether a number is to be given with all its digits. @param {Num} number */
export const isShort = (number) => significant(number) <= (isExact(number) ? LONG : ENOUGH);

/** @param {Num} one @param {Num} other */
const distance = (one, other) => {
  const [x, y] = [one, other].map((number) => (isExact(number) ? number : exactly(number)));
  return Math.abs(toDouble(sub(x, y)));
};

/** A power of ten, which `**` may miss by a bit. @param {number} exponent */
export const tenTo = (exponent) => Number(`1e${exponent}`);

/** One of the digit at a place, from the first. @param {Num} number @param {number} place */
const unitOf = (number, place) =>
  tenTo(Number(toDouble(number).toExponential().split("e")[1]) - place + 1);

/**
 * Whether an answer is a number, in the digits that are asked: all of a short one, else it is
 * rounded to ENOUGH digits or more.
 * @param {Num} given @param {Num} number
 * @param {number} unit that of the last digit which was typed, Infinity for a formula
 */
export function agrees(given, number, unit = Infinity) {
  const [one, other] = [toDouble(given), toDouble(number)];
  const bothExact = isExact(given) && isExact(number);
  if (!Number.isFinite(one) || !Number.isFinite(other)) return false;
  if (bothExact ? compare(given, number) === 0 : one === other) return true;
  if (!isShort(number)) return rounds(given, number, Math.min(unit, unitOf(number, ENOUGH)));
  if (isExact(given)) return compare(given, isExact(number) ? number : shownOf(number)) === 0;
  return distance(given, number) <= NOISE * Math.abs(other);
}

/** A double by the digits that are shown of it. @param {Num} number */
const shownOf = (number) => /** @type {Num} */ (parseNumber(digits(number)));

/**
 * Whether a number is another one rounded to a unit, of two as near either of them.
 * @param {Num} given @param {Num} number @param {number} unit
 */
export function rounds(given, number, unit) {
  const noise = isExact(given) && isExact(number) ? 0 : NOISE / 100 * Math.abs(toDouble(number));
  return distance(given, number) <= unit / 2 + noise;
}

/** All questions, in the order of the two passes. @param {Book} book @returns {Question[]} */
export function questionsOf(book) {
  const found = [...values(book), ...slopes(book), ...shares(book), ...gradients(book)];
  return found.filter(({ answer, ways }) => Number.isFinite(toDouble(answer))
    && ways.every((way) => way.length <= MOST_FACTORS));
}

/** @param {Book} book @returns {Question[]} */
function values(book) {
  const known = book.named.filter(({ node }) => {
    const value = book.session.values[node];
    return isExact(value) && digits(value).length <= LONG;
  });
  return known.map(({ node }) => ({ kind: "value", node, of: node, ways: [],
    answer: book.session.values[node], lines: () => [valueLine(book, node)] }));
}

/** @param {Book} book @returns {Question[]} */
function slopes(book) {
  return book.named.flatMap((named) => named.slopes.map((hop) => ({
    kind: "slope", node: hop.node, of: named.node, answer: book.slope(named.node, hop.node),
    ways: waysBetween(named.node, hop.node, byTop(within(book, named.inner))),
    lines: () => [book.hopLine(named, hop, hop.direct)] })));
}

/** What one value hands to the gradient of another. @param {Book} book @returns {Question[]} */
function shares(book) {
  const { root, gradients: known } = book.session;
  return hopsOf(book).flatMap((hop) => {
    const value = known[hop.from], { from, to } = hop;
    if (from === root || value === null) return [];
    const text = book.plain.write(book.partial(root, from));
    const answer = mul(value, hop.value), ways = [[{ from: root, to: from, value, text }, hop]];
    const lines = () => [productLine(book, from, to, value, hop.value, answer)];
    return [{ kind: "share", node: to, of: from, answer, ways, lines }];
  });
}

/** @param {Book} book @returns {Question[]} */
function gradients(book) {
  const { root, nodes, gradients: known } = book.session, hops = byTop(hopsOf(book));
  return nodes.flatMap(({ name }, node) => {
    const answer = known[node], asked = name && answer !== null && node !== root;
    const ways = asked ? waysBetween(root, node, hops) : [];
    if (answer === null || Math.max(...ways.map((way) => way.length), ways.length) < 2) return [];
    const lines = () => {
      const { slopes: local, chain } = explanation(book, node);
      return [...local, ...chain];
    };
    return [{ kind: "gradient", node, of: root, answer, ways, lines }];
  });
}

/** The slopes between named values. @param {Book} book @returns {Factor[]} */
const hopsOf = (book) => book.named.flatMap(({ node: from, slopes: hops }) =>
  hops.map(({ node: to, direct }) => ({ from, to, value: book.slope(from, to),
    text: book.plain.write(book.partial(from, to, direct)) })));

/**
 * The slopes of single operations.
 * @param {Book} book @param {number[]} inner @returns {Factor[]}
 */
const within = (book, inner) => inner.flatMap((from) => {
  const { parents, slopes: local } = book.session;
  /** @type {Map<number, Num>} */
  const totals = new Map(); // in x·x both factors are x: their slopes are one
  parents[from].forEach((to, at) => {
    const value = local[from][at], other = to === null ? undefined : totals.get(to);
    if (to !== null && value !== null) totals.set(to, other ? add(other, value) : value);
  });
  return [...totals].map(([to, value]) => {
    const direct = parents[from].some((other) => other !== null && other !== to
      && reaches(parents, other, to));
    return { from, to, value, text: book.plain.write(book.partial(from, to, direct)) };
  });
});

/**
 * Whether a value is made of another one.
 * @param {(number | null)[][]} parents @param {number} from @param {number} to
 */
function reaches(parents, from, to) {
  const seen = new Set([from]);
  for (const node of seen)
    for (const parent of parents[node]) if (parent !== null && parent >= to) seen.add(parent);
  return seen.has(to);
}

/** Slopes by what they are of, in the order of the graph. @param {Factor[]} edges */
function byTop(edges) {
  /** @type {Map<number, Factor[]>} */
  const found = new Map([...edges].sort((one, other) => one.from - other.from)
    .map((edge) => [edge.from, []]));
  for (const edge of edges) found.get(edge.from)?.push(edge);
  return found;
}

/**
 * All ways from a value to one that it is made of; none if they are many.
 * @param {number} from @param {number} to @param {Map<number, Factor[]>} edges
 */
function waysBetween(from, to, edges) {
  /** @type {Map<number, Factor[][]>} */
  const found = new Map([[to, [[]]]]);
  for (const [top, own] of edges)
    if (top > to && top <= from) found.set(top, own.flatMap((edge) =>
      (found.get(edge.to) ?? []).map((way) => [edge, ...way])).slice(0, MOST_WAYS + 1));
  const ways = found.get(from) ?? [];
  return ways.length > MOST_WAYS ? [] : ways;
}
