import { useState } from "react";

const MOST = 50;
const written = new Map();

// The last lines sent from one composer, brought back one by one as Slack's Up key does.
export function useHistory(place) {
  const [back, setBack] = useState(0);
  const lines = written.get(place) ?? [];
  const show = (steps) => {
    const next = Math.max(0, Math.min(steps, lines.length));
    setBack(next);
    return next ? lines.at(-next) : "";
  };
  return {
    browsing: back > 0,
    older: (current) => (lines.length ? show(back + 1) : current),
    newer: () => show(back - 1),
    leave: () => setBack(0),
    keep: (line) => {
      written.set(place, [...lines, line].slice(-MOST));
      setBack(0);
    },
  };
}
