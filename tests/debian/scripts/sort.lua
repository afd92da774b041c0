#!/usr/bin/lua5.4
-- SPDX-License-Identifier: MIT
-- lua5.4: tables, closures, coroutines, strings, integers and floats, metatables, errors, files, garbage.
local t = {}
local seed = 42
for i = 1, 5000 do seed = (seed * 1103515245 + 12345) % 2147483648; t[i] = seed end
table.sort(t); print(t[1], t[2500], t[5000], #t)
local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
print(fib(20), math.maxinteger, math.mininteger, 7 // 2, -7 // 2, 7 % -3, 7 / 2, 2 ^ 0.5, 1e15, 1e100, 0x7fffffffffffffff + 1)
print(math.pi, -math.huge, 0 / 0 ~= 0 / 0, math.tointeger(3.0), 3 | 4, ~0, 1 << 62, "10" + 5, 10 // 0.0, math.sin(1), math.exp(1), math.log(10))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i * i) end return "done" end)
print(co(), co(), co(), co())
print(("hello world"):gsub("o", "0"), ("%5.2f|%-8s|%q|%x"):format(3.14159, "left", "a\nb", 255), ("abc"):rep(3, "-"), ("key=val"):match("(%w+)=(%w+)"))
local m = setmetatable({}, { __index = function(_, k) return k .. "!" end, __add = function() return "added" end, __call = function(_, x) return x * 2 end, __close = function() print "closed" end })
print(m.x, m + 1, m(21)); do local c <close> = m end
print(pcall(error, { code = 7 }), select("#", pcall(error)), pcall(function() local x = nil; return x.y end))
print(string.pack("<i4d", 7, 1.5):byte(1, -1)); print(utf8.char(233, 8364), utf8.len("é€"), #"é€")
local f = assert(io.open("/tmp/file", "w")); f:write("one\n", 2, "\n", 3.5, "\n"); f:close()
for line in io.lines("/tmp/file") do io.write("[", line, "]") end print(); print(io.open("/nonexistent"))
local p = io.popen("echo from a shell; exit 3"); print(p:read("a")); print(p:close()); print(os.execute("exit 5")); print(os.rename("/none", "/x")); os.remove("/tmp/file")
for i = 1, 20000 do local g = { i, tostring(i) } end collectgarbage(); print(collectgarbage("count") < 2000)
goto out; print "skipped" ::out:: print(load("return 1 + 1")(), os.getenv "TERM", os.date("!%Y-%m-%d", 86400), arg[0]); os.exit(7)
