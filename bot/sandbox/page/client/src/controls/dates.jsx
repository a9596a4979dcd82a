import { useSession } from "../session.js";
import { instantOf, localInput } from "../time.js";
import { ariaOf, useField } from "./field.js";
import { heldIn, stateOf } from "./state.js";

const TYPES = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };

// The browser's own pickers; a date with time is meant in the zone of the viewed person.
export function DateField({ blockId, element, dispatches, field }) {
  const { state, change, busy } = useField(blockId, element, dispatches);
  const { tz } = useSession().person;
  const held = heldIn(state);
  const isInstant = element.type === "datetimepicker";
  const shown = held === null ? "" : isInstant ? localInput(held, tz) : held;
  const read = (text) => (text === "" ? null : isInstant ? instantOf(text, tz) : text);
  return (
    <span className="date-field">
      <input
        type={TYPES[element.type]}
        id={field.id}
        className="entry"
        value={shown}
        aria-busy={busy}
        onChange={({ target }) => change(stateOf(element.type, read(target.value)))}
        {...ariaOf(element, field)}
      />
      {element.type !== "datepicker" && <small>{element.timezone ?? tz}</small>}
    </span>
  );
}
