import { Dialog } from "./dialog.jsx";

export function ImageDialog({ image, close }) {
  const { src, alt, title } = image;
  return (
    <Dialog
      label={title || "Image"}
      className="image-dialog"
      leave={close}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      <header>
        <h2>{title || "Image"}</h2>
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
