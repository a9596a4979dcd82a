import { useEffect, useId, useRef, useState } from "react";
import { useSession } from "../session.js";
import { ariaOf, nameOf, useField } from "./field.js";
import { offerFor, useOffers } from "./offers.js";
import { usePopup } from "./popup.js";
import { heldIn, stateOf } from "./state.js";

// Every select menu, single and multi: a combobox that is searched by typing.
export function Select({ blockId, element, dispatches, field }) {
  const { workspace } = useSession();
  const { state, change, busy } = useField(blockId, element, dispatches);
  const box = useCombobox();
  const many = element.type.startsWith("multi_");
  const chosen = [heldIn(state) ?? []].flat().map((it) => offerFor(it, workspace));
  const { groups, message } = useOffers(blockId, element, box.text, box.open);
  const style = usePopup(box.anchor, box.open, box.close, { wide: true });
  const offers = groups.flatMap((it) => it.offers);
  const active = offers[Math.min(box.at, offers.length - 1)];
  const isChosen = (offer) => chosen.some((it) => it.value === offer.value);

  const set = (next) =>
    change(stateOf(element.type, many ? next.map((it) => it.held) : (next[0]?.held ?? null)));
  const drop = (offer) => set(chosen.filter((it) => it.value !== offer.value));
  const pick = (offer) => {
    if (busy) return;
    if (!many) set([offer]);
    else if (isChosen(offer)) drop(offer);
    else if (!(chosen.length >= element.max_selected_items)) set([...chosen, offer]);
    box.picked(many);
  };
  const first = Math.max(0, offers.findIndex(isChosen));
  const press = (event) => {
    if (event.key === "Backspace" && many && box.text === "" && chosen.length) drop(chosen.at(-1));
    box.press(event, { offers, active, pick, first });
  };
  return (
    <span className={`select ${many ? "many" : ""} ${busy ? "busy" : ""}`} onBlur={box.left}>
      <span className="select-box" ref={box.anchor}>
        {many && chosen.map((it) => <Chip key={it.value} offer={it} drop={() => drop(it)} />)}
        <input
          id={field.id}
          ref={box.entry}
          role="combobox"
          onFocus={box.fromStart}
          className="entry"
          autoComplete="off"
          aria-autocomplete="list"
          aria-expanded={box.open}
          aria-controls={box.list}
          aria-activedescendant={box.open && active ? box.optionId(active) : undefined}
          aria-busy={busy}
          placeholder={
            (!many && chosen[0]?.label) || (many && chosen.length ? "" : nameOf(element))
          }
          value={box.open ? box.text : many ? "" : (chosen[0]?.label ?? "")}
          onClick={() => box.show(first)}
          onChange={({ target }) => box.search(target.value)}
          onKeyDown={press}
          {...ariaOf(element, field)}
        />
        {!many && field.optional && chosen.length > 0 && (
          <button
            type="button"
            className="clear"
            aria-label={`Clear ${nameOf(element)}`}
            onClick={() => set([])}
          >
            ×
          </button>
        )}
      </span>
      {box.open && (
        <ul
          id={box.list}
          role="listbox"
          className="popup"
          style={style}
          aria-label={nameOf(element)}
          aria-multiselectable={many}
        >
          {groups.map((group, at) => (
            <Group key={group.label ?? at} {...{ group, active, isChosen, pick, box }} />
          ))}
          {message && (
            <li className="popup-note" role="status">
              {message}
            </li>
          )}
        </ul>
      )}
    </span>
  );
}

function Group({ group, active, isChosen, pick, box }) {
  const options = group.offers.map((offer) => (
    <li
      key={offer.value}
      id={box.optionId(offer)}
      role="option"
      aria-selected={isChosen(offer)}
      className={offer === active ? "active" : ""}
      ref={offer === active ? box.intoSight : undefined}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => pick(offer)}
    >
      {offer.label}
      {offer.description && <small>{offer.description}</small>}
    </li>
  ));
  if (!group.label) return options;
  return (
    <li role="group" aria-label={group.label}>
      <span className="group-label" aria-hidden="true">
        {group.label}
      </span>
      <ul role="presentation">{options}</ul>
    </li>
  );
}

function Chip({ offer, drop }) {
  return (
    <span className="chip">
      {offer.label}
      <button type="button" aria-label={`Remove ${offer.label}`} onClick={drop}>
        ×
      </button>
    </span>
  );
}

function useCombobox() {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const anchor = useRef(null);
  const entry = useRef(null);
  const list = useId();
  const fromStart = () => entry.current.setSelectionRange(0, 0);
  useEffect(() => {
    if (!open) fromStart();
  }, [open]);

  const show = (first) => !open && (setText(""), setAt(first), setOpen(true));
  const close = () => (setOpen(false), setText(""));
  const press = (event, { offers, active, pick, first }) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !open) show(first);
    else if (step && offers.length)
      setAt((Math.min(at, offers.length - 1) + step + offers.length) % offers.length);
    else if (event.key === "Enter" && open && active) pick(active);
    else if (event.key === "Enter" && !open) show(first);
    else if (event.key === "Escape" && open) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    open,
    text,
    at,
    anchor,
    entry,
    fromStart,
    list,
    show,
    close,
    press,
    search: (value) => (setText(value), setAt(0), setOpen(true)),
    picked: (many) => (many ? setText("") : close()),
    left: (event) => !event.currentTarget.contains(event.relatedTarget) && close(),
    optionId: (offer) => `${list}-${offer.value}`,
    intoSight: (element) => element?.scrollIntoView({ block: "nearest" }),
  };
}
