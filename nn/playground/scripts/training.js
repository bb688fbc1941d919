// Training: what `nn.fit` does, batch by batch, in the same order of additions.
// Activations, losses and optimizers are code that was generated from nn's own: `rules`.

import { Random } from "./random.js";
import { heldOut, samplesOf } from "./data.js";
import { rules } from "./rules.js";

/** @typedef {Record<string, any>} Settings @typedef {[number[], number[]]} Sample
 * @typedef {{ name: string, inputs: number, outputs: number, places: number[], numbers: number[] }}
 *   Own a module of one's own: where its code wants which weight, and its numbers that stay
 * @typedef {number[][][]} Layers for each layer and neuron its weights, and its bias
 * @typedef {{ feeds: number[][], sums: number[][], outputs: number[][] }} Pass
 * @typedef {Pass & { arrived: number[][], deltas: number[][] }} Trace
 * @typedef {{ picks: number[], layers: Layers, traces: Trace[], gradients: Layers, loss: number,
 *   moved: [number, number[]][][][] }} Iteration `moved` has new weights, each with its state */

/** @param {number[]} row @param {number[]} feed */
export function weighted(row, feed) {
  let total = 0;
  for (let k = 0; k < row.length; k++) total += row[k] * feed[k];
  return total;
}

/** @template T, U @param {(item: T, layer: number, neuron: number, place: number) => U} make
 * @param {T[][][]} layers @returns {U[][][]} */
const mapped = (make, layers) =>
  layers.map((rows, l) => rows.map((row, j) => row.map((item, i) => make(item, l, j, i))));

export class Training {
  /** @param {Settings} settings @param {Record<string, number[]>} starts @param {Sample[]} given
   * @param {Own | null} own */
  constructor(settings, starts, given, own = null) {
    const { seed, batch, loss } = settings, count = heldOut(settings);
    this.settings = settings;
    this.own = own;
    this.samples = samplesOf(settings, seed, given);
    this.others = count ? samplesOf({ ...settings, count }, seed + 1, given) : [];
    this.inputs = this.samples[0][0].length;
    this.outputs = loss === "cross_entropy" ? settings.classes : this.samples[0][1].length;
    this.widths = [this.inputs, ...settings.layers, this.outputs];
    this.size = Math.min(batch, this.samples.length);
    this.perEpoch = Math.ceil(this.samples.length / this.size);
    this.layers = this.first();
    this.states = mapped(() => starts[settings.optimizer], this.layers);
    this.iteration = 0;
    this.trouble = "";
    /** @type {number[]} */ this.losses = [];
    /** @type {number[]} */ this.epochLosses = [];
    /** @type {number[]} */ this.validationLosses = [];
    /** @type {Iteration | null} */ this.last = null;
    /** @type {number[][]} the way of a line's m and b */ this.path = [this.layers.flat(2)];
    this.random = new Random(seed);
    this.order = this.drawn();
  }

  /** The weights that training begins with. @returns {Layers} */
  first() {
    const { seed, init, bias, weights } = this.settings, random = new Random(seed);
    const given = weights.slice();
    if (this.own) return [[given]];
    return this.widths.slice(1).map((nout, l) => Array.from({ length: nout }, () => {
      const nin = this.widths[l], bound = init === "xavier" ? Math.sqrt(6 / (nin + nout)) : 1;
      const row = Array.from({ length: nin }, () =>
        init === "he" ? random.gauss(0, Math.sqrt(2 / nin)) : random.uniform(-bound, bound));
      if (bias) row.push(0);
      return given.length ? given.splice(0, row.length) : row;
    }));
  }

  /** The order of the samples in an epoch. */
  drawn() {
    const places = this.samples.map((_, place) => place);
    if (this.size === places.length) return places;
    return new Random(this.random.getrandbits(64)).shuffle(places);
  }

  get epoch() {
    return this.epochLosses.length;
  }

  /** The samples of the coming iteration. */
  get coming() {
    const start = (this.iteration % this.perEpoch) * this.size;
    return this.order.slice(start, start + this.size);
  }

  /** @param {number} layer */
  activation(layer) {
    const { activation, output } = this.settings;
    return layer === this.layers.length - 1 ? output : activation;
  }

  /** The slope of a neuron's activation, times what arrived. @param {number} layer
   * @param {number} sum @param {number} arrived @returns {number} */
  slope(layer, sum, arrived) {
    return rules[`${this.activation(layer)}_unit_gradient`](sum, [arrived]).slopes[0];
  }

  /** The parameters of a module of one's own, as its code wants them. @param {Own} own
   * @param {Layers} layers */
  parameters({ places, numbers }, [[weights]]) {
    return places.map((place, k) => (place < 0 ? numbers[k] : weights[place]));
  }

