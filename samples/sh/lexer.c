// SPDX-License-Identifier: MIT
// Characters to tokens (POSIX Shell Command Language, 2.3). Words keep their quotes; the expander
// removes them. Inaccuracy: inside $( ) parentheses are counted, so an unbalanced one, as in a case
// pattern without its opening parenthesis, ends the substitution early.
#include <ctype.h>
#include <string.h>

#include "sh.h"

static void copy_quoted(struct Parser* parser, struct Text* word, int quote);

static int next_or_fail(struct Parser* parser, const char* closing) {
  int c = source_next(parser->source);
  if (c < 0 && !parser->failed) {
    if (!parser->source->abandoned) complain("syntax error: end of file, expected %s", closing);
    parser->failed = 1;
  }
  return c;
}

/// Copies up to the bracket that closes the one already copied.
static void copy_balanced(struct Parser* parser, struct Text* word, int open, int close) {
  const char closing[] = {(char)close, 0};
  for (int depth = 1; depth > 0;) {
    int c = next_or_fail(parser, closing);
    if (c < 0) return;
    text_add(word, (char)c);
    if (c == open)
      depth++;
    else if (c == close)
      depth--;
    else if (c == '\\' && source_peek(parser->source) >= 0)
      text_add(word, (char)source_next(parser->source));
    else if (c == '\'' || c == '"' || c == '`')
      copy_quoted(parser, word, c);
  }
}

/// After a $ that was copied: what belongs to it.
static void copy_dollar(struct Parser* parser, struct Text* word) {
  int c = source_peek(parser->source);
  if (c != '(' && c != '{') return;
  text_add(word, (char)source_next(parser->source));
  copy_balanced(parser, word, c, c == '(' ? ')' : '}');
}

/// After an opening quote that was copied: the rest with the closing one.
static void copy_quoted(struct Parser* parser, struct Text* word, int quote) {
  const char closing[] = {(char)quote, 0};
  for (;;) {
    int c = next_or_fail(parser, closing);
    if (c < 0) return;
    text_add(word, (char)c);
    if (c == quote) return;
    if (quote == '\'') continue;
    if (c == '\\' && source_peek(parser->source) >= 0)
      text_add(word, (char)source_next(parser->source));
    else if (c == '$' && quote == '"')
      copy_dollar(parser, word);
    else if (c == '`' && quote == '"')
      copy_quoted(parser, word, c);
  }
}

static void read_word(struct Parser* parser) {
  struct Text word = {0};
  for (;;) {
    int c = source_peek(parser->source);
    if (c < 0 || strchr(" \t\n|&;<>()", c)) break;
    source_next(parser->source);
    if (c == '\\' && source_peek(parser->source) == '\n') {
      source_next(parser->source);
      continue;
    }
    text_add(&word, (char)c);
    if (c == '\\' && source_peek(parser->source) >= 0)
      text_add(&word, (char)source_next(parser->source));
    else if (c == '\'' || c == '"' || c == '`')
      copy_quoted(parser, &word, c);
    else if (c == '$')
      copy_dollar(parser, &word);
  }
  parser->word = text_finish(&word);
  int next = source_peek(parser->source);
  int number = (next == '<' || next == '>') && *parser->word && strspn(parser->word, "0123456789") == word.length;
  parser->token = number ? token_number : token_word;
}

/// The lines up to the end word of each here-document that the line just ended has announced.
static void read_here_documents(struct Parser* parser) {
  for (; parser->pending_here; parser->pending_here = parser->pending_here->next_here) {
    struct Redirect* here = parser->pending_here;
    int strip_tabs = here->literal & 2;
    char* end_word = here->target;
    here->literal = strpbrk(end_word, "'\"\\") != NULL;
    struct Text plain = {0};
    for (const char* c = end_word; *c; c++)
      if (!strchr("'\"\\", *c)) text_add(&plain, *c);
    end_word = text_finish(&plain);
    struct Text body = {0};
    for (;;) {
      struct Text line = {0};
      int c;
      while (strip_tabs && source_peek(parser->source) == '\t') source_next(parser->source);
      while ((c = source_next(parser->source)) >= 0 && c != '\n') text_add(&line, (char)c);
      if (strcmp(text_finish(&line), end_word) == 0 || (c < 0 && line.length == 0)) break;
      text_add_string(&body, line.bytes);
      text_add(&body, '\n');
      if (c < 0) break;
    }
    here->target = text_finish(&body);
  }
}

static void skip_blanks_and_comment(struct Source* source) {
  for (;;) {
    int c = source_peek(source);
    if (c == '\\' && source->at + 1 < source->length && source->text[source->at + 1] == '\n') {
      source->at += 2;
      continue;
    }
    if (c != ' ' && c != '\t' && c != '\r') break;
    source_next(source);
  }
  if (source_peek(source) == '#')
    while (source_peek(source) >= 0 && source_peek(source) != '\n') source_next(source);
}

static int follows(struct Parser* parser, int c) {
  if (source_peek(parser->source) != c) return 0;
  source_next(parser->source);
  return 1;
}

static enum TokenKind read_operator(struct Parser* parser, int c) {
  switch (c) {
    case '|': return follows(parser, '|') ? token_or : token_pipe;
    case '&': return follows(parser, '&') ? token_and : token_background;
    case ';': return follows(parser, ';') ? token_double_semicolon : token_semicolon;
    case '(': return token_open;
    case ')': return token_close;
    case '<':
      if (follows(parser, '<')) return follows(parser, '-') ? token_here_tabs : token_here;
      if (follows(parser, '&')) return token_less_and;
      return follows(parser, '>') ? token_less_greater : token_less;
    default:
      if (follows(parser, '>')) return token_append;
      if (follows(parser, '&')) return token_greater_and;
      return follows(parser, '|') ? token_clobber : token_greater;
  }
}

void next_token(struct Parser* parser) {
  skip_blanks_and_comment(parser->source);
  int c = source_peek(parser->source);
  parser->word = NULL;
  parser->have_token = 1;
  if (c < 0) {
    parser->token = token_end;
  } else if (c == '\n') {
    source_next(parser->source);
    parser->token = token_newline;
    read_here_documents(parser);
  } else if (strchr("|&;<>()", c)) {
    parser->token = read_operator(parser, source_next(parser->source));
  } else {
    read_word(parser);
  }
}
