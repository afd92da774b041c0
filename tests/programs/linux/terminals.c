// SPDX-License-Identifier: MIT
// Terminals, by pseudoterminals: echo and editing, raw reads with VMIN and VTIME, output processing, flow
// control, window sizes, job control, hang-up.
#include <termios.h>

#include "linux.h"

static int master, slave;
static struct termios start;

static void open_pair(void) {
  master = posix_openpt(O_RDWR | O_NOCTTY);
  unlockpt(master);
  slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  tcgetattr(slave, &start);
}

static void close_pair(void) { close(slave), close(master); }

/// Prints bytes so that none is hidden.
static void show(const char* what, const char* bytes, long count) {
  printf("%s: ", what);
  if (count < 0) printf("%s", error_name(count));
  for (long i = 0; i < count; i++)
    if (bytes[i] >= ' ' && bytes[i] < 127 && bytes[i] != '\\')
      putchar(bytes[i]);
    else
      printf("\\%02x", (unsigned char)bytes[i]);
  putchar('\n');
  fflush(stdout);
}

static int ready(int fd) {
  struct pollfd fds = {fd, POLLIN, 0};
  return poll(&fds, 1, 0) == 1 && (fds.revents & POLLIN);
}

/// Linux passes bytes from side to side in its own time.
static void settle(void) { sleep_ms(5); }

static void screen(void) {
  char bytes[512];
  settle();
  show("screen", bytes, ready(master) ? read(master, bytes, sizeof bytes) : 0);
}

static void type(const char* text, size_t length) {
  write(master, text, length);
  settle();
}
#define TYPE(text) type(text, sizeof(text) - 1)

static void input(void) {
  char bytes[512];
  show("input", bytes, ready(slave) ? read(slave, bytes, sizeof bytes) : 0);
}

/// Types a text; what the screen shows and what the program reads.
#define SESSION(text) (printf("typing %s\n", #text), TYPE(text), screen(), input())

static void mode(unsigned input_off, unsigned input_on, unsigned local_off, unsigned local_on) {
  struct termios t = start;
  t.c_iflag = (t.c_iflag & ~input_off) | input_on;
  t.c_lflag = (t.c_lflag & ~local_off) | local_on;
  tcsetattr(slave, TCSANOW, &t);
}

static void editing(void) {
  open_pair();
  printf("%o %o %o %o\n", start.c_iflag, start.c_oflag, start.c_cflag, start.c_lflag);
  SESSION("hello\n");
  SESSION("two\nlines\n");
  input();
  SESSION("return\r");
  SESSION("oops\x7f\x7f\x7fk\n");
  SESSION("\x7f\x7f\n");
  SESSION("kill me\x15ok\n");
  SESSION("one two  three\x17\x17X\n");
  SESSION(
      "a\x01\x02\x7f\x7f\x7f"
      "b\n");
  SESSION("tab\t\x7f!\n");
  SESSION("a\tb\t\x7f\x7f!\n");
  SESSION("quoted \x16\x03\x16\x7f.\n");
  SESSION("part\x04");
  SESSION("\x04");
  SESSION("again\x12more\n");
  SESSION("\xc3\xa9\x7f!\n");
  mode(0, IUTF8, 0, 0);
  SESSION("\xc3\xa9\x7f!\n");
  mode(0, 0, ECHO, 0);
  SESSION("secret\x7fT\n");
  mode(0, 0, ECHO, ECHONL);
  SESSION("secret\n");
  mode(0, 0, ECHOE, 0);
  SESSION(
      "ab\x7f"
      "c\n");
  mode(0, 0, ECHOKE, 0);
  SESSION(
      "ab\x15"
      "c\n");
  mode(0, 0, ECHOCTL, 0);
  SESSION(
      "a\x01\x7f"
      "b\n");
  mode(0, 0, IEXTEN, 0);
  SESSION("no \x16 words\x17\n");
  mode(ICRNL, INLCR, 0, 0);
  SESSION("x\n");
  SESSION("y\r");
  TYPE("\x04"), input();
  mode(0, IGNCR, 0, 0);
  SESSION("a\rb\n");
  mode(0, ISTRIP, 0, 0);
  SESSION("\xe1\xe2\n");
  struct termios t = start;
  t.c_cc[VEOL] = ';', t.c_cc[VERASE] = '#';
  tcsetattr(slave, TCSANOW, &t);
  SESSION("a;b#c\n");
  input();
  tcsetattr(slave, TCSANOW, &start);
  TYPE("pending");
  mode(0, 0, ICANON, 0);
  input();
  TYPE("raw");
  tcsetattr(slave, TCSANOW, &start);
  input();
  TYPE("flushed\n");
  tcflush(slave, TCIFLUSH);
  input();
  TYPE("flushed too\n");
  tcsetattr(slave, TCSAFLUSH, &start);
  input();
  char bytes[8];
  TYPE("longer than it\n");
  show("a piece", bytes, read(slave, bytes, 8));
  show("a piece", bytes, read(slave, bytes, 8));
  int waiting;
  SAYS(ioctl(slave, FIONREAD, &waiting)), SAYS(waiting);
  TYPE("abc");
  SAYS(ioctl(slave, FIONREAD, &waiting)), SAYS(waiting);
  TYPE("\n");
  SAYS(ioctl(slave, FIONREAD, &waiting)), SAYS(waiting);
  close_pair();
}

