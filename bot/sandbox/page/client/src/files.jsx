import { Picture } from "./blocks/image.jsx";

export function Files({ files }) {
  return files.map((it) =>
    it.mimetype?.startsWith("image/") ? (
      <Image key={it.id} file={it} />
    ) : (
      <Row key={it.id} file={it} />
    ),
  );
}

function Image({ file }) {
  const title = file.title || file.name;
  return (
    <figure className="image-block">
      <figcaption>{title}</figcaption>
      <Picture src={file.url} alt={file.altText || title} title={title} />
    </figure>
  );
}

function Row({ file }) {
  return (
    <a className="file" href={file.url} download={file.name}>
      <span aria-hidden="true">📄</span>
      <span>
        {file.title || file.name}
        <small>{[file.mimetype, sizeOf(file.size)].filter(Boolean).join(" · ")}</small>
      </span>
    </a>
  );
}

function sizeOf(bytes) {
  if (!bytes) return null;
  return bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024)} kB`;
}
