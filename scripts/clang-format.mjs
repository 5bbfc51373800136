// Checks (or with --write, mends) the layout of our C and C++ files, as .clang-format has it.
import { execFileSync, spawnSync } from "node:child_process";

const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.c", "*.h", "*.cc"], {
  encoding: "utf8",
});
// The cases of the resolver patch show how other people lay out their code.
const others = /^test\/firmware\/(cases|projects)\//;
const files = listed.split("\n").filter((file) => file !== "" && !others.test(file));

const mode = process.argv.includes("--write") ? ["-i"] : ["--dry-run", "-Werror"];
const run = spawnSync("clang-format", [...mode, ...files], { stdio: ["ignore", "inherit", "inherit"] });
if (run.error) {
  console.log("clang-format is not installed: the layout of C and C++ files was not checked (npm run setup)");
} else {
  process.exitCode = run.status ?? 1;
}
