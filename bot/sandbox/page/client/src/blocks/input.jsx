import { useId } from "react";
import { Control } from "../controls/control.jsx";
import { PlainText } from "./text.jsx";

const GROUPS = new Set(["radio_buttons", "checkboxes"]);

// A labelled field of a form, with its hint and what is wrong with it.
export function InputBlock({ block, error }) {
  const id = useId();
  const { element, optional } = block;
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  const field = {
    id: `${id}-field`,
    labelId: `${id}-label`,
    optional,
    aria: {
      "aria-describedby": described || undefined,
      "aria-invalid": error ? true : undefined,
      "aria-required": GROUPS.has(element.type) || optional ? undefined : true,
    },
  };
  const Label = GROUPS.has(element.type) ? "span" : "label";
  return (
    <div className={`input-block ${error ? "wrong" : ""}`} data-block={block.block_id}>
      <Label className="label" htmlFor={Label === "label" ? field.id : undefined}>
        <span id={field.labelId}>
          <PlainText text={block.label} />
        </span>
        {optional && <span className="optional"> (optional)</span>}
      </Label>
      <Control block={block} element={element} dispatches={!!block.dispatch_action} field={field} />
      {error && (
        <p className="error" id={`${id}-error`}>
          <span aria-hidden="true">⚠ </span>
          {error}
        </p>
      )}
      {block.hint && (
        <p className="hint" id={`${id}-hint`}>
          <PlainText text={block.hint} />
        </p>
      )}
    </div>
  );
}
