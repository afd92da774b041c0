// SPDX-License-Identifier: MIT
// Dear ImGui's renderer asks GL for its state before drawing, to put it back afterwards. In a page
// each question waits until the GPU has finished the frame before (measured with software GL: 55 of
// 80 ms), and nobody else draws in this context. So its questions come here (see
// cmake/WasmDependencies.cmake) and hear what a fresh context would say. So does its question whether its own
// shaders could be compiled and linked: it would only print the answer, and at the start each one costs a wait.
#include <GLES3/gl3.h>
#include <emscripten/html5.h>

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

void lucid_gl_outcome(GLuint shader_or_program, GLenum name, GLint* value) {
  (void)shader_or_program;
  *value = name == GL_INFO_LOG_LENGTH ? 0 : GL_TRUE;
}

// SDL makes the canvas tiny for a moment, to see whether a style sheet gives it its size (it does: web/style.css), and
// sets the size that it has. Each change makes the context allocate its buffers anew, and waits for the GPU.
EMSCRIPTEN_RESULT lucid_set_canvas_size(const char* target, int width, int height) {
  int old_width = 0, old_height = 0;
  emscripten_get_canvas_element_size(target, &old_width, &old_height);
  if ((width == 1 && height == 1) || (width == old_width && height == old_height)) return EMSCRIPTEN_RESULT_SUCCESS;
  return emscripten_set_canvas_element_size(target, width, height);
}
