// A visible, labelled box for what this page cannot draw.
export function Unknown({ what, kind, broken = false }) {
  const said = broken ? `This ${kind} could not be drawn` : `This page does not draw this ${kind}`;
  return (
    <details className="unknown">
      <summary>
        {said}: <code>{String(what?.type)}</code>
      </summary>
      <pre>{JSON.stringify(what, null, 2)}</pre>
    </details>
  );
}
