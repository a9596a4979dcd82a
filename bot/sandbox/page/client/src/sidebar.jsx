import { useEffect, useRef } from "react";
import { Avatar } from "./avatar.jsx";
import { HOME } from "./place.js";
import { useSession } from "./session.js";

// `covers`: on a phone it lies over the rest, and takes the focus.
export function Sidebar({
  covers,
  screen,
  place,
  unread,
  visit,
  become,
  theme,
  toggleTheme,
  close,
}) {
  const { workspace } = useSession();
  const closer = useRef(null);
  useEffect(() => {
    if (covers) closer.current.focus();
  }, [covers]);
  const channels = screen?.channels ?? [];
  const appName = workspace.app.name;
  const direct = channels.filter((it) => it.kind === "im");
  const entry = (channel, word, label, icon) => (
    <Entry
      key={channel?.id ?? word}
      isOpen={channel ? place?.id === channel.id : place === HOME}
      unread={channel ? unread[channel.id] : 0}
      visit={() => visit(word)}
      {...{ label, icon }}
    />
  );
  return (
    <nav
      className="sidebar"
      aria-label="Workspace"
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <header>
        <h1>{workspace.team.name}</h1>
        <button
          type="button"
          className="theme-switch"
          onClick={toggleTheme}
          aria-pressed={theme === "dark"}
          aria-label="Dark theme"
          title={`Change to ${theme === "dark" ? "light" : "dark"}`}
        >
          <span aria-hidden="true">{theme === "dark" ? "☀" : "☾"}</span>
        </button>
        <button
          type="button"
          ref={closer}
          className="close-side"
          onClick={close}
          aria-label="Close the sidebar"
        >
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <People become={become} />
      <section aria-labelledby="channels-title">
        <h2 id="channels-title">Channels</h2>
        <ul>
          {channels
            .filter((it) => it.kind !== "im")
            .map((it) => entry(it, it.name || it.id, it.name, ICONS[it.kind]))}
        </ul>
      </section>
      {direct.length > 0 && (
        <section aria-labelledby="direct-title">
          <h2 id="direct-title">Direct messages</h2>
          <ul>{direct.map((it) => entry(it, appName, appName, "✉"))}</ul>
        </section>
      )}
      <section aria-labelledby="apps-title">
        <h2 id="apps-title">Apps</h2>
        <ul>{entry(null, HOME, `${appName} Home`, "⌂")}</ul>
      </section>
    </nav>
  );
}

function Entry({ label, icon, isOpen, unread, visit }) {
  return (
    <li>
      <button
        type="button"
        className={`entry-link ${unread ? "has-unread" : ""}`}
        aria-current={isOpen ? "page" : undefined}
        onClick={visit}
      >
        <span className="icon" aria-hidden="true">
          {icon}
        </span>
        <span className="name">{label}</span>
        {unread > 0 && (
          <span className="unread">
            {unread}
            <span className="only-read-out"> unread</span>
          </span>
        )}
      </button>
    </li>
  );
}

const ICONS = { channel: "#", private: "🔒" };
const KINDS = { guest: "Guest", external: "External", deactivated: "Deactivated" };

function People({ become }) {
  const { workspace, person } = useSession();
  return (
    <fieldset className="people">
      <legend>You are</legend>
      {workspace.people.map((it) => (
        <label key={it.id} className={it.id === person.id ? "is-me" : ""} data-person={it.id}>
          <input
            type="radio"
            name="person"
            checked={it.id === person.id}
            onChange={() => become(it)}
          />
          <Avatar who={it} />
          <span className="name">{it.realName || it.name}</span>
          <span className="role">{[KINDS[it.kind], it.title].filter(Boolean).join(" · ")}</span>
        </label>
      ))}
    </fieldset>
  );
}
