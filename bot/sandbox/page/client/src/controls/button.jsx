import { useBusy } from "../busy.js";
import { PlainText } from "../blocks/text.jsx";
import { hashOf } from "../place.js";
import { useSession } from "../session.js";
import { useSurface } from "../surface.jsx";

export function PressButton({ blockId, element }) {
  const surface = useSurface();
  const { confirm } = useSession();
  const [busy, run] = useBusy();
  const press = () =>
    run(async () => {
      if (element.confirm && !(await confirm(element.confirm))) return;
      const inside = hashOf(element.url);
      if (element.url && !inside) open(element.url, "_blank", "noopener");
      await surface.click(blockId, element);
      if (inside) location.hash = inside;
    });
  return (
    <button
      type="button"
      className={`press ${element.style ?? ""} ${busy ? "busy" : ""}`}
      aria-label={element.accessibility_label}
      aria-busy={busy}
      aria-disabled={busy}
      data-action={element.action_id}
      data-value={element.value}
      onClick={press}
    >
      <PlainText text={element.text} />
    </button>
  );
}
