import { memo, useEffect, useMemo, useRef, useState } from "react";
import { Avatar } from "./avatar.jsx";
import { Blocks } from "./blocks/blocks.jsx";
import { Passive } from "./blocks/passive.jsx";
import { Files } from "./files.jsx";
import { Guard } from "./guard.jsx";
import { authorOf, slackbot, useSession } from "./session.js";
import { Shortcuts } from "./shortcuts.jsx";
import { SurfaceOf } from "./surface.jsx";
import { clockTime, fullTime, secondsOf } from "./time.js";

// `openThread` is absent inside a thread.
export const MessageRow = memo(function MessageRow({ channelId, message, openThread }) {
  const { workspace, person } = useSession();
  const author = authorOf(workspace, message.author);
  const changed = useChanged(message);
  const surface = useMemo(
    () => ({ kind: "message", channel: channelId, ts: message.ts }),
    [channelId, message.ts],
  );
  return (
    <article
      className={`message ${message.ephemeral ? "ephemeral" : ""} ${changed ? "changed" : ""}`}
      data-ts={message.ts}
      aria-label={`${author.name}, ${clockTime(secondsOf(message.ts), person.tz)}`}
    >
      <Avatar who={author} />
      <div className="body">
        {message.ephemeral && (
          <p className="only-you">
            <span aria-hidden="true">◉ </span>Only visible to you
          </p>
        )}
        {message.broadcast && openThread && <p className="only-you">Replied in a thread</p>}
        <Byline author={author} at={secondsOf(message.ts)} />
        <Guard what={message} kind="message">
          <SurfaceOf surface={surface}>
            <Content message={message} />
          </SurfaceOf>
        </Guard>
        <Files files={message.files ?? []} />
        {message.edited && <span className="edited">(edited)</span>}
        {openThread && (
          <Replies message={message} open={() => openThread(message.threadTs ?? message.ts)} />
        )}
      </div>
      <Tools {...{ channelId, message, openThread }} />
    </article>
  );
});

export function NoticeRow({ line }) {
  return (
    <article className="message ephemeral" aria-label="Slackbot">
      <Avatar who={slackbot} />
      <div className="body">
        <p className="only-you">
          <span aria-hidden="true">◉ </span>Only visible to you
        </p>
        <Byline author={slackbot} at={line.at} />
        <p className="said">{line.text}</p>
      </div>
    </article>
  );
}

const BADGES = { app: "App", guest: "Guest", external: "External" };

function Byline({ author, at }) {
  const { tz } = useSession().person;
  return (
    <p className="byline">
      <strong>{author.realName || author.name}</strong>
      {BADGES[author.kind] && <span className="badge">{BADGES[author.kind]}</span>}
      <time dateTime={new Date(at * 1000).toISOString()} title={fullTime(at, tz)}>
        {clockTime(at, tz)}
      </time>
    </p>
  );
}

function Content({ message }) {
  const { text, blocks } = message;
  const words = useMemo(
    () => [{ type: "section", text: { type: "mrkdwn", text: text ?? "" } }],
    [text],
  );
  if (blocks?.length) return <Blocks blocks={blocks} />;
  return text ? <Passive blocks={words} /> : null;
}

function Replies({ message, open }) {
  const { replyCount } = message;
  if (!replyCount) return null;
  return (
    <button type="button" className="replies" onClick={open}>
      {replyCount} {replyCount === 1 ? "reply" : "replies"}
    </button>
  );
}

function Tools({ channelId, message, openThread }) {
  if (message.ephemeral) return null;
  return (
    <div className="tools">
      {openThread && (
        <button
          type="button"
          aria-label="Reply in thread"
          title="Reply in thread"
          onClick={() => openThread(message.threadTs ?? message.ts)}
        >
          <span aria-hidden="true">↩</span>
        </button>
      )}
      <Shortcuts
        type="message"
        label="Shortcuts for this message"
        on={{ channel: channelId, ts: message.ts }}
      >
        ⋯
      </Shortcuts>
    </div>
  );
}

// True for a moment after a message that was already there has changed.
function useChanged(message) {
  const [changed, setChanged] = useState(false);
  const looks = JSON.stringify([message.text, message.blocks, message.files]);
  const last = useRef(looks);
  useEffect(() => {
    if (last.current === looks) return undefined;
    last.current = looks;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), 1500);
    return () => clearTimeout(timer);
  }, [looks]);
  return changed;
}
