// Passes: the forward and the backward pass of a session as steps, with their lines and notes.
// See autograd/explain/passes.py.

import { Book, Line, bracketed, operationLine, productOfSlopes, valueLine } from "./derivation.js";
import { digits, whole } from "./numbers.js";

/**
 * @typedef {import("./numbers.js").Num} Num
 * @typedef {import("./derivation.js").Hop} Hop
 * @typedef {import("./derivation.js").Named} Named
 * @typedef {{ parent: number, name: string, slope: Num, line: Line, product: Line | null,
 *   added: Num | null, before: Num | null, total: Num | null, use: [number, number] }} Part
 * @typedef {{ phase: "forward" | "backward", place: [number, number], node: number, name: string,
 *   title: string, rule: string, line: Line, parts: Part[], notes: string[] }} Step
 * @typedef {{ node: number, rule: string, line: Line, inputs: Input[] }} Stop what steps are of
 * @typedef {{ parent: number, slope: Num, line: Line, added: Num | null }} Input
 */

/** The steps of both passes, of single operations ("op") or of named values ("named"). @param {Book} book @param {string} level @returns {Step[]} */
export function steps(book, level) {
  const stops = level === "op" ? operationStops(book) : namedStops(book);
  const reached = stops.filter(({ node }) => book.session.gradients[node] !== null).reverse();
  return [...forwardSteps(book, stops), ...backwardSteps(book, reached)];
}

/** @param {Num | null} x */
const orNothing = (x) => x ?? whole(0n);

/** @param {Book} book @returns {Stop[]} */
function operationStops(book) {
  const { session } = book;
  return session.nodes.flatMap(({ op }, node) => {
    if (op === null) return [];
    const inputs = session.parents[node].flatMap((parent, k) => {
      if (parent === null) return [];
      const slope = orNothing(session.slopes[node][k]), left = book.partial(node, parent);
      const line = book.slopeLine(left, book.data.operations[node].slopes[k], slope);
      return [{ parent, slope, line, added: addedBy(book, [[node, k]]) }];
    });
    return [{ node, rule: book.data.operations[node].rule, line: operationLine(book, node), inputs }];
  });
}

/** @param {Book} book @returns {Stop[]} */
function namedStops(book) {
  return book.named.map((named) => {
    const hops = [...named.slopes].sort((one, other) => one.node - other.node);
    const inputs = hops.map((hop) => ({
      parent: hop.node,
      slope: book.slope(named.node, hop.node),
      line: book.hopLine(named, hop, false),
      added: addedBy(book, hop.shares),
    }));
    return { node: named.node, rule: named.rule, line: valueLine(book, named.node), inputs };
  });
}

/** What operations add to the gradient of an input; null if no gradient reaches them. @param {Book} book @param {[number, number][]} shares */
function addedBy({ session }, shares) {
  const reached = shares.filter(([node]) => session.gradients[node] !== null);
  const all = reached.map(([node, k]) => {
    const slope = session.slopes[node][k], gradient = session.gradients[node];
    return slope === null || gradient === null ? whole(0n) : session.share(gradient, slope);
  });
  return all.length ? all.reduce((one, other) => session.total(one, other)) : null;
}

/** @param {Book} book @param {number} node */
const nameOf = (book, node) => book.plain.write(book.called(node));

/** @param {Book} book @param {Stop[]} stops @returns {Step[]} */
function forwardSteps(book, stops) {
  return stops.map(({ node, rule, line, inputs }, k) => ({
    ...headOf(book, "forward", [k + 1, stops.length], node),
    rule,
    line,
    parts: inputs.map(({ parent, slope, line: working }) => ({
      parent, name: nameOf(book, parent), slope, line: working,
      product: null, added: null, before: null, total: null, use: [1, 1],
    })),
    notes: k ? [] : [book.data.notes.forward],
  }));
}

/** @param {Book} book @param {"forward" | "backward"} phase @param {[number, number]} place @param {number} node */
function headOf(book, phase, place, node) {
  const name = nameOf(book, node);
  return { phase, place, node, name, title: `${phase} ${place[0]} of ${place[1]}: ${name}` };
}

