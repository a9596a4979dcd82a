// The page's only door to its server: the verbs of a person, and the workspace.

const UNREACHABLE = "The workspace does not answer. Is the demo still running?";

export async function readWorkspace() {
  const response = await fetch("/api/workspace");
  if (!response.ok) throw new Error(UNREACHABLE);
  return response.json();
}

// Never throws: a verb that could not be carried out is {ok: false, error: "a sentence"}.
export async function act(personId, verb, body = {}) {
  try {
    const response = await fetch(`/api/people/${personId}/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: UNREACHABLE };
  }
}

export const setOff = (name) => direct(`scenarios/${name}`);
export const startOver = () => direct("start-over");

async function direct(what) {
  try {
    return await (await fetch(`/api/demo/${what}`, { method: "POST" })).json();
  } catch {
    return { ok: false, error: UNREACHABLE };
  }
}

export function screenAddress(personId) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/api/people/${personId}/screen`;
}
