/**
 * A shell that stands between tread and the engine and outlives a `kill -9` of tread: it holds the reading end of a pipe whose writing
 * end only tread has. When the pipe closes, for whatever reason, it kills the engine and removes the directory. When the engine ends by
 * itself while tread lives, the directory stays: tread says what was lost, and may start another engine on it.
 *
 * Arguments: directory to remove, then the engine's command line. Descriptor 3: the pipe. Descriptor 4: node's channel between tread and
 * the engine, which the guard lets go of. Exit code: the engine's (128 and its signal).
 *
 * SIGKILL at once: chDB crashes in its exit handlers, and nothing in the directory is worth keeping. USR1 takes the watcher away, which
 * refuses it once it has begun to remove.
 */
export const CLICKHOUSE_GUARD = `
directory=$1; shift
trap '' HUP INT TERM
"$@" 3<&- &
engine=$!
(
  exec 4>&-
  while read -r line; do :; done <&3
  trap '' USR1
  kill -KILL $engine 2>/dev/null
  while kill -0 $engine 2>/dev/null; do sleep 0.02; done
  cd / && rm -rf "$directory"
) 2>/dev/null &
watcher=$!
exec 3<&- 4>&-
wait $engine 2>/dev/null
status=$?
kill -USR1 $watcher 2>/dev/null
wait $watcher 2>/dev/null
exit $status
`;
