// One page a build: `vite build --mode report` makes dist/report.html, script and style inside, nothing to load.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// What is inside the page, with the terms under which it may be there.
const packages = ["echarts", "zrender", "tslib", "3dmol", "iobuffer", "netcdfjs", "pako", "upng-js"];

function notices() {
  return packages.map((name) => {
    const root = here(`node_modules/${name}/`);
    const { version, license } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    const files = ["NOTICE", "LICENSE", "LICENSE.txt", "LICENSE.md"].filter((file) => existsSync(root + file));
    return [`${name} ${version} (${license})`, ...files.map((file) => readFileSync(root + file, "utf8").trim())].join("\n\n");
  }).join(`\n\n${"-".repeat(72)}\n\n`);
}

// In a script element the parser looks for its end and for the beginning of a comment, and for nothing else.
const inScript = (text) => text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
const inText = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const inline = {
  name: "inline",
  enforce: "post",
  generateBundle(_, bundle) {
    const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
    for (const [key, file] of Object.entries(bundle)) {
      const reference = file.fileName.replaceAll(".", "\\.");
      if (file.type === "chunk") {
        page.source = page.source.replace(new RegExp(`<script[^>]*${reference}[^>]*></script>`), "");
        page.source = page.source.replace("</body>", () => `<script type="module">${inScript(file.code)}</script>\n</body>`);
      } else if (file.fileName.endsWith(".css")) {
        page.source = page.source.replace(new RegExp(`<link[^>]*${reference}[^>]*>`), () => `<style>${file.source}</style>`);
      } else {
        continue;
      }

      delete bundle[key];
    }

    page.source = page.source.replace("<!--notices-->", () => inText(notices()));
  },
};

export default defineConfig(({ mode }) => ({
  root: here("."),
  base: "./",
  plugins: [inline],
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: false,
    modulePreload: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 4096,
    rollupOptions: { input: here(`${mode}.html`) },
  },
}));
