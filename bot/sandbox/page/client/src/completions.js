// What the composer completes: commands after a slash at the start, people after an @.

const MOST = 8;

// {from, items: [{key, label, detail, insert}]} for the word before the caret, or null.
export function completionsFor(text, caret, workspace) {
  const before = text.slice(0, caret);
  if (/^\/\S*$/.test(before)) return offered(0, commands(before, workspace));
  const mention = /(?:^|\s)@([\w.-]*)$/.exec(before);
  return (
    mention && offered(caret - mention[1].length - 1, people(mention[1].toLowerCase(), workspace))
  );
}

// The command being written, once its name is complete, for its usage hint.
export function commandIn(text, workspace) {
  const [name] = text.split(" ", 1);
  return workspace.commands.find((it) => it.name === name && text.startsWith(`${name} `));
}

const offered = (from, items) => (items.length ? { from, items: items.slice(0, MOST) } : null);

const commands = (typed, workspace) =>
  workspace.commands
    .filter((it) => it.name.startsWith(typed.toLowerCase()))
    .map((it) => ({
      key: it.name,
      label: it.name,
      hint: it.usageHint,
      detail: it.description,
      insert: `${it.name} `,
    }));

function people(typed, workspace) {
  const { app, groups } = workspace;
  const all = [
    ...workspace.people.map((it) => ({ name: it.name, detail: it.realName })),
    ...groups.map((it) => ({ name: it.handle, detail: it.name })),
    { name: app.name, detail: "App" },
  ];
  return all
    .filter((it) =>
      `${it.name} ${it.detail}`
        .toLowerCase()
        .split(/\s/)
        .some((word) => word.startsWith(typed)),
    )
    .map((it) => ({
      key: it.name,
      label: `@${it.name}`,
      detail: it.detail,
      insert: `@${it.name} `,
    }));
}
