// Times as the viewed person reads them: in the zone of their profile, by the workspace's clock.

let offset = 0;

export function setClock(seconds) {
  offset = seconds - Date.now() / 1000;
}

export const now = () => Date.now() / 1000 + offset;

export const secondsOf = (ts) => Number.parseFloat(ts);

const formats = new Map();

function format(seconds, zone, options) {
  const key = JSON.stringify([zone, options]);
  if (!formats.has(key)) formats.set(key, formatter(zone, options));
  return formats.get(key).format(new Date(seconds * 1000));
}

function formatter(zone, options) {
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone || "UTC" });
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
}

// 2026-11-21, in the zone
export const dayOf = (seconds, zone) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone || "UTC" }).format(new Date(seconds * 1000));

export const clockTime = (seconds, zone) =>
  format(seconds, zone, { hour: "numeric", minute: "2-digit" });

export const fullTime = (seconds, zone) =>
  format(seconds, zone, { dateStyle: "full", timeStyle: "long" });

export const dayName = (seconds, zone) =>
  relativeDay(seconds, zone) ??
  format(seconds, zone, { weekday: "long", month: "long", day: "numeric" });

function relativeDay(seconds, zone) {
  const distance = (Date.parse(dayOf(seconds, zone)) - Date.parse(dayOf(now(), zone))) / 86_400_000;
  return { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" }[distance];
}

const prettyDay = (seconds, zone) => relativeDay(seconds, zone)?.toLowerCase();

const LONG = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
const PLAIN = { year: "numeric", month: "long", day: "numeric" };
const SHORT = { year: "numeric", month: "short", day: "numeric" };
const SLASH = { year: "numeric", month: "2-digit", day: "2-digit" };
const SECONDS = { hour: "numeric", minute: "2-digit", second: "2-digit" };

const TOKENS = {
  date_num: (at, zone) => dayOf(at, zone),
  date_slash: (at, zone) => format(at, zone, SLASH),
  date_long: (at, zone) => format(at, zone, LONG),
  date_long_full: (at, zone) => format(at, zone, LONG),
  date_long_pretty: (at, zone) => prettyDay(at, zone) ?? format(at, zone, LONG),
  date: (at, zone) => format(at, zone, PLAIN),
  date_pretty: (at, zone) => prettyDay(at, zone) ?? format(at, zone, PLAIN),
  date_short: (at, zone) => format(at, zone, SHORT),
  date_short_pretty: (at, zone) => prettyDay(at, zone) ?? format(at, zone, SHORT),
  day_divider_pretty: (at, zone) => dayName(at, zone),
  time: clockTime,
  time_secs: (at, zone) => format(at, zone, SECONDS),
  ago: (at) => ago(at - now()),
};

// The text of Slack's date tokens, such as {date_short_pretty} at {time}.
export const slackDate = (seconds, pattern, zone) =>
  pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(seconds, zone) ?? whole);

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function ago(difference) {
  const [unit, length] = UNITS.find(([, it]) => Math.abs(difference) >= it) ?? UNITS[3];
  const spoken = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  return spoken.format(Math.round(difference / length), unit);
}

// What <input type="datetime-local"> holds for an instant, and the instant for what it holds.
export function localInput(seconds, zone) {
  const hours = format(seconds, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return `${dayOf(seconds, zone)}T${hours}`;
}

export function instantOf(local, zone) {
  const wanted = Date.parse(`${local}:00Z`) / 1000;
  const missedBy = (guess) => wanted - Date.parse(`${localInput(guess, zone)}:00Z`) / 1000;
  const near = wanted + missedBy(wanted);
  return near + missedBy(near);
}
