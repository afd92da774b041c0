// SPDX-License-Identifier: MIT
// Watch: the shortest life of a process: exec, one exit_group(2) with status 0, reaped.
int main(void) { return 0; }
