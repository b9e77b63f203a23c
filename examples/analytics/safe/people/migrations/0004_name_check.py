from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """New rows are checked from now on; the old ones are read by the next migration, which blocks nobody."""

    dependencies = [("people", "0003_drop_legacy_id")]
    operations = [
        migrations.RunSQL("SET lock_timeout = '10ms'", reverse_sql=migrations.RunSQL.noop),
        AddConstraintNotValid(
            model_name="person",
            constraint=models.CheckConstraint(condition=models.Q(name__isnull=False), name="person_name_not_null"),
        ),
    ]
