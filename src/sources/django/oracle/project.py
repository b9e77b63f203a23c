"""Runs all migrations of a project (as `migrate` would) and prints what each operation sent: [{id, statements, error}].

usage: project.py FOLDER SETTINGS_MODULE
"""

import json
import os
import sys

folder, settings_module = sys.argv[1:3]
sys.path.insert(0, folder)
os.environ["DJANGO_SETTINGS_MODULE"] = settings_module

import django  # noqa: E402
from django.conf import settings  # noqa: E402

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, here)
import capture  # noqa: E402

settings.DATABASES = capture.database_settings()
django.setup()

from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

if "--keep" not in sys.argv:
    capture.clean()
executor = MigrationExecutor(connection)
plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
state = executor._create_project_state()
result = []
for migration, _backwards in plan:
    entry = {"id": f"{migration.app_label}.{migration.name}", "statements": [], "error": None}
    result.append(entry)
    try:
        state, entry["statements"] = capture.apply(migration, state)
    except Exception as error:  # noqa: BLE001
        entry["error"] = f"{type(error).__name__}: {error}"
        break
print(json.dumps(result))
