// SPDX-License-Identifier: MIT
// Watch: the strings of argv lie on the new stack, put there by execve; nothing is read from anywhere.
// echo [-neE] [STRING…]: -n no newline, -e escapes such as \n and \0NNN.
#include <stdio.h>
#include <string.h>

static int octal(const char** at, int most) {
  int value = 0;
  for (; most-- && **at >= '0' && **at <= '7'; ++*at) value = value * 8 + (**at - '0');
  return value;
}

static int hex(const char** at) {
  int value = 0;
  for (int i = 0; i < 2; i++, ++*at) {
    const char *digits = "0123456789abcdefABCDEF", *digit = **at ? strchr(digits, **at) : NULL;
    if (!digit) break;
    int place = (int)(digit - digits);
    value = value * 16 + (place < 16 ? place : place - 6);
  }
  return value;
}

/// Prints one argument with its escapes; false after \c, which ends all output.
static int print_escaped(const char* s) {
  while (*s) {
    if (*s != '\\' || !s[1]) {
      putchar(*s++);
      continue;
    }
    s += 2;
    switch (s[-1]) {
      case 'a': putchar('\a'); break;
      case 'b': putchar('\b'); break;
      case 'c': return 0;
      case 'e': putchar(27); break;
      case 'f': putchar('\f'); break;
      case 'n': putchar('\n'); break;
      case 'r': putchar('\r'); break;
      case 't': putchar('\t'); break;
      case 'v': putchar('\v'); break;
      case '\\': putchar('\\'); break;
      case '0': putchar(octal(&s, 3)); break;
      case 'x':
        if (*s && strchr("0123456789abcdefABCDEF", *s))
          putchar(hex(&s));
        else
          fputs("\\x", stdout);
        break;
      default:
        if (s[-1] >= '1' && s[-1] <= '7') {
          s--;
          putchar(octal(&s, 3));
        } else {
          putchar('\\');
          putchar(s[-1]);
        }
    }
  }
  return 1;
}

int main(int argc, char** argv) {
  int newline = 1, escapes = 0, i = 1;
  for (; i < argc && argv[i][0] == '-' && argv[i][1] && strspn(argv[i] + 1, "neE") == strlen(argv[i] + 1); i++)
    for (const char* option = argv[i] + 1; *option; option++) {
      if (*option == 'n')
        newline = 0;
      else
        escapes = *option == 'e';
    }
  for (; i < argc; i++) {
    if (!escapes)
      fputs(argv[i], stdout);
    else if (!print_escaped(argv[i]))
      return 0;
    if (i + 1 < argc) putchar(' ');
  }
  if (newline) putchar('\n');
  return fflush(stdout) ? 1 : 0;
}
