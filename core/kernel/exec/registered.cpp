// SPDX-License-Identifier: MIT
#include "core/kernel/exec/registered.h"

#include "core/kernel/proc/task.h"

namespace lucid::kernel {

RegisteredFormat* registered_formats = nullptr;
bool registered_formats_enabled = true;

namespace {

constexpr u64 shortest_text = 10, longest_text = 1920;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Takes fields off a text in place. Once a field is missing all that follow are, too.
class Fields {
 public:
  explicit Fields(char* text) : delimiter_(*text), rest_(text + 1) {}
  char* take() {
    char* field = rest_;
    while (*rest_ && *rest_ != delimiter_) rest_++;
    end_field();
    return field;
  }
  /// A field of bytes, which may hold the delimiter's neighbours as \xHH. Returns its size.
  u64 take_bytes(u8* to) {
    u64 size = 0;
    while (*rest_ && *rest_ != delimiter_) {
      int byte = static_cast<u8>(*rest_++);
      if (byte == '\\' && *rest_ == 'x') {
        int high = hex_digit(rest_[1]), low = high < 0 ? -1 : hex_digit(rest_[2]);
        if (low < 0) malformed_ = true;
        if (malformed_) return 0;
        byte = high << 4 | low;
        rest_ += 3;
      }
      if (size < binary_head_size) to[size] = static_cast<u8>(byte);
      size++;
    }
    end_field();
    return size;
  }
  const char* rest() const { return rest_; }
  bool malformed() const { return malformed_; }

 private:
  void end_field() {
    if (!*rest_)
      malformed_ = true;
    else
      *rest_++ = 0;
  }
  char delimiter_;
  char* rest_;
  bool malformed_ = false;
};

bool usable_name(const char* name) { return *name && !equal(name, ".") && !equal(name, "..") && !find_char(name, '/'); }

Status parse_magic(Fields& fields, RegisteredFormat& f) {
  const char* offset = fields.take();
  for (const char* c = offset; *c; c++)
    if (*c < '0' || *c > '9' || c - offset > 8) return Errno::INVAL;
  f.offset = parse_decimal(offset);
  f.size = fields.take_bytes(f.magic);
  u64 mask_size = fields.take_bytes(f.mask);
  f.masked = mask_size;
  if (!f.size || (f.masked && mask_size != f.size)) return Errno::INVAL;
  return f.size > binary_head_size || f.offset > binary_head_size - f.size ? Status(Errno::INVAL) : Status{};
}

Status parse_extension(Fields& fields, RegisteredFormat& f) {
  fields.take();
  const char* extension = fields.take();
  if (!*extension || find_char(extension, '/')) return Errno::INVAL;
  f.extension = SharedString::make(extension);
  fields.take();
  return f.extension ? Status{} : Errno::NOMEM;
}

Status parse_flags(const char* flags, RegisteredFormat& f) {
  bool open_now = false;
  for (; *flags; flags++) {
    switch (*flags) {
      case 'P':
        f.keeps_first_argument = true;
        break;
      case 'C':
        f.uses_credentials = true;
        [[fallthrough]];
      case 'O':
        f.opens_file = true;
        break;
      case 'F':
        open_now = true;
        break;
      default:
        return Errno::INVAL;
    }
  }
  if (open_now) f.opened_interpreter = TRY(open_executable(current->fs->working_directory, f.interpreter->text()));
  return {};
}

Status parse(char* text, RegisteredFormat& f) {
  Fields fields(text);
  const char* name = fields.take();
  const char* type = fields.take();
  if (fields.malformed() || !usable_name(name)) return Errno::INVAL;
  if (!equal(type, "M") && !equal(type, "E")) return Errno::INVAL;
  f.name = SharedString::make(name);
  f.by_magic = *type == 'M';
  TRY(f.by_magic ? parse_magic(fields, f) : parse_extension(fields, f));
  const char* interpreter = fields.take();
  if (fields.malformed() || !*interpreter) return Errno::INVAL;
  f.interpreter = SharedString::make(interpreter);
  if (!f.name || !f.interpreter) return Errno::NOMEM;
  return parse_flags(fields.rest(), f);
}

}  // namespace

bool RegisteredFormat::matches(const Binary& b) const {
  if (!enabled) return false;
  if (!by_magic) {
    const char* dot = nullptr;
    for (const char* c = b.interpreter->text(); *c; c++)
      if (*c == '.') dot = c;
    return dot && equal(dot + 1, extension->text());
  }
  for (u64 i = 0; i < size; i++) {
    u8 different = static_cast<u8>(b.head[offset + i]) ^ magic[i];
    if (masked ? different & mask[i] : different) return false;
  }
  return true;
}

RegisteredFormat* find_registered_format(const char* name, u64 length) {
  for (RegisteredFormat* f = registered_formats; f; f = f->next)
    if (strlen(f->name->text()) == length && memcmp(f->name->text(), name, length) == 0) return f;
  return nullptr;
}

Status register_format(const char* text) {
  u64 length = strlen(text);
  if (length < shortest_text || length > longest_text) return Errno::INVAL;
  Buffer copy(length + 1);
  auto* f = new (or_null) RegisteredFormat;
  if (!copy || !f) {
    delete f;
    return Errno::NOMEM;
  }
  memcpy(copy.data(), text, length + 1);
  Status s = parse(copy.data(), *f);
  if (s.ok() && find_registered_format(f->name->text(), strlen(f->name->text()))) s = Errno::EXIST;
  if (!s.ok()) {
    delete f;
    return s;
  }
  f->next = registered_formats;
  registered_formats = f;
  return {};
}

void remove_registered_format(RegisteredFormat* format) {
  RegisteredFormat** link = &registered_formats;
  while (*link && *link != format) link = &(*link)->next;
  if (!*link) return;
  *link = format->next;
  delete format;
}

void remove_registered_formats() {
  while (registered_formats) remove_registered_format(registered_formats);
}

/// argv becomes: the interpreter, the file, and argv without its first (flag P: with it).
Status load_registered(Binary& b) {
  if (!registered_formats_enabled) return Errno::NOEXEC;
  const RegisteredFormat* f = registered_formats;
  while (f && !f->matches(b)) f = f->next;
  if (!f) return Errno::NOEXEC;
  if (b.path_vanishes) return Errno::NOENT;
  if (f->keeps_first_argument)
    b.keeps_first_argument = true;
  else
    TRY(b.drop_argument());
  TRY(b.push_argument(b.interpreter->text()));
  TRY(b.push_argument(f->interpreter->text()));
  Ref<Dentry> interpreter = f->opened_interpreter;
  if (!interpreter) interpreter = TRY(open_executable(current->fs->working_directory, f->interpreter->text()));
  if (f->opens_file) b.descriptor_file = b.file;
  if (f->uses_credentials) b.descriptor_owns = true;
  return b.continue_with(f->interpreter->text(), interpreter);
}

}  // namespace lucid::kernel
