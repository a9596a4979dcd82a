import { initials } from "./session.js";

const HUES = 8;

export function Avatar({ who }) {
  const hue = [...who.id].reduce((sum, it) => sum + it.codePointAt(0), 0) % HUES;
  return (
    <span className={`avatar ${who.kind} hue-${hue}`} aria-hidden="true">
      {who.kind === "app"
        ? "⛁"
        : who.kind === "slackbot"
          ? "✻"
          : initials(who.realName || who.name)}
    </span>
  );
}
