/**
 * A shell that stands between tread and the server and outlives a `kill -9` of tread: it holds the reading end of a pipe whose writing
 * end only tread has. When the pipe closes, for whatever reason, it stops the server and removes the directory.
 *
 * Arguments: directory to remove, then the server's command line. Descriptor 3: the pipe. Exit code: the server's.
 *
 * SIGINT is the server's fast shutdown, SIGQUIT its immediate one; both release its shared memory. The signals are ignored
 * here (Postgres sets its own handlers), so that closing a terminal cannot kill the guard before the server.
 */
export const GUARD = `
directory=$1; shift
trap '' HUP INT TERM
"$@" 3<&- &
server=$!
(
  while read -r line; do :; done <&3
  kill -INT $server 2>/dev/null
  tries=0
  while kill -0 $server 2>/dev/null && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -QUIT $server 2>/dev/null
  sleep 5
  kill -KILL $server 2>/dev/null
) 2>/dev/null &
watcher=$!
exec 3<&-
wait $server
status=$?
kill -KILL $watcher 2>/dev/null
cd / && rm -rf "$directory"
exit $status
`;
