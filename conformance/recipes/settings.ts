/** A wait of more than a millisecond is in the server's log: what a client measures on a busy machine is mostly the machine. */
export const SERVER_SETTINGS: Readonly<Record<string, string>> = {
  log_lock_waits: "on",
  deadlock_timeout: "1ms",
  max_connections: "60",
  log_line_prefix: "%m [%p] ",
};
