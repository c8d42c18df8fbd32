-- Requests at random, or one after the other if $IN_ORDER, from the file in $REQUESTS: method, path, token, body, separated by tabs, one a line.
local prepared = {}
for line in io.lines(os.getenv("REQUESTS")) do
  local method, path, token, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)")
  local headers = { ["Host"] = "127.0.0.1", ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  if token ~= "" then headers["Authorization"] = "Bearer " .. token end
  prepared[#prepared + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
end

math.randomseed(os.time())
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init()
  failed = 0
end

local in_order, sent = os.getenv("IN_ORDER"), 0

function request()
  sent = sent + 1
  return prepared[in_order and (sent - 1) % #prepared + 1 or math.random(#prepared)]
end

function response(status, _, body)
  if status ~= 200 or body:find('"errors"', 1, true) then
    if failed == 0 then io.stderr:write(body, "\n") end
    failed = failed + 1
  end
end

function done(summary, latency)
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.timeout
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("failed") end
  print(string.format('{"count": %d, "us": %d, "p50": %d, "p99": %d, "failed": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), wrong))
end
