/** When is a call tried again, and after how long? Pure functions: no clock, no sleep. */

/** Seconds. A longer Retry-After is not waited for: a monthly quota can mean days. */
export const LONGEST_WAIT = 60;

const LONGEST_DELAY = 30;

/** Too many requests, and every failure of the server's own. */
export function isRetryableStatus(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * Whether a call that got no reply may be sent again.
 *
 * Yes if the server cannot have seen it, if it changes nothing, or if doing it twice is the same as once. Not for a
 * POST or PATCH that may have been carried out: the server does not honour Idempotency-Key yet.
 */
export function mayRepeat(method: string, safe: boolean, sent: boolean): boolean {
  return !sent || safe || ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"].includes(method);
}

/** Seconds before retry number `retry` (0 = the first): exponential, capped, up to a quarter less at random. */
export function delay(retry: number, random: number): number {
  return Math.min(LONGEST_DELAY, 2 ** Math.min(retry, 10)) * (1 - random / 4);
}

/**
 * The seconds that a reply asks to wait, or undefined if it does not say so readably.
 *
 * @param value the Retry-After header: whole seconds or an HTTP date
 * @param now the present, in seconds since the epoch; a date is measured from it
 */
export function retryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^[0-9]+$/.test(text)) {
    return text.length < 12 ? Number(text) : Number.POSITIVE_INFINITY;
  }
  const moment = httpDate(text);
  return moment === undefined ? undefined : Math.max(0, moment - now);
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
// "Sun, 06 Nov 1994 08:49:37 GMT" and the older "Sunday, 06-Nov-94 08:49:37 GMT". Date.parse would take far more,
// and read "5.5" as the fifth of May.
const HTTP_DATE =
  /^(?:[a-z]{3,9}, ?)?(\d{1,2})[ -]([a-z]{3})[ -](\d{4}|\d{2}) (\d{2}):(\d{2}):(\d{2}) (GMT|UTC?|[+-]\d{4})$/i;

// "Sun Nov  6 08:49:37 1994", the oldest form, which names no zone: HTTP means UTC.
const ASCTIME = /^([a-z]{3}) ([a-z]{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})$/i;

function httpDate(text: string): number | undefined {
  const found = HTTP_DATE.exec(text.replace(ASCTIME, "$1, $3 $2 $5 $4 GMT"));
  if (found === null) {
    return undefined;
  }
  const [day, hour, minute, second] = [found[1], found[4], found[5], found[6]].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const month = MONTHS.indexOf((found[2] ?? "").toLowerCase());
  const year = fullYear(found[3] ?? "");
  const midnight = new Date(Date.UTC(year, month, day));
  if (month < 0 || midnight.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - zoneOffset(found[7] ?? "");
}

/** Two digits up to 68 are of this century, as mail readers have always taken them. */
function fullYear(digits: string): number {
  const year = Number(digits);
  return digits.length === 4 ? year : year + (year > 68 ? 1900 : 2000);
}

function zoneOffset(zone: string): number {
  if (!/^[+-]/.test(zone)) {
    return 0;
  }
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3, 5)) * 60;
  return zone.startsWith("-") ? -seconds : seconds;
}
