import { useId, useState } from "react";
import { completionsFor } from "./completions.js";
import { useSession } from "./session.js";

// What may complete the draft: {list, aria, press, reset}; `press` is true where it took the key.
export function useSuggestions(draft) {
  const { workspace } = useSession();
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const id = useId();
  const found = dismissed ? null : completionsFor(draft.text, draft.caret, workspace);
  const active = found?.items[Math.min(at, found.items.length - 1)];

  const reset = () => {
    setAt(0);
    setDismissed(false);
  };
  const complete = (item) => {
    const start = draft.text.slice(0, found.from) + item.insert;
    draft.write(start + draft.text.slice(draft.caret).trimStart(), start.length);
    reset();
    draft.entry.current.focus();
  };
  const press = ({ key }) => {
    if (!found) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const { length } = found.items;
    if (step) setAt((Math.min(at, length - 1) + step + length) % length);
    else if (key === "Tab" || (key === "Enter" && active.label !== draft.text)) complete(active);
    else if (key === "Escape") setDismissed(true);
    else return false;
    return true;
  };
  return {
    list: found && <Suggestions {...{ id, found, active, complete }} />,
    aria: found && { "aria-controls": id, "aria-activedescendant": `${id}-${active.key}` },
    press,
    reset,
  };
}

function Suggestions({ id, found, active, complete }) {
  return (
    <ul className="popup completions" role="listbox" id={id} aria-label="Suggestions">
      {found.items.map((it) => (
        <li
          key={it.key}
          id={`${id}-${it.key}`}
          role="option"
          aria-selected={it === active}
          className={it === active ? "active" : ""}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => complete(it)}
        >
          <span>
            <strong>{it.label}</strong> {it.hint}
          </span>
          {it.detail && <small>{it.detail}</small>}
        </li>
      ))}
      <li className="popup-note" aria-hidden="true">
        Tab or Enter to complete
      </li>
    </ul>
  );
}
