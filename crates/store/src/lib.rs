//! The only SQL state, on SQLite (embedded default) or PostgreSQL.
