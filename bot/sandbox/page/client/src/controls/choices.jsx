import { useId } from "react";
import { TextObject } from "../blocks/text.jsx";
import { ariaOf, useField } from "./field.js";
import { heldIn, stateOf } from "./state.js";

// Radio buttons and checkboxes.
export function Choices({ blockId, element, dispatches, field }) {
  const { state, change, busy } = useField(blockId, element, dispatches);
  const group = useId();
  const many = element.type === "checkboxes";
  const chosen = many ? (heldIn(state) ?? []) : [heldIn(state)].filter(Boolean);
  const isChosen = (option) => chosen.some((it) => it.value === option.value);

  const pick = (option) => {
    const kept = chosen.filter((it) => it.value !== option.value);
    const held = many ? (isChosen(option) ? kept : [...kept, option]) : option;
    change(stateOf(element.type, held));
  };
  return (
    <div
      className="choices"
      role={many ? "group" : "radiogroup"}
      tabIndex={-1}
      id={field.id}
      aria-busy={busy}
      {...ariaOf(element, field)}
    >
      {element.options.map((option) => (
        <label key={option.value} className="choice">
          <input
            type={many ? "checkbox" : "radio"}
            name={group}
            checked={isChosen(option)}
            onChange={() => !busy && pick(option)}
          />
          <span>
            <TextObject text={option.text} />
            {option.description && (
              <small>
                <TextObject text={option.description} />
              </small>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}
