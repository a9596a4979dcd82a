import { useEffect, useRef, useState } from "react";
import { Blocks } from "./blocks/blocks.jsx";
import { plainOf } from "./blocks/text.jsx";
import { useBusy } from "./busy.js";
import { Dialog } from "./dialog.jsx";
import { useSession } from "./session.js";
import { changedValues, SurfaceOf, useSurface } from "./surface.jsx";
import { now } from "./time.js";

// The modal on top of the stack; those below wait.
export function ModalStack({ views, lines }) {
  const { act, tell } = useSession();
  const view = views.at(-1);
  if (!view) return null;
  const close = async (all) => {
    const answer = await act("close", { viewId: view.id, all });
    if (!answer.ok) tell(answer.error);
  };
  const title = plainOf(view.title);
  return (
    <Dialog label={title} className="modal" leave={() => close(false)} data-view={view.id}>
      <SurfaceOf key={view.id} surface={{ kind: "view", id: view.id }} values={view.values}>
        <Form {...{ view, title, lines, close }} below={views.length - 1} />
      </SurfaceOf>
    </Dialog>
  );
}

function Form({ view, title, lines, close, below }) {
  const form = useRef(null);
  const [opened] = useState(now);
  const [sending, run] = useBusy();
  const [answered, setAnswered] = useState(NOTHING);
  const submit = useSubmit(view, setAnswered);
  const standing = JSON.stringify(view.errors) === answered.settled ? {} : view.errors;
  const errors = { ...standing, ...answered.errors };
  const trouble = answered.problem ?? lines.findLast((it) => it.at >= opened)?.text;
  useFirstFocus(form, view.blocks);
  useErrorFocus(form, errors);
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => (event.preventDefault(), view.submit && run(submit))}
    >
      <header>
        {below > 0 && (
          <button
            type="button"
            className="icon-button"
            onClick={() => close(false)}
            aria-label="Back"
          >
            <span aria-hidden="true">‹</span>
          </button>
        )}
        <h2>{title}</h2>
        <button
          type="button"
          className="icon-button"
          onClick={() => close(true)}
          aria-label="Close the form"
        >
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div className="modal-body" tabIndex={-1}>
        {trouble && (
          <p className="banner" role="alert">
            {trouble}
          </p>
        )}
        <Blocks blocks={view.blocks} errors={errors} />
      </div>
      <footer>
        <button type="button" className="press" onClick={() => close(false)}>
          {plainOf(view.close) || "Cancel"}
        </button>
        {view.submit && (
          <button
            type="submit"
            className={`press primary ${sending ? "busy" : ""}`}
            disabled={sending}
            aria-busy={sending}
          >
            {sending ? "Sending…" : plainOf(view.submit)}
          </button>
        )}
      </footer>
    </form>
  );
}

// `settled`: the errors, as JSON, that stood there when the form was sent again.
const NOTHING = { errors: {}, problem: null, settled: null };
const TROUBLE = "We had some trouble connecting. Try again?";

function useSubmit(view, setAnswered) {
  const { act } = useSession();
  const { entered, forget } = useSurface();
  return async () => {
    forget();
    const settled = JSON.stringify(view.errors);
    setAnswered({ ...NOTHING, settled });
    const values = changedValues(view.blocks, entered);
    const answer = await act("submit", { viewId: view.id, values });
    const problem = answer.ok ? (answer.acknowledged === false ? TROUBLE : null) : answer.error;
    setAnswered({ errors: answer.errors ?? {}, problem, settled });
  };
}

const FIELDS = "input, textarea, [role=combobox]";

function useFirstFocus(form, blocks) {
  useEffect(() => {
    const wanted = blocks.find((it) => it.element?.focus_on_load)?.block_id;
    const scope = wanted
      ? form.current.querySelector(`[data-block="${CSS.escape(wanted)}"]`)
      : form.current.querySelector(".modal-body");
    (scope.querySelector(FIELDS) ?? form.current.querySelector(".modal-body")).focus();
  }, []);
}

// The first wrong field takes the focus when errors arrive.
function useErrorFocus(form, errors) {
  const wrong = Object.keys(errors).join();
  useEffect(() => {
    if (wrong) form.current.querySelector(`.wrong :is(${FIELDS})`)?.focus();
  }, [form, wrong]);
}
