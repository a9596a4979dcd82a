import { useEffect, useState } from "react";
import { Composer } from "./composer.jsx";
import { AppTabs } from "./home.jsx";
import { MessageList } from "./message-list.jsx";
import { Header } from "./header.jsx";
import { useSession } from "./session.js";

export function ChannelView({ channel, lines, openThread, openSide, visit }) {
  const { workspace, act } = useSession();
  const [sent, setSent] = useState(0);
  const direct = channel.kind === "im";
  const title = direct ? workspace.app.name : `#${channel.name}`;
  const messages = channel.messages.filter((it) => !it.isReply || it.broadcast);
  useEffect(() => {
    if (direct) act("home", { tab: "messages" });
  }, [act, direct]);
  const about = workspace.channels.find((it) => it.id === channel.id);
  return (
    <main className="main" aria-label={title}>
      <Header
        title={title}
        note={NOTES[channel.kind] ?? (about?.isShared ? NOTES.shared : null)}
        openSide={openSide}
      >
        {direct && <AppTabs open="messages" visit={visit} />}
      </Header>
      <MessageList
        label={`Messages in ${title}`}
        empty={
          direct
            ? `This is the beginning of your conversation with ${title}.`
            : `This is the beginning of ${title}.`
        }
        lines={lines.filter((it) => it.channel === channel.id && !it.thread)}
        {...{ channel, messages, sent, openThread }}
      />
      <Composer channel={channel} label={`Message ${title}`} onSend={() => setSent(sent + 1)} />
    </main>
  );
}

const NOTES = { private: "Private channel", shared: "Shared with another organization" };
