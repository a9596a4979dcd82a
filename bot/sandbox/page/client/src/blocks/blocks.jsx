import { memo } from "react";
import { Control } from "../controls/control.jsx";
import { Guard } from "../guard.jsx";
import { ImageBlock } from "./image.jsx";
import { InputBlock } from "./input.jsx";
import { Passive } from "./passive.jsx";
import { Section } from "./section.jsx";
import { Unknown } from "./unknown.jsx";

const PASSIVE = new Set([
  ...["header", "divider", "context", "rich_text", "table", "markdown", "video", "file"],
  ...["alert", "plan", "task_card", "data_visualization"],
]);
const OWN = {
  actions: Actions,
  context_actions: Actions,
  image: ImageBlock,
  input: InputBlock,
  section: Section,
};

// Block Kit. What has controls or opens is drawn here, the rest by the library, in runs.
// `errors`: block id -> sentence, in forms.
export const Blocks = memo(function Blocks({ blocks, errors = {} }) {
  return (
    <div className="blocks">
      {runs(blocks).map((run, at) => (
        <Guard key={run[0].block_id ?? at} what={run[0]} kind="block">
          <Run run={run} errors={errors} />
        </Guard>
      ))}
    </div>
  );
});

function Run({ run, errors }) {
  const [block] = run;
  if (isPassive(block)) return <Passive blocks={run} />;
  const Drawn = OWN[block.type];
  return Drawn ? (
    <Drawn block={block} error={errors[block.block_id]} />
  ) : (
    <Unknown what={block} kind="block" />
  );
}

const isPassive = (block) =>
  PASSIVE.has(block.type) || (block.type === "section" && !block.accessory);

function runs(blocks) {
  const found = [];
  for (const block of blocks) {
    const last = found.at(-1);
    if (last && isPassive(block) && isPassive(last[0])) last.push(block);
    else found.push([block]);
  }
  return found;
}

function Actions({ block }) {
  return (
    <div className="actions">
      {block.elements.map((it, at) => (
        <Control key={it.action_id ?? at} block={block} element={it} />
      ))}
    </div>
  );
}
