-- A script for wrk: posts one file repeatedly, then prints one line for bench/serve.
--
--     wrk -s bench/post.lua URL -- FILE CONTENT-TYPE [MILLISECONDS]
--
-- Each connection waits MILLISECONDS before each request. The line contains: "result", requests per second,
-- p50 and p99 in microseconds, the number of answers other than 2xx and 3xx, and the number of requests
-- without an answer.

local wait_ms

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    wrk.method = "POST"
    wrk.body = file:read("*a")
    wrk.headers["Content-Type"] = arguments[2]
    file:close()
    wait_ms = tonumber(arguments[3] or 0)
    if wait_ms > 0 then
        delay = function() return wait_ms end
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    local unanswered = errors.connect + errors.read + errors.write + errors.timeout
    print(string.format("result %.1f %.0f %.0f %d %d", summary.requests / summary.duration * 1e6,
        latency:percentile(50), latency:percentile(99), errors.status, unanswered))
end
