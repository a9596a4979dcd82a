// slack-blocks-to-jsx undoes Slack's escapes before it parses, so that an escaped <!channel>
// would become a mention; it draws "verbatim" text raw, where Slack only leaves out links that
// nobody marked; and it cannot draw numbers in tables. Here blocks are prepared for it.

const NOTHING = "\u2060";

export function faithful(block) {
  switch (block.type) {
    case "section":
      return { ...block, text: text(block.text), fields: block.fields?.map(text) };
    case "context":
      return { ...block, elements: block.elements.map(text) };
    case "table":
      return { ...block, rows: block.rows.map((row) => row.map(cell)) };
    default:
      return block;
  }
}

// A word joiner after "<" keeps the parser from reading a mention; it takes no room on screen.
function text(it) {
  if (it?.type !== "mrkdwn") return it;
  const words = it.text
    .replace(/&lt;(?=[@#!\w])/g, `<${NOTHING}`)
    .replace(/(?<!^|\n)&gt;/g, ">")
    .replace(/&amp;/g, "&");
  return { type: "mrkdwn", text: words };
}

// Raw text is drawn as Markdown there, where Slack draws it as it is: asterisks would be doubled.
const cell = (it) => (it.type.startsWith("raw_") ? plain(String(it.text ?? it.value)) : it);

const plain = (words) => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }],
});
