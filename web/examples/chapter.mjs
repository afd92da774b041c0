// SPDX-License-Identifier: MIT
// What an author adds when links are not enough: a few calls of the API.
const shell = document.querySelector("#shell");
const note = document.querySelector("#note");

for (const button of document.querySelectorAll("[data-say]")) {
  button.addEventListener("click", async () => {
    await shell.seek("idle");
    await shell.type(`${button.dataset.say}\n`);
    await shell.play();
  });
}

let forks = 0;
shell.on("fork", ({ args }) => { note.textContent = `Forks so far: ${++forks}. The last made process ${Number(args.child)}.`; });
shell.on("error", ({ message }) => { note.textContent = message; });
