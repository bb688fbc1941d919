// Data sets: those of `nn.data`, the same numbers for the same seed.

import { Random } from "./random.js";

/** @typedef {Record<string, any>} Settings @typedef {[number[], number[]]} Sample */

/** @param {number} radius @param {number} turns */
const polar = (radius, turns) =>
  [radius * Math.cos(2 * Math.PI * turns), radius * Math.sin(2 * Math.PI * turns)];

/** The curve on which the samples of each class lie.
 * @type {Record<string, (label: number, along: number, classes: number) => number[]>} */
const CURVES = {
  moons: (label, along) => {
    const x = Math.cos(Math.PI * along), y = Math.sin(Math.PI * along);
    return label ? [1 - x, 0.5 - y] : [x, y];
  },
  ring: (label, along) => polar(label ? 1 : 0.4, along),
  spiral: (label, along, classes) => polar(0.1 + 0.9 * along, label / classes + 0.65 * along),
};

/** Whether numbers are to be predicted, and not classes. @param {Settings} settings */
export const isRegression = ({ data }) => data === "line" || data === "sample";

/** How many samples are held out: of a whole data set none. @param {Settings} settings */
export const heldOut = ({ data, validation }) =>
  (["xor", "sample", "given"].includes(data) ? 0 : validation);

/** The target that a loss wants for all but the right class. @param {Settings} settings */
export const lowest = ({ loss }) => (loss === "binary_cross_entropy" ? 0 : -1);

/** Inputs and labels. @param {Settings} settings @param {number} seed
 * @returns {[number[], number][]} */
function labelled({ data, count, classes, noise }, seed) {
  const random = new Random(seed);
  if (data === "sample") return [[[5, 3], 8]];
  if (data === "xor") return [[[0, 0], 0], [[0, 1], 1], [[1, 0], 1], [[1, 1], 0]];
  if (data === "line") {
    return Array.from({ length: count }, (_, place) => {
      const x = (2 * place) / Math.max(count - 1, 1) - 1;
      return [[x], random.gauss(3 * x + 2, noise)];
    });
  }
  return Array.from({ length: classes }, (_, label) => {
    const size = Math.floor((count + classes - 1 - label) / classes);
    return Array.from({ length: size }, (_, place) => {
      const along = place / (data === "ring" ? size : Math.max(size - 1, 1));
      const point = CURVES[data](label, along, classes).map((x) => random.gauss(x, noise));
      return /** @type {[number[], number]} */ ([point, label]);
    });
  }).flat();
}

/** The samples, each with its inputs and its targets as the loss wants them.
 * @param {Settings} settings @param {number} seed @param {Sample[]} given @returns {Sample[]} */
export function samplesOf(settings, seed, given) {
  const { data, loss, classes } = settings, low = lowest(settings);
  if (data === "given") return given;
  return labelled(settings, seed).map(([inputs, label]) => {
    if (isRegression(settings) || loss === "cross_entropy") return [inputs, [label]];
    if (classes === 2) return [inputs, [label ? 1 : low]];
    return [inputs, Array.from({ length: classes }, (_, k) => (k === label ? 1 : low))];
  });
}
