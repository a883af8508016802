/** Which calls are retried, and after how long. Pure functions: no clock, no sleep. */

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
 * POST or PATCH that may have been executed: the server does not honour Idempotency-Key yet.
 */
export function mayRepeat(method: string, safe: boolean, sent: boolean): boolean {
  return !sent || safe || ["PUT", "DELETE"].includes(method);
}

/** Seconds before retry number `retry` (0 = the first): exponential, capped, up to a quarter less at random. */
export function delay(retry: number, random: number): number {
  return Math.min(LONGEST_DELAY, 2 ** retry) * (1 - random / 4);
}

/**
 * The seconds that a reply asks to wait, or undefined if it does not say so readably.
 *
 * @param value the Retry-After header: whole seconds or an HTTP date
 * @param now the present, in seconds since the epoch; a date is measured from it
 */
export function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) {
    return undefined;
  }
  if (/^[0-9]+$/.test(value)) {
    return Math.min(Number(value), Number.MAX_SAFE_INTEGER); // more digits than that would be made up
  }
  const moment = httpDate(value, now);
  return moment === undefined ? undefined : Math.max(0, moment - now);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const CLOCK = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";
const FORMS = [
  `${DAY}, (?<day>\\d\\d) (?<month>[A-Za-z]{3}) (?<year>\\d{4}) ${CLOCK} GMT`,
  `${LONG_DAY}, (?<day>\\d\\d)-(?<month>[A-Za-z]{3})-(?<year>\\d\\d) ${CLOCK} GMT`,
  `${DAY} (?<month>[A-Za-z]{3}) (?<day>[ \\d]\\d) ${CLOCK} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

interface Parts {
  day: string;
  month: string;
  year: string;
  hour: string;
  minute: string;
  second: string;
}

/** A date in one of HTTP's three forms (RFC 9110, 5.6.7) as seconds since the epoch. `Date.parse` would take far more. */
function httpDate(text: string, now: number): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find(Boolean) as Parts | undefined;
  if (parts === undefined) {
    return undefined;
  }
  const [month, day] = [MONTHS.indexOf(parts.month), Number(parts.day)];
  const [hour, minute, second] = [Number(parts.hour), Number(parts.minute), Number(parts.second)];
  const midnight = new Date(0);
  midnight.setUTCFullYear(fullYear(parts.year, now), month, day);
  if (month < 0 || parts.year === "0000" || midnight.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    return undefined;
  }
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

/** Two digits are of this century, unless that is more than 50 years ahead. */
function fullYear(digits: string, now: number): number {
  const year = Number(digits);
  if (digits.length === 4) {
    return year;
  }
  const thisYear = new Date(now * 1000).getUTCFullYear();
  const near = thisYear - (thisYear % 100) + year;
  return near > thisYear + 50 ? near - 100 : near;
}
