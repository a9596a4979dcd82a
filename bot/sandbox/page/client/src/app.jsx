import { useEffect, useState } from "react";
import { readWorkspace } from "./api.js";
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
  return <Workspace workspace={workspace} />;
}
