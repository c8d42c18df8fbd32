"""How the embedded PostgreSQL is set up: for a small machine, reached through its socket only."""

from persistence.embedded.database import PORT, SUPERUSER

INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--lc-collate=C",
    "--lc-ctype=C.UTF-8",
)
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "cluster_name": "wellmate",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Parallel queries need room in /dev/shm, of which a container has 64 MB.
    "max_parallel_workers_per_gather": "0",
    # Errors of statements quote what patients wrote; the application hears of them anyway.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
RISKY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def initdb_options(*, durable: bool) -> list[str]:
    return [*INITDB_OPTIONS, *(() if durable else ("--no-sync",))]


def server_options(socket_dir: str, *, durable: bool) -> list[str]:
    settings = SETTINGS | {"unix_socket_directories": socket_dir} | ({} if durable else RISKY_SETTINGS)
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
