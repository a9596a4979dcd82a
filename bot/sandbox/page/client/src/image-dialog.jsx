import { Dialog } from "./dialog.jsx";

export function ImageDialog({ image, close }) {
  const { src, alt } = image;
  const title = image.title || beginning(alt) || "Image";
  return (
    <Dialog
      label={title}
      className="image-dialog"
      leave={close}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      <header>
        <h2>{title}</h2>
        <a href={src} target="_blank" rel="noopener noreferrer">
          Open alone
        </a>
        <button type="button" autoFocus className="icon-button" onClick={close} aria-label="Close">
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <img src={src} alt={alt ?? ""} />
      {alt && (
        <p className="alt" aria-hidden="true">
          {alt}
        </p>
      )}
    </Dialog>
  );
}

const beginning = (alt = "") => alt.split(". ")[0].slice(0, 80);
