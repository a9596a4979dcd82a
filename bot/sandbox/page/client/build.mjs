// Bundles the page into one folder: `node build.mjs [FOLDER]`, by default ../built.
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = resolve(process.argv[2] ?? join(here, "..", "built"));

await rm(built, { recursive: true, force: true });
await mkdir(built, { recursive: true });
await build({
  entryPoints: [join(here, "src", "main.jsx")],
  outfile: join(built, "app.js"),
  bundle: true,
  minify: true,
  jsx: "automatic",
  loader: { ".js": "jsx" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "inline",
  target: ["chrome109", "firefox115"],
  logLevel: "warning",
});
await copyFile(join(here, "src", "index.html"), join(built, "index.html"));
