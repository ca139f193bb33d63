-- wrk posts one file again and again, then prints one line for bench/serve.
--
--     wrk -s bench/post.lua URL -- FILE CONTENT-TYPE [MILLISECONDS]
--
-- A connection waits for MILLISECONDS before each request. The line: "result", requests a second, p50 and
-- p99 in microseconds, answers that were not 2xx or 3xx and requests without an answer.

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
