// Passes: the forward and the backward pass of a session as steps, with their lines and notes.
// See autograd/explain/passes.py.

import { Book, bracketed, productOfSlopes } from "./derivation.js";
import { Line } from "./equation.js";
import { digits, whole } from "./numbers.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {{ parent: number, name: string, slope: Num, line: Line, product: Line | null,
 *   added: Num | null, before: Num | null, total: Num | null, use: [number, number] }} Part
 * @typedef {{ phase: "forward" | "backward", place: [number, number], node: number, name: string,
 *   title: string, rule: string, line: Line, parts: Part[], notes: string[] }} Step
 * @typedef {{ node: number, rule: string, line: Line, inputs: Input[] }} Stop what steps are of
 * @typedef {{ parent: number, slope: Num, line: Line, added: Num | null }} Input
 */

/**
 * Those of both passes, of single operations ("op") or of named values ("named").
 * @param {Book} book
 * @param {string} level
 * @returns {Step[]}
 */
export function steps(book, level) {
  const stops = level === "op" ? operationStops(book) : namedStops(book);
  const reached = stops.filter(({ node }) => book.session.gradients[node] !== null).reverse();
  return [...forwardSteps(book, stops), ...backwardSteps(book, reached)];
}

/** @param {Num | null} x */
const orNothing = (x) => x ?? whole(0n);

/**
 * What an operation is made of, each with the places where it stands.
 * @param {Book} book
 * @param {number} node
 * @returns {[number, number[]][]}
 */
export function inputsOf({ session }, node) {
  const parents = session.parents[node];
  return [...new Set(parents)].flatMap((parent) => (parent === null ? [] : [[parent,
    parents.flatMap((other, k) => (other === parent ? [k] : []))]]));
}

/**
 * The working of its slope to one of them: in x·x both factors are x, and their slopes are one.
 * @param {Book} book
 * @param {number} node
 * @param {number} parent
 * @param {number[]} places
 */
export function ownSlope(book, node, parent, places) {
  const { session } = book, all = places.map((k) => orNothing(session.slopes[node][k]));
  const slope = all.reduce((one, other) => session.total(one, other));
  const { slopes } = book.data.operations[node];
  return book.slopeLine(book.partial(node, parent), slopes[parent], slope);
}

/** @param {Book} book @returns {Stop[]} */
function operationStops(book) {
  return Object.entries(book.data.operations).map(([key, { rule }]) => {
    const node = Number(key), inputs = inputsOf(book, node).map(([parent, places]) => {
      const line = ownSlope(book, node, parent, places);
      const added = addedBy(book, places.map((k) => [node, k]));
      return { parent, slope: line.value, line, added };
    });
    return { node, rule, line: book.operationLine(node), inputs };
  });
}

/** @param {Book} book @returns {Stop[]} */
function namedStops(book) {
  return book.named.map((named) => {
    const hops = [...named.slopes].sort((one, other) => one.node - other.node);
    const inputs = hops.map((hop) => {
      const line = book.hopLine(named, hop, false), added = addedBy(book, hop.shares);
      return { parent: hop.node, slope: line.value, line, added };
    });
    return { node: named.node, rule: named.rule, line: book.valueLine(named.node), inputs };
  });
}

/**
 * What operations add to the gradient of an input; null if no gradient reaches them.
 * @param {Book} book
 * @param {[number, number][]} shares
 */
function addedBy({ session }, shares) {
  const all = shares.flatMap(([node, k]) => {
    const slope = session.slopes[node][k], gradient = session.gradients[node];
    if (gradient === null) return [];
    return [slope === null ? whole(0n) : session.share(gradient, slope)];
  });
  return all.length ? all.reduce((one, other) => session.total(one, other)) : null;
}

/**
 * @param {Book} book
 * @param {"forward" | "backward"} phase
 * @param {[number, number]} place
 * @param {Stop} stop
 */
function headOf(book, phase, place, { node, rule }) {
  const name = book.nameOf(node);
  return { phase, place, node, name, title: `${phase} ${place[0]} of ${place[1]}: ${name}`, rule };
}

/** @param {Book} book @param {Stop[]} stops @returns {Step[]} */
function forwardSteps(book, stops) {
  return stops.map((stop, k) => ({
    ...headOf(book, "forward", [k + 1, stops.length], stop),
    line: stop.line,
    parts: stop.inputs.map((input) => ({
      ...input, name: book.nameOf(input.parent), use: [1, 1],
      product: null, added: null, before: null, total: null,
    })),
    notes: k ? [] : [book.data.notes.forward],
  }));
}

