/**
 * Settings of a server that lives for one rehearsal. It may lose everything when the machine does, it must not do anything by itself
 * while tread measures, and it must be small enough that two of them fit beside a test suite.
 */
export function serverSettings(major: number, directory: string, overrides: Readonly<Record<string, string>>): readonly string[] {
  const settings: Record<string, string> = {
    // Nothing is kept.
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    // Only through the socket directory, which is closed to others.
    listen_addresses: "",
    port: String(SOCKET_PORT),
    unix_socket_directories: directory,
    unix_socket_permissions: "0700",
    // Small.
    max_connections: "40",
    shared_buffers: "32MB",
    max_wal_senders: "0",
    max_logical_replication_workers: "0",
    huge_pages: "off",
    // Inside the data directory, so that even a killed server leaves nothing in /dev/shm (and 64 MB of it, as in Docker, suffice).
    dynamic_shared_memory_type: "mmap",
    // Nothing happens by itself, and a crash of a backend ends the server instead of hiding.
    autovacuum: "off",
    checkpoint_timeout: "1h",
    // The template's 1 MB segments make the default 64 MB: seeding would checkpoint all the time.
    max_wal_size: "1GB",
    wal_init_zero: "off",
    log_checkpoints: "off",
    checkpoint_warning: "0",
    restart_after_crash: "off",
    // Parallel workers undercount what a statement reads.
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    jit: "off",
    // A dump of many tables is dropped and created in one transaction.
    max_locks_per_transaction: "256",
    // The stall that traffic feels is read from these lines.
    log_lock_waits: "on",
    deadlock_timeout: "1ms",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "%m [%p] ",
    log_timezone: "UTC",
    timezone: "UTC",
    lc_messages: "C",
    // Two more processes per server otherwise, for disks that are not waited for anyway.
    ...(major >= 18 ? { io_method: "sync" } : {}),
    ...overrides,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Part of the socket's file name; every server has a directory of its own, so all may use the same. */
export const SOCKET_PORT = 5432;
