import { useEffect, useLayoutEffect, useState } from "react";

const GAP = 4;
const MARGIN = 8;
const HEIGHT = 300;

// Where a popup of `anchor` stands: below it, or above where there is more room. Fixed, so that
// neither the message list nor a form cuts it off.
export function usePopup(anchor, open, close, { alignEnd = false, wide = false } = {}) {
  const [style, setStyle] = useState({ position: "fixed" });
  useLayoutEffect(() => {
    if (open && anchor.current) setStyle(beside(anchor.current, alignEnd, wide));
  }, [open, anchor, alignEnd, wide]);

  useEffect(() => {
    if (!open) return undefined;
    const outside = ({ target }) => {
      const box = anchor.current?.parentElement;
      if (box && !box.contains(target)) close();
    };
    const place = () => anchor.current && setStyle(beside(anchor.current, alignEnd, wide));
    document.addEventListener("pointerdown", outside);
    addEventListener("resize", place);
    addEventListener("scroll", place, true);
    return () => {
      document.removeEventListener("pointerdown", outside);
      removeEventListener("resize", place);
      removeEventListener("scroll", place, true);
    };
  });
  return style;
}

function beside(element, alignEnd, wide) {
  const box = element.getBoundingClientRect();
  const below = innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  const vertical =
    below >= Math.min(HEIGHT, above)
      ? { top: box.bottom + GAP, maxHeight: Math.min(HEIGHT, below) }
      : { bottom: innerHeight - box.top + GAP, maxHeight: Math.min(HEIGHT, above) };
  const width = wide ? { width: Math.max(box.width, Math.min(260, innerWidth - 2 * MARGIN)) } : {};
  const horizontal =
    alignEnd && box.right > innerWidth / 2
      ? { right: Math.max(MARGIN, innerWidth - box.right) }
      : { left: Math.max(MARGIN, Math.min(box.left, innerWidth - (width.width ?? 240) - MARGIN)) };
  return { position: "fixed", ...vertical, ...width, ...horizontal };
}
