import { Choices } from "./choices.jsx";
import { DateField } from "./dates.jsx";
import { Overflow } from "./overflow.jsx";
import { PressButton } from "./button.jsx";
import { Select } from "./select.jsx";
import { TextField } from "./text.jsx";
import { Unknown } from "../blocks/unknown.jsx";

const BY_TYPE = {
  button: PressButton,
  workflow_button: PressButton,
  icon_button: PressButton,
  overflow: Overflow,
  radio_buttons: Choices,
  checkboxes: Choices,
  datepicker: DateField,
  timepicker: DateField,
  datetimepicker: DateField,
  plain_text_input: TextField,
  number_input: TextField,
  email_text_input: TextField,
  url_text_input: TextField,
  rich_text_input: TextField,
};

// One interactive element. `field` ties it to its label, hint and error: {id, labelId, aria,
// optional}; without it, the element names itself by its placeholder.
export function Control({ block, element, dispatches = true, field = {} }) {
  const Drawn = BY_TYPE[element.type] ?? (element.type.endsWith("_select") ? Select : null);
  if (!Drawn) return <Unknown what={element} kind="element" />;
  return <Drawn blockId={block.block_id} {...{ element, dispatches, field }} />;
}
