// SPDX-License-Identifier: MIT
// Tokens to a tree, by recursive descent (POSIX Shell Command Language, 2.10). After an error every
// function returns at once; the error was reported where it was found.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

static struct Node* parse_list(struct Parser* parser);
static struct Node* parse_and_or(struct Parser* parser);

static struct Node* new_node(enum NodeKind kind, struct Node* first, struct Node* second) {
  struct Node* node = allocate(sizeof *node);
  *node = (struct Node){.kind = kind, .first = first, .second = second};
  return node;
}

static enum TokenKind peek(struct Parser* parser) {
  if (!parser->have_token) next_token(parser);
  return parser->failed ? token_end : parser->token;
}

static void take(struct Parser* parser) { parser->have_token = 0; }

static int accept(struct Parser* parser, enum TokenKind token) {
  if (peek(parser) != token) return 0;
  take(parser);
  return 1;
}

static int at_word(struct Parser* parser, const char* word) {
  return peek(parser) == token_word && strcmp(parser->word, word) == 0;
}

static int accept_word(struct Parser* parser, const char* word) {
  if (!at_word(parser, word)) return 0;
  take(parser);
  return 1;
}

void syntax_error(struct Parser* parser, const char* expected) {
  static const char* const names[] = {"end of file", "newline", "",   "",   "|",  "||", "&",  "&&",  ";", ";;", "<",
                                      ">",           ">>",      "<>", "<&", ">&", ">|", "<<", "<<-", "(", ")"};
  if (parser->failed) return;
  peek(parser);
  if (parser->source->abandoned) parser->failed = 1;  // no need to say so
  if (parser->failed) return;
  const char* found = parser->word ? parser->word : names[parser->token];
  if (expected)
    complain("syntax error: unexpected %s, expected %s", found, expected);
  else
    complain("syntax error: unexpected %s", found);
  parser->failed = 1;
}

static void expect_word(struct Parser* parser, const char* word) {
  if (!accept_word(parser, word)) syntax_error(parser, word);
}

static void skip_newlines(struct Parser* parser) {
  while (accept(parser, token_newline)) {
  }
}

// ---- Redirections ----

static int redirect_operator(enum TokenKind token) { return token >= token_less && token <= token_here_tabs; }

static void parse_redirect(struct Parser* parser, struct Redirect*** tail) {
  struct Redirect* redirect = allocate(sizeof *redirect);
  redirect->fd = -1;
  if (peek(parser) == token_number) {
    redirect->fd = atoi(parser->word);
    take(parser);
  }
  enum TokenKind token = peek(parser);
  take(parser);
  int input = token == token_less || token == token_less_and || token == token_less_greater || token == token_here ||
              token == token_here_tabs;
  if (redirect->fd < 0) redirect->fd = input ? 0 : 1;
  switch (token) {
    case token_less: redirect->kind = redirect_in; break;
    case token_append: redirect->kind = redirect_append; break;
    case token_less_greater: redirect->kind = redirect_both; break;
    case token_less_and:
    case token_greater_and: redirect->kind = redirect_duplicate; break;
    case token_here:
    case token_here_tabs: redirect->kind = redirect_here; break;
    default: redirect->kind = redirect_out;
  }
  if (peek(parser) != token_word && peek(parser) != token_number) {
    syntax_error(parser, "a file name");
    return;
  }
  redirect->target = parser->word;
  **tail = redirect;
  *tail = &redirect->next;
  if (redirect->kind == redirect_here) {
    redirect->literal = token == token_here_tabs ? 2 : 0;  // until its text is read: strip tabs
    struct Redirect** last = &parser->pending_here;
    while (*last) last = &(*last)->next_here;
    *last = redirect;
  }
  take(parser);
}

static void parse_redirects(struct Parser* parser, struct Node* node) {
  struct Redirect** tail = &node->redirects;
  while (redirect_operator(peek(parser)) || peek(parser) == token_number) parse_redirect(parser, &tail);
}

// ---- Compound commands ----

