/** IP addresses as text. Node's own module for them, `node:net`, costs a program some of its start. */

const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** The bits of an address as binary digits: 32 for IPv4, 128 for IPv6; undefined if it is none. */
export function addressBits(text: string): string | undefined {
  if (IPV4.test(text)) {
    return binary(text.split(".").map(Number), 8);
  }
  if (!/^[0-9a-f:.]+$/i.test(text)) {
    return undefined;
  }
  let hostname: string;
  try {
    ({ hostname } = new URL(`http://[${text}]`)); // which writes every spelling of an address one way
  } catch {
    return undefined;
  }
  const [before = [], after = []] = hostname.slice(1, -1).split("::").map(wordsOf);
  return binary([...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after], 16);
}

function wordsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16));
}

function binary(numbers: number[], bits: number): string {
  return numbers.map((number) => number.toString(2).padStart(bits, "0")).join("");
}
