import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { readFraction, relevantLines } from "../../lib/native/cmake-build.js";
import { findToolchain, requireBuildTools } from "../../lib/native/compiler.js";
import { withLock } from "../../lib/native/lock.js";
import { cacheRoot, makeCacheFolder, packageRoot } from "../../lib/native/paths.js";
import { runProcess } from "../../lib/native/run-process.js";
import { temporaryFolder, writeFiles } from "../tflm/fake-tree.js";

/** Whether a file that a process keeps rewriting, or never makes, stays as it is from some moment in the next seconds on. */
async function stops(file: string): Promise<boolean> {
  const contents = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  for (let attempt = 0; attempt < 12; attempt++) {
    const before = contents();
    await sleep(300);
    if (contents() === before) return true;
  }
  return false;
}

describe("runProcess", () => {
  test("gives the code and the lines of both streams", async () => {
    const seen: string[] = [];
    const args = ["-c", "echo one; echo two >&2; exit 3"];
    const outcome = await runProcess({
      command: "/bin/sh",
      args,
      onLine: (line, stream) => seen.push(`${stream} ${line}`),
    });
    expect(outcome).toMatchObject({ code: 3, stdout: ["one"] });
    expect(seen.sort()).toEqual(["stderr two", "stdout one"]);
  });

  test("an abort also ends what the command started", async () => {
    const folder = temporaryFolder();
    const alive = join(folder, "alive");
    const controller = new AbortController();
    // The grandchild ignores SIGTERM, as a stubborn build tool would.
    const grandchild = `trap '' TERM; while :; do date +%N > ${alive}; sleep 0.05; done`;
    const running = runProcess({
      command: "/bin/sh",
      args: ["-c", `sh -c ${JSON.stringify(grandchild)} & wait`],
      signal: controller.signal,
    });
    while (!existsSync(alive)) await sleep(20);
    controller.abort(new Error("stopped by the test"));
    await expect(running).rejects.toThrow("stopped by the test");
    expect(await stops(alive)).toBe(true);
  });

  // "as it starts": the first command signals its parent, which is then about to start the second one at the latest.
  test.each([
    ["a signal that nobody handles ends the command with this process", false],
    ["so does one that arrives as it starts", true],
  ])("%s", async (_, atStart) => {
    const folder = temporaryFolder();
    const runner = pathToFileURL(join(packageRoot, "dist/native/run-process.js")).href;
    const signalling = atStart ? "kill -INT $PPID; " : "";
    const beat = `${signalling}while :; do date +%N > ${folder}/alive; sleep 0.05; done`;
    const script = `import { runProcess } from ${JSON.stringify(runner)};
      await Promise.all([1, 2].map(() => runProcess({ command: "/bin/sh", args: ["-c", ${JSON.stringify(beat)}] })));`;
    writeFileSync(join(folder, "run.mjs"), script);
    const child = spawn(process.execPath, [join(folder, "run.mjs")], { stdio: "ignore" });
    const closed = once(child, "close");
    if (!atStart) {
      while (!existsSync(join(folder, "alive"))) await sleep(20);
      child.kill("SIGINT");
    }
    const [, signal] = (await closed) as [number | null, string | null];
    expect(signal).toBe("SIGINT");
    // The commands may have been ended before their first beat.
    expect(await stops(join(folder, "alive"))).toBe(true);
  });

  test("nothing is started after an abort", async () => {
    const folder = temporaryFolder();
    const args = ["-c", `touch ${folder}/made`];
    await expect(runProcess({ command: "/bin/sh", args, signal: AbortSignal.abort() })).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("withLock", () => {
  test("lets one in after the other and cleans up, also after a failure", async () => {
    const path = join(temporaryFolder(), "key");
    const events: string[] = [];
    const first = withLock(path, async () => {
      events.push("first in");
      await sleep(100);
      events.push("first out");
      throw new Error("failed inside");
    });
    const second = withLock(path, async () => events.push("second"), {
      onWait: () => events.push("waiting"),
    });
    await expect(first).rejects.toThrow("failed inside");
    await second;
    expect(events).toEqual(["first in", "waiting", "first out", "second"]);
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  test("takes over from an owner that is gone", async () => {
    const path = join(temporaryFolder(), "key");
    const gone = spawn("/bin/true");
    await once(gone, "close");
    writeFileSync(`${path}.${hostname()}.lock`, String(gone.pid));
    expect(await withLock(path, async () => "done")).toBe("done");
  });

  test("an abort ends the wait", async () => {
    const path = join(temporaryFolder(), "key");
    writeFileSync(`${path}.${hostname()}.lock`, String(process.pid));
    const signal = AbortSignal.timeout(50);
    await expect(withLock(path, async () => "never", { signal })).rejects.toThrow();
  });
});

describe("what has to be there", () => {
  test("a missing compiler is an error with the names that were tried", () => {
    const PATH = temporaryFolder();
    expect(() => findToolchain({ PATH })).toThrow(
      expect.objectContaining({
        code: "COMPILER_MISSING",
        exit: 3,
        message: expect.stringContaining("cc, gcc, clang"),
      }),
    );
  });

  test("a compiler that does not run is no compiler; CXX decides alone", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { cc: "#!/bin/sh\necho cc 1.0\n", broken: "#!/bin/sh\nexit 1\n" });
    for (const name of ["cc", "broken"]) chmodSync(join(folder, name), 0o755);
    expect(() => findToolchain({ PATH: folder, CXX: "broken -m32" })).toThrow(
      expect.objectContaining({
        code: "COMPILER_MISSING",
        message: "no working C++ compiler: tried broken -m32",
      }),
    );
  });

  test("a missing Eigen is an error with the place that was named", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { cc: "#!/bin/sh\necho 1.0\n" });
    chmodSync(join(folder, "cc"), 0o755);
    const env = { PATH: folder, CC: "cc -O", CXX: "cc", EIGEN3_INCLUDE_DIR: folder };
    expect(() => findToolchain(env)).toThrow(expect.objectContaining({ code: "EIGEN_MISSING", exit: 3 }));
    writeFiles(folder, { "Eigen/Core": "" });
    expect(findToolchain(env)).toMatchObject({
      cc: { command: [join(folder, "cc"), "-O"], version: "1.0" },
      eigen: folder,
    });
  });

  test("missing build tools are named one by one", () => {
    const folder = temporaryFolder();
    expect(() => requireBuildTools({ PATH: folder })).toThrow(
      expect.objectContaining({ code: "CMAKE_MISSING" }),
    );
    writeFiles(folder, { cmake: "#!/bin/sh\n", make: "#!/bin/sh\n" });
    chmodSync(join(folder, "cmake"), 0o755);
    expect(() => requireBuildTools({ PATH: folder })).toThrow(
      expect.objectContaining({ code: "BUILD_TOOL_MISSING" }),
    );
    chmodSync(join(folder, "make"), 0o755);
    expect(() => requireBuildTools({ PATH: folder })).not.toThrow();
  });
});

describe("the cache folder", () => {
  test("is DTMM_CACHE_DIR, else the user's", () => {
    expect(cacheRoot({ DTMM_CACHE_DIR: "/somewhere" })).toBe("/somewhere");
    expect(cacheRoot({})).toMatch(/dtmm/);
  });

  test("that cannot be made is a coded error", () => {
    const folder = temporaryFolder();
    writeFiles(folder, { file: "" });
    expect(() => makeCacheFolder(join(folder, "file", "cache"))).toThrow(
      expect.objectContaining({ code: "CACHE_UNWRITABLE", exit: 3 }),
    );
    mkdirSync(join(folder, "there"));
    expect(makeCacheFolder(join(folder, "there"))).toBe(join(folder, "there"));
  });
});

describe("a build's output", () => {
  test.each([
    ["[ 12%] Building CXX object a.o", 0.12],
    ["[100%] Linking CXX shared module", 1],
    ["[3/150] Building C object b.o", 0.02],
    ["[0/0] nothing", undefined],
    ["-- Configuring done", undefined],
  ])("%s", (line, fraction) => {
    expect(readFraction(line)).toEqual(fraction);
  });

  test("errors come first; without any, the end of it", () => {
    const noise = Array.from(
      { length: 30 },
      (_, index) => `[${index}/30] Building CXX object error_reporter.cc.o`,
    );
    expect(relevantLines([...noise, "a.cc:1:2: error: no member", "ninja: build stopped"])).toEqual([
      "a.cc:1:2: error: no member",
    ]);
    expect(relevantLines(noise)).toEqual(noise.slice(10));
  });
});
