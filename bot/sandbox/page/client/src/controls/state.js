// A control's state in Slack's own format, and its plain value as the verbs take it.

const KEYS = {
  plain_text_input: "value",
  number_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  rich_text_input: "rich_text_value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  overflow: "selected_option",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  users_select: "selected_user",
  multi_users_select: "selected_users",
  conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations",
  channels_select: "selected_channel",
  multi_channels_select: "selected_channels",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

export const keyOf = (blockId, element) => `${blockId}/${element.action_id}`;

export const stateOf = (type, held) => ({ type, [KEYS[type]]: held });

export const heldIn = (state) => state?.[KEYS[state.type]] ?? null;

// What the element starts with: initial_option, initial_value, initial_date_time …
export function initialState(element) {
  const key = KEYS[element.type];
  const initial = key.startsWith("selected") ? key.replace("selected", "initial") : "initial_value";
  return stateOf(element.type, element[initial] ?? null);
}

export function plainValue(state) {
  const held = heldIn(state);
  if (held === "" || held === null) return null;
  if (Array.isArray(held)) return held.map((it) => it.value ?? it);
  return KEYS[state.type] === "selected_option" ? held.value : held;
}
