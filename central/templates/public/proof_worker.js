// Finds a counter such that SHA-256(challenge:key:counter) begins with `bits` zero bits.
const K = new Int32Array(64), START = new Int32Array(8), W = new Int32Array(64);
(() => {
  const fraction = value => (value - Math.floor(value)) * 4294967296 | 0;
  for (let candidate = 2, count = 0; count < 64; candidate++) {
    let isPrime = true;
    for (let factor = 2; factor * factor <= candidate; factor++) if (candidate % factor === 0) { isPrime = false; break; }
    if (!isPrime) continue;
    if (count < 8) START[count] = fraction(Math.sqrt(candidate));
    K[count++] = fraction(Math.cbrt(candidate));
  }
})();
function firstWord(text) {
  const length = text.length, size = (length + 72) >> 6 << 6, bytes = new DataView(new ArrayBuffer(size)), hash = Int32Array.from(START);
  for (let i = 0; i < length; i++) bytes.setUint8(i, text.charCodeAt(i));
  bytes.setUint8(length, 128);
  bytes.setUint32(size - 4, length * 8);
  for (let block = 0; block < size; block += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) { W[i] = bytes.getInt32(block + 4 * i); continue; }
      const x = W[i - 15], y = W[i - 2];
      W[i] = W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10) | 0;
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i++) {
      const one = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
      const two = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
      h = g; g = f; f = e; e = d + one | 0; d = c; c = b; b = a; a = one + two | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { hash[i] = hash[i] + value | 0; });
  }
  return hash[0] >>> 0;
}
onmessage = ({data}) => {
  for (let counter = 0; ; counter++)
    if (firstWord(`${data.challenge}:${data.key}:${counter}`) >>> (32 - data.bits) === 0) { postMessage(String(counter)); return; }
};
