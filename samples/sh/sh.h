// SPDX-License-Identifier: MIT
// The shell's parts and what they say to each other.
//
//   source -> lexer -> parser -> tree -> runner -> expander, jobs, built-ins
#pragma once
#include <stddef.h>
#include <sys/types.h>

// ---- arena.c: memory that lives until the command that asked for it is done ----

struct Mark {
  struct Chunk* chunk;
  size_t used;
};
void* allocate(size_t size);  // zeroed
struct Mark arena_mark(void);
void arena_release(struct Mark mark);

struct Text {  // a growing string in the arena
  char* bytes;
  size_t length, room;
};
void text_add(struct Text* text, char c);
void text_add_string(struct Text* text, const char* s);
char* text_finish(struct Text* text);  // closes with NUL

struct Strings {  // a growing vector in the arena, always ending in NULL once non-empty
  char** items;
  size_t count, room;
};
void strings_add(struct Strings* strings, char* item);
char** strings_finish(struct Strings* strings);

// ---- source.c: where commands come from ----

struct Source {
  const char* text;  // what is read and not yet consumed: text[at..length)
  size_t at, length;
  int fd;           // -1: the text is all there is
  int interactive;  // prompt before each line
  int continued;    // inside a command: the second prompt
  int at_end;
  int abandoned;  // ^C in the middle of a command: what was typed of it does not count
};
struct Source source_of_string(const char* text);
struct Source source_of_file(int fd, int interactive);
int source_peek(struct Source* source);  // -1 at the end
int source_next(struct Source* source);

// ---- The tree: what the parser makes ----

enum RedirectKind { redirect_in, redirect_out, redirect_append, redirect_both, redirect_duplicate, redirect_here };

struct Redirect {
  enum RedirectKind kind;
  int fd;
  char* target;  // a word; for here-documents the text
  int literal;   // here-document with a quoted end word: no expansion
  struct Redirect *next, *next_here;
};

enum NodeKind {
  node_simple,      // assignments, words
  node_pipeline,    // first, linked by next; negated
  node_and,         // first && second
  node_or,          // first || second
  node_sequence,    // first ; second
  node_background,  // first &
  node_subshell,    // ( first )
  node_group,       // { first; }
  node_if,          // if first; then second; else third; fi
  node_while,       // while first; do second; done
  node_until,
  node_for,       // for name in words; do first; done; words == NULL: the positional parameters
  node_case,      // case name in items; items are node_item linked by next
  node_item,      // words) first ;;
  node_function,  // name() first
};

struct Node {
  enum NodeKind kind;
  struct Node *first, *second, *third, *next;
  char **words, **assignments;
  char* name;
  struct Redirect* redirects;
  int negated;
};

// ---- lexer.c, parser.c ----

enum TokenKind {
  token_end,
  token_newline,
  token_word,
  token_number,
  token_pipe,
  token_or,
  token_background,
  token_and,
  token_semicolon,
  token_double_semicolon,
  token_less,
  token_greater,
  token_append,
  token_less_greater,
  token_less_and,
  token_greater_and,
  token_clobber,
  token_here,
  token_here_tabs,
  token_open,
  token_close,
};

struct Parser {
  struct Source* source;
  enum TokenKind token;
  char* word;  // of token_word and token_number
  int have_token;
  int failed;                     // a syntax error was reported
  struct Redirect* pending_here;  // here-documents whose text follows the next newline
};
void next_token(struct Parser* parser);
void syntax_error(struct Parser* parser, const char* what);
/// The next complete command, NULL when there is none (empty line, end, error).
struct Node* parse_command_line(struct Parser* parser);
struct Node* copy_node(const struct Node* node);  // to the heap, for functions
char* describe(const struct Node* node);

// ---- expand.c, glob.c, arithmetic.c ----

