"""Writes ../contrib/data.ts: the migrations of django.contrib apps, without what decides no SQL.

Run with a Python that has Django 5.2: python generate_contrib.py
"""

import json
import pathlib

import django
from django.conf import settings

APPS = ["contenttypes", "auth", "admin", "sessions", "sites", "flatpages", "redirects"]

settings.configure(
    INSTALLED_APPS=[f"django.contrib.{app}" for app in APPS],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SITE_ID=1,
)
django.setup()

from django.db.migrations import operations as ops  # noqa: E402
from django.db.migrations.migration import SwappableTuple  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402

NOT_SQL = ["verbose_name", "help_text", "validators", "error_messages", "choices", "related_query_name"]


def bare(field):
    field = field.clone()
    name, path, args, kwargs = field.deconstruct()
    for key in NOT_SQL:
        kwargs.pop(key, None)
    return field.__class__(*args, **kwargs)


def bare_operation(operation):
    if isinstance(operation, ops.CreateModel):
        options = {k: v for k, v in operation.options.items() if k not in ("verbose_name", "verbose_name_plural", "ordering")}
        fields = [(name, bare(field)) for name, field in operation.fields]
        return ops.CreateModel(operation.name, fields, options, operation.bases, [])
    if isinstance(operation, (ops.AddField, ops.AlterField)):
        return operation.__class__(operation.model_name, operation.name, bare(operation.field), operation.preserve_default)
    if isinstance(operation, ops.RunPython):
        return ops.RunPython(ops.RunPython.noop, ops.RunPython.noop, elidable=operation.elidable)
    return operation


loader = MigrationLoader(None, ignore_no_migrations=True)
result = {}
for app in APPS:
    result[app] = {}
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        if label != app:
            continue
        migration.operations = [bare_operation(o) for o in migration.operations if not isinstance(o, ops.AlterModelManagers)]
        # As the file says it: a project's own user model decides what this is.
        migration.dependencies = [
            ("__setting__", "AUTH_USER_MODEL") if isinstance(d, SwappableTuple) else d for d in migration.dependencies
        ]
        text = MigrationWriter(migration, include_header=False).as_string()
        result[app][name] = text.strip() + "\n"

lines = [
    "// Written by oracle/generate_contrib.py from Django " + django.get_version() + " (BSD-3-Clause, Copyright (c) Django Software Foundation).",
    "/** Migrations of django.contrib apps: app → name → source, without what decides no SQL. */",
    "export const CONTRIB: Readonly<Record<string, Readonly<Record<string, string>>>> = " + json.dumps(result, indent=2, ensure_ascii=False) + ";",
]
target = pathlib.Path(__file__).parent.parent / "contrib" / "data.ts"
target.write_text("\n".join(lines) + "\n")
print(target, sum(len(t) for a in result.values() for t in a.values()), "characters")
