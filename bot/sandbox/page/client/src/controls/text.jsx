import { useRef } from "react";
import { ariaOf, useField } from "./field.js";
import { heldIn, stateOf } from "./state.js";

const TYPES = { email_text_input: "email", url_text_input: "url" };
const DISPATCH_DELAY_MS = 500;

// Text, numbers, addresses. Where the field dispatches, on Enter or while typing as it asks.
export function TextField({ blockId, element, dispatches, field }) {
  const { state, change } = useField(blockId, element, false);
  const sender = useField(blockId, element, true);
  const timer = useRef(null);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const on = (trigger) => dispatches && triggers.includes(trigger);

  const type = ({ target }) => {
    const next = stateOf(element.type, wrapped(element, target.value));
    change(next);
    clearTimeout(timer.current);
    if (on("on_character_entered")) {
      timer.current = setTimeout(() => sender.change(next), DISPATCH_DELAY_MS);
    }
  };
  const press = (event) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing || !on("on_enter_pressed")) return;
    event.preventDefault();
    sender.change(state);
  };
  const text = unwrapped(heldIn(state));
  const multiline = element.multiline || element.type === "rich_text_input";
  const Entry = multiline ? "textarea" : "input";
  return (
    <span className="text-field">
      <Entry
        id={field.id}
        className="entry"
        type={multiline ? undefined : (TYPES[element.type] ?? "text")}
        inputMode={element.type === "number_input" ? "decimal" : undefined}
        rows={multiline ? 4 : undefined}
        value={text}
        maxLength={element.max_length}
        placeholder={element.placeholder?.text}
        autoComplete="off"
        onChange={type}
        onKeyDown={press}
        {...ariaOf(element, field)}
      />
      {element.max_length && <Left most={element.max_length} used={text.length} />}
    </span>
  );
}

function Left({ most, used }) {
  const left = most - used;
  return left <= Math.max(20, most / 10) ? <small className="left">{left} left</small> : null;
}

function wrapped(element, text) {
  if (element.type !== "rich_text_input") return text;
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return text === "" ? null : { type: "rich_text", elements: [section] };
}

const unwrapped = (held) =>
  held?.type === "rich_text"
    ? held.elements.flatMap((it) => it.elements.map((leaf) => leaf.text ?? "")).join("")
    : (held ?? "");
