import { useEffect, useState } from "react";
import { secondsOf } from "./time.js";

// channel id -> how many messages came since this person last looked at it here.
export function useUnread(teamId, personId, channels, openChannel) {
  const key = `workspace-read-${teamId}-${personId}`;
  const [read, setRead] = useState({});
  useEffect(() => setRead(JSON.parse(localStorage.getItem(key) ?? "{}")), [key]);

  const newest = newestTs(channels?.find((it) => it.id === openChannel));
  useEffect(() => {
    if (!newest) return;
    setRead((last) => {
      const next = { ...last, [openChannel]: newest };
      localStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  }, [key, openChannel, newest]);

  const unread = {};
  for (const channel of channels ?? []) {
    unread[channel.id] =
      channel.id === openChannel ? 0 : countUnread(channel, read[channel.id], personId);
  }
  return unread;
}

const newestTs = (channel) => channel?.messages.at(-1)?.ts;

function countUnread(channel, readTs, personId) {
  const since = readTs ? secondsOf(readTs) : 0;
  return channel.messages.filter(
    (it) => secondsOf(it.ts) > since && it.author !== personId && (!it.isReply || it.broadcast),
  ).length;
}
