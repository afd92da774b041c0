// SPDX-License-Identifier: MIT
// lucid86-gui: the page's panels in a window of their own.
//
//   lucid86-gui [--size WxH] [--scale N] [--dark] [--lens LENS[/VIEW]] [--memory MiB] [--swap MiB] [--type TEXT]
//               [--drop FILE] [--for SECONDS] [--until EXPRESSION] [--break EXPRESSION]... [--steps N] [--back N] [--hover X,Y]
//               [--fields FILE] [--evidence PREFIX] [--source TEXT]
//               [--screenshot FILE.ppm]
//   lucid86-gui --scene ID [--beat N] [--size WxH] [--scale N] [--dark] [--screenshot FILE.ppm]
//   lucid86-gui --figures FRAMES     the processor time a frame of each view takes
//   lucid86-gui --list-cuts [--size WxH] [--type TEXT] …   the texts that are cut and that hovering does not tell whole
//   lucid86-gui --list-views
//
// LENS is cpu, memory, processes, kernel, files or console; VIEW one of its tabs, e.g. memory/Frames.
// With --screenshot it boots to the prompt, types TEXT and a newline, lets the machine come to rest
// (at most SECONDS of its time, 2 if not said, or until EXPRESSION is true, see core/session/expression.h), goes
// back and steps on so many instructions, writes one picture and ends; the pointer rests at X,Y, and --fields lists
// every value the panels show as JSON lines; --source writes TEXT into the assembler's box. --scale draws with N pixels
// for each unit of --size. A file dropped on the window, or given by --drop, runs in place of the machine that is
// there: a program, or an archive over the root. In the console selecting copies, Ctrl+Shift+V and Shift+Insert paste,
// Escape leaves it (Shift+Escape: a whole-screen program); but in scenes the guest's terminal is as large as its place.
// Keys, when the console has not the focus: Space run/pause, F7 step as far as the button says (Shift: back), F8 step
// over (with source lines chosen to the next line; Shift: back to the one before), F5 reset; N and P go to the next and
// the previous beat of a scene (lucid86 scene lists them).
#include "ui/native/gui.h"

int main(int argc, char** argv) {
  lucid::gui::Gui gui(lucid::gui::parse(argc, argv));
  return gui.run();
}
