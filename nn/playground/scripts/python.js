// Python: the program that trains the same network on the same samples, with the same numbers.

import { isRegression, lowest } from "./data.js";

/** @typedef {Record<string, any>} Settings @typedef {[number[], number[]]} Sample */

/** What of the page is an argument of each optimizer, and what it is called there.
 * @type {Record<string, string[]>} */
const ARGUMENTS = { Momentum: ["momentum"], Nesterov: ["momentum"], RMSprop: ["alpha", "epsilon"],
  Adam: ["betas", "epsilon"], AdamW: ["betas", "epsilon"] };

/** @param {Settings} settings */
function optimizerCode(settings) {
  const { optimizer, rate, beta1, beta2, decay } = settings;
  /** @type {Settings} */ const known = { ...settings, betas: `(${beta1}, ${beta2})` };
  const given = (ARGUMENTS[optimizer] ?? []).map((name) => `${name}=${known[name]}`);
  if (optimizer === "Nesterov") given.push("nesterov=True");
  if (decay || optimizer === "AdamW") given.push(`weight_decay=${decay}`);
  return `nn.${optimizer.replace("Nesterov", "Momentum")}(${[rate, ...given].join(", ")})`;
}

/** An expression for the samples. @param {Settings} settings @param {number} seed
 * @param {Sample[]} given */
function dataCode(settings, seed, given) {
  const { data, count, noise, classes, loss } = settings;
  const drawn = `nn.${data}(${count}, noise=${noise}, seed=${seed}`;
  if (data === "given") {
    const one = loss === "cross_entropy" || given[0][1].length === 1;
    const pairs = given.map(([x, y]) => `([${x.join(", ")}], ${one ? y[0] : `[${y.join(", ")}]`})`);
    return `[\n    ${pairs.join(",\n    ")},\n]`;
  }
  if (data === "sample") return "[((5, 3), 8)]";
  if (isRegression(settings)) return `${drawn})`;
  const low = lowest(settings), coded = loss !== "cross_entropy" && low === -1;
  const labels = coded ? "labels=(-1, 1)" : "";
  if (data === "xor") return `nn.xor(${labels})`;
  if (data !== "spiral") return `${drawn}${labels && `, ${labels}`})`;
  const spiral = drawn.replace(`(${count}`, `(${count}, ${classes}`) + ")";
  if (loss === "cross_entropy" || (classes === 2 && !coded)) return spiral;
  if (classes === 2) return `[(x, 2 * y - 1) for x, y in ${spiral}]`;
  return `[(x, [1 if k == y else ${low} for k in range(${classes})]) for x, y in ${spiral}]`;
}

/** The whole program.
 * @param {Settings} settings @param {number[]} widths @param {Sample[]} given */
export function pythonCode(settings, widths, given) {
  const { seed, layers, activation, output, bias, init, weights } = settings;
  const { loss, l2, epochs, batch } = settings;
  const model = [widths[0], `[${widths.slice(1).join(", ")}]`];
  if (layers.length) model.push(`activation="${activation}"`);
  if (output !== "linear") model.push(`output="${output}"`);
  if (!bias) model.push("bias=False");
  if (init !== "uniform") model.push(`init="${init}"`);
  const start = weights.length ? [
    `start = [${weights.join(", ")}]`,
    "for value, number in zip(model.parameters(), start):",
    "    value.data = number"] : [];
  const others = settings.validation
    ? [`validation=${dataCode({ ...settings, count: settings.validation }, seed + 1, given)}`] : [];
  const fitting = [`epochs=${epochs}`, `batch_size=${batch}`, `seed=${seed}`,
    ...(l2 ? [`l2=${l2}`] : []), ...others];
  return [
    "import nn",
    "",
    `data = ${dataCode(settings, seed, given)}`,
    `model = nn.MLP(${[...model, `seed=${seed}`].join(", ")})`,
    ...start,
    `history = nn.fit(model, data, nn.${loss}, ${optimizerCode(settings)},`,
    `                 ${fitting.join(", ")})`,
    "print(history)",
    "print([value.data for value in model.parameters()])",
    "",
  ].join("\n");
}
