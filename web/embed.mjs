// SPDX-License-Identifier: MIT
// Manners of the page when it sits in a frame of another: the reader's wheel and fingers scroll the
// page around it, Esc gives the keyboard back, the embed's state can be carried away.

import { LONGEST_LINK } from "./links.mjs";
import { linkOf } from "./start.mjs";

const HINT_MS = 1500;

/** One finger or a bare wheel belongs to the page around; Ctrl and wheel, or two fingers, to the pictures. */
function leaveScrolling(canvas) {
  const hint = document.querySelector("#scroll-hint");
  let timer = 0;
  const explain = () => {
    hint.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { hint.hidden = true; }, HINT_MS);
  };
  // Before the canvas hears of it; not prevented, so the browser scrolls what can scroll.
  canvas.parentElement.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey || event.target !== canvas) return;
    event.stopPropagation();
    explain();
  }, { capture: true, passive: true });
  canvas.parentElement.addEventListener("touchmove", (event) => {
    if (event.touches.length > 1 || event.target !== canvas) return;
    event.stopPropagation();
  }, { capture: true, passive: true });
  canvas.style.touchAction = "pan-x pan-y";
}

export function joinEmbed(machine, { canvas, api, port, flash }) {
  leaveScrolling(canvas);
  const release = (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) port.tell("release", {});
  };
  document.addEventListener("keydown", (event) => event.target === canvas && release(event), { capture: true }); // it lets no key pass
  document.addEventListener("keydown", release); // when none within has a use for it
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    api.emit("resize", { width, height });
  }).observe(document.querySelector("#stage"));
  const full = document.querySelector("#open-full");
  full.hidden = false;
  full.href = "#";
  // The address must be of the moment of the click; for the browser's own menu it is written before.
  const link = () => linkOf(machine, outside(api.settings));
  for (const type of ["pointerdown", "focus"]) full.addEventListener(type, async () => { full.href = await link(); });
  full.addEventListener("click", async (event) => {
    event.preventDefault();
    machine.pause();
    const address = await link();
    if (address.length > LONGEST_LINK) flash(`too much for a link: ${address.length >> 10} KiB`);
    else window.open(address, "_blank", "noopener");
  });
}

const outside = ({ embed, parent, controls, autoplay, ...settings }) => settings;

/** What the element asks beside the calls of the API (lucid-86.js). become(link): shows what that says instead. */
export function elementCalls(machine, api, port, become) {
  let playing = false; // before it was told to rest
  let marks = null;
  const rest = () => {
    playing ||= machine.running;
    machine.pause();
  };
  return {
    /** Time stands still; freeze() comes soon. */
    rest: async () => rest(),
    /** What it needs to go on later: the link to this state, "" when it is too long for one, and its picture. Both are of
     *  now, whatever is asked next. */
    async freeze() {
      rest();
      const was = playing;
      playing = false;
      const [link, picture] = await Promise.all([linkOf(machine, api.settings), machine.snapshot().catch(() => null)]);
      return { link: link.length > LONGEST_LINK ? "" : link, picture, playing: was };
    },
    /** From now on it is another element's, of the same page, which shows what this link says. */
    become(link) {
      port.forget();
      marks?.end();
      marks = null;
      return become(new URL(link));
    },
    /** Places the prose points to: the event "place" says which was passed last. */
    async mark(targets) {
      if (!Array.isArray(targets) || targets.length > 200) throw new TypeError("mark: a list of at most 200 places");
      const { Marks } = await import("./marks.mjs");
      marks?.end();
      marks = new Marks(machine, targets, (target) => port.tell("place", { target }));
    },
  };
}
