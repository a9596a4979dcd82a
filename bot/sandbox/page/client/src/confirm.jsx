import { useCallback, useState } from "react";
import { plainOf, TextObject } from "./blocks/text.jsx";
import { Dialog } from "./dialog.jsx";

// [the dialog or null, confirm]: `await confirm(Slack's confirm object)` is what the person chose.
export function useConfirm() {
  const [asked, setAsked] = useState(null);
  const confirm = useCallback(
    (question) => new Promise((resolve) => setAsked({ question, resolve })),
    [],
  );
  const answer = (value) => {
    asked.resolve(value);
    setAsked(null);
  };
  return [asked && <Confirm question={asked.question} answer={answer} />, confirm];
}

function Confirm({ question, answer }) {
  return (
    <Dialog label={plainOf(question.title)} className="confirm" leave={() => answer(false)}>
      <h2>{plainOf(question.title)}</h2>
      <div className="confirm-text">
        <TextObject text={question.text} />
      </div>
      <footer>
        <button type="button" className="press" onClick={() => answer(false)}>
          {plainOf(question.deny)}
        </button>
        <button
          type="button"
          autoFocus
          className={`press ${question.style ?? "primary"}`}
          onClick={() => answer(true)}
        >
          {plainOf(question.confirm)}
        </button>
      </footer>
    </Dialog>
  );
}
