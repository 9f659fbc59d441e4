"""The database: connection, transactions, tables' base and migrations. SQLite by default, PostgreSQL when outgrown."""