static struct Node* parse_body(struct Parser* parser, const char* end) {
  struct Node* list = parse_list(parser);
  if (!list) syntax_error(parser, NULL);
  expect_word(parser, end);
  return list;
}

/// After "if" or "elif", up to and with "fi".
static struct Node* parse_if(struct Parser* parser) {
  struct Node* node = new_node(node_if, parse_body(parser, "then"), NULL);
  node->second = parse_list(parser);
  if (!node->second) syntax_error(parser, NULL);
  if (accept_word(parser, "elif"))
    node->third = parse_if(parser);
  else if (accept_word(parser, "else"))
    node->third = parse_body(parser, "fi");
  else
    expect_word(parser, "fi");
  return node;
}

static struct Node* parse_loop(struct Parser* parser, enum NodeKind kind) {
  struct Node* condition = parse_body(parser, "do");
  return new_node(kind, condition, parse_body(parser, "done"));
}

static struct Node* parse_for(struct Parser* parser) {
  struct Node* node = new_node(node_for, NULL, NULL);
  if (peek(parser) != token_word || !is_name(parser->word, strlen(parser->word))) {
    syntax_error(parser, "a name");
    return node;
  }
  node->name = parser->word;
  take(parser);
  skip_newlines(parser);
  if (accept_word(parser, "in")) {
    struct Strings words = {0};
    for (; peek(parser) == token_word; take(parser)) strings_add(&words, parser->word);
    node->words = strings_finish(&words);
    if (peek(parser) != token_semicolon && peek(parser) != token_newline) syntax_error(parser, "do");
  }
  accept(parser, token_semicolon);
  skip_newlines(parser);
  expect_word(parser, "do");
  node->first = parse_body(parser, "done");
  return node;
}

static struct Node* parse_case(struct Parser* parser) {
  struct Node *node = new_node(node_case, NULL, NULL), **tail = &node->first;
  if (peek(parser) != token_word) syntax_error(parser, "a word");
  node->name = parser->word;
  take(parser);
  skip_newlines(parser);
  expect_word(parser, "in");
  skip_newlines(parser);
  while (!parser->failed && !accept_word(parser, "esac")) {
    struct Node* item = new_node(node_item, NULL, NULL);
    struct Strings patterns = {0};
    accept(parser, token_open);
    do {
      if (peek(parser) != token_word && peek(parser) != token_number) syntax_error(parser, "a pattern");
      if (parser->failed) return node;
      strings_add(&patterns, parser->word);
      take(parser);
    } while (accept(parser, token_pipe));
    item->words = strings_finish(&patterns);
    if (!accept(parser, token_close)) syntax_error(parser, ")");
    item->first = parse_list(parser);
    *tail = item;
    tail = &item->next;
    if (!accept(parser, token_double_semicolon) && !at_word(parser, "esac")) syntax_error(parser, ";;");
    skip_newlines(parser);
  }
  return node;
}

static struct Node* parse_compound(struct Parser* parser) {
  if (accept(parser, token_open)) {
    struct Node* list = parse_list(parser);
    if (!list || !accept(parser, token_close)) syntax_error(parser, list ? ")" : NULL);
    return new_node(node_subshell, list, NULL);
  }
  if (accept_word(parser, "{")) return new_node(node_group, parse_body(parser, "}"), NULL);
  if (accept_word(parser, "if")) return parse_if(parser);
  if (accept_word(parser, "while")) return parse_loop(parser, node_while);
  if (accept_word(parser, "until")) return parse_loop(parser, node_until);
  if (accept_word(parser, "for")) return parse_for(parser);
  if (accept_word(parser, "case")) return parse_case(parser);
  return NULL;
}

// ---- Commands, pipelines, lists ----

static int is_assignment(const char* word) {
  const char* equals = strchr(word, '=');
  return equals && is_name(word, (size_t)(equals - word));
}

static int is_reserved(const char* word) {
  static const char* const words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i]) == 0) return 1;
  return 0;
}

