/**
 * @file Instants as people read them.
 * Invariant: an instant is an integer of UTC microseconds; nothing here asks for the real present time.
 */

const formats = new Map();
/** Locales that name their own zones by a word (CET, PST, IST) where others write GMT+1. */
const NAMING = ["en-US", "en-GB", "en-AU", "en-IN", "en-NZ", "en-ZA"];
const STEPS = [["year", 31536e9], ["month", 2592e9], ["week", 6048e8], ["day", 864e8], ["hour", 36e8], ["minute", 6e7]];

function formatter(locale, zone, options) {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  if (!formats.has(key)) {
    let made;
    try {
      made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
    } catch {
      made = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
    }
    formats.set(key, made);
  }
  return formats.get(key);
}

const show = (at, zone, options) => formatter("en-GB", zone, options).format(at / 1000);
const year = (at, zone) => show(at, zone, { year: "numeric" });

/** The zone's short name at that instant, such as CET; GMT+5 where no locale knows a word. */
export function zoneName(at, zone) {
  let name = "UTC";
  for (const locale of NAMING) {
    const parts = formatter(locale, zone, { timeZoneName: "short" }).formatToParts(at / 1000);
    name = parts.find((part) => part.type === "timeZoneName")?.value ?? name;
    if (!/^(GMT|UTC)[+-]/.test(name)) return name;
  }
  return name;
}

/** 09:30 */
export const clockTime = (at, zone) => show(at, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Thursday 16 January 2025 */
export const longDate = (at, zone) => show(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");

/** Thu 16 Jan, with the year when it is not the present (virtual) one. */
export function shortDate(at, zone, now) {
  const plain = show(at, zone, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
  return year(at, zone) === year(now, zone) ? plain : `${plain} ${year(at, zone)}`;
}

/** 2025-01-16, which also serves as the key of a day. */
export function isoDate(at, zone) {
  const parts = Object.fromEntries(
    formatter("en-GB", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at / 1000).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/** "in 2 days", "3 hours ago", "now". */
export function relative(at, now) {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const gap = at - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(gap) >= step) ?? ["second", 1e6];
  return unit === "second" ? "now" : words.format(Math.trunc(gap / size), unit);
}

/** "Today", "Yesterday", or the long date. */
export function dayName(at, zone, now) {
  const day = isoDate(at, zone);
  if (day === isoDate(now, zone)) return "Today";
  if (day === isoDate(now - 864e8, zone)) return "Yesterday";
  return longDate(at, zone);
}

/** An instant in one of the styles a message may ask for. */
export function styled(at, style, zone, now) {
  if (style === "relative") return relative(at, now);
  if (style === "date") return shortDate(at, zone, now);
  const time = `${clockTime(at, zone)} ${zoneName(at, zone)}`;
  if (style === "time") return time;
  return `${style === "full" ? longDate(at, zone) : shortDate(at, zone, now)}, ${time}`;
}

/** 2025-01-16 08:30 UTC */
export const utc = (at) => `${new Date(at / 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
