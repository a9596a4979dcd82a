import { Fragment, useLayoutEffect, useRef } from "react";
import { MessageRow, NoticeRow } from "./message.jsx";
import { useSession } from "./session.js";
import { dayName, dayOf, secondsOf } from "./time.js";

const NEAR_BOTTOM_PX = 60;

// Messages and what Slack said between them, by time, with the days apart. `sent` changes with
// every line that is sent from here.
export function MessageList({ channel, messages, lines, label, empty, sent, openThread }) {
  const { person } = useSession();
  const list = useStickToBottom(sent);
  const rows = [...messages.map(messageRow), ...lines.map(noticeRow)].sort((a, b) => a.at - b.at);
  let day = null;
  return (
    <div
      className="messages"
      ref={list}
      tabIndex={0}
      role="log"
      aria-live="polite"
      aria-label={label}
    >
      {empty && <p className="beginning">{empty}</p>}
      {rows.map((row) => {
        const begins = day !== dayOf(row.at, person.tz);
        day = dayOf(row.at, person.tz);
        return (
          <Fragment key={row.key}>
            {begins && (
              <h3 className="day">
                <span>{dayName(row.at, person.tz)}</span>
              </h3>
            )}
            {row.message ? (
              <MessageRow channelId={channel.id} message={row.message} openThread={openThread} />
            ) : (
              <NoticeRow line={row.line} />
            )}
          </Fragment>
        );
      })}
    </div>
  );
}

const messageRow = (message) => ({ key: message.ts, at: secondsOf(message.ts), message });
const noticeRow = (line) => ({ key: line.key, at: line.at, line });

// Follows the newest line only where the reader was at the end, or has just written; pictures
// may still grow it.
function useStickToBottom(sent) {
  const list = useRef(null);
  const atBottom = useRef(true);
  useLayoutEffect(() => {
    const element = list.current;
    const note = () => {
      atBottom.current =
        element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_BOTTOM_PX;
    };
    const follow = () => atBottom.current && element.scrollTo(0, element.scrollHeight);
    const grown = new ResizeObserver(follow);
    grown.observe(element);
    element.addEventListener("scroll", note);
    element.addEventListener("load", follow, true);
    return () => {
      grown.disconnect();
      element.removeEventListener("scroll", note);
      element.removeEventListener("load", follow, true);
    };
  }, []);
  useLayoutEffect(() => {
    atBottom.current = true;
  }, [sent]);
  useLayoutEffect(() => {
    if (atBottom.current) list.current.scrollTo(0, list.current.scrollHeight);
  });
  return list;
}
