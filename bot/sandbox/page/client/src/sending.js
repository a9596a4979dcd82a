import { useSession } from "./session.js";

// Sends a line as Slack would; tells, in this place, why it was not taken.
export function useSend(channel, threadTs) {
  const { act, tell } = useSession();
  const carryOut = (line) => {
    if (!line.startsWith("/")) return act("say", { text: line, channel: channel.id, threadTs });
    if (!threadTs) return act("type", { line, channel: channel.id });
    const [name] = line.split(/\s/, 1);
    return { ok: false, error: `${name} is not supported in threads. Sorry!` };
  };
  return async (line) => {
    const answer = await carryOut(line);
    if (!answer.ok) tell(answer.error, { channel: channel.id, thread: threadTs ?? null });
  };
}

export function whyClosed(channel, person) {
  if (person.kind === "deactivated") return `${person.realName} has left and cannot sign in.`;
  return channel.kind === "im"
    ? "Sending messages to this app has been turned off."
    : "You cannot write in this channel.";
}
