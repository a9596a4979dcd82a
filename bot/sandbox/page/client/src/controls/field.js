import { useBusy } from "../busy.js";
import { useSession } from "../session.js";
import { useSurface } from "../surface.jsx";

// A control's state and the way to change it, with its confirmation where it sends at once.
export function useField(blockId, element, dispatches) {
  const surface = useSurface();
  const { confirm } = useSession();
  const [busy, run] = useBusy();
  const change = (state) => {
    if (!dispatches) return surface.enter(blockId, element, state);
    return run(async () => {
      if (element.confirm && !(await confirm(element.confirm))) return;
      await surface.choose(blockId, element, state);
    });
  };
  return { state: surface.stateOf(blockId, element), change, busy };
}

export const nameOf = (element) =>
  element.accessibility_label ?? element.placeholder?.text ?? NAMES[element.type] ?? "Choose";

const NAMES = {
  datepicker: "Date",
  timepicker: "Time",
  datetimepicker: "Date and time",
  checkboxes: "Options",
  radio_buttons: "Options",
  overflow: "More actions",
};

// What a labelled field tells assistive technology; an unlabelled one names itself.
export const ariaOf = (element, field) =>
  field.labelId
    ? { "aria-labelledby": field.labelId, ...field.aria }
    : { "aria-label": nameOf(element) };