static void raw(void) {
  char bytes[64];
  open_pair();
  struct termios t = start;
  cfmakeraw(&t);
  tcsetattr(slave, TCSANOW, &t);
  SESSION("\x03\x04\r\n\x7f");
  t.c_cc[VMIN] = 0;
  tcsetattr(slave, TCSANOW, &t);
  show("nothing to wait for", bytes, read(slave, bytes, 10));
  t.c_cc[VTIME] = 1;
  tcsetattr(slave, TCSANOW, &t);
  show("a tenth of a second", bytes, read(slave, bytes, 10));
  TYPE("ab");
  show("what is there", bytes, read(slave, bytes, 10));
  t.c_cc[VMIN] = 3, t.c_cc[VTIME] = 0;
  tcsetattr(slave, TCSANOW, &t);
  TYPE("ab");
  SAYS(ready(slave));
  TYPE("cd");
  SAYS(ready(slave));
  show("three or more", bytes, read(slave, bytes, 10));
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    TYPE("1"), sleep_ms(20), TYPE("2"), sleep_ms(20), TYPE("3");
    _exit(0);
  }
  show("waits for three", bytes, read(slave, bytes, 10));
  status_of(child);
  t.c_cc[VTIME] = 1;
  tcsetattr(slave, TCSANOW, &t);
  TYPE("1");
  show("or a pause", bytes, read(slave, bytes, 10));
  fcntl(slave, F_SETFL, O_NONBLOCK);
  show("not blocking", bytes, read(slave, bytes, 10));
  close_pair();
}

static void output_with(tcflag_t flags, const char* text) {
  struct termios t = start;
  t.c_oflag = flags;
  tcsetattr(slave, TCSANOW, &t);
  write(slave, text, strlen(text));
  printf("%o ", flags), screen();
}

static void output(void) {
  open_pair();
  output_with(OPOST | ONLCR, "a\nb\r\n");
  output_with(0, "a\nb\r\n");
  output_with(OPOST, "a\nb");
  output_with(OPOST | OCRNL, "a\rb");
  output_with(OPOST | ONOCR, "\r\rab\r\r");
  output_with(OPOST | ONLRET | ONOCR, "ab\n\rx\n");
  output_with(OPOST | XTABS, "\ra\tb\t12345678\t|");
  output_with(OPOST | OLCUC, "Upper");
  struct termios t = start;
  tcsetattr(slave, TCSANOW, &start);
  fcntl(slave, F_SETFL, O_NONBLOCK);
  TYPE("\x13");
  SAYS(write(slave, "stopped", 7));
  struct pollfd fds = {slave, POLLOUT, 0};
  SAYS(poll(&fds, 1, 0));
  TYPE("\x11");
  SAYS(write(slave, "goes on", 7));
  screen();
  SAYS(tcflow(slave, TCOOFF));
  SAYS(write(slave, "stopped", 7));
  SAYS(tcflow(slave, TCOON));
  SAYS(tcflow(slave, TCIOFF));
  screen();
  SAYS(tcflow(slave, TCION));
  screen();
  t.c_iflag |= IXANY;
  tcsetattr(slave, TCSANOW, &t);
  TYPE("\x13");
  TYPE("x");
  SAYS(write(slave, "any", 3));
  screen();
  close_pair();
}

static int winches;
static void on_winch(int number) { winches++; }

static void requests(void) {
  open_pair();
  struct winsize size;
  SAYS(ioctl(slave, TIOCGWINSZ, &size));
  SAYS(size.ws_row), SAYS(size.ws_col);
  size.ws_row = 30, size.ws_col = 100;
  SAYS(ioctl(master, TIOCSWINSZ, &size));
  memset(&size, 0, sizeof size);
  SAYS(ioctl(slave, TIOCGWINSZ, &size));
  SAYS(size.ws_row);
  SAYS(isatty(slave)), SAYS(isatty(master)), SAYS(isatty(99));
  char name[64];
  SAYS(ttyname_r(slave, name, sizeof name));
  SAYS(strcmp(name, ptsname(master)));
  struct stat status;
  fstat(slave, &status);
  SAYS((status.st_mode & S_IFMT) == S_IFCHR && status.st_rdev >> 8 == 136);
  fstat(master, &status);
  SAYS(status.st_rdev);
  pid_t group;
  SAYS(ioctl(slave, TIOCGPGRP, &group));
  SAYS(ioctl(slave, TIOCGSID, &group));
  SAYS(ioctl(master, TIOCGSID, &group));
  SAYS(tcsetpgrp(slave, getpid()));
  SAYS(tcflush(slave, 9));
  SAYS(ioctl(slave, 0x12345678, 0));
  SAYS(ioctl(slave, TCGETS, (void*)8));
  SAYS(tcdrain(slave));
  SAYS(tcsendbreak(slave, 0));
  int number;
  SAYS(ioctl(slave, TIOCGETD, &number)), SAYS(number);
  SAYS(ioctl(slave, TIOCGPTN, &number));
  SAYS(ioctl(master, TIOCGPTN, &number));
  SAYS(lseek(slave, 0, SEEK_SET));
  close_pair();
  master = posix_openpt(O_RDWR | O_NOCTTY);
  SAYS(open(ptsname(master), O_RDWR | O_NOCTTY));
  int no = 0;
  SAYS(ioctl(master, TIOCSPTLCK, &no));
  slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  SAYS(slave >= 0);
  close_pair();
}

