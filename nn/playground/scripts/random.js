// Random numbers: Python's own, the Mersenne Twister of `random.Random(seed)`, to the bit.

const WORDS = 624;

export class Random {
  /** @param {number | bigint} seed a whole number; its sign does not matter, as in Python */
  constructor(seed) {
    const words = this.words = new Uint32Array(WORDS), key = [];
    this.place = WORDS;
    /** @type {number | null} gauss makes two numbers at a time */ this.second = null;
    let rest = seed < 0 ? -BigInt(seed) : BigInt(seed), i = 1, j = 0;
    do key.push(Number(BigInt.asUintN(32, rest))); while ((rest >>= 32n));
    const mixed = (/** @type {number} */ by) =>
      Math.imul(words[i - 1] ^ (words[i - 1] >>> 30), by);
    const next = () => { if (++i === WORDS) { words[0] = words[WORDS - 1]; i = 1; } };
    words[0] = 19650218;
    for (; i < WORDS; i++) words[i] = mixed(1812433253) + i;
    i = 1;
    for (let k = Math.max(WORDS, key.length); k; k--, j = (j + 1) % key.length, next()) {
      words[i] = (words[i] ^ mixed(1664525)) + key[j] + j;
    }
    for (let k = WORDS - 1; k; k--, next()) words[i] = (words[i] ^ mixed(1566083941)) - i;
    words[0] = 0x80000000;
  }

  /** The next 32 bits. */
  word() {
    const words = this.words;
    for (let k = 0; this.place === WORDS && k < WORDS; k++) {
      const y = (words[k] & 0x80000000) | (words[(k + 1) % WORDS] & 0x7fffffff);
      words[k] = words[(k + 397) % WORDS] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    let y = words[this.place === WORDS ? (this.place = 0) : this.place];
    this.place++;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** @param {number} bits from 1 to 64 */
  getrandbits(bits) {
    if (bits <= 32) return BigInt(this.word() >>> (32 - bits));
    return BigInt(this.word()) | (BigInt(this.word() >>> (64 - bits)) << 32n);
  }

  /** @param {number} low @param {number} high */
  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  /** @param {number} mean @param {number} spread */
  gauss(mean, spread) {
    let z = this.second;
    this.second = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.second = Math.sin(angle) * radius;
    }
    return mean + z * spread;
  }

  /** @template T @param {T[]} list changed in place */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      let j = i + 1;
      while (j > i) j = Number(this.getrandbits(32 - Math.clz32(i + 1)));
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }
}
