// SPDX-License-Identifier: MIT
#include "ui/native/options.h"

#include <SDL.h>

#include <cstdio>
#include <cstdlib>

#include "ui/views.h"

namespace lucid::gui {
namespace {

ui::Lens lens_named(const std::string& name) {
  for (const ui::LensName& entry : ui::lens_names)
    if (SDL_strcasecmp(entry.name, name.c_str()) == 0) return entry.lens;
  usage("no lens is called " + name + ": cpu, memory, processes, kernel, files or console");
}

[[noreturn]] void list_views() {
  for (const ui::View& view : ui::views())
    for (const ui::LensName& lens : ui::lens_names)
      if (lens.lens == view.lens) std::printf("%s/%s\n", lens.name, view.name);
  std::exit(0);
}

}  // namespace

void usage(const std::string& complaint) {
  std::fprintf(
      stderr,
      "lucid86-gui: %s\nusage: lucid86-gui [--size WxH] [--scale N] [--dark] [--lens LENS[/VIEW]] [--memory MiB] "
      "[--swap MiB] [--scene ID [--beat N]] [--drop FILE] [--type TEXT] [--for SECONDS] [--until EXPRESSION] [--break "
      "EXPRESSION]... [--back N] [--steps N] "
      "[--hover X,Y] "
      "[--fields FILE] [--evidence PREFIX] [--source TEXT] "
      "[--figures FRAMES] [--list-cuts] "
      "[--screenshot FILE.ppm]\n",
      complaint.c_str());
  std::exit(2);
}

Options parse(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--list-views") list_views();
    if (arg == "--dark") {
      o.dark = true;
      continue;
    }
    if (arg == "--list-cuts") {
      o.cuts = true;
      continue;
    }
    if (i + 1 >= argc) usage("unknown argument or missing value: " + arg);
    const char* value = argv[++i];
    if (arg == "--size") {
      if (std::sscanf(value, "%dx%d", &o.width, &o.height) != 2 || o.width < 200 || o.height < 200)
        usage("--size wants WIDTHxHEIGHT");
    } else if (arg == "--scale") {
      o.scale = std::strtof(value, nullptr);
      if (!(o.scale >= 1 && o.scale <= 4)) usage("--scale wants 1 to 4");
    } else if (arg == "--lens") {
      const std::string name = value;
      o.lens = lens_named(name.substr(0, name.find('/')));
      if (name.find('/') != std::string::npos) o.view = name.substr(name.find('/') + 1);
    } else if (arg == "--hover") {
      if (std::sscanf(value, "%d,%d", &o.hover_x, &o.hover_y) != 2) usage("--hover wants X,Y");
    } else if (arg == "--fields")
      o.fields = value;
    else if (arg == "--evidence")
      o.evidence = value;
    else if (arg == "--source")
      o.source = value;
    else if (arg == "--memory")
      o.memory_mib = std::strtoull(value, nullptr, 10);
    else if (arg == "--swap")
      o.swap_mib = std::strtoull(value, nullptr, 10);
    else if (arg == "--scene")
      o.scene = value;
    else if (arg == "--drop")
      o.drop = value;
    else if (arg == "--beat")
      o.beat = std::strtoull(value, nullptr, 10);
    else if (arg == "--break")
      o.breaks.push_back(value);
    else if (arg == "--until")
      o.until = value;
    else if (arg == "--type")
      o.type = value;
    else if (arg == "--for")
      o.settle_seconds = std::strtod(value, nullptr);
    else if (arg == "--steps")
      o.steps = std::strtoull(value, nullptr, 10);
    else if (arg == "--back")
      o.back = std::strtoull(value, nullptr, 10);
    else if (arg == "--figures")
      o.figures = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
    else if (arg == "--screenshot")
      o.screenshot = value;
    else
      usage("unknown argument " + arg);
  }
  return o;
}

}  // namespace lucid::gui
