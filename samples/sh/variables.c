// SPDX-License-Identifier: MIT
// Variables and functions. An exported variable is part of the environment of every program run.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sh.h"

struct Variable {
  char *name, *value;  // value NULL: exported but not set
  int exported;
  struct Variable* next;
};

static struct Variable* variables;
static struct Function* functions;

int is_name(const char* s, size_t length) {
  if (!length || isdigit(*s)) return 0;
  for (size_t i = 0; i < length; i++)
    if (!isalnum(s[i]) && s[i] != '_') return 0;
  return 1;
}

static struct Variable* find(const char* name) {
  struct Variable* variable = variables;
  while (variable && strcmp(variable->name, name) != 0) variable = variable->next;
  return variable;
}

static struct Variable* find_or_make(const char* name) {
  struct Variable* variable = find(name);
  if (variable) return variable;
  variable = calloc(1, sizeof *variable);
  variable->name = strdup(name);
  struct Variable** link = &variables;  // sorted, so that lists come out in order
  while (*link && strcmp((*link)->name, name) < 0) link = &(*link)->next;
  variable->next = *link;
  return *link = variable;
}

const char* get_variable(const char* name) {
  struct Variable* variable = find(name);
  return variable ? variable->value : NULL;
}

int set_variable(const char* name, const char* value) {
  struct Variable* variable = find_or_make(name);
  char* copy = strdup(value);  // before the old value goes: x=$x
  free(variable->value);
  variable->value = copy;
  return 0;
}

int assign(const char* assignment) {
  const char* equals = strchr(assignment, '=');
  char* name = strndup(assignment, (size_t)(equals - assignment));
  set_variable(name, equals + 1);
  free(name);
  return 0;
}

void export_variable(const char* name) { find_or_make(name)->exported = 1; }

void unset_variable(const char* name) {
  for (struct Variable** link = &variables; *link; link = &(*link)->next) {
    struct Variable* variable = *link;
    if (strcmp(variable->name, name) != 0) continue;
    *link = variable->next;
    free(variable->name);
    free(variable->value);
    free(variable);
    return;
  }
}

void list_variables(int exported_only) {
  for (struct Variable* variable = variables; variable; variable = variable->next) {
    if (exported_only && !variable->exported) continue;
    printf("%s%s", exported_only ? "export " : "", variable->name);
    if (variable->value) {
      printf("='");
      for (const char* c = variable->value; *c; c++) printf(*c == '\'' ? "'\\''" : "%c", *c);
      putchar('\'');
    }
    putchar('\n');
  }
}

char** make_environment(void) {
  struct Strings entries = {0};
  for (struct Variable* variable = variables; variable; variable = variable->next) {
    if (!variable->exported || !variable->value) continue;
    struct Text entry = {0};
    text_add_string(&entry, variable->name);
    text_add(&entry, '=');
    text_add_string(&entry, variable->value);
    strings_add(&entries, text_finish(&entry));
  }
  return strings_finish(&entries);
}

void import_environment(void) {
  for (char** entry = environ; *entry; entry++) {
    const char* equals = strchr(*entry, '=');
    if (!equals || !is_name(*entry, (size_t)(equals - *entry))) continue;
    assign(*entry);
    char* name = strndup(*entry, (size_t)(equals - *entry));
    export_variable(name);
    free(name);
  }
}

void remember_value(const char* name, struct OldValue** into) {
  const char* value = get_variable(name);
  struct OldValue* one = malloc(sizeof *one);
  *one = (struct OldValue){strdup(name), value ? strdup(value) : NULL, *into};
  *into = one;
}

void restore_values(struct OldValue* old) {
  while (old) {
    if (old->value)
      set_variable(old->name, old->value);
    else
      unset_variable(old->name);
    struct OldValue* next = old->next;
    free(old->name);
    free(old->value);
    free(old);
    old = next;
  }
}

struct Function* find_function(const char* name) {
  struct Function* function = functions;
  while (function && strcmp(function->name, name) != 0) function = function->next;
  return function;
}

/// A body that is replaced may be running, so it is not freed.
void define_function(const char* name, const struct Node* body) {
  struct Function* function = find_function(name);
  if (!function) {
    function = calloc(1, sizeof *function);
    function->name = strdup(name);
    function->next = functions;
    functions = function;
  }
  function->body = copy_node(body);
}

void remove_function(const char* name) {
  for (struct Function** link = &functions; *link; link = &(*link)->next)
    if (strcmp((*link)->name, name) == 0) {
      *link = (*link)->next;
      return;
    }
}