static volatile int got;
static void on_signal(int number) { got = number; }

/// In a session of its own, with the slave as its terminal.
static void controlling(void) {
  SAYS(open("/dev/tty", O_RDWR));
  SAYS(setsid() == getpid());
  SAYS(ioctl(slave, TIOCSCTTY, 0));
  int tty = open("/dev/tty", O_RDWR);
  SAYS(tty >= 0);
  pid_t group;
  SAYS(ioctl(tty, TIOCGPGRP, &group)), SAYS(group == getpid());
  SAYS(ioctl(tty, TIOCGSID, &group)), SAYS(group == getpid());
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGINT, &action, NULL), sigaction(SIGQUIT, &action, NULL), sigaction(SIGTSTP, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  action.sa_handler = on_winch;
  sigaction(SIGWINCH, &action, NULL);
  TYPE("typed \x03"), SAYS(got);
  screen(), input();
  TYPE("\x1c"), SAYS(got);
  TYPE("\x1a"), SAYS(got);
  screen();
  struct winsize size = {50, 120, 0, 0};
  ioctl(master, TIOCSWINSZ, &size), SAYS(winches);
  ioctl(master, TIOCSWINSZ, &size), SAYS(winches);
  SAYS(tcsetpgrp(tty, getppid()));
  SAYS(tcsetpgrp(tty, -1));
  SAYS(tcsetpgrp(tty, 99999));
  int start_ends[2];
  pipe(start_ends);
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {  // a background process
    char byte;
    signal(SIGINT, SIG_DFL), signal(SIGTSTP, SIG_DFL);
    read(start_ends[0], &byte, 1);
    read(tty, &byte, 1);
    _exit(byte);
  }
  setpgid(child, child);
  write(start_ends[1], "x", 1);
  int state;
  waitpid(child, &state, WUNTRACED);
  SAYS(WIFSTOPPED(state) && WSTOPSIG(state) == SIGTTIN);
  SAYS(tcsetpgrp(tty, child));
  kill(-child, SIGCONT);
  TYPE("q\n");
  waitpid(child, &state, WUNTRACED);
  SAYS(WIFEXITED(state)), SAYS(WEXITSTATUS(state));
  signal(SIGTTOU, SIG_IGN);
  SAYS(tcsetpgrp(tty, getpid()));
  signal(SIGTTOU, SIG_DFL);
  struct termios t;
  tcgetattr(tty, &t);
  t.c_lflag |= TOSTOP;
  tcsetattr(tty, TCSANOW, &t);
  fflush(stdout);
  child = fork();
  if (child == 0) {
    char byte;
    read(start_ends[0], &byte, 1);
    write(tty, "background", 10);
    _exit(0);
  }
  setpgid(child, child);
  write(start_ends[1], "x", 1);
  waitpid(child, &state, WUNTRACED);
  SAYS(WIFSTOPPED(state) && WSTOPSIG(state) == SIGTTOU);
  kill(child, SIGKILL);
  waitpid(child, &state, 0);
  screen();
  got = 0;
  close(master);
  SAYS(got);
  char byte;
  SAYS(read(tty, &byte, 1));
  SAYS(write(tty, "x", 1));
  struct pollfd fds = {tty, POLLIN | POLLOUT, 0};
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  SAYS(ioctl(tty, TCGETS, &t));
}

static void job_control(void) {
  open_pair();
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    setsid();
    pid_t again = fork();
    if (again == 0) {
      controlling();
      fflush(stdout);
      _exit(0);
    }
    close(master);
    status_of(again);
    _exit(0);
  }
  close(master);
  status_of(child);
  close(slave);
}

static void ends(void) {
  char bytes[16];
  open_pair();
  write(slave, "last words", 10);
  close(slave);
  show("what was printed", bytes, read(master, bytes, sizeof bytes));
  show("then", bytes, read(master, bytes, sizeof bytes));
  struct pollfd fds = {master, POLLIN | POLLOUT, 0};
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  SAYS(poll(&fds, 1, 0)), SAYS(fds.revents);
  close(master);
  show("end", bytes, read(slave, bytes, sizeof bytes));
  SAYS(write(slave, "x", 1));
  close(slave);
}

int main(void) {
  editing();
  raw();
  output();
  requests();
  job_control();
  ends();
  return 0;
}
