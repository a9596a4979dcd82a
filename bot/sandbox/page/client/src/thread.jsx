import { useEffect, useRef, useState } from "react";
import { Composer } from "./composer.jsx";
import { MessageList } from "./message-list.jsx";

export function ThreadPane({ channel, ts, lines, close }) {
  const [sent, setSent] = useState(0);
  const pane = useRef(null);
  useEffect(() => pane.current?.querySelector("textarea")?.focus(), []);
  const messages = channel.messages.filter((it) => it.ts === ts || it.threadTs === ts);
  const leave = (event) => event.key === "Escape" && !event.defaultPrevented && close();
  return (
    <aside className="thread" aria-label="Thread" ref={pane} onKeyDown={leave}>
      <header className="place-header">
        <h2>Thread</h2>
        <span className="note">{channel.kind === "im" ? "" : `#${channel.name}`}</span>
        <button
          type="button"
          className="close-thread"
          onClick={close}
          aria-label="Close the thread"
        >
          <span className="cross" aria-hidden="true">
            ×
          </span>
          <span className="back" aria-hidden="true">
            ‹ Back
          </span>
        </button>
      </header>
      <MessageList
        label="Messages in the thread"
        lines={lines.filter((it) => it.channel === channel.id && it.thread === ts)}
        {...{ channel, messages, sent }}
      />
      <Composer
        channel={channel}
        threadTs={ts}
        label="Reply in the thread"
        onSend={() => setSent(sent + 1)}
      />
    </aside>
  );
}
