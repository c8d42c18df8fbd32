"""The embedded PostgreSQL: one server for all processes that use the same data folder.

Three flocks in that folder, each freed by the kernel whatever kills its holder:
`mutex.lock` is held while somebody starts or stops the server; `users.lock` is shared by all who use it, so that
the last one out stops it; `pg.lock` is inherited by every process of PostgreSQL and held while one of them lives.
"""
