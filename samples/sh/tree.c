// SPDX-License-Identifier: MIT
// What else is done with trees: copies for functions, one-line texts for the job list.
#include <stdlib.h>
#include <string.h>

#include "sh.h"

static char** copy_strings(char** strings) {
  if (!strings) return NULL;
  size_t count = 0;
  while (strings[count]) count++;
  char** copy = calloc(count + 1, sizeof *copy);
  for (size_t i = 0; i < count; i++) copy[i] = strdup(strings[i]);
  return copy;
}

static struct Redirect* copy_redirects(const struct Redirect* redirect) {
  if (!redirect) return NULL;
  struct Redirect* copy = malloc(sizeof *copy);
  *copy = *redirect;
  copy->target = strdup(redirect->target);
  copy->next = copy_redirects(redirect->next);
  return copy;
}

struct Node* copy_node(const struct Node* node) {
  if (!node) return NULL;
  struct Node* copy = malloc(sizeof *copy);
  *copy = *node;
  copy->first = copy_node(node->first);
  copy->second = copy_node(node->second);
  copy->third = copy_node(node->third);
  copy->next = copy_node(node->next);
  copy->words = copy_strings(node->words);
  copy->assignments = copy_strings(node->assignments);
  copy->name = node->name ? strdup(node->name) : NULL;
  copy->redirects = copy_redirects(node->redirects);
  return copy;
}

static void add_words(struct Text* text, char** words) {
  for (; words && *words; words++) {
    if (text->length) text_add(text, ' ');
    text_add_string(text, *words);
  }
}

static void add_redirects(struct Text* text, const struct Redirect* redirect) {
  static const char* const operators[] = {"<", ">", ">>", "<>", ">&", "<<"};
  for (; redirect; redirect = redirect->next) {
    int usual =
        redirect->kind == redirect_in || redirect->kind == redirect_both || redirect->kind == redirect_here ? 0 : 1;
    text_add(text, ' ');
    if (redirect->fd != usual) text_add(text, (char)('0' + redirect->fd % 10));
    text_add_string(text, operators[redirect->kind]);
    if (redirect->kind != redirect_here) text_add_string(text, redirect->target);
  }
}

static void add_node(struct Text* text, const struct Node* node) {
  static const char* const names[] = {[node_if] = "if …",   [node_while] = "while …", [node_until] = "until …",
                                      [node_for] = "for …", [node_case] = "case …",   [node_function] = "function"};
  switch (node->kind) {
    case node_simple:
      add_words(text, node->assignments);
      add_words(text, node->words);
      break;
    case node_pipeline:
      for (const struct Node* command = node->first; command; command = command->next) {
        if (command != node->first) text_add_string(text, " | ");
        text_add_string(text, describe(command));
      }
      break;
    case node_and:
    case node_or:
    case node_sequence:
      add_node(text, node->first);
      text_add_string(text, node->kind == node_and ? " && " : node->kind == node_or ? " || " : "; ");
      text_add_string(text, describe(node->second));
      break;
    case node_background:
      add_node(text, node->first);
      text_add_string(text, " &");
      break;
    case node_subshell:
    case node_group:
      text_add_string(text, node->kind == node_group ? "{ " : "(");
      text_add_string(text, describe(node->first));
      text_add_string(text, node->kind == node_group ? "; }" : ")");
      break;
    default: text_add_string(text, names[node->kind]);
  }
  add_redirects(text, node->redirects);
}

char* describe(const struct Node* node) {
  struct Text text = {0};
  add_node(&text, node);
  return text_finish(&text);
}
