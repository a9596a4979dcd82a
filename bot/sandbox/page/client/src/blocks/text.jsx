import { Passive } from "./passive.jsx";

// A text object's words, with Slack's three escapes undone.
export function plainOf(text) {
  const words = typeof text === "string" ? text : (text?.text ?? "");
  if (text?.type !== "mrkdwn") return words;
  return words.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

export function TextObject({ text }) {
  return text.type === "mrkdwn" ? (
    <Passive blocks={[{ type: "section", text }]} inline />
  ) : (
    <PlainText text={text} />
  );
}

// Plain text with its emoji names drawn.
export function PlainText({ text }) {
  const words = plainOf(text);
  const hasEmoji = text?.emoji !== false && /:[\w+'-]+:/.test(words);
  return hasEmoji ? (
    <Passive blocks={[{ type: "rich_text", elements: [withEmoji(words)] }]} inline />
  ) : (
    words
  );
}

const withEmoji = (words) => ({
  type: "rich_text_section",
  elements: words
    .split(/(:[\w+'-]+:)/)
    .filter(Boolean)
    .map((it) =>
      /^:[\w+'-]+:$/.test(it)
        ? { type: "emoji", name: it.slice(1, -1) }
        : { type: "text", text: it },
    ),
});
