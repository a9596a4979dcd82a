import { useCallback, useEffect, useMemo, useState } from "react";
import { act } from "./api.js";
import { ChannelView } from "./channel.jsx";
import { useConfirm } from "./confirm.jsx";
import { AppHome } from "./home.jsx";
import { ImageDialog } from "./image-dialog.jsx";
import { ModalStack } from "./modal.jsx";
import { useNotices } from "./notices.js";
import { HOME, openPlace, usePlace, wordOf } from "./place.js";
import { useScreen } from "./screen.js";
import { Session } from "./session.js";
import { Sidebar } from "./sidebar.jsx";
import { ThreadPane } from "./thread.jsx";
import { useTheme } from "./theme.js";
import { useUnread } from "./unread.js";
import { Waiting } from "./waiting.jsx";

// Everything one person sees, in the place that the address names.
export function Workspace({ workspace }) {
  const { person, placeWord, go } = usePlace(workspace);
  const { screen, connected } = useScreen(person.id);
  const [theme, toggleTheme] = useTheme();
  const [side, setSide] = useState(false);
  const [thread, setThread] = useState(null);
  const [image, openImage] = useState(null);
  const [confirmDialog, confirm] = useConfirm();

  const appName = workspace.app.name;
  const place = screen && openPlace(placeWord, screen.channels, appName);
  const placeId = place?.id ?? HOME;
  const { lines, tell } = useNotices(person.id, screen?.notices, placeId, thread);
  const unread = useUnread(workspace.team.id, person.id, screen?.channels, placeId);

  useEffect(() => setThread(null), [placeId, person.id]);
  useEffect(() => {
    document.title = `${place?.name || appName} · ${workspace.team.name}`;
  }, [place, appName, workspace.team.name]);

  const actAs = useCallback((verb, body) => act(person.id, verb, body), [person.id]);
  const session = useMemo(
    () => ({ workspace, person, theme, act: actAs, tell, confirm, openImage }),
    [workspace, person, theme, actAs, tell, confirm],
  );
  const visitAs = (who, word) => {
    go(who.name, word);
    setSide(false);
  };
  const visit = (word) => visitAs(person, word);
  const become = (other) => visitAs(other, place ? wordOf(place, appName) : (placeWord ?? ""));
  const sidebar = { screen, place, unread, visit, become, theme, toggleTheme };
  const main = { screen, place, lines, visit, thread, setThread, openSide: () => setSide(true) };
  return (
    <Session.Provider value={session}>
      <div
        className={`workspace ${side ? "side-open" : ""} ${thread ? "thread-open" : ""}`}
        data-person={person.id}
      >
        <Sidebar {...sidebar} covers={side} close={() => setSide(false)} />
        {screen ? <Place key={person.id} {...main} /> : <Opening />}
        {!connected && (
          <p className="reconnecting" role="status">
            Reconnecting…
          </p>
        )}
        {screen && <ModalStack views={screen.views} lines={lines} />}
        {confirmDialog}
        {image && <ImageDialog image={image} close={() => openImage(null)} />}
      </div>
    </Session.Provider>
  );
}

function Opening() {
  return (
    <main className="main">
      <Waiting>Opening the workspace…</Waiting>
    </main>
  );
}

function Place({ screen, place, thread, setThread, ...shared }) {
  if (place === HOME) return <AppHome home={screen.home} {...shared} />;
  return (
    <>
      <ChannelView key={place.id} channel={place} openThread={setThread} {...shared} />
      {thread && (
        <ThreadPane
          key={thread}
          channel={place}
          ts={thread}
          lines={shared.lines}
          close={() => setThread(null)}
        />
      )}
    </>
  );
}
