"""Makes random migration histories that real Django accepts, runs them, and prints what each operation sent.

usage: histories.py FOLDER COUNT SEED
Writes FOLDER/h0001/<app>/migrations/*.py and prints [{name, migrations: [{id, statements}]}].
"""

import json
import os
import random
import sys

folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import capture  # noqa: E402

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(
    DATABASES=capture.database_settings(),
    INSTALLED_APPS=[],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.db.migrations.state import ProjectState  # noqa: E402
from generator import History  # noqa: E402

result = []
for number in range(count):
    name = f"h{number + 1:04}"
    history = History(random.Random(f"{seed}/{name}"), os.path.join(folder, name))
    capture.clean()
    state = ProjectState()
    migrations = []
    wanted = history.random.randint(5, 10)
    for _attempt in range(wanted * 3):
        if len(migrations) >= wanted:
            break
        path, app, label, undo = history.next_migration()
        try:
            migration = capture.load(path, app, label)
            after, statements = capture.apply(migration, state.clone())
        except Exception as error:  # noqa: BLE001
            if os.environ.get("ORACLE_VERBOSE"):
                print(f"{name} {label}: {type(error).__name__}: {str(error).splitlines()[0]}", file=sys.stderr)
            undo()
            continue
        state = after
        migrations.append({"id": f"{app}.{label}", "statements": statements})
    result.append({"name": name, "migrations": migrations})
print(json.dumps(result))