static struct Node* parse_function(struct Parser* parser, char* name) {
  struct Node* node = new_node(node_function, NULL, NULL);
  node->name = name;
  take(parser);
  if (!accept(parser, token_close)) syntax_error(parser, ")");
  skip_newlines(parser);
  node->first = parse_compound(parser);
  if (!node->first)
    syntax_error(parser, "{");
  else
    parse_redirects(parser, node->first);
  return node;
}

static struct Node* parse_simple(struct Parser* parser) {
  struct Node* node = new_node(node_simple, NULL, NULL);
  struct Strings words = {0}, assignments = {0};
  struct Redirect** tail = &node->redirects;
  for (;;) {
    enum TokenKind token = peek(parser);
    if (redirect_operator(token) || token == token_number) {
      parse_redirect(parser, &tail);
    } else if (token == token_word) {
      strings_add(!words.count && is_assignment(parser->word) ? &assignments : &words, parser->word);
      take(parser);
    } else if (token == token_open && words.count == 1 && !assignments.count && !node->redirects) {
      return parse_function(parser, words.items[0]);
    } else {
      break;
    }
  }
  if (!words.count && !assignments.count && !node->redirects) {
    syntax_error(parser, NULL);
    return NULL;
  }
  node->words = strings_finish(&words);
  node->assignments = strings_finish(&assignments);
  return node;
}

static struct Node* parse_command(struct Parser* parser) {
  if (peek(parser) == token_word && is_reserved(parser->word)) {
    syntax_error(parser, NULL);
    return NULL;
  }
  struct Node* node = parse_compound(parser);
  if (!node) return parse_simple(parser);
  parse_redirects(parser, node);
  return node;
}

static struct Node* parse_pipeline(struct Parser* parser) {
  int negated = 0;
  while (accept_word(parser, "!")) negated = !negated;
  struct Node *first = parse_command(parser), *last = first;
  while (!parser->failed && accept(parser, token_pipe)) {
    skip_newlines(parser);
    last->next = parse_command(parser);
    last = last->next;
  }
  if (parser->failed || (first == last && !negated)) return first;
  struct Node* node = new_node(node_pipeline, first, NULL);
  node->negated = negated;
  return node;
}

static struct Node* parse_and_or(struct Parser* parser) {
  struct Node* left = parse_pipeline(parser);
  while (!parser->failed && (peek(parser) == token_and || peek(parser) == token_or)) {
    enum NodeKind kind = peek(parser) == token_and ? node_and : node_or;
    take(parser);
    skip_newlines(parser);
    left = new_node(kind, left, parse_pipeline(parser));
  }
  return left;
}

/// Whether a list ends here: the word or token belongs to what encloses it.
static int at_list_end(struct Parser* parser) {
  enum TokenKind token = peek(parser);
  return token == token_end || token == token_close || token == token_double_semicolon ||
         (token == token_word && is_reserved(parser->word));
}

static struct Node* append(struct Node* list, struct Node* node) {
  return list ? new_node(node_sequence, list, node) : node;
}

/// Commands up to a token that cannot begin one; NULL when there are none.
static struct Node* parse_list(struct Parser* parser) {
  struct Node* list = NULL;
  skip_newlines(parser);
  while (!parser->failed && !at_list_end(parser)) {
    struct Node* node = parse_and_or(parser);
    int separated = accept(parser, token_background);
    if (separated)
      node = new_node(node_background, node, NULL);
    else
      separated = accept(parser, token_semicolon) || peek(parser) == token_newline;
    list = append(list, node);
    if (!separated) break;
    skip_newlines(parser);
  }
  return list;
}

struct Node* parse_command_line(struct Parser* parser) {
  struct Node* list = NULL;
  parser->source->continued = 0;
  while (!parser->failed && peek(parser) != token_newline && peek(parser) != token_end) {
    struct Node* node = parse_and_or(parser);
    int separated = accept(parser, token_background);
    if (separated)
      node = new_node(node_background, node, NULL);
    else
      separated = accept(parser, token_semicolon);
    list = append(list, node);
    if (!separated) break;
  }
  if (peek(parser) != token_newline && peek(parser) != token_end) syntax_error(parser, NULL);
  if (peek(parser) == token_newline) take(parser);
  return parser->failed ? NULL : list;
}
