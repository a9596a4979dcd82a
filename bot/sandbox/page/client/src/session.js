import { createContext, useContext } from "react";

// Who looks, at which workspace, and what they can do: {workspace, person, theme, act, tell,
// confirm, openImage}. Stable while messages come and go.
export const Session = createContext(null);
export const useSession = () => useContext(Session);

const SLACKBOT = { id: "USLACKBOT", name: "Slackbot", realName: "Slackbot", kind: "slackbot" };

export function authorOf(workspace, id) {
  const { app } = workspace;
  if (!id || [app.userId, app.botId, app.id].includes(id)) {
    return { id: app.userId, name: app.name, realName: app.name, kind: "app" };
  }
  return workspace.people.find((it) => it.id === id) ?? { ...SLACKBOT, id };
}

export const slackbot = SLACKBOT;

export const initials = (name) =>
  name
    .split(/[\s._-]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((it) => it[0].toUpperCase())
    .join("");
