"""The ledger, a SQLite file: lessons, uploads, polls, and xAPI statements that wait for an LRS."""