  /** @param {number[]} inputs @returns {Pass} */
  forward(inputs, layers = this.layers) {
    if (this.own) {
      const outputs = rules.own_model(inputs, this.parameters(this.own, layers));
      return { feeds: [inputs], sums: [], outputs: [outputs] };
    }
    const pass = /** @type {Pass} */ ({ feeds: [], sums: [], outputs: [] });
    let values = inputs;
    layers.forEach((rows, l) => {
      const feed = this.settings.bias ? [...values, 1] : values;
      const sums = rows.map((row) => weighted(row, feed));
      const unit = rules[`${this.activation(l)}_unit`];
      values = sums.map((sum) => unit(sum)[0]);
      pass.feeds.push(feed);
      pass.sums.push(sums);
      pass.outputs.push(values);
    });
    return pass;
  }

  /** The way back through one sample; adds to the gradients. @param {Pass} pass
   * @param {number[]} target @param {number} share @param {Layers} gradients @returns {Trace} */
  backward(pass, target, share, gradients) {
    const { layers } = this, trace = /** @type {Trace} */ ({ ...pass, arrived: [], deltas: [] });
    const judge = rules[`${this.settings.loss}_${this.outputs}_gradient`];
    let arrived = judge(pass.outputs.at(-1), target, [share]).slopes[0];
    if (this.own) {
      const { places } = this.own, all = this.parameters(this.own, layers);
      const found = rules.own_model_gradient(pass.feeds[0], arrived, all).parameters;
      places.forEach((place, k) => { if (place >= 0) gradients[0][0][place] += found[k]; });
      return trace;
    }
    for (let l = layers.length - 1; l >= 0; l--) {
      const deltas = pass.sums[l].map((sum, j) => this.slope(l, sum, arrived[j]));
      trace.arrived[l] = arrived;
      trace.deltas[l] = deltas;
      deltas.forEach((delta, j) => pass.feeds[l].forEach((x, i) => {
        gradients[l][j][i] += delta * x;
      }));
      arrived = Array.from({ length: this.widths[l] }, (_, i) =>
        deltas.reduceRight((sum, delta, j) => sum + delta * layers[l][j][i], 0));
    }
    return trace;
  }

  /** The mean loss of samples, and the penalty on large weights. @param {Sample[]} samples */
  mean(samples, layers = this.layers, passes = samples.map(([x]) => this.forward(x, layers))) {
    const { l2, loss } = this.settings, weights = layers.flat(2);
    const judge = rules[`${loss}_${this.outputs}`];
    const sum = samples.reduce((all, [, y], k) => all + judge(passes[k].outputs.at(-1), y)[0], 0);
    return sum / samples.length + (l2 && l2 * weighted(weights, weights));
  }

  /** Forward and backward through the coming batch, and what the optimizer makes of the weights.
   * @returns {Iteration} */
  tried() {
    const { layers, states, coming: picks } = this, { l2, optimizer, rate } = this.settings;
    const samples = picks.map((pick) => this.samples[pick]);
    const passes = samples.map(([x]) => this.forward(x));
    const loss = this.mean(samples, layers, passes);
    const gradients = mapped((w) => (l2 ? l2 * w + l2 * w : 0), layers);
    /** @type {Trace[]} */ const traces = [];
    for (let k = picks.length - 1; k >= 0; k--) { // as the engine goes back: the last one first
      traces[k] = this.backward(passes[k], samples[k][1], 1 / picks.length, gradients);
    }
    const rule = rules[`${optimizer}_rule`], step = this.iteration + 1;
    const moved = mapped((w, l, j, i) =>
      rule(w, gradients[l][j][i], states[l][j][i], rate, step, this.settings), layers);
    return { picks, layers, traces, gradients, loss, moved };
  }

  /** So many iterations; stops at a nan or an infinity, with the weights before it.
   * @param {number} count */
  iterate(count) {
    for (; count > 0 && !this.trouble; count--) {
      const tried = this.tried(), after = mapped(([w]) => w, tried.moved);
      const parts = { "the loss": [tried.loss], "a gradient": tried.gradients, "a weight": after };
      const bad = Object.entries(parts).find(
        ([, numbers]) => !numbers.flat(2).every(Number.isFinite));
      if (bad) {
        this.trouble = `In iteration ${this.iteration + 1} ${bad[0]} is infinite or `
          + "not a number: training has diverged. The weights are those before it. "
          + "Try a smaller learning rate.";
        return;
      }
      this.layers = after;
      this.states = mapped(([, state]) => state, tried.moved);
      this.last = tried;
      if (this.path[0].length === 2) this.path.push(this.layers.flat(2));
      this.losses.push(tried.loss);
      this.iteration += 1;
      if (this.iteration % this.perEpoch === 0) this.ended();
    }
  }

  /** What happens after an epoch. */
  ended() {
    const { losses, perEpoch, size, samples } = this;
    const sizes = losses.slice(-perEpoch).map((_, k) => Math.min(size, samples.length - k * size));
    this.epochLosses.push(weighted(sizes, losses.slice(-perEpoch)) / samples.length);
    if (this.others.length) this.validationLosses.push(this.mean(this.others));
    this.order = this.drawn();
  }
}
