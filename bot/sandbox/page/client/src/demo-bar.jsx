import { useState } from "react";
import { readWorkspace, startOver, setOff } from "./api.js";

const EACH_MS = 500;

// Above the workspace and no part of it: sets troubles off at the demo's AWS, and all back.
export function DemoBar({ workspace }) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const [isOpen, open] = useState(false); // on a phone alone
  const [begun, setBegun] = useState([]);
  const begin = async ({ name, sentence }) => {
    const answer = await setOff(name);
    if (answer.ok) setBegun([...begun, name]);
    setSaid(answer.ok ? `${sentence} See #database-incidents.` : answer.error);
    open(false);
  };
  const over = async () => {
    setBusy(true);
    setSaid("Starting over …");
    await startOver();
    while (!(await hasStartedOver(workspace))) await pause();
    location.reload();
  };
  return (
    <section className={`demo-bar ${isOpen ? "open" : ""}`} aria-label="Demo">
      <strong>Demo</strong>
      <button
        type="button"
        className="demo-opener"
        aria-expanded={isOpen}
        onClick={() => open(!isOpen)}
      >
        Set off trouble, or start over ▾
      </button>
      <span className="demo-hint">Set off:</span>
      {workspace.scenarios.map((it) => (
        <button
          key={it.name}
          type="button"
          className="demo-choice"
          disabled={busy || begun.includes(it.name)}
          title={it.sentence}
          onClick={() => begin(it)}
        >
          {it.label}
        </button>
      ))}
      <button type="button" className="demo-choice demo-over" disabled={busy} onClick={over}>
        Start over
      </button>
      <span className="demo-said" role="status">
        {said}
      </span>
    </section>
  );
}

const pause = () => new Promise((resolve) => setTimeout(resolve, EACH_MS));

async function hasStartedOver(workspace) {
  try {
    return (await readWorkspace()).opening !== workspace.opening;
  } catch {
    return false;
  }
}
