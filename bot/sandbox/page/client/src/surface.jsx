import { createContext, useContext, useEffect, useRef, useState } from "react";
import { initialState, keyOf, plainValue } from "./controls/state.js";
import { useSession } from "./session.js";

const Surface = createContext(null);

// The state of the controls around here, and what using them does.
export const useSurface = () => useContext(Surface);

// Holds controls: {kind: "message", channel, ts}, {kind: "view", id} or {kind: "home"}.
// `values`: what the server knows this person has entered; what is entered here goes before it.
export function SurfaceOf({ surface, values, children }) {
  const state = useSurfaceState(surface, values);
  return <Surface.Provider value={state}>{children}</Surface.Provider>;
}

function useSurfaceState(surface, values) {
  const { act, tell } = useSession();
  const [entered, setEntered] = useState({});
  const filling = useFilling(act);

  const on = (blockId, element) => ({ surface, blockId, actionId: element.action_id });
  const note = (blockId, element, state) => {
    setEntered((last) => ({ ...last, [keyOf(blockId, element)]: state }));
    return { ...on(blockId, element), value: plainValue(state) };
  };
  const perform = async (verb, body) => {
    await filling.flush();
    const answer = await act(verb, body);
    if (!answer.ok) tell(answer.error);
  };
  return {
    entered,
    forget: filling.forget,
    stateOf: (blockId, element) =>
      entered[keyOf(blockId, element)] ??
      values?.[blockId]?.[element.action_id] ??
      initialState(element),
    enter: (blockId, element, state) =>
      filling.soon(keyOf(blockId, element), note(blockId, element, state)),
    choose: (blockId, element, state) => perform("choose", note(blockId, element, state)),
    click: (blockId, element) =>
      perform("click", { ...on(blockId, element), value: element.value }),
    search: async (blockId, element, text) => {
      const answer = await act("search", { ...on(blockId, element), text });
      if (!answer.ok) throw new Error(answer.error);
      return answer.options;
    },
  };
}

const FILL_DELAY_MS = 400;

// Tells the server what only fills a form, once typing pauses; whatever is wrong with it shows
// when the form is sent.
function useFilling(act) {
  const waiting = useRef(new Map());
  const forget = () => {
    waiting.current.forEach(({ timer }) => clearTimeout(timer));
    waiting.current.clear();
  };
  useEffect(() => forget, []);

  const soon = (key, body) => {
    clearTimeout(waiting.current.get(key)?.timer);
    const send = () => {
      clearTimeout(waiting.current.get(key)?.timer);
      waiting.current.delete(key);
      return act("choose", body);
    };
    waiting.current.set(key, { send, timer: setTimeout(send, FILL_DELAY_MS) });
  };
  const flush = () => Promise.all([...waiting.current.values()].map(({ send }) => send()));
  return { soon, flush, forget };
}

// block id -> value of every input block of the form that was changed here
export function changedValues(blocks, entered) {
  const values = {};
  for (const block of blocks) {
    const state = block.type === "input" && entered[keyOf(block.block_id, block.element)];
    if (state) values[block.block_id] = plainValue(state);
  }
  return values;
}