/** @param {Book} book @param {Stop[]} reached @returns {Step[]} */
function backwardSteps(book, reached) {
  const { gradients } = book.session;
  /** @type {Map<number, number>} */
  const uses = new Map(), seen = new Map();
  /** @type {Map<number, Num>} */
  const totals = new Map();
  const handed = reached.map(({ inputs }) => inputs.filter(({ added }) => added !== null));
  handed.flat().forEach(({ parent }) => uses.set(parent, (uses.get(parent) ?? 0) + 1));
  return reached.map(({ node, rule }, k) => {
    const gradient = orNothing(gradients[node]);
    const parts = handed[k].map(({ parent, slope, line, added }) => {
      const use = (seen.get(parent) ?? 0) + 1, all = uses.get(parent) ?? 1;
      const before = totals.get(parent) ?? whole(0n);
      // Single operations may add up in another order: the last total is theirs, to the bit.
      const total = use === all ? orNothing(gradients[parent]) : book.session.total(before, orNothing(added));
      seen.set(parent, use);
      totals.set(parent, total);
      const product = productLine(book, node, parent, gradient, slope, orNothing(added));
      return /** @type {Part} */ ({
        parent, name: nameOf(book, parent), slope, line, product, added, before, total, use: [use, all],
      });
    });
    const head = headOf(book, "backward", [k + 1, reached.length], node);
    const line = book.bare(book.partial(book.session.root, node), gradient);
    const notes = backwardNotes(book, node, parts, uses.get(node) ?? 1, k + 1 === reached.length);
    return { ...head, rule, line, parts, notes };
  });
}

/** @param {Book} book @param {number} node @param {number} parent @param {Num} gradient @param {Num} slope @param {Num} added */
function productLine(book, node, parent, gradient, slope, added) {
  const left = productOfSlopes([book.partial(book.session.root, node), book.partial(node, parent)]);
  const numbers = bracketed([book.number(gradient), book.number(slope)]);
  return new Line(book, left, numbers, numbers, added);
}

/** @param {Book} book @param {number} node @param {Part[]} parts @param {number} count @param {boolean} last */
function backwardNotes(book, node, parts, count, last) {
  const { notes } = book.data, found = [];
  const said = (/** @type {string} */ key, /** @type {string} */ name) =>
    notes[key].replace("{count}", () => String(count)).replace("{name}", () => name);
  if (node === book.session.root) found.push(said("root", nameOf(book, node)));
  else if (count > 1) found.push(said("complete", nameOf(book, node)));
  const again = new Set(parts.filter(({ use }) => use[0] > 1).map(({ name }) => name));
  found.push(...[...again].map((name) => said("again", name)));
  return last ? [...found, notes.last] : found;
}

/** The digits of the gradient of a part's input before and after. @param {Book} book @param {Part} part */
export const totalsOf = (book, part) =>
  [part.before, part.total].map((x) => digits(x, book.data.digits));

/** A step as text. @param {Book} book @param {Step} step */
export function stepText(book, step) {
  const lines = [`${step.title}   (${step.rule})`, `  ${step.line.text()}`];
  for (const part of step.parts) {
    lines.push(`  ${part.line.text()}`);
    if (part.product === null) continue;
    const [before, total] = totalsOf(book, part);
    lines.push(`    adds ${part.product.text(false)} to ${part.name}: ${before} → ${total}`);
  }
  return [...lines, ...step.notes.map((note) => `  · ${note}`)].join("\n");
}

/** A step as a sentence, for who hears it. @param {Book} book @param {Step} step */
export function stepSentence(book, step) {
  const shown = (/** @type {Num} */ x) => digits(x, book.data.digits);
  const head = `Step ${step.place[0]} of ${step.place[1]} ${step.phase}`;
  if (step.phase === "forward") return `${head}: ${step.name} is ${shown(step.line.value)}.`;
  const adds = step.parts.map((part) =>
    `It adds ${shown(step.line.value)} times ${shown(part.slope)}, ${shown(orNothing(part.added))}, ` +
    `to the gradient of ${part.name}, which is ${shown(orNothing(part.total))} now.`);
  return [`${head}: the gradient of ${step.name} is ${shown(step.line.value)}.`, ...adds].join(" ");
}
