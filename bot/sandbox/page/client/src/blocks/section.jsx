import { useMemo } from "react";
import { Control } from "../controls/control.jsx";
import { Picture, addressOf } from "./image.jsx";
import { Passive } from "./passive.jsx";

const BESIDE = new Set(["button", "workflow_button", "overflow", "image"]);

export function Section({ block }) {
  const { accessory } = block;
  const words = useMemo(() => [{ ...block, accessory: undefined }], [block]);
  return (
    <div className={`section ${BESIDE.has(accessory.type) ? "beside" : "roomy"}`}>
      <Passive blocks={words} />
      <div className="accessory">
        {accessory.type === "image" ? (
          <Picture className="thumbnail" src={addressOf(accessory)} alt={accessory.alt_text} />
        ) : (
          <Control block={block} element={accessory} />
        )}
      </div>
    </div>
  );
}
