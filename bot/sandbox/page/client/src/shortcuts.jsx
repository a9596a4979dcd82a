import { Menu } from "./controls/menu.jsx";
import { useSession } from "./session.js";

// The app's shortcuts of one type, "global" or "message"; `on`: {channel, ts} of the message.
export function Shortcuts({ type, on = {}, label, className, children }) {
  const { workspace, act, tell } = useSession();
  const use = async (callbackId) => {
    const answer = await act("shortcut", { callbackId, ...on });
    if (!answer.ok) tell(answer.error);
  };
  const items = workspace.shortcuts
    .filter((it) => it.type === type)
    .map((it) => ({
      key: it.callbackId,
      label: it.name,
      description: it.description,
      act: () => use(it.callbackId),
    }));
  if (!items.length) return null;
  return (
    <Menu {...{ label, items, className }}>
      <span aria-hidden="true">{children}</span>
    </Menu>
  );
}
