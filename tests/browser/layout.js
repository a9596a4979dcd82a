// Sentences about what sticks out of its box, is cut, or lies over another control.
() => {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  const within = 1;
  const shown = [...root.querySelectorAll("*")].filter(
    (it) =>
      it.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      !it.closest("svg, .only-read-out"),
  );
  const name = (it) => {
    const words = (it.getAttribute("aria-label") ?? it.textContent ?? "").trim().slice(0, 40);
    return `${it.localName}.${it.className}: "${words}"`;
  };
  const style = (it) => getComputedStyle(it);
  const scrolls = (value) => value === "auto" || value === "scroll";

  const page = document.scrollingElement;
  const wide =
    page.scrollWidth > page.clientWidth + within
      ? [`the page is ${page.scrollWidth} wide on a screen of ${page.clientWidth}`]
      : [];

  // Lists scroll down; sideways only what is wide by its nature.
  const sideways = shown
    .filter((it) => scrolls(style(it).overflowX) && !it.matches("pre, textarea, input, .slack_blocks_to_jsx__table"))
    .filter((it) => it.clientWidth > 0 && it.scrollWidth > it.clientWidth + within)
    .map((it) => `${it.scrollWidth} in ${it.clientWidth}, scrolled sideways: ${name(it)}`);

  // A textarea, and whatever shortens its text with an ellipsis, does so by design.
  const tooSmall = (it) => {
    const { overflowX, overflowY, textOverflow, display } = style(it);
    if (display === "inline" || it.clientWidth === 0 || it.matches("textarea, input")) return false;
    const cutX = !scrolls(overflowX) && textOverflow !== "ellipsis";
    const cutY = overflowY === "hidden" && textOverflow !== "ellipsis";
    return (
      (cutX && it.scrollWidth > it.clientWidth + within) ||
      (cutY && it.scrollHeight > it.clientHeight + within)
    );
  };
  const cut = shown
    .filter(tooSmall)
    .map((it) => `${it.scrollWidth} in ${it.clientWidth}: ${name(it)}`);

  const controls = shown.filter((it) => it.matches("button, input, textarea, a"));
  const apart = (a, b) =>
    a.right <= b.left + within ||
    b.right <= a.left + within ||
    a.bottom <= b.top + within ||
    b.bottom <= a.top + within;
  const collide = (a, b) =>
    !a.contains(b) &&
    !b.contains(a) &&
    a.parentElement === b.parentElement &&
    !apart(a.getBoundingClientRect(), b.getBoundingClientRect());
  const over = controls.flatMap((a, at) =>
    controls
      .slice(at + 1)
      .filter((b) => collide(a, b))
      .map((b) => `${name(a)} lies over ${name(b)}`),
  );

  const middle = (it) => {
    const { left, top, width, height } = it.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const holds = (it, x, y) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    return left <= x && x <= right && top <= y && y <= bottom;
  };
  const scrollers = shown.filter((it) => scrolls(style(it).overflowY));
  const inSight = (it) =>
    scrollers.every((outer) => !outer.contains(it) || holds(outer, ...middle(it)));
  const covered = controls.filter(inSight).flatMap((it) => {
    const hit = document.elementFromPoint(...middle(it));
    const isFree = !hit || !root.contains(hit) || it.contains(hit) || hit.contains(it);
    return isFree || it.closest("label")?.contains(hit) ? [] : [`${name(hit)} covers ${name(it)}`];
  });
  return [...wide, ...sideways, ...cut, ...over, ...covered];
};
