import { useCallback, useEffect, useState } from "react";

export const HOME = "home";

// The address names a person and a place, by name or id: #dora/databases, #U01/C01, #dora/home.
export function usePlace(workspace) {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const [personWord, placeWord] = hash.slice(1).split("/").map(decodeURIComponent);
  const person = named(workspace.people, personWord) ?? named(workspace.people, workspace.me);
  const go = useCallback((personName, place) => {
    location.hash = `${encodeURIComponent(personName)}/${encodeURIComponent(place)}`;
    setHash(location.hash);
  }, []);
  return { person, placeWord, go };
}

// Where the link to a message leads on this page; undefined for what lies elsewhere.
export function hashOf(url) {
  const channel = /^https:\/\/[\w.-]+\.slack\.com\/archives\/(\w+)/.exec(url ?? "")?.[1];
  return channel && `${location.hash.slice(1).split("/")[0]}/${channel}`;
}

const named = (things, word) => things.find((it) => it.id === word || it.name === word);

// The open channel, or HOME; the first channel where the address names none this person sees.
export function openPlace(word, channels, appName) {
  if (word === HOME) return HOME;
  const direct = channels.find((it) => it.kind === "im");
  if (word === appName || word === "messages") return direct ?? channels[0];
  return named(channels, word) ?? channels.find((it) => it.kind !== "im") ?? channels[0];
}

export const wordOf = (place, appName) =>
  place === HOME ? HOME : place.kind === "im" ? appName : place.name || place.id;
