import { useEffect, useState } from "react";
import { screenAddress } from "./api.js";
import { setClock } from "./time.js";

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5000;
const NOTHING = { screen: null, connected: true };

// What this person sees, live; `screen` is null until the first snapshot has come.
export function useScreen(personId) {
  const [seen, setSeen] = useState({ ...NOTHING, personId });
  useEffect(() => {
    setSeen({ ...NOTHING, personId });
    return follow(personId, (change) =>
      setSeen((last) => ({ ...last, ...change(last), personId })),
    );
  }, [personId]);
  return seen.personId === personId ? seen : NOTHING;
}

function follow(personId, report) {
  let socket, timer;
  let wait = FIRST_RETRY_MS;
  const connect = () => {
    socket = new WebSocket(screenAddress(personId));
    socket.onmessage = ({ data }) => {
      wait = FIRST_RETRY_MS;
      const screen = JSON.parse(data);
      setClock(screen.now);
      report((last) => ({ screen: sharing(screen, last.screen), connected: true }));
    };
    socket.onclose = () => {
      report(() => ({ connected: false }));
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_RETRY_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    socket.onclose = socket.onmessage = null;
    socket.close();
  };
}

// Keeps the very objects that did not change, so that only changed messages are drawn again.
function sharing(fresh, last) {
  if (!last) return fresh;
  const channels = new Map(last.channels.map((it) => [it.id, it]));
  return {
    ...fresh,
    channels: fresh.channels.map((it) => sharedChannel(it, channels.get(it.id))),
    views: shared(fresh.views, last.views),
    home: shared(fresh.home, last.home),
    notices: shared(fresh.notices, last.notices),
  };
}

function sharedChannel(fresh, last) {
  if (!last) return fresh;
  const messages = new Map(last.messages.map((it) => [it.ts, it]));
  return { ...fresh, messages: fresh.messages.map((it) => shared(it, messages.get(it.ts))) };
}

function shared(fresh, last) {
  return JSON.stringify(fresh) === JSON.stringify(last) ? last : fresh;
}
