"""Runs migrations with real Django on a real Postgres and records the statements of each operation.

A statement that Django defers keeps the operation that asked for it; its place is the end of the migration, where Django runs it.
"""

import importlib.util
import os
import sys

from django.db import connection
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations.migration import Migration


def database_settings():
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["PGDATABASE"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ.get("PGPASSWORD", ""),
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ["PGPORT"],
            "OPTIONS": {"options": "-c synchronous_commit=off -c client_min_messages=warning"},
        }
    }


class DeferredList(list):
    def __init__(self, editor):
        super().__init__()
        self.editor = editor

    def append(self, statement):
        statement.origin = self.editor.operation
        super().append(statement)

    def extend(self, statements):
        for statement in statements:
            self.append(statement)


class CapturingEditor(DatabaseSchemaEditor):
    operation = 0

    def __enter__(self):
        self.captured = []
        result = super().__enter__()
        self.deferred_sql = DeferredList(self)
        return result

    def execute(self, sql, params=()):
        origin = getattr(sql, "origin", self.operation)
        text = str(sql) if params is None else self.connection.ops.compose_sql(str(sql), params)
        super().execute(text, None)
        self.captured.append([origin, text])


def apply(migration, state):
    """Applies one migration. Returns the state after it and `[operation, statement]` pairs in the order in which they ran."""
    with CapturingEditor(connection, atomic=migration.atomic) as editor:
        for index, operation in enumerate(migration.operations):
            editor.operation = index
            single = Migration(migration.name, migration.app_label)
            single.operations = [operation]
            single.atomic = migration.atomic
            state = single.apply(state, editor)
    return state, editor.captured


def load(path, app, name):
    """The Migration of a file, without an app registry."""
    spec = importlib.util.spec_from_file_location(f"oracle_{app}_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Migration(name, app)


def clean():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)
