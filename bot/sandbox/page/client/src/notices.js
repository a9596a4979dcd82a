import { useCallback, useEffect, useRef, useState } from "react";
import { now } from "./time.js";

// What Slack itself said to people, each where the person was when it came:
// {key, personId, channel, thread, at, text}. Said before this page was opened: gone, as in Slack.
export function useNotices(personId, notices, channel, thread) {
  const [lines, setLines] = useState([]);
  const known = useRef(new Map());
  const where = useRef(null);
  where.current = { personId, channel, thread };

  const add = useCallback((said) => {
    setLines((last) => [...last, ...said.map((it) => ({ ...where.current, ...it }))]);
  }, []);

  useEffect(() => {
    if (!notices) return;
    const seen = known.current.get(personId);
    known.current.set(personId, new Set(notices.map((it) => it.id)));
    const fresh = seen ? notices.filter((it) => !seen.has(it.id)) : [];
    if (fresh.length)
      add(fresh.map((it) => ({ key: `${personId}-${it.id}`, at: it.at, text: it.text })));
  }, [notices, personId, add]);

  const tell = useCallback(
    (text, place = {}) => add([{ key: crypto.randomUUID(), at: now(), text, ...place }]),
    [add],
  );
  return { lines: lines.filter((it) => it.personId === personId), tell };
}
