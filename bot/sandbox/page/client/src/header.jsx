import { Avatar } from "./avatar.jsx";
import { useSession } from "./session.js";

// The top of a place; on a phone, with the way back to the sidebar and who one is.
export function Header({ title, note, openSide, children }) {
  const { person } = useSession();
  return (
    <header className="place-header">
      <button
        type="button"
        className="open-side"
        onClick={openSide}
        aria-label={`Channels and people. You are ${person.realName || person.name}`}
      >
        <span aria-hidden="true">‹</span>
        <Avatar who={person} />
      </button>
      <h2>{title}</h2>
      {note && <span className="note">{note}</span>}
      {children}
    </header>
  );
}
