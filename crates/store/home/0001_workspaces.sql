-- A home of many workspaces: one client company each, with a database and a folder of its own.
CREATE TABLE workspaces (
    name TEXT NOT NULL PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE
);
