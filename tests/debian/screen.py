# SPDX-License-Identifier: MIT
"""The screen of a terminal as console_codes(4) describes the Linux console: as much of it as full-screen
programs use with TERM=linux."""
import re

SEQUENCE = re.compile(r"\x1b(\[[?>]?([\d;]*)([A-Za-z@`])|[()#].|[A-Za-z78=>])")


class Screen:
    def __init__(self, rows=24, columns=80):
        self.rows, self.columns = rows, columns
        self.cells = [[" "] * columns for _ in range(rows)]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.top, self.bottom = 0, rows - 1
        self.rest = ""

    def resize(self, rows, columns):
        """Lines leave at the top, if the cursor would be below the screen, and else at the bottom; blanks come."""
        leave = max(0, self.row + 1 - rows)
        self.row, self.column = self.row - leave, min(self.column, columns - 1)
        self.cells = [[*row[:columns], *" " * (columns - len(row))] for row in self.cells[leave:leave + rows]]
        self.cells += [[" "] * columns for _ in range(rows - len(self.cells))]
        self.rows, self.columns, self.top, self.bottom = rows, columns, 0, rows - 1

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells).rstrip("\n")

    def write(self, data):
        text, at = self.rest + data.decode(errors="replace"), 0
        self.rest = ""
        while at < len(text):
            if text[at] != "\x1b":
                self.character(text[at])
                at += 1
                continue
            match = SEQUENCE.match(text, at)
            if not match:
                if len(text) - at < 16:  # not all of it has come yet
                    self.rest = text[at:]
                    return
                at += 1
                continue
            if match[3]:
                self.control(match[3], [int(n or 0) for n in match[2].split(";")])
            elif match[1] == "M":
                self.up()
            elif match[1] == "D":
                self.down()
            elif match[1] == "7":
                self.saved = (self.row, self.column)
            elif match[1] == "8":
                self.row, self.column = self.saved
            at = match.end()

    def character(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.down()
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c == "\t":
            self.column = min(self.columns - 1, self.column // 8 * 8 + 8)
        elif c >= " ":
            if self.column == self.columns:
                self.column = 0
                self.down()
            self.cells[self.row][self.column] = c
            self.column += 1

    def down(self):
        if self.row == self.bottom:
            self.scroll(self.top, 1)
        else:
            self.row = min(self.row + 1, self.rows - 1)

    def up(self):
        if self.row == self.top:
            self.scroll(self.top, -1)
        else:
            self.row = max(self.row - 1, 0)

    def scroll(self, first, count):
        """Moves the lines from `first` to the end of the region up, or down if count is negative."""
        for _ in range(abs(count)):
            self.cells.pop(first if count > 0 else self.bottom)
            self.cells.insert(self.bottom if count > 0 else first, [" "] * self.columns)

    def erase(self, row, start, end):
        self.cells[row][start:end] = [" "] * (end - start)

    def control(self, kind, numbers):
        n = max(numbers[0], 1)
        column = min(self.column, self.columns - 1)
        if kind in "Hf":
            self.row = min(n, self.rows) - 1
            self.column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.columns) - 1
        elif kind == "A":
            self.row = max(self.row - n, 0)
        elif kind in "Be":
            self.row = min(self.row + n, self.rows - 1)
        elif kind in "Ca":
            self.column = min(column + n, self.columns - 1)
        elif kind == "D":
            self.column = max(column - n, 0)
        elif kind in "G`":
            self.column = min(n, self.columns) - 1
        elif kind == "d":
            self.row = min(n, self.rows) - 1
        elif kind == "K":
            self.erase(self.row, 0 if numbers[0] else column, column + 1 if numbers[0] == 1 else self.columns)
        elif kind == "J":
            for row in range(self.rows):
                if numbers[0] == 2 or (numbers[0] == 0 and row > self.row) or (numbers[0] == 1 and row < self.row):
                    self.erase(row, 0, self.columns)
            if numbers[0] < 2:
                self.control("K", [numbers[0]])
        elif kind == "L":
            self.scroll(self.row, -n)
        elif kind == "M":
            self.scroll(self.row, n)
        elif kind == "P":
            row = self.cells[self.row]
            del row[column:column + n]
            row += [" "] * (self.columns - len(row))
        elif kind == "@":
            self.cells[self.row] = (self.cells[self.row][:column] + [" "] * n + self.cells[self.row][column:])[:self.columns]
        elif kind == "X":
            self.erase(self.row, column, min(column + n, self.columns))
        elif kind == "r":
            self.top = n - 1
            self.bottom = (numbers[1] if len(numbers) > 1 and numbers[1] else self.rows) - 1
            self.row = self.column = 0
