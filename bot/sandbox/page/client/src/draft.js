import { useEffect, useLayoutEffect, useRef, useState } from "react";

const TALLEST_PX = 160;

// The text being written, where its caret is, and the textarea that grows with it.
export function useDraft() {
  const entry = useRef(null);
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const wanted = useRef(null);
  useEffect(() => {
    if (!entry.current) return;
    entry.current.style.height = "auto";
    entry.current.style.height = `${Math.min(entry.current.scrollHeight, TALLEST_PX)}px`;
  }, [text]);
  // Before the next key: what is typed fast keeps its order.
  useLayoutEffect(() => {
    if (wanted.current !== null) entry.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  });
  const write = (next, position = next.length) => {
    setText(next);
    setCaret(position);
    wanted.current = position;
  };
  return { entry, text, caret, write, setCaret };
}

// Ctrl or Cmd+K and / come here from wherever nothing is being written.
export function useFocusKeys(draft, listens) {
  const latest = useRef(draft);
  latest.current = draft;
  // From the moment the field is seen: no key is lost.
  useLayoutEffect(() => {
    if (!listens) return undefined;
    const press = (event) => {
      const { entry, text, write } = latest.current;
      const isJump = event.key === "k" && (event.ctrlKey || event.metaKey);
      const isSlash = event.key === "/" && !event.target.closest?.("input, textarea");
      if (!entry.current || event.target.closest?.("dialog") || !(isJump || isSlash)) return;
      event.preventDefault();
      entry.current.focus();
      if (isSlash && text === "") write("/");
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [listens]);
}
