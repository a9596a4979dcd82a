import { useEffect, useState } from "react";
import { readWorkspace } from "./api.js";
import { DemoBar } from "./demo-bar.jsx";
import { Waiting } from "./waiting.jsx";
import { Workspace } from "./workspace.jsx";

export function App() {
  const [workspace, setWorkspace] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    readWorkspace().then(setWorkspace, (error) => setProblem(error.message));
  }, []);
  if (problem) return <Waiting role="alert">{problem}</Waiting>;
  if (!workspace) return <Waiting>Opening the workspace…</Waiting>;
  if (!workspace.scenarios) return <Workspace workspace={workspace} />;
  return (
    <div className="with-demo-bar">
      <DemoBar workspace={workspace} />
      <Workspace workspace={workspace} />
    </div>
  );
}
