// SPDX-License-Identifier: MIT
// Watch: the status in the low byte of rdi at exit_group(2) is what the parent's wait4(2) gets.
int main(void) { return 1; }
