import { useEffect, useRef, useState } from "react";
import { usePopup } from "./popup.js";

// A button that opens a list of things to do; `items` are {key, label, description, act}.
export function Menu({ label, items, children, className, busy }) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const list = useRef(null);
  const style = usePopup(button, open, () => setOpen(false), { alignEnd: true });

  useEffect(() => {
    if (open) list.current?.querySelector("[role=menuitem]")?.focus();
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <span className="menu">
      <button
        type="button"
        ref={button}
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-busy={busy}
        onClick={() => !busy && setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <ul
          ref={list}
          role="menu"
          aria-label={label}
          className="popup"
          style={style}
          onKeyDown={(event) => walk(event, list.current, close)}
        >
          {items.map((it) => (
            <li key={it.key} role="none">
              <button type="button" role="menuitem" onClick={() => (close(), it.act())}>
                {it.label}
                {it.description && <small>{it.description}</small>}
              </button>
            </li>
          ))}
        </ul>
      )}
    </span>
  );
}

function walk(event, list, close) {
  const items = [...list.querySelectorAll("[role=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}
