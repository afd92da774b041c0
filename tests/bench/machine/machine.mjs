// SPDX-License-Identifier: MIT
// One run in WebAssembly, in node and in a page alike.
//
// createMachine: the module's factory (bench_machine.js); wasm: its bytes; job: {kernel: bytes,
// archives: [bytes], program: [string], observed}. Resolves to Run::report() with the size of the
// heap before the first instruction and at the end. Executes in pieces of some milliseconds, for
// engines do not replace a function while it runs, and lets the event loop go round now and then.
export async function runJob(createMachine, wasm, job) {
  const machine = await createMachine({ wasmBinary: wasm });
  const text = (at) => new TextDecoder().decode(machine.HEAPU8.slice(at, machine.HEAPU8.indexOf(0, at)));
  const give = (take, bytes) => {
    const at = machine._malloc(bytes.length);
    machine.HEAPU8.set(bytes, at);
    take(at, bytes.length);
    machine._free(at);
  };
  give(machine._bench_kernel, job.kernel);
  for (const archive of job.archives ?? []) give(machine._bench_archive, archive);
  for (const argument of job.program ?? []) give(machine._bench_argument, new TextEncoder().encode(argument));
  if (job.observed) machine._bench_observe();
  const begin = performance.now();
  const problem = text(machine._bench_start());
  if (problem) throw new Error(problem);
  const heap_at_start = machine.HEAPU8.length;
  let pause = performance.now() + 100;
  while (machine._bench_advance(500_000)) {
    if (performance.now() < pause) continue;
    await new Promise((resume) => setTimeout(resume));
    pause = performance.now() + 100;
  }
  return { ...JSON.parse(text(machine._bench_report())), milliseconds: performance.now() - begin, heap_at_start,
    heap_at_end: machine.HEAPU8.length };
}