/// Words to fields: parameters, commands, arithmetic, splitting, path names, quotes removed.
char** expand_words(char** words);
char* expand_word(const char* word);     // to one string: no splitting, no path names
char* expand_pattern(const char* word);  // the same with quoted characters escaped by backslashes
char* expand_here(const char* text);     // as inside double quotes, which are plain themselves
int matches(const char* pattern, const char* text);
int has_pattern(const char* word);
void remove_escapes(char* word);
/// Adds the files that match, sorted; false when there are none.
int glob(const char* pattern, struct Strings* into);
long evaluate(const char* expression, int* failed);

// ---- variables.c ----

const char* get_variable(const char* name);  // NULL when unset
int set_variable(const char* name, const char* value);
int assign(const char* assignment);  // name=value, value already expanded
void export_variable(const char* name);
void unset_variable(const char* name);
void list_variables(int exported_only);
char** make_environment(void);
void import_environment(void);
int is_name(const char* s, size_t length);

struct OldValue {  // of a variable that is to get it back
  char *name, *value;
  struct OldValue* next;
};
void remember_value(const char* name, struct OldValue** into);
void restore_values(struct OldValue* old);

struct Function {
  char* name;
  struct Node* body;
  struct Function* next;
};
struct Function* find_function(const char* name);
void define_function(const char* name, const struct Node* body);
void remove_function(const char* name);

// ---- jobs.c ----

enum { most_processes = 16 };
struct Job {
  int number;
  pid_t group;
  int count, left;  // processes started, not yet ended
  pid_t pids[most_processes];
  int status;  // wait status of the last process
  int stopped, background, notified;
  char* text;
  struct Job* next;
};
struct Job* new_job(const char* text, int background);
/// fork() into a job: 0 in the child, whose signals and process group are set up.
pid_t fork_job(struct Job* job);
int wait_job(struct Job* job);  // to its end or stop; the exit status
int wait_foreground(struct Job* job);
void start_background(struct Job* job);
void report_jobs(int all);
struct Job* find_job(const char* name);  // %1, %%, or a process number
int resume_job(struct Job* job, int foreground);
int wait_all(void);
int exit_status(int wait_status);

// ---- run.c, redirect.c, builtins.c, test.c, signals.c ----

enum { run_here = 0, run_last = 1 };  // run_last: the process ends after it, so a program needs no fork
int run(struct Node* node, int flags);
int run_source(struct Source* source, int flags);
_Noreturn void exit_shell(int status);
_Noreturn void execute(char** argv);
int redirect(struct Redirect* list);
void enter_subshell(void);  // in a forked child that goes on as a shell

struct Saved {  // descriptors to put back after a built-in
  int fd, copy;
  struct Saved* next;
};
int redirect_saving(struct Redirect* list, struct Saved** saved);
void restore(struct Saved* saved);

typedef int Builtin(int argc, char** argv);
Builtin* find_builtin(const char* name);
int is_special_builtin(const char* name);
int run_test(int argc, char** argv);
void set_up_signals(void);
void reset_signals(void);  // in children
int set_trap(const char* command, const char* signal);
void list_traps(void);
void run_traps(void);
void run_exit_trap(void);
int has_traps(void);  // then the process must not become a program: something is left to do

// ---- the shell itself ----

enum Unwind { unwind_none, unwind_break, unwind_continue, unwind_return };
struct Shell {
  const char* name;  // $0
  int argc;          // $1 …
  char** argv;
  int status;                               // $?
  int substituted;                          // status of the last command substitution, -1: none
  pid_t pid;                                // $$: of the main shell, in subshells too
  pid_t last_background;                    // $!
  int interactive, monitor;                 // monitor: job control
  int exit_on_error, trace, ignore_errors;  // set -e, set -x, depth of conditions
  enum Unwind unwind;
  int unwind_levels, loop_depth, function_depth;
  volatile int interrupted;  // 1: ^C reached the shell, 2: a program, and the line was ended
  struct OldValue* locals;   // of the function that is running
  pid_t group;               // of the interactive shell
};
extern struct Shell shell;
void complain(const char* format, ...) __attribute__((format(printf, 1, 2)));
