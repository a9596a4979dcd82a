import { plainOf } from "../blocks/text.jsx";
import { nameOf, useField } from "./field.js";
import { Menu } from "./menu.jsx";
import { stateOf } from "./state.js";

export function Overflow({ blockId, element }) {
  const { change, busy } = useField(blockId, element, true);
  const items = element.options.map((option) => ({
    key: option.value ?? option.text.text,
    label: plainOf(option.text),
    description: option.description && plainOf(option.description),
    act: () => {
      if (option.url) open(option.url, "_blank", "noopener");
      change(stateOf("overflow", option));
    },
  }));
  return (
    <Menu
      label={nameOf(element)}
      items={items}
      busy={busy}
      className={`press dots ${busy ? "busy" : ""}`}
    >
      <span aria-hidden="true">⋯</span>
    </Menu>
  );
}