/** @param {Book} book @param {Stop[]} reached @returns {Step[]} */
function backwardSteps(book, reached) {
  const { gradients, root } = book.session;
  /** @type {Map<number, number>} */
  const uses = new Map(), seen = new Map();
  /** @type {Map<number, Num>} */
  const totals = new Map();
  const handed = reached.map(({ inputs }) => inputs.filter(({ added }) => added !== null));
  handed.flat().forEach(({ parent }) => uses.set(parent, (uses.get(parent) ?? 0) + 1));
  return reached.map((stop, k) => {
    const { node } = stop, gradient = orNothing(gradients[node]);
    const parts = handed[k].map((input) => {
      const { parent, slope } = input, added = orNothing(input.added);
      const use = (seen.get(parent) ?? 0) + 1, all = uses.get(parent) ?? 1;
      const before = totals.get(parent) ?? whole(0n);
      // Single operations may add up in another order: the last total is theirs, to the bit.
      const complete = use === all, sum = book.session.total(before, added);
      const total = complete ? orNothing(gradients[parent]) : sum;
      seen.set(parent, use);
      totals.set(parent, total);
      const product = productLine(book, node, parent, gradient, slope, added);
      const name = book.nameOf(parent);
      return /** @type {Part} */ ({ ...input, name, product, before, total, use: [use, all] });
    });
    return {
      ...headOf(book, "backward", [k + 1, reached.length], stop),
      line: book.bare(book.partial(root, node), gradient),
      parts,
      notes: backwardNotes(book, node, parts, uses.get(node) ?? 1, k + 1 === reached.length),
    };
  });
}

/**
 * @param {Book} book
 * @param {number} node
 * @param {number} parent
 * @param {Num} gradient
 * @param {Num} slope
 * @param {Num} added
 */
export function productLine(book, node, parent, gradient, slope, added) {
  const above = book.partial(book.session.root, node);
  const left = productOfSlopes([above, book.partial(node, parent)]);
  const numbers = bracketed([book.number(gradient), book.number(slope)]);
  return new Line(book, left, added, () => [numbers, numbers]);
}

/**
 * @param {Book} book
 * @param {number} node
 * @param {Part[]} parts
 * @param {number} count how often the value is used
 * @param {boolean} last
 */
function backwardNotes(book, node, parts, count, last) {
  const { notes } = book.data, own = book.nameOf(node), found = [];
  const said = (/** @type {string} */ key, name = own) =>
    notes[key].replace("{count}", () => count).replace("{name}", () => name);
  if (node === book.session.root) found.push(said("root"));
  else if (count > 1) found.push(said("complete"));
  const again = new Set(parts.filter(({ use }) => use[0] > 1).map(({ name }) => name));
  found.push(...[...again].map((name) => said("again", name)));
  return last ? [...found, notes.last] : found;
}

/** The digits of a gradient before and after a part. @param {Book} book @param {Part} part */
export const totalsOf = (book, part) =>
  [part.before, part.total].map((x) => digits(x, book.data.digits));

/** A step as text. @param {Book} book @param {Step} step */
export function stepText(book, step) {
  const lines = [`${step.title}   (${step.rule})`, `  ${step.line.text()}`];
  for (const part of step.parts) {
    lines.push(`  ${part.line.text()}`);
    if (part.product === null) continue;
    const [before, total] = totalsOf(book, part);
    lines.push(`    adds ${part.product.working(true)} to ${part.name}: ${before} → ${total}`);
  }
  return [...lines, ...step.notes.map((note) => `  · ${note}`)].join("\n");
}

/** A step as a sentence, for who hears it. @param {Book} book @param {Step} step */
export function stepSentence(book, { phase, place, name, line, parts }) {
  const shown = (/** @type {Num | null} */ x) => digits(orNothing(x), book.data.digits);
  const head = `Step ${place[0]} of ${place[1]} ${phase}`, value = shown(line.value);
  if (phase === "forward") return `${head}: ${name} is ${value}.`;
  const adds = parts.map((part) =>
    `It adds ${value} times ${shown(part.slope)}, ${shown(part.added)}, to the gradient of ` +
    `${part.name}, which is ${shown(part.total)} now.`);
  return [`${head}: the gradient of ${name} is ${value}.`, ...adds].join(" ");
}
