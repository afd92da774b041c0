#!/usr/bin/env python3
"""Serves a folder on the loopback address, with the content types a page of WebAssembly needs."""
import argparse
import functools
import http.server
import os
import sys
import webbrowser


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".cpio": "application/octet-stream",
        ".elf": "application/octet-stream",
    }

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=8086, help="0 chooses a free one")
    parser.add_argument("--open", action="store_true", help="show the page in the desktop's browser, if there is a desktop")
    options = parser.parse_args()
    handler = functools.partial(Handler, directory=options.folder)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler)
    except OSError as error:
        sys.exit(f"serve: port {options.port} cannot be used ({error.strerror}); choose another with --port")
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"lucid86 is at {address} (Ctrl-C ends it)", flush=True)
    if options.open and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        webbrowser.open(address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
