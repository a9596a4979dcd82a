import { commandIn } from "./completions.js";
import { useDraft, useFocusKeys } from "./draft.js";
import { useHistory } from "./history.js";
import { useSend, whyClosed } from "./sending.js";
import { useSession } from "./session.js";
import { Shortcuts } from "./shortcuts.jsx";
import { useSuggestions } from "./suggestions.jsx";

export function Composer({ channel, threadTs, label, onSend }) {
  const { person } = useSession();
  if (!channel.canPost) return <p className="no-composer">{whyClosed(channel, person)}</p>;
  return <OpenComposer {...{ channel, threadTs, label, onSend }} />;
}

function OpenComposer({ channel, threadTs, label, onSend }) {
  const draft = useDraft();
  const suggestions = useSuggestions(draft);
  const history = useHistory(channel.id);
  const send = useSend(channel, threadTs);
  useFocusKeys(draft, !threadTs);
  const { entry, text, write } = draft;

  const submit = () => {
    const line = text.trim();
    if (!line) return;
    history.keep(line);
    write("");
    send(line);
    onSend();
  };
  const writing = ({ key, shiftKey }) => {
    if (key === "Enter" && !shiftKey) submit();
    else if (key === "ArrowUp" && (text === "" || history.browsing)) write(history.older(text));
    else if (key === "ArrowDown" && history.browsing) write(history.newer());
    else return false;
    return true;
  };
  const press = (event) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const browses = history.browsing && event.key.startsWith("Arrow");
    if ((!browses && suggestions.press(event)) || writing(event)) event.preventDefault();
  };
  const type = ({ target }) => {
    history.leave();
    suggestions.reset();
    write(target.value, target.selectionStart);
  };
  return (
    <form className="composer" onSubmit={(event) => (event.preventDefault(), submit())}>
      {suggestions.list}
      <Usage text={text} />
      <div className="composer-box">
        {!threadTs && (
          <Shortcuts type="global" label="Shortcuts" className="round">
            +
          </Shortcuts>
        )}
        <textarea
          ref={entry}
          rows={1}
          aria-label={label}
          placeholder={label}
          aria-autocomplete="list"
          {...suggestions.aria}
          value={text}
          onChange={type}
          onSelect={({ target }) => draft.setCaret(target.selectionStart)}
          onKeyDown={press}
        />
        <button
          type="submit"
          className="send"
          aria-label="Send"
          title="Send"
          disabled={!text.trim()}
        >
          <span aria-hidden="true">➤</span>
        </button>
      </div>
    </form>
  );
}

function Usage({ text }) {
  const { workspace } = useSession();
  const command = commandIn(text, workspace);
  if (!command) return null;
  return (
    <p className="usage">
      <strong>{command.name}</strong> {command.usageHint} <small>{command.description}</small>
    </p>
  );
}
