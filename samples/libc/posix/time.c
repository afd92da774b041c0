// SPDX-License-Identifier: MIT
// Time: sleeping, and the civil calendar (UTC only).
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

unsigned sleep(unsigned seconds) {
  struct timespec left = {seconds, 0};
  return nanosleep(&left, &left) < 0 ? (unsigned)left.tv_sec + (left.tv_nsec > 0) : 0;
}

int usleep(unsigned microseconds) {
  return nanosleep(&(struct timespec){microseconds / 1000000, microseconds % 1000000 * 1000}, NULL);
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int month_days(int month, int year) {
  static const char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return days[month] + (month == 1 && is_leap(year));
}

struct tm* gmtime_r(const time_t* restrict when, struct tm* restrict to) {
  time_t days = *when / 86400, seconds = *when % 86400;
  if (seconds < 0) seconds += 86400, days--;
  *to =
      (struct tm){.tm_sec = (int)(seconds % 60), .tm_min = (int)(seconds / 60 % 60), .tm_hour = (int)(seconds / 3600)};
  to->tm_wday = (int)(((days + 4) % 7 + 7) % 7);  // 1 January 1970 was a Thursday
  int year = 1970;
  for (; days < 0; days += is_leap(year) ? 366 : 365) year--;
  for (; days >= (is_leap(year) ? 366 : 365); year++) days -= is_leap(year) ? 366 : 365;
  to->tm_year = year - 1900;
  to->tm_yday = (int)days;
  for (; days >= month_days(to->tm_mon, year); to->tm_mon++) days -= month_days(to->tm_mon, year);
  to->tm_mday = (int)days + 1;
  return to;
}

struct tm* gmtime(const time_t* when) {
  static struct tm result;
  return gmtime_r(when, &result);
}

/// %Y %m %d %H %M %S %e %b %a %y %j %F %T %n %t %%.
size_t strftime(char* restrict to, size_t size, const char* restrict format, const struct tm* restrict when) {
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec", days[] = "SunMonTueWedThuFriSat";
  size_t length = 0;
  for (; *format; format++) {
    char piece[32] = {*format};
    if (*format == '%') {
      switch (*++format) {
        case 'Y': snprintf(piece, sizeof piece, "%d", when->tm_year + 1900); break;
        case 'y': snprintf(piece, sizeof piece, "%02d", when->tm_year % 100); break;
        case 'm': snprintf(piece, sizeof piece, "%02d", when->tm_mon + 1); break;
        case 'd': snprintf(piece, sizeof piece, "%02d", when->tm_mday); break;
        case 'e': snprintf(piece, sizeof piece, "%2d", when->tm_mday); break;
        case 'j': snprintf(piece, sizeof piece, "%03d", when->tm_yday + 1); break;
        case 'H': snprintf(piece, sizeof piece, "%02d", when->tm_hour); break;
        case 'M': snprintf(piece, sizeof piece, "%02d", when->tm_min); break;
        case 'S': snprintf(piece, sizeof piece, "%02d", when->tm_sec); break;
        case 'b': snprintf(piece, sizeof piece, "%.3s", months + 3 * when->tm_mon); break;
        case 'a': snprintf(piece, sizeof piece, "%.3s", days + 3 * when->tm_wday); break;
        case 'F': strftime(piece, sizeof piece, "%Y-%m-%d", when); break;
        case 'T': strftime(piece, sizeof piece, "%H:%M:%S", when); break;
        case 'n': piece[0] = '\n'; break;
        case 't': piece[0] = '\t'; break;
        case 0: return 0;
        default: piece[0] = *format;
      }
    }
    if (length + strlen(piece) >= size) return 0;
    strcpy(to + length, piece);
    length += strlen(piece);
  }
  if (size) to[length] = 0;
  return length;
}
