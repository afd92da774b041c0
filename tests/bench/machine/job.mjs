// SPDX-License-Identifier: MIT
// The command line of bench_machine as a job for runJob; the files' bytes are read here.
import { readFileSync } from "node:fs";

export function parseJob(options) {
  const job = { archives: [], program: [], observed: options[0] === "--observed" };
  const end = options.includes("--") ? options.indexOf("--") : options.length;
  const files = options.slice(job.observed ? 1 : 0, end).map((path) => readFileSync(path));
  [job.kernel, ...job.archives] = files;
  job.program = options.slice(end + 1);
  return job;
}
