import { useEffect, useRef, useState } from "react";
import { plainOf } from "../blocks/text.jsx";
import { useSession } from "../session.js";
import { useSurface } from "../surface.jsx";

const SEARCH_DELAY_MS = 200;
const SLACK_MIN_QUERY = 3;

// What a select offers for a text: {groups: [{label, offers}], message}. An offer is
// {value, label, description, held}; `held` is what Slack's state holds for it.
export function useOffers(blockId, element, text, open) {
  const { workspace } = useSession();
  const external = useExternal(blockId, element, text, open);
  if (element.type.endsWith("external_select")) return external;
  const groups = localGroups(element, workspace)
    .map(({ label, offers }) => ({ label, offers: offers.filter((it) => matches(it, text)) }))
    .filter(({ offers }) => offers.length > 0);
  return { groups, message: groups.length ? null : "No results" };
}

function useExternal(blockId, element, text, open) {
  const { search } = useSurface();
  const searching = useRef(search);
  searching.current = search;
  const [found, setFound] = useState({ groups: [], message: "Loading…" });
  const least = element.min_query_length ?? SLACK_MIN_QUERY;
  const isExternal = element.type.endsWith("external_select");
  useEffect(() => {
    if (!isExternal || !open) return undefined;
    if (text.length < least) {
      setFound({
        groups: [],
        message: `Type ${least === 1 ? "a character" : `${least} characters`} or more to search`,
      });
      return undefined;
    }
    let stale = false;
    setFound((last) => ({ ...last, message: "Searching…" }));
    const timer = setTimeout(async () => {
      const next = await searched(() => searching.current(blockId, element, text));
      if (!stale) setFound(next);
    }, SEARCH_DELAY_MS);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [isExternal, open, text, least, blockId, element.action_id]);
  return found;
}

async function searched(search) {
  try {
    const offers = (await search()).map(offerOf);
    return {
      groups: offers.length ? [{ offers }] : [],
      message: offers.length ? null : "No results",
    };
  } catch {
    return { groups: [], message: "Slack could not load the options." };
  }
}

function localGroups(element, workspace) {
  const kind = element.type.replace("multi_", "");
  if (kind === "users_select") {
    return [
      { offers: workspace.people.filter((it) => it.kind !== "deactivated").map(personOffer) },
    ];
  }
  if (kind === "channels_select" || kind === "conversations_select") {
    const there = workspace.channels.filter((it) => kind !== "channels_select" || !it.isPrivate);
    return [{ offers: there.map(channelOffer) }];
  }
  const groups = element.option_groups?.map((it) => ({
    label: plainOf(it.label),
    offers: it.options.map(offerOf),
  }));
  return groups ?? [{ offers: (element.options ?? []).map(offerOf) }];
}

const offerOf = (option) => ({
  value: option.value,
  label: plainOf(option.text),
  description: option.description && plainOf(option.description),
  held: option,
});

const personOffer = (it) => ({
  value: it.id,
  label: it.realName || it.name,
  description: `@${it.name}`,
  held: it.id,
});

const channelOffer = (it) => ({ value: it.id, label: `#${it.name}`, held: it.id });

// The offer for what a state holds: an option, or the id of a person or channel.
export function offerFor(held, workspace) {
  if (typeof held !== "string") return offerOf(held);
  const person = workspace.people.find((it) => it.id === held);
  const channel = workspace.channels.find((it) => it.id === held);
  if (person) return personOffer(person);
  return channel ? channelOffer(channel) : { value: held, label: held, held };
}

function matches({ label, description }, text) {
  const wanted = text.trim().toLowerCase();
  return label.toLowerCase().includes(wanted) || !!description?.toLowerCase().includes(wanted);
}
