import { useEffect } from "react";
import { Blocks } from "./blocks/blocks.jsx";
import { Header } from "./header.jsx";
import { HOME } from "./place.js";
import { useSession } from "./session.js";
import { SurfaceOf } from "./surface.jsx";
import { Waiting } from "./waiting.jsx";

const SURFACE = { kind: "home" };

export function AppHome({ home, lines, openSide, visit }) {
  const { workspace, act, tell } = useSession();
  const { name } = workspace.app;
  useEffect(() => {
    act("home").then((answer) => answer.ok || tell(answer.error));
  }, [act, tell]);
  return (
    <main className="main" aria-label={`${name} Home`}>
      <Header title={name} openSide={openSide}>
        <AppTabs open={HOME} visit={visit} />
      </Header>
      <div className="home" data-view={home?.id}>
        {lines
          .filter((it) => it.channel === HOME)
          .slice(-1)
          .map((it) => (
            <p key={it.key} className="banner" role="alert">
              {it.text}
            </p>
          ))}
        {home ? (
          <SurfaceOf surface={SURFACE} values={home.values}>
            <Blocks blocks={home.blocks} />
          </SurfaceOf>
        ) : (
          <Waiting>{name} has not drawn its Home yet.</Waiting>
        )}
      </div>
    </main>
  );
}

export function AppTabs({ open, visit }) {
  const { workspace } = useSession();
  const tab = (word, label, isOpen) => (
    <button type="button" aria-current={isOpen ? "page" : undefined} onClick={() => visit(word)}>
      {label}
    </button>
  );
  return (
    <nav className="tabs" aria-label={workspace.app.name}>
      {tab(HOME, "Home", open === HOME)}
      {tab(workspace.app.name, "Messages", open !== HOME)}
    </nav>
  );
}
