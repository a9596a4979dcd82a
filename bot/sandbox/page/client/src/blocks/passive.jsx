import { memo, useMemo } from "react";
import { Message } from "slack-blocks-to-jsx";
import { authorOf, useSession } from "../session.js";
import { fullTime, secondsOf, slackDate } from "../time.js";
import { faithful } from "./faithful.js";

// Blocks without controls, drawn by slack-blocks-to-jsx.
export const Passive = memo(function Passive({ blocks, inline = false }) {
  const { workspace, person, theme } = useSession();
  const data = useMemo(() => namesIn(workspace), [workspace]);
  const hooks = useMemo(() => hooksFor(workspace, person), [workspace, person]);
  const drawn = useMemo(() => blocks.map(faithful), [blocks]);
  return (
    <Message
      withoutWrapper
      className={inline ? "passive inline" : "passive"}
      blocks={drawn}
      {...{ theme, data, hooks }}
    />
  );
});

function namesIn(workspace) {
  const bot = authorOf(workspace, workspace.app.userId);
  return {
    users: [...workspace.people, bot].map((it) => ({ id: it.id, name: it.name })),
    channels: workspace.channels.map((it) => ({ id: it.id, name: it.name })),
    user_groups: workspace.groups.map((it) => ({ id: it.id, name: it.handle })),
  };
}

const styled = (style) =>
  ["bold", "italic", "strike"]
    .filter((it) => style?.[it])
    .map((it) => `is-${it}`)
    .join(" ");

// In mrkdwn an id may bring its name along, as U01|dora; the workspace knows better.
const idOf = (it) => it.id.split("|")[0];
const nameOf = (it, known) => known ?? it.id.split("|")[1] ?? it.name;

function hooksFor(workspace, person) {
  const { groups, channels } = workspace;
  const mention = (sign, name, it, me = "") => (
    <span className={`mention ${me} ${styled(it.style)}`}>
      {sign}
      {name}
    </span>
  );
  return {
    user: (it) => {
      const id = idOf(it);
      const { name } = authorOf(workspace, id);
      return mention("@", name, it, id === person.id ? "me" : "");
    },
    usergroup: (it) => {
      const group = groups.find(({ id }) => id === idOf(it));
      return mention("@", nameOf(it, group?.handle), it);
    },
    channel: (it) => {
      const channel = channels.find(({ id }) => id === idOf(it));
      return mention("#", nameOf(it, channel?.name), it);
    },
    // What is no emoji, as the middle of 03:00-03:30, stays as it was written.
    emoji: (it, drawn) => {
      const shown = drawn(it);
      return shown === it.name ? `:${it.name}:` : shown;
    },
    date: ({ timestamp, format, link }) => {
      const seconds = secondsOf(timestamp);
      const shown = (
        <time
          className="slack-date"
          dateTime={new Date(seconds * 1000).toISOString()}
          title={fullTime(seconds, person.tz)}
        >
          {slackDate(seconds, format, person.tz)}
        </time>
      );
      return link ? (
        <a href={link} target="_blank" rel="noopener noreferrer">
          {shown}
        </a>
      ) : (
        shown
      );
    },
  };
}
