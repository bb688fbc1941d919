// Python: the program that trains the same network on the same samples, with the same numbers.

import { heldOut, isRegression, lowest } from "./data.js";

/** @typedef {Record<string, any>} Settings @typedef {[number[], number[]]} Sample */

/** The optimizer. @param {Settings} settings */
function optimizerCode({ optimizer, rate, momentum, alpha, beta1, beta2, epsilon, decay }) {
  const adam = `, betas=(${beta1}, ${beta2}), epsilon=${epsilon}`;
  const more = optimizer === "Momentum" ? `, momentum=${momentum}`
    : optimizer === "Nesterov" ? `, momentum=${momentum}, nesterov=True`
    : optimizer === "RMSprop" ? `, alpha=${alpha}, epsilon=${epsilon}`
    : optimizer.startsWith("Adam") ? adam : "";
  const decaying = decay || optimizer === "AdamW" ? `, weight_decay=${decay}` : "";
  return `nn.${optimizer.replace("Nesterov", "Momentum")}(${rate}${more}${decaying})`;
}

/** An expression for the samples. @param {Settings} settings @param {number} seed
 * @param {Sample[]} given */
function dataCode(settings, seed, given) {
  const { data, count, noise, classes, loss } = settings, low = lowest(settings);
  const inner = loss === "cross_entropy" || low === 0 ? "" : "labels=(-1, 1)";
  const drawn = `noise=${noise}, seed=${seed}`;
  if (data === "sample") return "[((5, 3), 8)]";
  if (data === "xor") return `nn.xor(${inner})`;
  if (data === "given") {
    const code = (/** @type {number[]} */ y) => (y.length === 1 ? y[0] : `[${y.join(", ")}]`);
    return `[\n${given.map(([x, y]) => `    ([${x.join(", ")}], ${code(y)}),\n`).join("")}]`;
  }
  if (isRegression(settings)) return `nn.line(${count}, ${drawn})`;
  if (data !== "spiral") return `nn.${data}(${count}, ${drawn}${inner && `, ${inner}`})`;
  const spiral = `nn.spiral(${count}, ${classes}, ${drawn})`;
  if (loss === "cross_entropy" || (classes === 2 && !inner)) return spiral;
  if (classes === 2) return `[(x, 2 * y - 1) for x, y in ${spiral}]`;
  return `[(x, [1 if k == y else ${low} for k in range(${classes})]) for x, y in ${spiral}]`;
}

/** The whole program.
 * @param {Settings} settings @param {number[]} widths @param {Sample[]} given
 * @param {import("./training.js").Own | null} own */
export function pythonCode(settings, widths, given, own = null) {
  const { seed, layers, activation, output, bias, init, weights } = settings;
  const { loss, l2, epochs, batch } = settings, count = heldOut(settings);
  const model = [widths[0], `[${widths.slice(1).join(", ")}]`,
    layers.length && `activation="${activation}"`, output !== "linear" && `output="${output}"`,
    !bias && "bias=False", init !== "uniform" && `init="${init}"`, `seed=${seed}`];
  const others = count && dataCode({ ...settings, count }, seed + 1, given);
  const fitting = [`epochs=${epochs}`, `batch_size=${batch}`, `seed=${seed}`, l2 && `l2=${l2}`,
    others && `validation=${others}`];
  const start = `start = [${weights.join(", ")}]
for value, number in zip(model.parameters(), start):
    value.data = number
`;
  return `import nn

data = ${dataCode(settings, seed, given)}
model = ${own ? `${own.name}()  # as it was given to nn.playground`
    : `nn.MLP(${model.filter(Boolean).join(", ")})`}
${weights.length ? start : ""}history = nn.fit(model, data, nn.${loss}, ${optimizerCode(settings)},
                 ${fitting.filter(Boolean).join(", ")})
print(history)
print([value.data for value in model.parameters()])
`;
}
