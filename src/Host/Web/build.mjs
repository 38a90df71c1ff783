// Builds the pages for MSBuild: installs what package-lock.json says, checks the types, builds. Ends with 0 where the pages are
// there or cannot be made on this machine (then dist/missing.txt says why), and with 1 where the sources are wrong.
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const pages = ["report", "live"];
const output = (name) => join(here, "dist", name);
const stamp = output("stamp"), missing = output("missing.txt"), lock = output("lock");
const needed = [20, 19];

mkdirSync(join(here, "dist"), { recursive: true });
process.chdir(here);

const time = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function newestInput() {
  const files = readdirSync(here).filter((name) => statSync(name).isFile());
  const sources = readdirSync(join(here, "src"), { recursive: true }).map((name) => join("src", name));
  return Math.max(...[...files, ...sources].map(time));
}

// Two builds at once (two solutions, say) share the folder: the second waits and finds all done. A holder that is gone holds nothing.
function takeLock() {
  for (;;) {
    try {
      const handle = openSync(lock, "wx");
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      return;
    } catch (taken) {
      if (taken.code !== "EEXIST") throw taken;
    }

    try {
      const holder = Number(readFileSync(lock, "utf8"));
      if (holder > 0) process.kill(holder, 0);
    } catch (gone) {
      if (gone.code === "ESRCH") rmSync(lock, { force: true });
    }

    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function run(file, args) {
  const result = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  if (result.status !== 0) {
    console.error(`${result.stdout}\n${result.stderr}`.trim());
    rmSync(lock, { force: true });
    process.exit(1);
  }
}

function giveUp(reason) {
  for (const page of pages) rmSync(output(`${page}.html`), { force: true });
  writeFileSync(missing, reason + "\n");
}

function build() {
  const version = process.versions.node.split(".").map(Number);
  if (version[0] < needed[0] || (version[0] === needed[0] && version[1] < needed[1])) {
    giveUp(`Node.js is ${process.versions.node}, and the page needs ${needed.join(".")} or later`);
    return;
  }

  if (time(join("node_modules", ".package-lock.json")) < time("package-lock.json")) {
    try {
      execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1"], { stdio: "pipe", encoding: "utf8", shell: process.platform === "win32" });
    } catch (failed) {
      const lines = String(failed.stderr ?? failed.message).split("\n").filter((line) => /npm (ERR!|error)/.test(line) && !/complete log/.test(line));
      giveUp(`npm ci failed (${(lines[0] ?? failed.message).replace(/^npm (ERR!|error) */, "").trim()})`);
      return;
    }
  }

  run(join("node_modules", "typescript", "bin", "tsc"), ["--noEmit"]);
  for (const page of pages) {
    run(join("node_modules", "vite", "bin", "vite.js"), ["build", "--logLevel", "warn", "--mode", page]);
  }

  rmSync(missing, { force: true });
}

takeLock();
try {
  if (time(stamp) < newestInput()) {
    build();
    writeFileSync(stamp, "");
  }
} finally {
  rmSync(lock, { force: true });
}
