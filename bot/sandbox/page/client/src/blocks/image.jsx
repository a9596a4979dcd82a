import { useSession } from "../session.js";
import { plainOf, PlainText } from "./text.jsx";

export const addressOf = ({ image_url, slack_file }) => image_url ?? slack_file?.url;

export function ImageBlock({ block }) {
  const title = block.title && plainOf(block.title);
  return (
    <figure className="image-block">
      {title && (
        <figcaption>
          <PlainText text={block.title} />
        </figcaption>
      )}
      <Picture src={addressOf(block)} alt={block.alt_text} title={title} />
    </figure>
  );
}

// A picture that opens at full size.
export function Picture({ src, alt, title, className = "" }) {
  const { openImage } = useSession();
  return (
    <button
      type="button"
      className={`picture ${className}`}
      title="Open at full size"
      onClick={() => openImage({ src, alt, title })}
    >
      <img src={src} alt={alt ?? ""} loading="lazy" />
    </button>
  );
}
