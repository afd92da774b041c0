// SPDX-License-Identifier: MIT
// Dear ImGui's renderer asks GL for its state before drawing, to put it back afterwards. In a page
// each question waits until the GPU has finished the frame before (measured with software GL: 55 of
// 80 ms), and nobody else draws in this context. So its questions come here (see
// cmake/WasmDependencies.cmake) and hear what a fresh context would say.
#include <GLES3/gl3.h>

void lucid_gl_get(GLenum name, GLint* value) {
  switch (name) {
    case GL_VIEWPORT:
    case GL_SCISSOR_BOX: value[0] = value[1] = value[2] = value[3] = 0; break;
    case GL_MAJOR_VERSION: *value = 3; break;
    case GL_ACTIVE_TEXTURE: *value = GL_TEXTURE0; break;
    case GL_BLEND_EQUATION_RGB:
    case GL_BLEND_EQUATION_ALPHA: *value = GL_FUNC_ADD; break;
    case GL_BLEND_SRC_RGB:
    case GL_BLEND_SRC_ALPHA: *value = GL_ONE; break;
    default: *value = 0;  // no texture, program, buffer bound; blend factors GL_ZERO
  }
}

GLboolean lucid_gl_is_enabled(GLenum capability) {
  (void)capability;
  return GL_FALSE;
}
